"""What the newest runs in a reports folder recorded beside their windows; only their headers are read."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pydantic_core import from_json

from harness.model.errors import RunFolderError
from harness.model.run import Run
from harness.results.records import content_of, parse_header
from harness.results.run_folders import HEADER_FILE, run_folders

NEWEST: Final = 30
"""So many runs are looked at: to read all of a folder that is years old takes longer than what it tells is worth."""


def newest_with(reports: Path, field: str) -> Iterator[tuple[str, Run]]:
    """Of the newest runs, those that recorded something in this field of `run.json`, with their folders' names.

    The newest comes first. A run that can't be read is passed over.
    """
    for folder in reversed(run_folders(reports)[-NEWEST:]):
        run = _with(folder / HEADER_FILE, field)
        if run is not None:
            yield folder.name, run


def _with(header: Path, field: str) -> Run | None:
    try:
        content = content_of(header)
        # Most of a header is the apps' code: whether it is worth validating shows before.
        document = from_json(content)
        return parse_header(content, header) if isinstance(document, dict) and document.get(field) else None
    except (ValueError, RunFolderError):
        return None
