"""A run folder on the disk: write it so that a crash loses at most one window; find and read it.

`run.json` is replaced as a whole, `windows.jsonl` only ever grows, one line per write. A round that was
cut off is repeated by a resumed run; its records are then kept apart in `set_aside.jsonl`.
"""

import fcntl
import os
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final, Self

from pydantic_core import from_json

from harness.model.conformance import Conformance
from harness.model.errors import RunFolderError, UsageError
from harness.model.framework_probe import FrameworkProbeResult
from harness.model.run import RoundEnd, Run, Start, Window
from harness.results.records import (
    Record,
    RecordedRun,
    content_of,
    encode,
    encode_header,
    parse_header,
    parse_once,
    parse_records,
    whole_lines,
    windows_taken_out,
)
from harness.results.resume_command import resume_command
from harness.results.run_folders import HEADER_FILE, RECORDS_FILE, SHORT_ID_LENGTH, copies_among, run_folders
from harness.writing import append_to, append_whole, remove_left_drafts, replace_files, write_error

SET_ASIDE_FILE: Final = "set_aside.jsonl"
"""Records of rounds that were cut off and repeated."""


def folder_name(run: Run) -> str:
    """`<UTC stamp>-<profile>-<short id>`, so that folders sort by the time of their start."""
    return f"{run.started_at:%Y%m%dT%H%M%SZ}-{run.plan.profile.value}-{run.run_id[:SHORT_ID_LENGTH]}"


class RunWriter:
    """The only writer of a run folder, from its making or reopening to `close`.

    Every method that writes returns only when the data is on the disk.
    """

    def __init__(self, folder: Path, run: Run, mask: Callable[[str], str] | None = None) -> None:
        """Take possession of an existing folder, of this run. `mask` takes secrets out of texts that others wrote.

        Raises:
            RunFolderError: Another process is writing to it.
            WriteError: Nothing can be written into it.
        """
        self.folder = folder
        self._mask = mask
        self._lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._lock)
            raise RunFolderError(f"{folder} is being written by another process", hint="wait until it ends") from error
        self._again = f"go on with `{resume_command(run, folder.name)}`"
        try:
            self._records = os.open(folder / RECORDS_FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        except OSError as error:
            os.close(self._lock)
            raise write_error(folder / RECORDS_FILE, error, again=self._again) from error

    @classmethod
    def create(cls, root: Path, run: Run, mask: Callable[[str], str] | None = None) -> Self:
        """Make the folder of a new run under `root`. For `mask`, see `RunWriter`.

        Raises:
            RunFolderError: The folder is there already.
            WriteError: It can't be made, or there is no room for the header.
        """
        folder = root / folder_name(run)
        try:
            folder.mkdir(parents=True)
        except FileExistsError as error:
            raise RunFolderError(
                f"cannot make {folder}: it is there already", hint="start the run once more"
            ) from error
        except OSError as error:
            raise write_error(folder, error) from error
        try:
            replace_files({folder / HEADER_FILE: encode_header(run, mask)})
            return cls(folder, run, mask)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)  # Without a header it is no run.
            raise

    @classmethod
    def reopen(cls, folder: Path, mask: Callable[[str], str] | None = None) -> Self:
        """Go on with a run that was cut off: after this, `read_run` shows complete rounds only.

        Raises:
            RunFolderError: The folder is no readable run, or another process is writing to it.
        """
        writer = cls(folder, read_run(folder).run, mask)
        try:
            remove_left_drafts(folder)
            writer._set_unfinished_round_aside()
        except BaseException:
            writer.close()
            raise
        return writer

    def append(self, record: Record) -> None:
        """Add one line to `windows.jsonl`.

        Raises:
            WriteError: The line could not be written; the file ends with the line before.
        """
        data = encode(record, self._mask)
        append_whole(self._records, data, self.folder / RECORDS_FILE, again=self._again)

    def update(self, run: Run) -> None:
        """Replace `run.json`; a reader sees the old one or the new one, never a part.

        Raises:
            WriteError: The new one could not be written; the old one stands.
        """
        replace_files({self.folder / HEADER_FILE: encode_header(run, self._mask)}, again=self._again)

    def close(self) -> None:
        """Give the folder free. The run stays readable; closing twice does nothing."""
        for descriptor in (self._records, self._lock):
            if descriptor >= 0:
                os.close(descriptor)
        self._records = self._lock = -1

    def _set_unfinished_round_aside(self) -> None:
        file = self.folder / RECORDS_FILE
        content = content_of(file)
        records = parse_records(content, file)
        complete = {record.round_index for record in records if isinstance(record, RoundEnd)}
        kept: list[bytes] = []
        aside: list[bytes] = []
        for record, line in zip(records, whole_lines(content), strict=True):
            (kept if record.round_index in complete else aside).append(line + b"\n")
        if aside:
            append_to(self.folder / SET_ASIDE_FILE, b"".join(aside), again=self._again)
        # After the copy: a crash between the two leaves a record twice, never nowhere. What stood there twice goes.
        replace_files({file: b"".join(dict.fromkeys(kept))}, again=self._again)
        os.close(self._records)
        self._records = os.open(file, os.O_WRONLY | os.O_APPEND)


def read_run(folder: Path) -> RecordedRun:
    """Read a run folder; it may still be growing, and a torn last line is passed over.

    Raises:
        RunFolderError: There is no such folder or run, it is damaged, or of a newer version.
    """
    run, lines = read_header(folder), folder / RECORDS_FILE
    there = os.path.lexists(lines)
    records, repeated = parse_once(content_of(lines), lines) if there else ([], 0)
    if not records and (run.finished_at or (run.took and run.took.rounds)):
        raise _without_records(lines, "has nothing in its" if there else "has no")
    return RecordedRun(
        run=run,
        windows=tuple(record for record in records if isinstance(record, Window)),
        starts=tuple(record for record in records if isinstance(record, Start)),
        conformance=tuple(record for record in records if isinstance(record, Conformance)),
        probes=tuple(record for record in records if isinstance(record, FrameworkProbeResult)),
        rounds_complete=sum(isinstance(record, RoundEnd) for record in records),
        repeated=repeated,
        taken_out=windows_taken_out(records),
    )


def _without_records(lines: Path, lacks: str) -> RunFolderError:
    packed = lines.with_name(f"{lines.name}.xz")
    hint = (
        f"`{shlex.join(('xz', '--decompress', '--keep', str(packed)))}` unpacks it"
        if packed.exists()
        else "take it from a copy of the folder: all that was measured is in it"
    )
    return RunFolderError(f"{lines.parent} {lacks} {lines.name}, though the run has measured", hint=hint)


def read_header(folder: Path) -> Run:
    """Read what stands in `run.json` of a run folder, and no record.

    Raises:
        RunFolderError: There is no such folder or run, it is damaged, or of a newer version.
    """
    if not folder.is_dir():
        raise RunFolderError(
            f"there is no folder {folder}", hint="`bench list runs`, in the project's folder, shows the runs there are"
        )
    header = folder / HEADER_FILE
    if not os.path.lexists(header):
        raise RunFolderError(f"{folder} has no {HEADER_FILE}", hint="`bench list runs` shows the runs there are")
    return parse_header(content_of(header), header)


def find_runs(root: Path) -> list[Path]:
    """All runs under `root`, oldest first. Renamed folders count as oldest, so `latest` is a real run.

    A folder that was copied holds no other run: of several with the same run, the one that has the run's own name
    counts, or else the first.
    """
    copies = find_copies(root)
    return [folder for folder in run_folders(root) if folder not in copies]


def find_copies(root: Path) -> dict[Path, Path]:
    """The folders under `root` that hold a run which another one counts for, each with that other one."""
    return copies_among({folder: run_id_of(folder) for folder in run_folders(root)})


def resolve_run(root: Path, run: str) -> Path:
    """The folder that a RUN argument means: a path, `latest`, a run id, a folder name, or the start of either.

    Raises:
        UsageError: It means no run, or more than one.
    """
    if not run.strip():
        raise UsageError("RUN is empty, so it means no run", hint="`bench list runs` shows the runs there are")
    if (Path(run) / HEADER_FILE).is_file():
        return Path(run) if Path(run).name not in {"", ".."} else Path(run).resolve()  # a run has its folder's name
    folders = find_runs(root)
    if run == "latest":
        if not folders:
            raise UsageError(
                f"there is no run under {root}",
                hint="run this in the project's folder, where `bench run` writes its runs, or give the path of a run",
            )
        return folders[-1]
    if run in (folder.name for folder in run_folders(root)):
        return root / run  # A copy too, where it is meant by its own name.
    matches = [folder for folder in folders if folder.name.startswith(run) or run_id_of(folder).startswith(run)]
    exact = [folder for folder in matches if run in {folder.name, run_id_of(folder)}]
    if len(exact or matches) == 1:
        return (exact or matches)[0]
    if matches:
        names = ", ".join(folder.name for folder in matches)
        raise UsageError(f"'{run}' means more than one run: {names}", hint="give more of its id")
    raise UsageError(f"no run '{run}' under {root}", hint="`bench list runs` shows the runs there are")


def run_id_of(folder: Path) -> str:
    """The id of the run in a folder. Empty for a damaged run: it must not keep others from being found."""
    try:
        document = from_json(content_of(folder / HEADER_FILE))
    except (RunFolderError, ValueError):
        return ""
    run_id = document.get("run_id") if isinstance(document, dict) else None
    return run_id if isinstance(run_id, str) else ""
