"""An app's project beside its own: for a variant that needs more than its lock has, and for another interpreter.

The lock is the app's, as it is, and the variant's packages beside it. Variants that need such are all on a server that
apps share, and those of its manifest that say so.

It is a project of its own, with an environment of its own, in the state folder: what the app's own variants have
installed stays as its lock says.
"""

import hashlib
import os
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from filelock import FileLock

from harness.catalog.references import locked_versions
from harness.catalog.stale_lock import command_to_lock
from harness.model.app import App
from harness.model.cell import Subject
from harness.model.errors import ManifestError, RuntimeFault
from harness.runtime.environment import DECIDING_FILES
from harness.runtime.requirements import NotAdded, NotResolved, require

_STAMP: Final = "bench-server-stamp"
_ORIGIN: Final = "bench-server-app"
"""Holds the path of the app's folder, so that what is left of apps that are no more can go."""
_ON_USUAL: Final = "servers"
_ON_ANOTHER: Final = "interpreters"
"""Where the projects are, of what is on the usual interpreter and on another."""


def standing_apart(app: App, subjects: Iterable[Subject]) -> tuple[str, ...]:
    """The variants in these subjects that the app has such a project for."""
    asked = (each.variant for each in subjects if each.app == app.name and app.packages(each.variant))
    return tuple(dict.fromkeys(asked))


def project_folder(app: App, variant: str | None, state_folder: Path) -> Path:
    """Where the project is that this variant of the app runs in; without one, those that need no more than the app."""
    own = variant if variant and app.packages(variant) else None
    # A copy of an app, made for one run, has its environment beside it.
    another = (app.base_image or app.interpreter) if app.own_files is None else None
    if own is None and another is None:
        return app.folder
    parts = [bytes(app.folder.resolve()), *([str(another).encode()] if another else [])]
    place = hashlib.sha256(b"\0".join(parts)).hexdigest()[:8]
    name = app.base_name if another else app.name
    folder = state_folder.resolve() / (_ON_ANOTHER if another else _ON_USUAL)
    return folder / "-".join(filter(None, (name, own, place)))


def make_project(app: App, variant: str | None, state_folder: Path) -> Path:
    """Make the project of an app for a variant, where it is not there already, and return its folder.

    Without a variant, for those that need no more than the app; that is the app's own on the usual interpreter.

    Raises ManifestError where not all is pinned that the variant needs, or it needs other versions than the app, and
    RuntimeFault where uv can't do its work.
    """
    _remove_orphans(state_folder)
    folder = project_folder(app, variant, state_folder)
    if folder == app.folder:
        return folder
    own = variant if variant and app.packages(variant) else None
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_name(f"{folder.name}.lock")):
        stamp, wanted = folder / _STAMP, _wanted(app, own)
        if not (stamp.is_file() and stamp.read_text(encoding="ascii") == wanted):
            stamp.unlink(missing_ok=True)
            for name in DECIDING_FILES:
                shutil.copy(app.folder / name, folder)
            for wheel in app.folder.glob("*.whl"):
                shutil.copy(wheel, folder)
            if own:
                _add(app, own, folder)
            (folder / _ORIGIN).write_bytes(bytes(app.folder.resolve()))
            stamp.write_text(wanted, encoding="ascii")
    return folder


def _wanted(app: App, variant: str | None) -> str:
    asked = _asked(app, variant) if variant else ()
    parts = (*((app.folder / name).read_bytes() for name in DECIDING_FILES), *map(str.encode, asked))
    return hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


def _asked(app: App, variant: str) -> Sequence[str]:
    """What the app's lock has stays as it is; the rest comes in the version that is pinned for the variant."""
    locked = locked_versions(app.folder / "uv.lock")
    return [name if name in locked else f"{name}=={version}" for name, version in app.packages(variant).items()]


def _add(app: App, variant: str, folder: Path) -> None:
    before = locked_versions(app.folder / "uv.lock")
    shared = variant in app.on_servers
    where = f"app '{app.name}' can't be deployed {'on' if shared else 'as'} {variant}"
    pins = f"[packages] in servers/{variant}.toml" if shared else f"variants.{variant}.packages in its manifest"
    try:
        require(folder, _asked(app, variant))
    except NotAdded as error:
        raise RuntimeFault(
            f"{where}: uv could not add what it needs:\n{error}",
            hint=f"see to what uv says, or leave {app.name}/{variant} out",
        ) from None
    except NotResolved as error:
        raise ManifestError(
            f"{where}: no versions fit both:\n{error}",
            hint=f"pin other versions under {pins}, or leave {app.name}/{variant} out",
        ) from None
    after = locked_versions(folder / "uv.lock")
    changed = sorted(name for name in before if after.get(name) != before[name])
    if changed:
        again = command_to_lock(app.folder, "--upgrade-package", changed[0])
        raise ManifestError(
            f"{where}: it needs another version of {', '.join(changed)} than the app's lock has",
            hint=f"update those in the app ({again}), or leave {app.name}/{variant} out",
        )
    if unpinned := sorted(after.keys() - before.keys() - app.packages(variant).keys()):
        raise ManifestError(
            f"{where}: it needs {', '.join(unpinned)}, in no version that is pinned for it",
            hint=f"add to {pins}: " + ", ".join(f'{name} = "{after[name]}"' for name in unpinned),
        )


def _remove_orphans(state_folder: Path) -> None:
    """Remove what was made for apps that are no more, and for interpreters that are none of the usual and no more."""
    there_are = (each for kind in (_ON_USUAL, _ON_ANOTHER) for each in (state_folder / kind).glob(f"*/{_ORIGIN}"))
    for origin in there_are:
        project, app_folder = origin.parent, Path(os.fsdecode(origin.read_bytes()))
        python = project / ".venv" / "bin" / "python"
        dangles = project.parent.name == _ON_ANOTHER and python.is_symlink() and not python.exists()
        if dangles or not app_folder.is_dir():
            shutil.rmtree(project, ignore_errors=True)
