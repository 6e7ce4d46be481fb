"""Which files in an app's folder are its own: what git tracks or would track, and without git all but the known rest.

A folder holds more than its app: environments, data, a developer's settings with passwords. None of that belongs into a
report, which is published. What is left out is named, so that nobody takes a part for the whole.
"""

import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from harness.host.git import Git
from harness.model.app import App
from harness.model.errors import GitError
from harness.model.run import LeftOut

MOST_FILES: Final = 2_000
"""Of one app. Its own code is a few dozen."""

_GENERATED: Final = frozenset({"__pycache__", "uv.lock"})
"""Never an app's own, and not worth naming. So is whatever begins with a dot."""
_NOT_ITS_OWN: Final = (
    *("venv", "env", "virtualenv", "site-packages", "node_modules", "build", "dist", "htmlcov", "*.egg-info", "*.egg"),
    *("*.pyc", "*.pyo", "*.so", "*.log", "*.pid", "*.sock", "*.sqlite", "*.sqlite3", "*.db", "instance"),
)
"""What projects usually have git ignore, as GitHub's own template for Python does."""
_SECRET: Final = (
    *("local_settings.py", "settings_local.py", "secrets.*", "secret.*", "*secret*.json", "*.env", "*.kdbx"),
    *("service-account*", "service_account*", "*credential*.json", "*.pem", "*.key", "*.p12", "*.pfx", "*.jks"),
    *("id_rsa*", "id_dsa*", "id_ecdsa*", "id_ed25519*", "*.tfvars", "htpasswd"),
)
"""What holds secrets as a rule. A file that git tracks is not held back: whoever reads the repository reads it."""
_NAMED: Final = 50
"""Of what is left out, how many are named one by one."""
_MARK: Final = "pyvenv.cfg"
"""Lies in the folder of every virtual environment (PEP 405)."""


@dataclass(frozen=True, slots=True)
class OwnFile:
    """One of an app's own files."""

    name: str
    """Relative to the app's folder, with forward slashes; bytes that are no UTF-8 as Python keeps them."""
    path: Path
    withheld: str | None = None
    """Why its text may not be shown; None where it may."""


@dataclass(frozen=True, slots=True)
class OwnFiles:
    """All of them by name, and what else lies in the folder."""

    files: tuple[OwnFile, ...]
    left_out: tuple[LeftOut, ...]


def own_files(app: App) -> OwnFiles:
    """The app's own files, at most `MOST_FILES`. Whatever git or the disk says, nothing is raised."""
    search = _Search(app.folder)
    if app.own_files is not None:
        search.take(app.own_files, secret=True)
    elif not search.ask_git():
        search.walk()
    return search.found()


def shown(name: str) -> str:
    """A file's name for people and for JSON."""
    return os.fsencode(name).decode(errors="backslashreplace")


def without_foreign(folder: str, names: list[str]) -> set[str]:
    """For `shutil.copytree`: what no copy of an app needs (environments, bytecode), and what can't be copied."""
    return {name for name in names if _is_foreign(Path(folder, name))}


def _is_foreign(path: Path) -> bool:
    try:
        mode = path.stat().st_mode
    except OSError:  # It leads nowhere, or to itself.
        return True
    if path.name in {".venv", "__pycache__"} or path.name.endswith((".pyc", ".egg-info")) or _is_environment(path):
        return True
    return not (stat.S_ISDIR(mode) or stat.S_ISREG(mode)) or not os.access(path, os.R_OK)


class _Search:
    """Sorts what lies in one folder into files of the app's own and what is left out."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: list[OwnFile] = []
        self._left_out: dict[str, str] = {}
        self._withheld: str | None = None

    def found(self) -> OwnFiles:
        """All of it, by name."""
        named = [LeftOut(path=shown(name), why=why) for name, why in self._left_out.items()]
        if len(named) > _NAMED:
            named = [*named[:_NAMED], LeftOut(path="...", why=f"and {len(named) - _NAMED:,} more")]
        files = sorted(self._files, key=lambda file: [os.fsencode(part) for part in file.name.split("/")])
        return OwnFiles(tuple(files), tuple(named))

    def take(self, names: Iterable[str], *, foreign: bool = False, secret: bool = False) -> None:
        """Sort these names, looking for what is known to be `foreign` to an app, or `secret`, if they may be."""
        for name in sorted(set(names)):
            parts = name.rstrip("/").split("/")
            if any(map(_is_generated, parts)):
                continue
            depth = next((depth for depth, part in enumerate(parts, start=1) if _fits(part, _NOT_ITS_OWN)), 0)
            if foreign and depth:
                self._left_out["/".join(parts[:depth])] = "such files are generated, or hold data"
            elif len(self._files) == MOST_FILES:
                self._left_out["..."] = f"only the first {MOST_FILES:,} files are looked at"
                return
            elif why := _no_file(self._folder / name):
                self._left_out[name] = why
            else:
                self._files.append(OwnFile(name, self._folder / name, self._why_withheld(name, secret=secret)))

    def ask_git(self) -> bool:
        """Take what git tracks, and what it would track; False where it does not know the folder, or ignores it."""
        git = Git(self._folder)
        try:
            listed = _names(git.output("ls-files", "-z", "-t", "--cached", "--others", "--exclude-standard"))
            names = {name[2:]: name.startswith("? ") for name in listed}
            if "pyproject.toml" not in names:
                return False
            options = ("--others", "--ignored", "--exclude-standard", "--directory")
            ignored = _names(git.output("ls-files", "-z", *options))
        except GitError as error:
            if any(os.path.lexists(parent / ".git") for parent in (self._folder, *self._folder.parents)):
                # There may be secrets, and nobody to tell in which files.
                self._withheld = f"git can't tell whether it ignores the file: {error.what}"
            return False
        self.take(name for name, untracked in names.items() if not untracked)
        environments = tuple(name.removesuffix(_MARK) for name in names if name.endswith(f"/{_MARK}") and names[name])
        self._left_out.update(dict.fromkeys(environments, "a virtual environment"))
        self.take(
            (name for name, untracked in names.items() if untracked and not name.startswith(environments)),
            foreign=True,
            secret=True,
        )
        visible = (name for name in ignored if not any(map(_is_generated, name.rstrip("/").split("/"))))
        self._left_out.update(dict.fromkeys(visible, "git ignores it"))
        return True

    def walk(self) -> None:
        """Take what lies in the folder and those below it; links are not followed."""

        def unreadable(error: OSError) -> None:
            self._left_out[os.path.relpath(error.filename, self._folder)] = f"can't be read: {error.strerror}"

        for parent, folders, files in os.walk(self._folder, onerror=unreadable):
            inside = Path(parent).relative_to(self._folder)
            for name in folders.copy():
                path = Path(parent, name)
                if path.is_symlink():
                    self.take([(inside / name).as_posix()], foreign=True, secret=True)
                elif _fits(name, _NOT_ITS_OWN):
                    self.take([(inside / name / "any").as_posix()], foreign=True, secret=True)
                elif _is_environment(path) and not _is_generated(name):
                    self._left_out[(inside / name).as_posix()] = "a virtual environment"
                elif not _is_generated(name):
                    continue
                folders.remove(name)
            self.take(((inside / name).as_posix() for name in files), foreign=True, secret=True)

    def _why_withheld(self, name: str, *, secret: bool) -> str | None:
        if secret and _fits(name.rpartition("/")[2], _SECRET):
            return "by its name, it holds secrets"
        path = self._folder / name
        if path.is_symlink() and not path.resolve().is_relative_to(self._folder.resolve()):
            return "a link that leads out of the app's folder"
        return self._withheld


def _names(output: bytes) -> list[str]:
    return [os.fsdecode(name) for name in output.split(b"\0") if name]


def _no_file(path: Path) -> str | None:
    """Why this is nothing to be read; None where it is a file."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return "a link that leads nowhere" if path.is_symlink() else "it is not there"
    except OSError as error:
        return f"can't be read: {error.strerror}"
    if stat.S_ISDIR(mode):
        return "a link to a folder" if path.is_symlink() else "a repository of its own"
    return None if stat.S_ISREG(mode) else "neither file nor folder"


def _is_generated(name: str) -> bool:
    return name.startswith(".") or name in _GENERATED


def _is_environment(path: Path) -> bool:
    return os.path.isfile(path / _MARK)  # noqa: PTH113 - which says no where it may not look


def _fits(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name.lower(), pattern) for pattern in patterns)
