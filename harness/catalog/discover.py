"""Find the apps in one or more folders and read their manifests."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from harness.catalog.app_folders import (
    APPS_FOLDER,
    GUESTS_FOLDER,
    SUFFIX,
    app_folders,
    apps_in,
    guests_below,
    passed_over,
    same_name_passed_over,
)
from harness.catalog.blank_texts import see_to_blank_texts
from harness.catalog.misnamed import see_to_variant_names
from harness.catalog.project_file import (
    REMEDY,
    Gathered,
    as_far_as_known,
    read_document,
    read_manifest,
    read_project,
    read_requires_python,
    shown,
)
from harness.catalog.references import (
    locked_versions,
    see_to_deviations,
    see_to_layer,
    see_to_layer_it_has,
    see_to_libraries,
    see_to_loaded,
    see_to_other_names,
    see_to_package,
)
from harness.catalog.server_file import ServerFile
from harness.catalog.server_interfaces import see_to_interfaces
from harness.catalog.servers import find_servers, on_servers
from harness.catalog.shared_server import see_to_shared_server
from harness.catalog.stale_lock import StaleLock, command_to_lock, refuse_stale
from harness.catalog.workspace import refuse_member
from harness.mask import hide_variables
from harness.model.app import App, Manifest
from harness.model.base import APP_NAME
from harness.model.errors import BenchError, ManifestError, UsageError, meant


def discover(
    folders: Sequence[Path],
    asked_for: Collection[str] = (),
    on_fault: Callable[[str], None] | None = None,
    *,
    guests: bool = False,
    on_broken: Callable[[BenchError], None] | None = None,
) -> tuple[App, ...]:
    """Every app in `folders`, by name. A folder may itself be an app, and one that is named twice counts once.

    Where some are `asked_for` by their names, with or without a variant, what is wrong with another is no error:
    `on_fault` is told, and that one is left out. Where none is, it is told what only the name of its folder keeps from
    being an app.

    The guests of the folders come along if `guests` says so, or where an app is asked for that is none of the others.
    An app takes the place of the guest that has its name.

    `on_broken` is given what is wrong with an app, which is then left out of what there is.

    Raises:
        UsageError: a folder doesn't exist or holds no app, or two apps have the same name.
        ManifestError: an app's manifest can't be used, or names a layer that is no app here.
    """
    names = {name.partition("/")[0].removesuffix(SUFFIX) for name in asked_for}
    apps: dict[str, App] = {}
    by_place = {(path.name, path.resolve()): path for folder in folders for path in app_folders(folder, names)}
    if on_fault and not names:
        for sentence in passed_over(folders):
            on_fault(sentence)
    own = {path.name for path in by_place.values()}
    missed = not {f"{name}{SUFFIX}" for name in names} <= own
    invited = _invited(folders, by_place, own) if guests or missed else ()
    paths = (*by_place.values(), *invited)
    stale: list[StaleLock] = []
    for path in paths:
        try:
            app = read_app(path, beside=_names_beside(path, paths))
            if path in invited:
                app = app.model_copy(update={"guest": True})
            _refuse_second(app, apps.get(app.name))
        except (ManifestError, UsageError) as error:
            if isinstance(error, StaleLock) and not on_broken and (not names or _name_of(path) in names):
                stale.append(error)
            else:
                _leave_out(_name_of(path), error, names, on_fault, on_broken)
            continue
        apps[app.name] = app
    for name, app in [*apps.items()]:
        try:
            see_to_layer_it_has(app, apps.get(app.manifest.built_on or ""))
        except ManifestError as error:
            _leave_out(name, error, names, on_fault, on_broken)
            del apps[name]
    refuse_stale(stale)
    return tuple(apps[name] for name in sorted(apps))


def _leave_out(
    name: str,
    error: BenchError,
    names: Collection[str],
    on_fault: Callable[[str], None] | None,
    on_broken: Callable[[BenchError], None] | None,
) -> None:
    """Tell of an app that can't be used, as `discover` says; raises the error where nobody is told."""
    if on_broken:
        on_broken(error)
    elif not names or name in names:
        raise error
    elif on_fault:
        on_fault(f"left out, and not asked for: {error.what.splitlines()[0].removesuffix(':')}")


def _name_of(folder: Path) -> str:
    return folder.name.removesuffix(SUFFIX)


def _invited(
    folders: Sequence[Path], by_place: Mapping[tuple[str, Path], Path], own: Collection[str]
) -> tuple[Path, ...]:
    """The guests of the folders whose names are none of the apps' `own`, each once."""
    found = (path for folder in folders for path in guests_below(folder))
    invited = {(path.name, path.resolve()): path for path in found if path.name not in own}
    return tuple(path for key, path in invited.items() if key not in by_place)


def _refuse_second(app: App, first: App | None) -> None:
    if first is not None:
        raise UsageError(
            f"two apps are named '{app.name}': {first.folder} and {app.folder}",
            hint="rename one of the folders, or leave one --apps-dir out",
        )


def told_apart(apps: Sequence[App]) -> tuple[App, ...]:
    """The apps, those that share a title each with its name in it: nobody could tell their rows apart otherwise."""
    titles = Counter({app.base_name: app.manifest.title.casefold() for app in apps}.values())
    return tuple(
        app.model_copy(
            update={"manifest": app.manifest.model_copy(update={"title": f"{app.manifest.title} [{app.base_name}]"})}
        )
        if titles[app.manifest.title.casefold()] > 1
        else app
        for app in apps
    )


def read_app(folder: Path, *, as_committed: bool = False, beside: Collection[str] | None = None) -> App:
    """Read and check one app folder; `as_committed`: of a commit, in which nothing can be named otherwise any more.

    `beside` are the names of the apps that it may be built on, where these are known.

    Raises:
        ManifestError: naming the file, the field and what is wrong with it, of all that is.
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
    gathered = Gathered(file)
    manifest: Manifest | None = None
    project: dict[str, Any] = {}
    python = ""
    with gathered.any():
        _see_to_lock_file(folder)
    with gathered.any():
        manifest = read_manifest(document, file)
    with gathered.any():
        project = read_project(document, file)
        python = read_requires_python(document, file)
    servers = find_servers(_folder_of_all(folder.resolve()))
    known, all_variants = (manifest, True) if manifest else as_far_as_known(document)
    for check in _checks(known, folder, project, servers, beside, as_committed=as_committed) if known else ():
        with gathered.any():
            check()
    if known and all_variants and not as_committed:
        with gathered.any():
            see_to_variant_names(known, file)
    gathered.tell()
    assert manifest is not None  # noqa: S101 - told above, where it can't be used
    for variant in (*manifest.variants.values(), *manifest.sites.values()):
        hide_variables(variant.environment)
    served, not_served = on_servers(name, manifest, servers)
    return App(
        name=name,
        folder=folder.resolve(),
        manifest=manifest,
        python=python,
        on_servers=served,
        not_served=not_served,
    )


def _checks(  # noqa: PLR0913 - all that a manifest refers to
    manifest: Manifest,
    folder: Path,
    project: Mapping[str, Any],
    servers: Mapping[str, ServerFile],
    beside: Collection[str] | None,
    *,
    as_committed: bool,
) -> Iterator[Callable[[], None]]:
    """What of it depends on nothing else in it; nothing is said of a lock that is not there."""
    file, lock = folder / "pyproject.toml", folder / "uv.lock"
    locked = locked_versions(lock) if lock.is_file() else None
    if locked is not None:
        yield partial(see_to_package, manifest, file, locked, project)
    yield partial(see_to_deviations, manifest.deviates, file, ("tool", "bench", "deviates"))
    if beside is not None:
        yield partial(see_to_layer, folder.name.removesuffix(SUFFIX), manifest, file, beside)
    if as_committed:
        return
    if locked is not None:
        yield partial(see_to_libraries, manifest, file, locked, project)
        yield partial(see_to_loaded, manifest, file, locked, project)
    yield partial(see_to_blank_texts, manifest, file, ("tool", "bench"), REMEDY)
    yield partial(see_to_other_names, manifest, file, servers)
    yield partial(see_to_interfaces, manifest, file)
    yield partial(see_to_shared_server, manifest, file)


def _see_to_lock_file(folder: Path) -> None:
    if not (folder / "uv.lock").is_file():
        raise ManifestError(
            f"{shown(folder)} has no uv.lock, so what would be measured is not pinned",
            hint=f"run: {command_to_lock(folder)}",
        )


def _folder_of_all(app_folder: Path) -> Path:
    """Where the servers are that apps share: beside them, and of a guest one folder up."""
    beside = app_folder.parent
    return beside.parent if beside.name == GUESTS_FOLDER else beside


def names_in(folders: Sequence[Path]) -> tuple[str, ...]:
    """The names of the apps in those of the folders that are there, guests among them; no app is read."""
    paths = (path for folder in folders if folder.is_dir() for path in (*apps_in(folder), *guests_below(folder)))
    return tuple(dict.fromkeys(path.name.removesuffix(SUFFIX) for path in paths))


def guests_in(folders: Sequence[Path]) -> tuple[str, ...]:
    """The names of the guests in the folders; none is read."""
    return tuple(dict.fromkeys(path.name.removesuffix(SUFFIX) for folder in folders for path in guests_below(folder)))


def find_app(folders: Sequence[Path], name: str) -> App:
    """The app of this name in the first of the folders that has it, or else the guest; no other app is read.

    Raises:
        UsageError: none of them has it.
        ManifestError: its manifest can't be used.
    """
    name = name.removesuffix(SUFFIX)
    there_are = [folder for folder in dict.fromkeys(folders) if folder.is_dir()]
    candidates = [path for read in (apps_in, guests_below) for folder in there_are for path in read(folder)]
    for path in candidates:
        if path.name == f"{name}{SUFFIX}":
            return read_app(path)
    if error := same_name_passed_over(name, there_are):
        raise error
    known = sorted({path.name.removesuffix(SUFFIX) for path in candidates})
    raise UsageError(
        f"there is no app '{name}'",
        hint=f"{meant(name, known)}choose from: {', '.join(known) or 'none is here'}",
    )


def _names_beside(folder: Path, paths: Iterable[Path]) -> set[str]:
    """The names of the apps at these paths, in the usual folder, and where this app lies; none of them is read."""
    beside = {path.name.removesuffix(SUFFIX) for path in paths}
    for place in {Path(APPS_FOLDER), folder.resolve().parent}:
        with suppress(OSError):
            beside |= {path.name.removesuffix(SUFFIX) for path in apps_in(place)}
    return beside
