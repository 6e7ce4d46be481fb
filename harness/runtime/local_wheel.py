"""A wheel of what lies on this host, for one side of a run: a wheel as it is, or one built of a folder of sources.

A folder is built out of a copy, so that nothing is written into a checkout, and nothing taken that an earlier build
left there. The copy has the same git repository, which many projects ask for their version.
"""

import os
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename

from harness.host.git import Git
from harness.host.own_files import without_foreign
from harness.host.uv_command import run_uv, uv_words
from harness.model.errors import GitError, UsageError

BUILD_S: Final = 600.0
_LEFT_BY_BUILDS: Final = shutil.ignore_patterns(".git", "build", "dist", "*.egg-info", ".tox", ".nox", ".*_cache")
_SAME_EACH_TIME: Final = {"SOURCE_DATE_EPOCH": "1577836800", "GIT_OPTIONAL_LOCKS": "0"}
"""Times in a wheel are this one, so that equal sources give equal wheels; and git writes nothing."""
_COMMIT_LENGTH: Final = 9


@dataclass(frozen=True, slots=True)
class LocalWheel:
    """A wheel in the folder of an app's copy."""

    file: Path
    name: str
    """Of the distribution, as indexes compare it."""
    version: str
    commit: str | None
    """Of the sources, shortened, with `+dirty` where they had changes; None for a wheel and outside of a repository."""

    @property
    def words(self) -> str:
        """`flask 3.2.0.dev0, commit 1a2b3c4d5+dirty`."""
        return f"{self.name} {self.version}" + (f", commit {self.commit}" if self.commit else "")

    @property
    def short_name(self) -> str:
        """The same as a part of a name."""
        return "-".join(filter(None, (self.name, self.version, self.commit)))


def is_path(requirement: str) -> bool:
    """Whether it names something on this host rather than in an index: a path is told by its slash, or is a wheel."""
    return requirement.startswith((".", "/", "~")) or (requirement.endswith(".whl") and "@" not in requirement)


def local_wheel(given: str, target: Path, python: Path) -> LocalWheel:
    """The wheel that is `given`, or one of the sources in the folder that is, in the folder `target`.

    Raises:
        UsageError: There is no such, or the sources can't be built.
    """
    path = Path(given).expanduser()
    if path.is_file():
        return _described(_copied(path, given, target), given, commit=None)
    if not path.is_dir():
        raise UsageError(
            f"--with {given}: there is no such folder or wheel",
            hint="give the folder of the framework's sources (such as ./checkout), a wheel, or a requirement",
        )
    if not any((path / name).is_file() for name in ("pyproject.toml", "setup.py")):
        raise UsageError(
            f"--with {given}: the folder holds no Python project: neither pyproject.toml nor setup.py",
            hint="give the folder that `pip install` would take",
        )
    return _built(path.resolve(), given, target, python)


def _copied(path: Path, given: str, target: Path) -> Path:
    if path.suffix != ".whl":
        raise UsageError(f"--with {given}: the file is no wheel", hint="give a wheel, or the folder of the sources")
    return Path(shutil.copy(path, target))


def _built(path: Path, given: str, target: Path, python: Path) -> LocalWheel:
    sources = target / ".sources"
    commit = _copy(path, sources)
    out = target / ".built"
    options = ("--wheel", "--no-progress", "--python", str(python), "--out-dir", str(out))
    try:
        done = run_uv("build", *options, str(sources), timeout_s=BUILD_S, cwd=target, environment=_SAME_EACH_TIME)
    except subprocess.TimeoutExpired:
        raise UsageError(
            f"--with {given}: no wheel was built within {BUILD_S:g} s",
            hint=f"see what it waits for: {_command_to_build(given)}",
        ) from None
    wheels = sorted(out.glob("*.whl"))
    if done.returncode or len(wheels) != 1:
        said = uv_words(done.stderr).replace(str(sources), given)
        raise UsageError(
            f"--with {given}: no wheel can be built of it:\n{said}",
            hint=f"mend what stands above until `{_command_to_build(given)}` succeeds, or give a wheel",
        )
    wheel = Path(shutil.move(wheels[0], target))
    shutil.rmtree(sources)
    shutil.rmtree(out)
    return _described(wheel, given, commit)


def _command_to_build(given: str) -> str:
    return shlex.join(("uv", "build", "--wheel", given))


def _copy(path: Path, copy: Path) -> str | None:
    """Copy the sources, and say which commit they are of, if they are of any."""
    git = Git(path)
    try:
        listed = git.output("ls-files", "-z", "--cached", "--others", "--exclude-standard")
        place = git("rev-parse", "--absolute-git-dir")
        at_top = Path(git("rev-parse", "--show-toplevel")).resolve() == path
        commit = git("rev-parse", f"--short={_COMMIT_LENGTH}", "HEAD")
        changes = git("status", "--porcelain", "--untracked-files=normal", "--", ".")
    except GitError:
        listed = b""
    if not listed:  # in no repository, or in one that ignores it
        shutil.copytree(path, copy, symlinks=True, ignore=_ignored)
        return None
    copy.mkdir()
    for name in sorted({os.fsdecode(name) for name in listed.split(b"\0") if name}):
        _copy_one(path / name, copy / name)
    if at_top:
        (copy / ".git").write_text(f"gitdir: {place}\n")
    return f"{commit}+dirty" if changes else commit


def _copy_one(path: Path, copy: Path) -> None:
    copy.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir() and not path.is_symlink():  # a repository within it
        shutil.copytree(path, copy, symlinks=True, ignore=_ignored)
    elif path.is_symlink() or path.is_file():  # one that git tracks may have been removed
        shutil.copy2(path, copy, follow_symlinks=False)


def _ignored(folder: str, names: list[str]) -> set[str]:
    return without_foreign(folder, names) | _LEFT_BY_BUILDS(folder, names)


def _described(file: Path, given: str, commit: str | None) -> LocalWheel:
    try:
        name, version, *_ = parse_wheel_filename(file.name)
    except InvalidWheelFilename:
        raise UsageError(
            f"--with {given}: '{file.name}' is no name of a wheel",
            hint="give the file the name that its build gave it: NAME-VERSION-PYTHON-ABI-PLATFORM.whl",
        ) from None
    return LocalWheel(file, canonicalize_name(name), str(version), commit)
