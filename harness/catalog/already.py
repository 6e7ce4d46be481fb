"""What there is already of an app that is begun: another of its name, or on its framework."""

import shlex
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from harness.catalog.app_folders import APPS_FOLDER, GUESTS_FOLDER, SUFFIX, apps_in, guests_below
from harness.catalog.discover import read_app
from harness.catalog.project_file import shown
from harness.model.errors import BenchError


def already_there(made: Path, requirement: str | None) -> Iterator[str]:
    """A sentence on each app, beside the new one or in the usual folder, that shares its name or its distribution.

    Args:
        made: The folder of the new app.
        requirement: The distribution of its framework, as it was asked for; None where it shares one on purpose.
    """
    wanted = _distribution(requirement) if requirement else None
    for path in _apps_around(made):
        if path.name == made.name:
            yield _of_its_name(path, made)
        elif wanted and _installs(path, wanted):
            name, folders = path.name.removesuffix(SUFFIX), _folders(path)
            measures = shlex.join(("bench", "run", "--app", name, *folders))
            copies = shlex.join(("bench", "new", "NAME", "--like", name, *folders))
            there_is = f"{shown(path)} is an app on {wanted} already"
            yield f"{there_is}: `{measures}` measures that, and `{copies}` begins with it."


def _of_its_name(path: Path, made: Path) -> str:
    if path.parent.parent.resolve() == made.parent.resolve():
        return (
            f"{shown(path)} is a guest of the same name, and this app takes its place: rename {shown(made)} to have "
            "both measured."
        )
    return (
        f"{shown(path)} is an app of the same name: the two can't be measured in one run, unless {shown(made)} is "
        "renamed."
    )


def _folders(path: Path) -> tuple[str, ...]:
    """The option that finds an app; none for what lies in the usual folder."""
    folder = path.parent.parent if path.parent.name == GUESTS_FOLDER else path.parent
    return () if folder == Path(APPS_FOLDER) else ("--apps-dir", str(folder))


def _apps_around(made: Path) -> Sequence[Path]:
    """All apps and guests but the new one, each once."""
    found: dict[Path, Path] = {}
    for folder in (made.parent, Path(APPS_FOLDER)):
        for read in (apps_in, guests_below):
            with suppress(OSError):
                for path in read(folder):
                    found.setdefault(path.resolve(), path)
    return [path for place, path in found.items() if place != made.resolve()]


def _installs(path: Path, distribution: str) -> bool:
    """Whether an app is on a framework of this distribution; not where it can't be read."""
    with suppress(BenchError, OSError):
        package = read_app(path).manifest.package
        return package is not None and canonicalize_name(package) == distribution
    return False


def _distribution(requirement: str) -> str | None:
    try:
        return canonicalize_name(Requirement(requirement).name)
    except InvalidRequirement:
        return None
