"""The rates of earlier runs on the same host, which a new run takes again where they still suit."""

from pathlib import Path
from typing import Final

from pydantic_core import from_json

from harness.model.errors import RunFolderError
from harness.model.run import OfferedRate, Run
from harness.results.folder import run_folders
from harness.results.records import HEADER_FILE, parse_header

NEWEST: Final = 30
"""So many runs are looked at: what older ones used, one of these has taken from them, or had reason not to."""


def earlier_rates(reports: Path, run: Run) -> list[tuple[str, OfferedRate]]:
    """Those of the runs in a folder on the hosts and in the runtime of this one, with their runs' names, newest first.

    A run that can't be read has none.
    """
    found: list[tuple[str, OfferedRate]] = []
    for folder in reversed(run_folders(reports)[-NEWEST:]):
        other = _with_rates(folder / HEADER_FILE)
        if other is not None and other.run_id != run.run_id and _where(other) == _where(run):
            found += [(folder.name, rate) for rate in other.rates]
    return found


def _with_rates(header: Path) -> Run | None:
    try:
        content = header.read_bytes()
        # Most of a header is the apps' code: whether it is worth validating shows before.
        document = from_json(content)
        return parse_header(content, header) if isinstance(document, dict) and document.get("rates") else None
    except (OSError, ValueError, RunFolderError):
        return None


def _where(run: Run) -> tuple[object, ...]:
    return run.runtime, run.host.fingerprint, None if run.load_host is None else run.load_host.fingerprint
