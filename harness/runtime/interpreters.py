"""Another Python than the harness's own, by its version or path, for one side of a run."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import uv

from harness.catalog.stale_lock import command_to_lock
from harness.host import variables
from harness.host.interpreter import examine_environment
from harness.model.app import App
from harness.model.errors import RuntimeFault, UsageError
from harness.model.host import Interpreter
from harness.runtime.environment import admits, python

_VERSION: Final = re.compile(r"\d+\.\d+(\.\d+)?[^\s,;]*")
_PYPY: Final = re.compile(r"pypy[-@]?(\d+\.\d+)")
"""As uv takes it; of the releases of PyPy itself, several have one version of Python."""
_BETWEEN: Final = re.compile(r"[\s,;]+")
"""Stands between several that are given as one."""
_PATIENCE_S: Final = 60.0
_ERROR: Final = "error: "
"""Begins the line in which uv says what went wrong."""
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
        return self.build.words


def find_python(given: str) -> FoundPython:
    """The installed interpreter that is `given` by its version, name or path; none is fetched.

    Raises:
        UsageError: There is none such, or it can't be run, or what is given names no one interpreter.
    """
    see_that_it_is_one(given)
    options = ("--no-python-downloads", "--system", "--no-project")
    found = _said((uv.find_uv_bin(), "python", "find", *options, "--", given))
    if found.returncode:
        raise UsageError(f"--python {given}: {_first_line(found.stderr)}", hint=_where())
    # What is on the PATH may be a link into an environment, or a script.
    path = found.stdout.strip()
    return _examined(given, Path(_said((path, "-I", "-c", _WHICH)).stdout.strip() or path))


_WHICH: Final = "import os, sys; print(os.path.realpath(getattr(sys, '_base_executable', None) or sys.executable))"


def see_that_it_is_one(given: str, *, of_this_host: bool = True) -> None:
    """See that what is given names one interpreter, and neither several nor all of a major version.

    Raises:
        UsageError: It does not; of those `of_this_host`, it names what there is.
    """
    parts = [part for part in _BETWEEN.split(given) if part]
    if parts[1:] and all(is_version(part) or "/" in part for part in parts) and not Path(given).exists():
        raise UsageError(
            f"--python {given} names {len(parts)} interpreters",
            hint=f"give the option once for each: {' '.join(f'--python {part}' for part in parts)}",
        )
    if given.isdecimal():
        here = [each for each in installed() if each.startswith(f"{given}.")] if of_this_host else []
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise UsageError(
            f"--python {given} names no one interpreter" + (f": here are {', '.join(here)}" if here else ""),
            hint=f"name one by two numbers at least, such as --python {version}",
        )


def installed() -> tuple[str, ...]:
    """The versions of the interpreters that are installed here, the oldest first; empty where uv can't tell."""
    options = ("--only-installed", "--no-python-downloads", "--output-format", "json")
    told = _said((uv.find_uv_bin(), "python", "list", *options))
    if told.returncode:
        return ()
    found = {_version_of(each) for each in json.loads(told.stdout)}
    return tuple(sorted(found, key=lambda each: [int(number) for number in re.findall(r"\d+", each)]))


def _version_of(listed: Mapping[str, str]) -> str:
    """As it is asked for: `3.14.0`, `3.14.0t`, `pypy-3.11.13`."""
    version = listed["version"] + "t" * ("freethreaded" in listed.get("variant", ""))
    return version if listed["implementation"] == "cpython" else f"{listed['implementation']}-{version}"


def _where() -> str:
    """Where an interpreter may be had that is not here, and which are here."""
    here = installed()
    return f"here are {', '.join(here)}; {_WHERE}" if here else _WHERE


def own_python() -> FoundPython:
    """The harness's own."""
    return _examined("", python())


def see_that_it_runs(app: App, found: FoundPython) -> None:
    """Raises UsageError where the app's project asks for another Python."""
    _see_that_it_admits(app, found.given, found.build.version, found.words)


def _see_that_it_admits(app: App, given: str, version: str, words: str) -> None:
    if not admits(app, version):
        raise UsageError(
            f"--python {given}: app '{app.name}' can't run on {words}: its project requires {app.python}",
            hint="name another Python, "
            f"or have requires-python in {app.folder}/pyproject.toml admit it and run `{command_to_lock(app.folder)}`",
        )


def base_image(app: App, given: str) -> str:
    """The image that stands for the interpreter `given`, where servers run in containers.

    Raises:
        UsageError: It is neither a version nor an image, or the app's project asks for another version.
    """
    image = image_of(given)
    if version := named_version(given):
        _see_that_it_admits(app, given, version, f"Python {given}" if is_version(given) else given)
    return image


def is_version(given: str) -> bool:
    """Whether an interpreter is named by its version."""
    return _VERSION.fullmatch(given) is not None


def named_version(given: str) -> str | None:
    """The version of Python that an interpreter is named by: 3.14 for `3.14`, `3.14t` and `pypy3.14`.

    None where it is named by something else: a path, an image.
    """
    if is_version(given):
        return given.removesuffix("t")
    named = _PYPY.fullmatch(given)
    return named[1] if named else None


def image_of(given: str) -> str:
    """The image that stands for the interpreter `given`: its own name, a version, or a version of PyPy.

    Raises:
        UsageError: It is none of these, or names no one interpreter.
    """
    see_that_it_is_one(given, of_this_host=False)
    if given.startswith((".", "/", "~")):
        raise UsageError(
            f"--python {given}: a path of this host is none in a container",
            hint="give a version such as 3.14, an image such as python:3.14-slim-trixie, or --runtime process",
        )
    if named := _PYPY.fullmatch(given):
        return f"pypy:{named[1]}-slim-trixie"
    return f"python:{given}-slim-trixie" if is_version(given) else given


def _examined(given: str, path: Path) -> FoundPython:
    try:
        return FoundPython(given, path, examine_environment(path).interpreter)
    except RuntimeFault as error:
        raise UsageError(f"--python {given}: {error.what}", hint=_where()) from None


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
    """The PATH with all that pyenv has installed, in place of its shims: those start only what the folder is set to.

    But for Python 2: uv ends its search at one.
    """
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    usual = os.environ.get("PATH", os.defpath).split(os.pathsep)
    folders = sorted(root.glob("versions/*/bin"), reverse=True)
    installed = (str(each) for each in folders if any(each.glob("python3*")))
    return os.pathsep.join((*installed, *(each for each in usual if Path(each) != root / "shims")))


def _first_line(said: str) -> str:
    """What uv ends with; before it may stand warnings of interpreters that nobody has asked for."""
    lines = said.strip().splitlines()
    found = next((line for line in lines if line.startswith(_ERROR)), lines[0] if lines else "")
    return found.removeprefix(_ERROR) or "no such Python"
