"""An app's own virtual environment, made by uv from its lock file."""

import hashlib
import platform
import shlex
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

from filelock import FileLock
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from harness.catalog.project_file import shown
from harness.catalog.stale_lock import command_to_lock, may_be_stale
from harness.host.uv_command import run_uv, uv_words
from harness.model.app import App
from harness.model.errors import ManifestError, RuntimeFault

INSTALL_TIMEOUT_S: Final = 600.0
_PATIENCE_S: Final = 60.0
DECIDING_FILES: Final = ("pyproject.toml", "uv.lock")
"""Of a project: what decides which packages are installed."""
_STAMP: Final = "bench-stamp"


class CantRun(ManifestError):  # noqa: N818 - what it says, not an error's name
    """An app can't run on the interpreter that it was to be measured on, which is another than the usual."""


def programs_folder(app: App, project: Path | None = None) -> Path:
    """Where the programs of an app's environment are; of that on another server, whose `project` is said."""
    return (project or app.folder).resolve() / ".venv" / "bin"


def make_environment(app: App, locks: Path, project: Path | None = None) -> bool:
    """Bring an app's environment to what its lock file says; False where it already was.

    `locks` is a folder shared by all harnesses that might make the same environment at the same time. `project` holds
    the environment, and the lock file that it is made by, where that is not the app's own.

    Every app gets the harness's own interpreter, so that none differs from another by its build, unless that is what
    is compared. Raises ManifestError where the lock file is missing or stale or the app can't run on that interpreter,
    RuntimeFault where a package can't be installed.
    """
    folder = (project or app.folder).resolve()
    lock_file = folder / "uv.lock"
    if not lock_file.is_file():
        raise ManifestError(f"app '{app.name}' has no uv.lock", hint=f"run: {command_to_lock(app.folder)}")
    if shown(folder) != str(folder):
        raise ManifestError(
            f"the environment of app '{app.name}' can't be made: the path of {shown(folder)} is not in UTF-8",
            hint="rename the folder whose name is in another encoding",
        )
    venv = folder / ".venv"
    wanted = _stamp(folder, python(app))
    stamp = venv / _STAMP
    if _is_made(venv, stamp, wanted):
        return False
    locks.mkdir(parents=True, exist_ok=True)
    with FileLock(locks / f"{app.name}-{hashlib.sha256(bytes(folder)).hexdigest()[:12]}.lock"):
        if _is_made(venv, stamp, wanted):
            return False
        _sync(app, folder)
        stamp.write_text(wanted, encoding="ascii")
    return True


def see_that_it_can_be_made(app: App) -> None:
    """What `make_environment` would fail by, as far as that shows before anything is made.

    Raises ManifestError where the app asks for another Python than it gets, or its lock does not fit its project.

    Whether the lock may not, is seen without uv, which is then asked; so a sound app costs no process. On another
    interpreter than the usual, whether the app admits that was asked when it was chosen. What only the installing shows
    stays unknown.
    """
    folder = app.folder.resolve()
    if _is_made(folder / ".venv", folder / ".venv" / _STAMP, _stamp(folder, python())):
        return
    usual = app.interpreter is None and app.base_image is None
    if usual and not admits(app, platform.python_version()):
        raise environment_fault(app, f"its requires-python is {app.python}")
    if may_be_stale(folder):
        with suppress(subprocess.TimeoutExpired):
            options = ("--check", "--python", str(python()), "--project", str(folder))
            done = run_uv("lock", *options, timeout_s=_PATIENCE_S, cwd=folder)
            if done.returncode:
                raise environment_fault(app, done.stderr)


def admits(app: App, version: str) -> bool:
    """Whether the app's project admits this version of Python; also where what it says can't be read."""
    try:
        return SpecifierSet(app.python).contains(version, prereleases=True)
    except InvalidSpecifier:
        return True  # which uv will tell


def lock_sha256(folder: Path) -> str:
    """Hash of the lock file in the folder: equal hashes install equal packages."""
    return hashlib.sha256((folder / "uv.lock").read_bytes()).hexdigest()


def _stamp(folder: Path, interpreter: Path) -> str:
    """Of all that decides what is installed. The folder counts: programs name their interpreter by its path."""
    parts = (
        str(folder).encode(),
        str(interpreter).encode(),
        sys.version.encode(),
        *((folder / name).read_bytes() for name in DECIDING_FILES),
    )
    return hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


def _is_made(venv: Path, stamp: Path, wanted: str) -> bool:
    # The link to the interpreter dangles where that was removed.
    return stamp.is_file() and stamp.read_text(encoding="ascii") == wanted and (venv / "bin" / "python").exists()


def python(app: App | None = None) -> Path:
    """The interpreter for all apps: the one that runs the harness, out of its virtual environment; or the app's own."""
    return app.interpreter if app and app.interpreter else Path(sys.executable).resolve()


def _sync(app: App, folder: Path) -> None:
    try:
        done = run_uv(
            *("sync", "--locked", "--no-dev", "--compile-bytecode", "--no-progress"),
            *("--python", str(python(app)), "--project", str(folder)),
            timeout_s=INSTALL_TIMEOUT_S,
            cwd=folder,
            # Of this folder, whatever uv takes it for: the environment of a workspace would be emptied.
            environment={"UV_PROJECT_ENVIRONMENT": str(folder / ".venv")},
        )
    except subprocess.TimeoutExpired:
        raise RuntimeFault(
            f"the environment of app '{app.name}' was not installed within {INSTALL_TIMEOUT_S:g} s",
            hint=f"see what it waits for: {_command_to_sync(app)}",
        ) from None
    if done.returncode:
        raise environment_fault(app, done.stderr)


def _command_to_sync(app: App) -> str:
    return shlex.join(("uv", "sync", "--locked", "--no-dev", "--project", str(app.folder)))


def environment_fault(app: App, said: str) -> ManifestError | RuntimeFault:
    """What uv's words mean for the user: something to mend in the app's folder, or in the machinery."""
    what = f"the environment of app '{app.name}' can't be made"
    said = uv_words(said)
    lowered = said.lower()
    if "hash mismatch" in lowered or ("parse" in lowered and "uv.lock" in lowered):
        # `uv lock` alone stops at the one, and keeps the other.
        return ManifestError(
            f"{what}: its uv.lock is damaged\n{said}",
            hint=f"remove {app.folder}/uv.lock, then run: {command_to_lock(app.folder)}; or take it back from git",
        )
    if "lockfile" in lowered and ("needs to be updated" in lowered or "--locked" in lowered):
        return ManifestError(
            f"{what}: its uv.lock does not match its pyproject.toml",
            hint=f"run: {command_to_lock(app.folder)}",
        )
    if "requires-python" in lowered or "python requirement" in lowered:
        if named := app.base_image or app.interpreter:
            return CantRun(
                f"{what}: it can't run on {named}\n{said}",
                hint=f"name another Python, or have requires-python in {app.folder}/pyproject.toml admit this one",
            )
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        return ManifestError(
            f"{what}: it can't run on Python {version}, which runs the harness and all other apps\n{said}",
            hint=f"have requires-python in {app.folder}/pyproject.toml admit {version} and run "
            f"`{command_to_lock(app.folder)}`, "
            "or leave this app out",
        )
    return RuntimeFault(f"{what}:\n{said}", hint=f"run: {_command_to_sync(app)}")
