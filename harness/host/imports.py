"""How long it takes to import what an app imports of its framework, in an interpreter that has imported nothing yet."""

import ast
import os
import signal
import subprocess
import warnings
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from harness.host.own_files import own_files
from harness.model.app import App, Manifest

_TIMEOUT_S: Final = 30.0
_SCRIPT: Final = "import time; began = time.perf_counter_ns(); import {modules}; print(time.perf_counter_ns() - began)"
_LONGEST_BYTES: Final = 1024 * 1024
"""Of a file that people wrote."""


class NotImported(Exception):  # noqa: N818 - what it says, not an error's name
    """There is no time that an import takes; it says why."""


def import_script(app: App, top_level: Collection[str]) -> str:
    """A program that prints the nanoseconds which these imports take.

    Args:
        app: Its files are read, not run.
        top_level: The modules by which the framework is imported.

    Raises:
        NotImported: The app imports nothing of it.
    """
    package = app.manifest.package
    if not top_level:
        raise NotImported("it names no package" if package is None else f"{package} has no module here")
    names = sorted(set(_imported(app, top_level)))
    if not names:
        raise NotImported(f"its code imports nothing of {package}")
    return _SCRIPT.format(modules=", ".join(names))


def imported_in_s(command: Sequence[str], *, environment: Mapping[str, str] | None, folder: Path) -> float:
    """Run such a program by this command; the seconds it took.

    Raises:
        NotImported: An import failed, or did not end in time.
    """
    try:
        done = _carried_out(command, environment, folder)
        done.check_returncode()
        return int(done.stdout) / 1e9
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="backslashreplace").strip().splitlines()
        raise NotImported(said[-1] if said else f"exit code {error.returncode}") from error
    except subprocess.TimeoutExpired as error:
        raise NotImported(f"not within {_TIMEOUT_S:g} s") from error
    except (OSError, ValueError) as error:
        raise NotImported(str(error)) from error


def _carried_out(
    command: Sequence[str], environment: Mapping[str, str] | None, folder: Path
) -> subprocess.CompletedProcess[bytes]:
    """As `subprocess.run` does it, but that what the command has started is killed with it."""
    with subprocess.Popen(
        command,
        env=environment,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        process_group=0,
    ) as process:
        try:
            out, err = process.communicate(timeout=_TIMEOUT_S)
        except BaseException:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            raise
    return subprocess.CompletedProcess(command, process.returncode, out, err)


def _imported(app: App, top_level: Collection[str]) -> Iterator[str]:
    """Modules as the import statements name them; `from a.b import c` imports `a.b`.

    The sites that frameworks are probed by are programs of their own, which the app's servers never import.
    """
    apart = _probed_by(app.manifest)
    for file in own_files(app).files:
        if file.path.suffix == ".py" and Path(file.name).parts[0].removesuffix(".py") not in apart:
            for name in _names(_parsed(file.path)):
                if name.partition(".")[0] in top_level:
                    yield name


def _probed_by(manifest: Manifest) -> set[str]:
    """Modules and packages that only these sites' commands name, as `bare_site:app` or `batteries_site.py`."""
    words = (word for site in manifest.sites.values() for word in site.command)
    return {word.partition(":")[0].removesuffix(".py") for word in words}


def _parsed(path: Path) -> ast.AST:
    """The file's syntax tree; an empty one where this Python can't run it either: a template, a file for Python 2."""
    try:
        with path.open("rb") as stream:
            content = stream.read(_LONGEST_BYTES + 1)
        if len(content) <= _LONGEST_BYTES:
            with warnings.catch_warnings(action="ignore"):  # about the app's code, which is for its author to hear
                return ast.parse(content)
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        pass
    return ast.Module([], [])


def _names(module: ast.AST) -> Iterable[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
