"""Another Python than the harness's own, by its version or path, for one side of a run."""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import uv
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from harness.host import variables
from harness.host.interpreter import examine_environment
from harness.model.app import App
from harness.model.errors import RuntimeFault, UsageError
from harness.model.host import Interpreter
from harness.runtime.environment import python

_VERSION: Final = re.compile(r"\d+\.\d+(\.\d+)?\S*")
_PATIENCE_S: Final = 60.0
_WHERE: Final = (
    "`uv python list` shows what is installed here, `uv python install VERSION` adds one; a path is taken as well"
)


@dataclass(frozen=True, slots=True)
class FoundPython:
    """An interpreter of this host."""

    given: str
    path: Path
    build: Interpreter

    @property
    def words(self) -> str:
        """`CPython 3.14.0`, `CPython 3.14.0 free-threaded`."""
        return f"{self.build.implementation} {self.build.version}{' free-threaded' * self.build.free_threaded}"


def find_python(given: str) -> FoundPython:
    """The installed interpreter that is `given` by its version, name or path; none is fetched.

    Raises:
        UsageError: There is none such, or it can't be run.
    """
    options = ("--no-python-downloads", "--system", "--no-project")
    found = _said((uv.find_uv_bin(), "python", "find", *options, "--", given))
    if found.returncode:
        raise UsageError(f"--python {given}: {_first_line(found.stderr)}", hint=_WHERE)
    # What is on the PATH may be a link into an environment, or a script.
    path = found.stdout.strip()
    return _examined(given, Path(_said((path, "-I", "-c", _WHICH)).stdout.strip() or path))


_WHICH: Final = "import os, sys; print(os.path.realpath(getattr(sys, '_base_executable', None) or sys.executable))"


def own_python() -> FoundPython:
    """The harness's own."""
    return _examined("", python())


def see_that_it_runs(app: App, found: FoundPython) -> None:
    """Raises UsageError where the app's project asks for another Python."""
    _see_that_it_admits(app, found.given, found.build.version, found.words)


def _see_that_it_admits(app: App, given: str, version: str, words: str) -> None:
    try:
        fits = SpecifierSet(app.python).contains(version, prereleases=True)
    except InvalidSpecifier:
        return  # which uv will tell
    if not fits:
        raise UsageError(
            f"--python {given}: app '{app.name}' can't run on {words}: its project requires {app.python}",
            hint="name another Python, "
            f"or have requires-python in {app.folder}/pyproject.toml admit it and run `uv lock`",
        )


def base_image(app: App, given: str) -> str:
    """The image that stands for the interpreter `given`, where servers run in containers: its own name, or a version.

    Raises:
        UsageError: It is neither, or the app's project asks for another version.
    """
    if given.startswith((".", "/", "~")):
        raise UsageError(
            f"--python {given}: a path of this host is none in a container",
            hint="give a version such as 3.14, an image such as python:3.14-slim-trixie, or --runtime process",
        )
    if not _VERSION.fullmatch(given):
        return given
    _see_that_it_admits(app, given, given, f"Python {given}")
    return f"python:{given}-slim-trixie"


def _examined(given: str, path: Path) -> FoundPython:
    try:
        return FoundPython(given, path, examine_environment(path).interpreter)
    except RuntimeFault as error:
        raise UsageError(f"--python {given}: {error.what}", hint=_WHERE) from None


def _said(command: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        env={**variables.installer(), "PATH": _path()},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=_PATIENCE_S,
    )


def _path() -> str:
    """The PATH with all that pyenv has installed, in place of its shims: those start only what the folder is set to."""
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    usual = os.environ.get("PATH", os.defpath).split(os.pathsep)
    installed = map(str, sorted(root.glob("versions/*/bin"), reverse=True))
    return os.pathsep.join((*installed, *(each for each in usual if Path(each) != root / "shims")))


def _first_line(said: str) -> str:
    return said.strip().partition("\n")[0].removeprefix("error: ") or "no such Python"
