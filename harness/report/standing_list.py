"""Whether the list of runs that is there is the one that would be made: to look takes a tenth of making it.

Beside the page stand two hashes: of all that it was made of, and of the page. Neither a clock nor a name vouches for
what is kept, but the bytes of every digest and of this program. Whoever writes at the same time, or is stopped between
the two files, leaves hashes that don't fit, and the page is made anew.
"""

import os
import sys
from collections.abc import Iterator
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from typing import Final

from harness.history.digest_file import newer_digest
from harness.report.file_names import LIST_HASHES_FILE, REPORT_FILE
from harness.results.run_folders import run_folders

_PROGRAM: Final = Path(__file__).parents[1]
_DRAWN_WITH: Final = ("framework-referee", "jinja2", "markupsafe", "minify-html", "numpy", "pydantic")
"""What the page depends on beside the files of this program and Python itself."""
_OF_THE_PROGRAM: Final = (".py", ".jinja", ".css")


def made_of(reports: Path) -> str | None:
    """The hash of all that the list of the runs under `reports` is made of.

    None where a run has no digest that is newer than itself: the list is made of the run then.
    """
    found = blake2b(_program().encode())
    for folder in run_folders(reports):
        digest = newer_digest(folder)
        if digest is None:
            return None
        for part in (bytes(folder.name, sys.getfilesystemencoding(), "surrogateescape"), digest):
            found.update(b"%d:" % len(part) + part)
    return found.hexdigest()


def stands(reports: Path, source: str) -> bool:
    """Whether the page under `reports` was made of this, and nobody has changed it since."""
    try:
        hashes = (reports / LIST_HASHES_FILE).read_bytes()
        return hashes == hashes_of(source, (reports / REPORT_FILE).read_bytes())
    except OSError:
        return False


def hashes_of(source: str, page: bytes) -> bytes:
    """What stands beside a page that was made of this."""
    return f"{source}\n{blake2b(page).hexdigest()}\n".encode()


def _program() -> str:
    found = blake2b()
    for part in _parts():
        found.update(part + b"\0")
    return found.hexdigest()


def _parts() -> Iterator[bytes]:
    yield sys.version.encode()
    for name in _DRAWN_WITH:
        yield version(name).encode()
    for folder, folders, files in os.walk(_PROGRAM):
        folders[:] = sorted({*folders} - {"__pycache__"})
        for name in sorted(files):
            if name.endswith(_OF_THE_PROGRAM):
                file = Path(folder, name)
                yield file.relative_to(_PROGRAM).as_posix().encode()
                yield file.read_bytes()
