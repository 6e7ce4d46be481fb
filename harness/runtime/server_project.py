"""An app's project on a server that it shares with others: the app's lock as it is, and the server's packages.

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
from harness.model.app import App
from harness.model.cell import Subject
from harness.model.errors import ManifestError
from harness.runtime.environment import DECIDING_FILES
from harness.runtime.requirements import NotResolved, require

_STAMP: Final = "bench-server-stamp"
_ORIGIN: Final = "bench-server-app"
"""Holds the path of the app's folder, so that what is left of apps that are no more can go."""


def servers_of(app: App, subjects: Iterable[Subject]) -> tuple[str, ...]:
    """The shared servers that the app is measured on in these subjects."""
    asked = (each.variant for each in subjects if each.app == app.name and each.variant in app.on_servers)
    return tuple(dict.fromkeys(asked))


def project_folder(app: App, variant: str, state_folder: Path) -> Path:
    """Where the project is that this variant of the app runs in."""
    if variant not in app.on_servers:
        return app.folder
    place = hashlib.sha256(bytes(app.folder.resolve())).hexdigest()[:8]
    return state_folder.resolve() / "servers" / f"{app.name}-{variant}-{place}"


def make_project(app: App, server: str, state_folder: Path) -> Path:
    """Make the project of an app on a shared server, where it is not there already, and return its folder.

    Raises ManifestError where the server's file does not pin all that it needs, or needs other versions than the app.
    """
    folder = project_folder(app, server, state_folder)
    _remove_orphans(folder.parent)
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_name(f"{folder.name}.lock")):
        stamp, wanted = folder / _STAMP, _wanted(app, server)
        if not (stamp.is_file() and stamp.read_text(encoding="ascii") == wanted):
            stamp.unlink(missing_ok=True)
            for name in DECIDING_FILES:
                shutil.copy(app.folder / name, folder)
            for wheel in app.folder.glob("*.whl"):
                shutil.copy(wheel, folder)
            _add(app, server, folder)
            (folder / _ORIGIN).write_bytes(bytes(app.folder.resolve()))
            stamp.write_text(wanted, encoding="ascii")
    return folder


def _wanted(app: App, server: str) -> str:
    parts = (*((app.folder / name).read_bytes() for name in DECIDING_FILES), *map(str.encode, _asked(app, server)))
    return hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


def _asked(app: App, server: str) -> Sequence[str]:
    """What the app's lock has stays as it is; the rest comes in the version that the server's file pins."""
    locked = locked_versions(app.folder / "uv.lock")
    packages = app.on_servers[server].packages
    return [name if name in locked else f"{name}=={version}" for name, version in packages.items()]


def _add(app: App, server: str, folder: Path) -> None:
    before = locked_versions(app.folder / "uv.lock")
    where = f"app '{app.name}' can't be deployed on {server}"
    try:
        require(folder, _asked(app, server))
    except NotResolved as error:
        raise ManifestError(
            f"{where}: no versions fit both:\n{error}",
            hint=f"pin other versions under [packages] in servers/{server}.toml, or leave {app.name}/{server} out",
        ) from None
    after = locked_versions(folder / "uv.lock")
    changed = sorted(name for name in before if after.get(name) != before[name])
    if changed:
        raise ManifestError(
            f"{where}: the server needs another version of {', '.join(changed)} than the app's lock has",
            hint=f"update those in the app (uv lock --project {app.folder} --upgrade-package {changed[0]}), "
            f"or leave {app.name}/{server} out",
        )
    if unpinned := sorted(after.keys() - before.keys() - app.on_servers[server].packages.keys()):
        raise ManifestError(
            f"{where}: it needs {', '.join(unpinned)}, in no version that its file pins",
            hint=f"add to [packages] in servers/{server}.toml: "
            + ", ".join(f'{name} = "{after[name]}"' for name in unpinned),
        )


def _remove_orphans(folder: Path) -> None:
    for origin in folder.glob(f"*/{_ORIGIN}"):
        if not Path(os.fsdecode(origin.read_bytes())).is_dir():
            shutil.rmtree(origin.parent, ignore_errors=True)
