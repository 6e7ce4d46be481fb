"""A run folder on the disk: write it so that a crash loses at most one window; find and read it.

`run.json` is replaced as a whole, `windows.jsonl` only ever grows, one line per write. A round that was
cut off is repeated by a resumed run; its records are then kept apart in `set_aside.jsonl`.
"""

import fcntl
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final, Self

from harness.model.conformance import Conformance
from harness.model.errors import RunFolderError, UsageError
from harness.model.run import RoundEnd, Run, Start, Window
from harness.model.security_probe import SecurityProbeResult
from harness.results.records import (
    HEADER_FILE,
    RECORDS_FILE,
    Record,
    RecordedRun,
    encode,
    parse_header,
    parse_records,
    whole_lines,
)

SET_ASIDE_FILE: Final = "set_aside.jsonl"
"""Records of rounds that were cut off and repeated."""

_SHORT_ID_LENGTH: Final = 8
_STAMPED: Final = re.compile(r"^\d{8}T\d{6}Z-")
_FULL_DISK_HINT: Final = "free some space, then go on with --resume; what was written so far is readable"


def folder_name(run: Run) -> str:
    """`<UTC stamp>-<profile>-<short id>`, so that folders sort by the time of their start."""
    return f"{run.started_at:%Y%m%dT%H%M%SZ}-{run.plan.profile.value}-{run.run_id[:_SHORT_ID_LENGTH]}"


class RunWriter:
    """The only writer of a run folder, from its making or reopening to `close`.

    Every method that writes returns only when the data is on the disk.
    """

    def __init__(self, folder: Path, mask: Callable[[str], str] | None = None) -> None:
        """Take possession of an existing folder. `mask` takes secrets out of texts that others wrote.

        Raises:
            RunFolderError: Another process is writing to it.
        """
        self.folder = folder
        self._mask = mask
        self._lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._lock)
            raise RunFolderError(f"{folder} is being written by another process", hint="wait until it ends") from error
        self._records = os.open(folder / RECORDS_FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)

    @classmethod
    def create(cls, root: Path, run: Run, mask: Callable[[str], str] | None = None) -> Self:
        """Make the folder of a new run under `root`. For `mask`, see `RunWriter`.

        Raises:
            RunFolderError: The folder is there already, or can't be made.
        """
        folder = root / folder_name(run)
        try:
            folder.mkdir(parents=True)
        except OSError as error:
            raise RunFolderError(f"cannot make {folder}: {error.strerror}", hint="check its path and rights") from error
        writer = cls(folder, mask)
        writer.update(run)
        return writer

    @classmethod
    def reopen(cls, folder: Path, mask: Callable[[str], str] | None = None) -> Self:
        """Go on with a run that was cut off: after this, `read_run` shows complete rounds only.

        Raises:
            RunFolderError: The folder is no readable run, or another process is writing to it.
        """
        read_run(folder)
        writer = cls(folder, mask)
        try:
            writer._set_unfinished_round_aside()
        except BaseException:
            writer.close()
            raise
        return writer

    def append(self, record: Record) -> None:
        """Add one line to `windows.jsonl`.

        Raises:
            RunFolderError: The line could not be written; the file ends with the line before.
        """
        _append_whole(self._records, encode(record, self._mask), self.folder / RECORDS_FILE)

    def update(self, run: Run) -> None:
        """Replace `run.json`; a reader sees the old one or the new one, never a part.

        Raises:
            RunFolderError: The new one could not be written; the old one stands.
        """
        _replace(self.folder / HEADER_FILE, run.model_dump_json(indent=1, context=self._mask).encode() + b"\n")

    def close(self) -> None:
        """Give the folder free. The run stays readable; closing twice does nothing."""
        for descriptor in (self._records, self._lock):
            if descriptor >= 0:
                os.close(descriptor)
        self._records = self._lock = -1

    def _set_unfinished_round_aside(self) -> None:
        file = self.folder / RECORDS_FILE
        content = file.read_bytes()
        records = parse_records(content, file)
        complete = {record.round_index for record in records if isinstance(record, RoundEnd)}
        kept: list[bytes] = []
        aside: list[bytes] = []
        for record, line in zip(records, whole_lines(content), strict=True):
            (kept if record.round_index in complete else aside).append(line + b"\n")
        if aside:
            descriptor = os.open(self.folder / SET_ASIDE_FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
            try:
                _append_whole(descriptor, b"".join(aside), self.folder / SET_ASIDE_FILE)
            finally:
                os.close(descriptor)
        # After the copy: a crash between the two leaves a record twice, never nowhere.
        _replace(file, b"".join(kept))
        os.close(self._records)
        self._records = os.open(file, os.O_WRONLY | os.O_APPEND)


def read_run(folder: Path) -> RecordedRun:
    """Read a run folder; it may still be growing, and a torn last line is passed over.

    Raises:
        RunFolderError: There is no such folder or run, it is damaged, or of a newer version.
    """
    if not folder.is_dir():
        raise RunFolderError(f"there is no folder {folder}", hint="`bench list runs` shows the runs there are")
    header, lines = folder / HEADER_FILE, folder / RECORDS_FILE
    if not header.is_file():
        raise RunFolderError(f"{folder} has no {HEADER_FILE}", hint="`bench list runs` shows the runs there are")
    run = parse_header(header.read_bytes(), header)
    records = parse_records(lines.read_bytes(), lines) if lines.exists() else []
    return RecordedRun(
        run=run,
        windows=tuple(record for record in records if isinstance(record, Window)),
        starts=tuple(record for record in records if isinstance(record, Start)),
        conformance=tuple(record for record in records if isinstance(record, Conformance)),
        probes=tuple(record for record in records if isinstance(record, SecurityProbeResult)),
        rounds_complete=len({record.round_index for record in records if isinstance(record, RoundEnd)}),
    )


def find_runs(root: Path) -> list[Path]:
    """All run folders under `root`, oldest first. Renamed folders count as oldest, so `latest` is a real run."""
    if not root.is_dir():
        return []
    folders = [header.parent for header in root.glob(f"*/{HEADER_FILE}")]
    return sorted(folders, key=lambda folder: (bool(_STAMPED.match(folder.name)), folder.name))


def resolve_run(root: Path, run: str) -> Path:
    """The folder that a RUN argument means: a path, `latest`, a run id, a folder name, or the start of either.

    Raises:
        UsageError: It means no run, or more than one.
    """
    if (Path(run) / HEADER_FILE).is_file():
        return Path(run)
    folders = find_runs(root)
    if run == "latest":
        if not folders:
            raise UsageError(f"there is no run under {root}", hint="`bench run` makes one")
        return folders[-1]
    matches = [folder for folder in folders if folder.name.startswith(run) or _run_id(folder).startswith(run)]
    exact = [folder for folder in matches if run in {folder.name, _run_id(folder)}]
    if len(exact or matches) == 1:
        return (exact or matches)[0]
    if matches:
        names = ", ".join(folder.name for folder in matches)
        raise UsageError(f"'{run}' means more than one run: {names}", hint="give more of its id")
    raise UsageError(f"no run '{run}' under {root}", hint="`bench list runs` shows the runs there are")


def _run_id(folder: Path) -> str:
    """Empty for a damaged run: it must not keep others from being found."""
    header = folder / HEADER_FILE
    try:
        return parse_header(header.read_bytes(), header).run_id
    except RunFolderError:
        return ""


def _append_whole(descriptor: int, data: bytes, file: Path) -> None:
    """Write all of `data` or nothing of it, and wait for the disk."""
    size = os.fstat(descriptor).st_size
    try:
        written = os.write(descriptor, data)
        while written < len(data):
            # A disk that fills up takes a part first and says why only when asked again.
            written += os.write(descriptor, data[written:])
        os.fsync(descriptor)
    except OSError as error:
        os.ftruncate(descriptor, size)
        raise RunFolderError(f"cannot write {file}: {error.strerror}", hint=_FULL_DISK_HINT) from error


def _replace(file: Path, data: bytes) -> None:
    draft = file.with_name(file.name + ".new")
    try:
        with draft.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(file)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise RunFolderError(f"cannot write {file}: {error.strerror}", hint=_FULL_DISK_HINT) from error
    # The new name itself must outlive a power cut too.
    directory = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
