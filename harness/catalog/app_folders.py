"""Which folders are apps, and which may be meant where a folder that is named holds none, or none of a name."""

import shlex
import tomllib
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Final

from harness.catalog.project_file import shown
from harness.model.errors import UsageError

SUFFIX: Final = "_app"
"""Ending of an app folder's name."""

APPS_FOLDER: Final = "apps"

GUESTS_FOLDER: Final = "guests"
"""Below a folder of apps: those that are measured only when they are asked for."""

_MOST_LOOKED_INTO: Final = 200
"""Folders in and beside the working directory that are looked into for an app: a home may hold thousands."""


def app_folders(folder: Path, names: Collection[str] = ()) -> list[Path]:
    """The folder itself if it is an app, else the apps right below it.

    Raises:
        UsageError: it can't be read, or holds no app: which folder may be meant. Where apps are asked for by their
            `names`, that is one that holds such an app.
    """
    try:
        found = apps_in(folder)
    except FileNotFoundError as error:
        raise _no_folder(folder, names) from error
    except OSError as error:
        raise UsageError(
            f"{shown(folder)}: {error.strerror}", hint="give an existing folder with --apps-dir"
        ) from error
    if not found:
        raise UsageError(
            f"{shown(folder)} holds no app: no folder named *{SUFFIX} with a pyproject.toml", hint=_holder(folder)
        )
    return found


def apps_in(folder: Path) -> list[Path]:
    """The folder itself if it is an app, else the apps right below it; raises OSError where it can't be read."""
    if _called(folder).endswith(SUFFIX) and _has_project_file(folder):
        return [folder if folder.name == _called(folder) else folder.resolve()]
    return [path for path in sorted(folder.iterdir()) if path.name.endswith(SUFFIX) and _has_project_file(path)]


def guests_below(folder: Path) -> list[Path]:
    """The guests of a folder of apps."""
    guests = folder / GUESTS_FOLDER
    return apps_in(guests) if guests.is_dir() else []


def passed_over(folders: Iterable[Path]) -> Iterator[str]:
    """What lies in folders of apps with a manifest, and is no app by its name; each with what to do."""
    for folder in folders:
        for path in _misnamed_in(folder):
            yield f"{shown(path)} is passed over: {rename_hint(path)}"


def same_name_passed_over(name: str, folders: Iterable[Path]) -> UsageError | None:
    """Why there is no app of this name, where one of the folders holds something that looks like it."""
    for folder in (below for each in folders for below in (each, each / GUESTS_FOLDER)):
        plain, whole = folder / name, folder / f"{name}{SUFFIX}"
        if whole.is_dir() and not _has_project_file(whole):
            return UsageError(
                f"there is no app '{name}': {shown(whole)} has no pyproject.toml",
                hint="that file makes a folder an app: docs/add-a-framework.md#the-manifest tells what is in it",
            )
        for path in (plain, folder / f"{name}-app"):
            if _has_project_file(path):
                return UsageError(f"there is no app '{name}': {shown(path)} is passed over", hint=rename_hint(path))
    return None


def rename_hint(folder: Path) -> str:
    """How a folder that is to be an app has to be called."""
    name = _called(folder)
    right = f"{name.removesuffix('-app')}{SUFFIX}"
    return f"the name of an app's folder ends in {SUFFIX}: rename {shown(Path(name))} to {shown(Path(right))}"


def nearby(names: Collection[str]) -> dict[str, Path]:
    """Apps of these names in or beside the working directory, or one folder deeper, by name."""
    here = Path()
    around: list[Path] = []
    for folder in (here, Path("..")):
        with suppress(OSError):
            around += [folder, *islice((each for each in sorted(folder.iterdir()) if each.is_dir()), _MOST_LOOKED_INTO)]
    found: dict[str, Path] = {}
    for name in names:
        folders = (here, *(folder / f"{name}{SUFFIX}" for folder in around))
        with suppress(OSError):
            fitting = (each for each in folders if _called(each) == f"{name}{SUFFIX}" and _has_project_file(each))
            if (first := next(fitting, None)) is not None:
                found[name] = first
    return found


def project_folder_words() -> str:
    """The folder that this program belongs to, and how one gets there; what is installed elsewhere knows none."""
    folder = Path(__file__).resolve().parents[2]
    there = f" (cd {shlex.quote(shown(folder))})" if (folder / APPS_FOLDER).is_dir() else ""
    return f"the project's folder{there}"


def option(folders: Iterable[Path]) -> str:
    """The words that name these folders on the command line."""
    return shlex.join(word for folder in folders for word in ("--apps-dir", shown(folder)))


def _no_folder(folder: Path, names: Collection[str]) -> UsageError:
    where = f" in {shown(Path.cwd())}" if not folder.is_absolute() else ""
    if folder != Path(APPS_FOLDER):
        return UsageError(f"there is no folder {shown(folder)}{where}", hint="name one that is there with --apps-dir")
    elsewhere = [path.resolve() for path in nearby(names).values()]
    remedy = f"and name what lies elsewhere: {option(elsewhere)}" if elsewhere else "or name another with --apps-dir"
    return UsageError(
        f"there is no folder {shown(folder)}{where}, and apps are looked for there",
        hint=f"run bench in {project_folder_words()}, {remedy}",
    )


def _holder(folder: Path) -> str:
    """What to do about a folder without an app."""
    if misnamed := next(_misnamed_in(folder), None):
        return rename_hint(misnamed)
    if deeper := [path for path in _deeper(folder) if _holds_apps(path)]:
        return f"name the folder that the apps lie in: {' or '.join(option([path]) for path in deeper[:3])}"
    if _has_project_file(folder):
        return rename_hint(folder)
    return f"run bench in {project_folder_words()}, or name the apps' folder with --apps-dir"


def _deeper(folder: Path) -> Iterator[Path]:
    """Where apps may lie below a folder: right there, and in `apps` of a clone that it holds."""
    with suppress(OSError):
        below = [each for each in sorted(folder.iterdir()) if each.is_dir()][:_MOST_LOOKED_INTO]
        yield from below
        yield from (each / APPS_FOLDER for each in below)


def _holds_apps(folder: Path) -> bool:
    try:
        return bool(apps_in(folder))
    except OSError:
        return False


def _misnamed_in(folder: Path) -> Iterator[Path]:
    """The folder itself, or those in it and among its guests, that have a manifest and no app's name."""
    for path in (folder, *_below(folder), *_below(folder / GUESTS_FOLDER)):
        if not _called(path).endswith(SUFFIX) and _has_manifest(path):
            yield path


def _called(folder: Path) -> str:
    """Its name, also where the path is `.` or ends in `..`."""
    return folder.name if folder.name not in {"", ".."} else folder.resolve().name


def _below(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _has_manifest(folder: Path) -> bool:
    try:
        text = (folder / "pyproject.toml").read_text(encoding="utf-8-sig")
        return "bench" in tomllib.loads(text).get("tool", {})
    except (OSError, ValueError, AttributeError, TypeError, RecursionError):
        return False


def _has_project_file(folder: Path) -> bool:
    try:
        return (folder / "pyproject.toml").is_file()
    except PermissionError:
        return True  # Reading it then says what is wrong with which folder.
