"""Find the apps in one or more folders and read their manifests."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from harness.catalog.project_file import read_document, read_manifest, read_requires_python, shown
from harness.catalog.references import see_to_deviations, see_to_layers, see_to_package
from harness.catalog.shared_server import see_to_shared_server
from harness.catalog.workspace import refuse_member
from harness.mask import hide_variables
from harness.model.app import APP_NAME, App
from harness.model.errors import ManifestError, UsageError, meant

SUFFIX: Final = "_app"
"""Ending of an app folder's name."""

APPS_FOLDER: Final = "apps"


def discover(folders: Sequence[Path]) -> tuple[App, ...]:
    """Every app in `folders`, by name. A folder may itself be an app.

    Raises:
        UsageError: a folder doesn't exist or holds no app, or two apps have the same name.
        ManifestError: an app's manifest can't be used, or names a layer that is no app here.
    """
    apps: dict[str, App] = {}
    for folder in folders:
        for app in (read_app(path) for path in _app_folders(folder)):
            if app.name in apps:
                raise UsageError(
                    f"two apps are named '{app.name}': {apps[app.name].folder} and {app.folder}",
                    hint="rename one of the folders, or leave one --apps-dir out",
                )
            apps[app.name] = app
    found = tuple(apps[name] for name in sorted(apps))
    see_to_layers(found, _names_beside(found))
    return found


def read_app(folder: Path, *, as_committed: bool = False) -> App:
    """Read and check one app folder; `as_committed`: of a commit, in which no variant can be named otherwise any more.

    Raises:
        ManifestError: naming the file, the field and what is wrong with it.
    """
    file = folder / "pyproject.toml"
    name = folder.name.removesuffix(SUFFIX)
    if not APP_NAME.fullmatch(name):
        raise ManifestError(
            f"'{shown(Path(name))}' can't be the name of an app, which is that of its folder: {shown(folder)}",
            hint=f"rename the folder: small letters, digits, - and _, at most 40, the first a letter; then {SUFFIX}",
        )
    document = read_document(file)
    refuse_member(folder)
    if not (folder / "uv.lock").is_file():
        raise ManifestError(
            f"{folder} has no uv.lock, so what would be measured is not pinned", hint=f"run `uv lock` in {folder}"
        )
    manifest = read_manifest(document, file)
    see_to_package(manifest, file, folder / "uv.lock")
    if not as_committed:
        see_to_shared_server(manifest, file)
    see_to_deviations(manifest, file)
    for variant in (*manifest.variants.values(), *([manifest.bare_site] if manifest.bare_site else [])):
        hide_variables(variant.environment)
    return App(name=name, folder=folder.resolve(), manifest=manifest, python=read_requires_python(document, file))


def names_in(folders: Sequence[Path]) -> tuple[str, ...]:
    """The names of the apps in those of the folders that are there; no app is read."""
    paths = (path for folder in folders if folder.is_dir() for path in _apps_in(folder))
    return tuple(dict.fromkeys(path.name.removesuffix(SUFFIX) for path in paths))


def find_app(folders: Sequence[Path], name: str) -> App:
    """The app of this name in the first of the folders that has it; no other app is read.

    Raises:
        UsageError: none of them has it.
        ManifestError: its manifest can't be used.
    """
    name = name.removesuffix(SUFFIX)
    candidates = [path for folder in dict.fromkeys(folders) if folder.is_dir() for path in _apps_in(folder)]
    for path in candidates:
        if path.name == f"{name}{SUFFIX}":
            return read_app(path)
    known = sorted({path.name.removesuffix(SUFFIX) for path in candidates})
    raise UsageError(
        f"there is no app '{name}'",
        hint=f"{meant(name, known)}choose from: {', '.join(known) or 'none is here'}",
    )


def _names_beside(apps: Sequence[App]) -> set[str]:
    """The names of the apps in the usual folder, and of those that lie where these do; none of them is read."""
    folders = {Path(APPS_FOLDER), *(app.folder.parent for app in apps)}
    beside: set[str] = set()
    for folder in folders:
        with suppress(OSError):
            beside |= {path.name.removesuffix(SUFFIX) for path in _apps_in(folder)}
    return beside


def _app_folders(folder: Path) -> list[Path]:
    try:
        found = _apps_in(folder)
    except OSError as error:
        raise UsageError(f"{folder}: {error.strerror}", hint="give an existing folder with --apps-dir") from error
    if not found:
        raise UsageError(
            f"{folder} holds no app: no folder named *{SUFFIX} with a pyproject.toml",
            hint="run from the project's folder, or name the apps' folder with --apps-dir",
        )
    return found


def _apps_in(folder: Path) -> list[Path]:
    """The folder itself if it is an app, else the apps right below it."""
    if folder.name.endswith(SUFFIX) and _has_project_file(folder):
        return [folder]
    return [path for path in sorted(folder.iterdir()) if path.name.endswith(SUFFIX) and _has_project_file(path)]


def _has_project_file(folder: Path) -> bool:
    try:
        return (folder / "pyproject.toml").is_file()
    except PermissionError:
        return True  # Reading it then says what is wrong with which folder.
