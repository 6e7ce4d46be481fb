"""Whether an app's lock is older than what its project depends on, and the command that makes it anew."""

import shlex
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

from harness.catalog.project_file import shown
from harness.model.errors import ManifestError

if TYPE_CHECKING:
    from packaging.requirements import Requirement


def command_to_lock(folder: Path, *more: str) -> str:
    """Locks the project in a folder anew, as a shell takes it, with `more` options."""
    return shlex.join(("uv", "lock", "--project", shown(folder), *more))


class StaleLock(ManifestError):  # noqa: N818 - as the errors of its kind are called
    """An app's lock is older than what its project depends on."""


def refuse_stale(errors: Sequence[StaleLock]) -> None:
    """Raises one ManifestError for the locks of several apps, each with its command; the only one as it is."""
    if not errors:
        return
    if len(errors) == 1:
        raise errors[0]
    lines = [f"the locks of {len(errors)} apps are out of date:"]
    for each in errors:
        lines += [f"  {each.what}", f"    hint: {each.hint}"]
    raise ManifestError("\n".join(lines), hint="make each of them anew")


def see_to_lock(project: Mapping[str, Any], file: Path, locked: Mapping[str, str]) -> None:
    """Raises StaleLock where what is `locked` lacks something only since it is older than the `project` table.

    That is looked at where the manifest names a distribution that is not in the lock as it is named there: whoever adds
    a dependency by hand may have forgotten to lock it.
    """
    stale = [each for each in _requirements(project) if _is_unlocked(each, locked)]
    if stale:
        asked = ", ".join(map(str, stale))
        names = dict.fromkeys(canonicalize_name(each.name) for each in stale)
        has = ", ".join(f"{name} {locked[name]}" if name in locked else f"no {name}" for name in names)
        raise StaleLock(
            f"{shown(file.parent / 'uv.lock')} is out of date: project.dependencies has {asked}, and the lock {has}",
            hint=f"run: {command_to_lock(file.parent)}",
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


def may_be_stale(folder: Path) -> bool:
    """Whether an app's lock was made for something else than its project says today; whether so, uv can tell.

    A lock holds what it was made for, `requires-dist` and `requires-python`, beside what came of it. What can't be
    compared here may be stale.
    """
    from packaging.requirements import Requirement  # noqa: PLC0415 - as above
    from packaging.specifiers import SpecifierSet  # noqa: PLC0415 - as above

    try:
        project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8-sig"))["project"]
        lock = tomllib.loads((folder / "uv.lock").read_text(encoding="utf-8"))
        own = next(each for each in lock["package"] if "." in each["source"].values())
        asked = sorted(_asked(Requirement(each)) for each in project.get("dependencies", ()))
        made_for = sorted(_made_for(each) for each in own.get("metadata", {}).get("requires-dist", ()))
        pythons = [SpecifierSet(each["requires-python"]) for each in (project, lock)]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, StopIteration):
        return True
    return asked != made_for or pythons[0] != pythons[1]


type _Wanted = tuple[str, tuple[str, ...], str, str]
"""Name, extras, specifier and marker, as they compare."""


def _asked(requirement: "Requirement") -> _Wanted:
    extras = tuple(sorted(map(canonicalize_name, requirement.extras)))
    where = requirement.url or str(requirement.specifier)
    return canonicalize_name(requirement.name), extras, where, str(requirement.marker or "")


def _made_for(entry: Mapping[str, Any]) -> _Wanted:
    from packaging.markers import Marker  # noqa: PLC0415 - as above
    from packaging.specifiers import SpecifierSet  # noqa: PLC0415 - as above

    extras = tuple(sorted(map(canonicalize_name, entry.get("extras", ()))))
    marker = str(Marker(entry["marker"])) if "marker" in entry else ""
    return canonicalize_name(entry["name"]), extras, str(SpecifierSet(entry.get("specifier", ""))), marker
