"""The history as a file that only grows: JSON lines, one for each cell of each run.

It is all that a comparison needs of an earlier run, in some ten thousandths of the run folder's size.
"""

import shlex
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from pydantic import ValidationError
from pydantic_core import from_json, to_json

from harness.model.claim import Metric
from harness.model.comparison import HISTORY_SCHEMA_VERSION, HistoryLine, RunHead, RunSummary
from harness.model.errors import BenchError
from harness.writing import append_to

_HEAD: Final = tuple(RunHead.model_fields)


class HistoryError(BenchError):
    """A history file can't be used."""


def append(file: Path, summary: RunSummary) -> bool:
    """Add a run's lines at the end, all of them or none; False where the file has the run already.

    Raises:
        HistoryError: The file is damaged.
        WriteError: It can't be written, and is as it was.
    """
    known = {run.run_id for run in read(file)} if file.exists() else set()
    if summary.run_id in known:
        return False
    data = b"".join(line.model_dump_json().encode() + b"\n" for line in _lines(summary))
    append_to(file, data)
    return True


def read(file: Path) -> list[RunSummary]:
    """All runs of a history file, oldest first, each with each of its cells once.

    Lines may stand in any order and more than once, as a merge of two branches leaves them.

    Raises:
        HistoryError: There is no such file, a line of it is damaged or of a newer version, or two lines tell something
            else of the same cell of the same run.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        makes = shlex.join(("bench", "history", "--append", str(file)))
        raise HistoryError(
            f"{file} can't be read: {error.strerror}", hint=f"`{makes}` makes one of the newest run"
        ) from error
    runs: dict[str, dict[str, tuple[int, HistoryLine]]] = {}
    for number, text in enumerate(content.splitlines(), start=1):
        if text.strip():
            line = _parse(file, number, text)
            first, known = runs.setdefault(line.run_id, {}).setdefault(line.cell.cell.key, (number, line))
            if not _is_same(known, line):
                raise HistoryError(
                    f"{file}: lines {first} and {number} differ, and are of the same cell of the same run",
                    hint="remove one of the two",
                )
    joined = [_join([line for _, line in own.values()]) for own in runs.values()]
    return sorted(joined, key=lambda run: (run.started_at, run.run_id))


def _is_same(a: HistoryLine, b: HistoryLine) -> bool:
    """But for how the run's folder was named, and for the version that the line was written by."""
    return a == b.model_copy(update={"name": a.name, "schema_version": a.schema_version})


def _lines(summary: RunSummary) -> Iterable[HistoryLine]:
    head = {name: getattr(summary, name) for name in _HEAD}
    return (HistoryLine(**head, cell=cell) for cell in summary.cells)


def _join(lines: list[HistoryLine]) -> RunSummary:
    head = {name: getattr(lines[0], name) for name in _HEAD}
    return RunSummary(**head, cells=tuple(line.cell for line in lines))


def _parse(file: Path, number: int, line: bytes) -> HistoryLine:
    try:
        found = HistoryLine.model_validate_json(_as_of_today(line))
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, problem["loc"]))
        raise HistoryError(
            f"{file}, line {number}: {place}: {problem['msg']}"
            if place
            else f"{file}, line {number}: {problem['msg']}",
            hint="remove that run's lines, or restore the file from its branch",
        ) from error
    if found.schema_version > HISTORY_SCHEMA_VERSION:
        raise HistoryError(
            f"{file}, line {number} has schema version {found.schema_version}; this program knows up to "
            f"{HISTORY_SCHEMA_VERSION}",
            hint="upgrade this program to read the history",
        )
    return found


def _as_of_today(line: bytes) -> bytes:
    """A line of version 1 as this version writes it; any other line as it is."""
    with suppress(ValueError, TypeError, KeyError, AttributeError):
        document = from_json(line)
        if document["schema_version"] == 1:
            document.pop("noise_floors")
            figures = document["cell"]["figures"]
            if Metric.P99 in figures:
                figures[Metric.P99_AS_MET] = figures.pop(Metric.P99)
            return to_json(document)
    return line
