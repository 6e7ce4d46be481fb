"""The texts of a run folder, parsed into records; whatever can't be read is named by file and line."""

import stat
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field, TypeAdapter, ValidationError
from pydantic_core import from_json

from harness.arrival_log import ArrivalLog
from harness.histogram import see_to
from harness.mistake import mistakes
from harness.model.base import Contract
from harness.model.conformance import Conformance, ContractFinding
from harness.model.errors import RunFolderError
from harness.model.framework_probe import FrameworkProbeResult
from harness.model.naming import called, cell_words
from harness.model.run import RUN_SCHEMA_VERSION, RoundEnd, Run, Start, Window, WindowKind

_SCHEMA_NAME: Final[str] = Run.model_fields["schema_name"].default
DAMAGED_HINT: Final = "restore the folder from a copy, or measure again"

type Record = Window | Start | Conformance | FrameworkProbeResult | RoundEnd
_RECORD: Final[TypeAdapter[Record]] = TypeAdapter(
    Annotated[Window | Start | Conformance | FrameworkProbeResult | RoundEnd, Field(discriminator="record")]
)


class RecordedRun(Contract):
    """A run folder in memory.

    Rounds that were cut off are included: what they hold was measured like the rest.
    """

    run: Run
    windows: tuple[Window, ...]
    """In the order of measuring, warm-up windows included."""
    starts: tuple[Start, ...]
    conformance: tuple[Conformance, ...] = ()
    probes: tuple[FrameworkProbeResult, ...] = ()
    rounds_complete: int
    repeated: int = 0
    """Records that stand in the folder once more, and are counted once."""

    taken_out: int = 0
    """Windows that stand in the folder no more, though later ones do."""

    @property
    def not_whole(self) -> str | None:
        """What stands in the folder no more, in a clause; None where nothing is known to be missing."""
        whose = "a window" if self.taken_out == 1 else f"{self.taken_out:,} windows"
        return f"the lines of {whose} were taken out of windows.jsonl" if self.taken_out else None

    @property
    def contracts(self) -> tuple[ContractFinding, ...]:
        """Who keeps the contract, of all that was checked: of two checks, as a resumed run may have, the last holds."""
        last = {each.subject: each for each in self.conformance}
        return tuple(
            ContractFinding(subject=subject, failed=each.failed, deviates=each.deviates)
            for subject, each in last.items()
        )

    @property
    def complete(self) -> bool:
        """Whether it ended as planned or with a decision, and no measured window of it is lost."""
        return self.lacks is None

    @property
    def lacks(self) -> str | None:
        """What makes it incomplete, in a sentence; None where nothing does."""
        lost = [window for window in self.windows if window.lost and window.kind is WindowKind.MEASURED]
        cells, planned = len({window.cell for window in lost}), self.run.plan.timing.rounds
        said = []
        if self.rounds_complete != planned and self.run.stopped is None:
            said.append(f"{self.rounds_complete} of {planned} rounds are complete")
        if lost:
            said.append(
                f"{cells} of {len(self.run.plan.cells)} cells have lost windows ({len(lost)} in all, the first: "
                f"{self._words_of(lost[0].cell)}: {lost[0].lost})"
            )
        return "; ".join(said) or None

    def _words_of(self, key: str) -> str:
        """A cell of the plan as a reader knows it, by its key; that itself where the plan has no such cell."""
        cell = next((each for each in self.run.plan.cells if each.key == key), None)
        if cell is None:
            return key
        return f"{called(cell.subject, {each.subject: each for each in self.run.deployments})} on {cell_words(cell)}"


def encode(record: Record, mask: Callable[[str], str] | None = None) -> bytes:
    """One line of `windows.jsonl`; texts that others wrote pass `mask`."""
    return record.model_dump_json(context=mask).encode() + b"\n"


def encode_header(run: Run, mask: Callable[[str], str] | None = None) -> bytes:
    """`run.json`; texts that others wrote pass `mask`."""
    return run.model_dump_json(indent=1, context=mask).encode() + b"\n"


def content_of(file: Path) -> bytes:
    """What one of the files of a run folder holds.

    Raises:
        RunFolderError: It can't be read, or is no file: of a pipe nobody knows whether it ends.
    """
    try:
        if stat.S_ISREG(file.stat().st_mode):
            return file.read_bytes()
    except OSError as error:
        raise RunFolderError(f"{file} can't be read: {error.strerror}", hint=DAMAGED_HINT) from error
    raise RunFolderError(f"{file} is no file", hint=DAMAGED_HINT)


def whole_lines(content: bytes) -> list[bytes]:
    """The lines that were written to their end: a last one without a line break was torn by a crash."""
    return content.split(b"\n")[:-1]


def parse_records(content: bytes, file: Path) -> list[Record]:
    """All whole lines of `windows.jsonl` as records.

    Raises:
        RunFolderError: A line is no record; the message names `file` and the line.
    """
    records: list[Record] = []
    for number, line in enumerate(whole_lines(content), start=1):
        try:
            record = _RECORD.validate_json(line)
            _see_to_texts(record)
        except ValidationError as error:
            raise RunFolderError(f"{file}, line {number}: {_first(error)}", hint=DAMAGED_HINT) from error
        except ValueError as error:
            raise RunFolderError(f"{file}, line {number}: {error}", hint=DAMAGED_HINT) from error
        records.append(record)
    return records


def _see_to_texts(record: Record) -> None:
    """Raises ValueError where a histogram or an arrival log can't be decoded later."""
    if not isinstance(record, Window):
        return
    found: dict[str, str | None] = {}
    if record.report is not None:
        report = record.report
        found |= {"latency": report.latency, "service_time": report.service_time, "schedule_lag": report.schedule_lag}
    if record.crowd is not None:
        found["lag"] = record.crowd.lag
    for name, encoded in found.items():
        _see_to_text(name, encoded, see_to)
    if record.report is not None:
        _see_to_text("arrivals", record.report.arrivals, ArrivalLog.decode)


def _see_to_text(name: str, encoded: str | None, decode: Callable[[str], object]) -> None:
    if encoded is not None:
        try:
            decode(encoded)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from error


def parse_once(content: bytes, file: Path) -> tuple[list[Record], int]:
    """The records of `windows.jsonl`, each once, and how many stood there once more.

    Raises:
        RunFolderError: A line is no record, or two lines say different things of one window or round.
    """
    found: dict[str, tuple[int, Record]] = {}
    repeated = 0
    for number, record in enumerate(parse_records(content, file), start=1):
        key = _identity(record)
        line, other = found.setdefault(key, (number, record))
        if line == number:
            continue
        if other != record:
            raise RunFolderError(
                f"{file}, lines {line} and {number}: two different records of {key}",
                hint=f"remove the one that does not belong to this run; or {DAMAGED_HINT}",
            )
        repeated += 1
    return [record for _, record in found.values()], repeated


def windows_taken_out(records: Iterable[Record]) -> int:
    """How many windows are missing among others: a run numbers them, and a round that is repeated numbers them anew."""
    numbers = {record.sequence for record in records if isinstance(record, Window)}
    return max(numbers) + 1 - len(numbers) if numbers else 0


def _identity(record: Record) -> str:
    """What there can be but one of. Of a start and of checks there may be several, so it is all that they say."""
    match record:
        case Window():
            return f"window {record.sequence}"
        case RoundEnd():
            return f"the end of round {record.round_index}"
        case _:
            return record.model_dump_json()


def parse_header(content: bytes, file: Path) -> Run:
    """`run.json` as a run of the current schema version.

    Raises:
        RunFolderError: It is no JSON, no run, or of a newer version than this program knows.
    """
    try:
        document = from_json(content)
    except ValueError as error:
        raise RunFolderError(f"{file}: {error}", hint=DAMAGED_HINT) from error
    if not isinstance(document, dict) or document.get("schema_name") != _SCHEMA_NAME:
        raise RunFolderError(f"{file} is not the header of a run", hint=f"its schema_name must be {_SCHEMA_NAME}")
    version = document.get("schema_version")
    # Before validation: a newer version may have fields and values that this one can't name.
    if isinstance(version, int) and version > RUN_SCHEMA_VERSION:
        raise RunFolderError(
            f"{file} has schema version {version}; this program knows up to {RUN_SCHEMA_VERSION}",
            hint="upgrade this program to read the run",
        )
    try:
        return Run.model_validate_json(content)
    except ValidationError as error:
        raise RunFolderError(f"{file}: {_first(error)}", hint=DAMAGED_HINT) from error


def _first(error: ValidationError) -> str:
    problem = mistakes(error, lambda _: ())[0]
    place = ".".join(str(part) for part in problem.place)
    return f"{place}: {problem.what}" if place else problem.what
