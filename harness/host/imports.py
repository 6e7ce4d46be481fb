"""How long it takes to import what an app imports of its framework, in an interpreter that has imported nothing yet."""

import ast
import subprocess
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from harness.model.app import App

_TIMEOUT_S: Final = 30.0
_SCRIPT: Final = "import time; began = time.perf_counter_ns(); import {modules}; print(time.perf_counter_ns() - began)"
_NOT_THE_APPS_OWN: Final = (".venv", "__pycache__")


def import_script(app: App, top_level: Collection[str]) -> str | None:
    """A program that prints the nanoseconds which these imports take; None where the app imports nothing of it.

    Args:
        app: Its files are read, not run.
        top_level: The modules by which the framework is imported.
    """
    names = sorted(set(_imported(app.folder, top_level)))
    if not names:
        return None
    return _SCRIPT.format(modules=", ".join(names))


def imported_in_s(command: Sequence[str], *, environment: Mapping[str, str] | None, folder: Path) -> float | None:
    """Run such a program by this command; the seconds it took, or None where an import failed."""
    try:
        done = subprocess.run(
            command,
            env=environment,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
            timeout=_TIMEOUT_S,
        )
        return int(done.stdout) / 1e9
    except (OSError, subprocess.SubprocessError, ValueError):
        return None


def _imported(folder: Path, top_level: Collection[str]) -> Iterator[str]:
    """Modules as the import statements name them; `from a.b import c` imports `a.b`."""
    for path in sorted(folder.rglob("*.py")):
        if any(part in _NOT_THE_APPS_OWN for part in path.relative_to(folder).parts):
            continue
        for name in _names(ast.parse(path.read_bytes())):
            if name.partition(".")[0] in top_level:
                yield name


def _names(module: ast.Module) -> Iterable[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
