"""Whether an app's lock is older than what its project depends on."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

from harness.catalog.project_file import shown
from harness.model.errors import ManifestError

if TYPE_CHECKING:
    from packaging.requirements import Requirement


def see_to_lock(wanted: str, where: str, project: Mapping[str, Any], file: Path, locked: Mapping[str, str]) -> None:
    """Raises ManifestError where a lock lacks what it is asked for only since it is older than the `project` table.

    That is looked at where `wanted`, a distribution that is named at `where`, is not in it as it is named there:
    whoever adds a dependency by hand may have forgotten to lock it.
    """
    stale = [each for each in _requirements(project) if _is_unlocked(each, locked)]
    stale.sort(key=lambda each: canonicalize_name(each.name) != wanted)
    if stale:
        name = canonicalize_name(stale[0].name)
        raise ManifestError(
            f"{where}: its uv.lock is out of date: project.dependencies has {stale[0]}, and the lock "
            f"{f'{name} {locked[name]}' if name in locked else f'no {name}'}",
            hint=f"run: uv lock --project {shown(file.parent)}",
        )


def _requirements(project: Mapping[str, Any]) -> "Iterator[Requirement]":
    from packaging.requirements import InvalidRequirement, Requirement  # noqa: PLC0415 - only a mistake needs it

    written = project.get("dependencies")
    for each in written if isinstance(written, list) else ():
        try:
            yield Requirement(each)
        except (InvalidRequirement, TypeError):  # uv says what is wrong with it
            continue


def _is_unlocked(requirement: "Requirement", locked: Mapping[str, str]) -> bool:
    from packaging.version import InvalidVersion, Version  # noqa: PLC0415 - as above

    name = canonicalize_name(requirement.name)
    if name not in locked:
        return requirement.marker is None  # Where it is for other hosts, a lock may well do without.
    try:
        versions = [Version(each) for each in locked[name].split(", ")]
    except InvalidVersion:  # A folder or a repository, which may have none.
        return False
    return not any(requirement.specifier.contains(each, prereleases=True) for each in versions)
