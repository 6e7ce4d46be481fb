"""The ledger of what a harness has started, so that a later one can end what was left behind.

Guards end their servers whatever becomes of the harness. The ledger is for what they can't see to: a guard
that was itself killed, a folder that nobody was left to remove.

Each harness holds a lock on a ledger of its own for as long as it lives; the kernel lets go of the lock
however the harness ends. A ledger whose lock can be had has no owner any more, which no process id could
prove, and one that is held is never touched: two harnesses at once leave each other's servers alone.
"""

import os
import shutil
import signal
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Annotated, Final, Literal, Self
from urllib.parse import quote, unquote_to_bytes

import psutil
from filelock import FileLock, Timeout
from pydantic import Field, PlainSerializer, PlainValidator, TypeAdapter, ValidationError

from harness.metering.process_tree import ProcessTree, start_ticks
from harness.model.base import Contract
from harness.model.errors import RuntimeFault
from harness.runtime.docker.endpoint import described
from harness.runtime.docker.project import remove_project
from harness.writing import append_whole, told

MARKER: Final = "BENCH_LEDGER"
"""The environment variable that every process started by a harness carries, with its ledger's name."""

GRACE_S: Final = 3.0
"""Time for leftovers to end after the signal that asks them to."""

SETTLING_S: Final = 0.2
"""How long a process that was just being started when its harness died may escape notice.

Between fork(2) and execve(2) it has its parent's environment, without the mark, and while the kernel
exchanges its memory it has none; and until then it holds the dead harness's lock.
"""

_PAUSE_S: Final = 0.01
"""Between two looks for such processes."""


class Owner(Contract):
    """The first line: who writes this ledger, and where its process ids mean anything."""

    record: Literal["owner"] = "owner"
    pid: int
    boot_id: str
    pid_namespace: str


class RecordedProcess(Contract):
    """A process that was started."""

    record: Literal["process"] = "process"
    pid: int
    start_ticks: int
    what: str
    farewell_signal: int
    """The signal that has it end in good order."""


def _unquoted(path: Path | str) -> Path:
    return path if isinstance(path, Path) else Path(os.fsdecode(unquote_to_bytes(path)))


class RecordedFolder(Contract):
    """A folder that is to be removed."""

    record: Literal["folder"] = "folder"
    path: Annotated[Path, PlainValidator(_unquoted), PlainSerializer(lambda path: quote(os.fsencode(path)))]
    """Written as a URL has it: a path may hold bytes that are no text."""


class RecordedProject(Contract):
    """A Compose project whose containers, networks and volumes are to be removed."""

    record: Literal["project"] = "project"
    name: str
    reached_by: dict[str, str] = Field(default_factory=dict)
    """The variables with which the docker command reaches its engine, wherever it points by the next start."""


class Leftover(Contract):
    """Something of a dead harness that was ended or removed, or could not be and is tried again at the next start."""

    what: str
    removed: bool = True


class Ledger:
    """The open ledger of this harness."""

    def __init__(self, state_folder: Path) -> None:
        """Begin a ledger in `state_folder`, which every harness of the project shares.

        Raises:
            WriteError: Nothing can be written there.
        """
        folder = _folder(state_folder)
        self.name: Final = uuid.uuid4().hex
        self._path = folder / f"{self.name}.jsonl"
        self._lock = _lock(self._path)
        with told(self._path):
            folder.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()
            # For nobody else to read: how a container engine is reached may hold a password.
            self._file = os.fdopen(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")
            self._write(Owner(pid=os.getpid(), boot_id=_boot_id(), pid_namespace=_pid_namespace()))

    @property
    def marker(self) -> dict[str, str]:
        """The environment variable to give to every process that is started."""
        return {MARKER: self.name}

    def record_process(self, pid: int, what: str, farewell_signal: int = signal.SIGTERM) -> None:
        """Note a process just started; one that has ended already is left out."""
        ticks = start_ticks(pid)
        if ticks is not None:
            self._write(RecordedProcess(pid=pid, start_ticks=ticks, what=what, farewell_signal=farewell_signal))

    def record_folder(self, path: Path) -> None:
        """Note a folder that must not stay. Called before it holds anything."""
        self._write(RecordedFolder(path=path))

    def record_project(self, name: str, reached_by: dict[str, str]) -> None:
        """Note a Compose project that must not stay. Called before anything of it is started."""
        self._write(RecordedProject(name=name, reached_by=reached_by))

    def close(self) -> None:
        """End what is still there of this harness, and the ledger with it."""
        if self._file.closed:
            return
        self._file.close()
        try:
            _settle(self._path)
        finally:
            _give_up(self._lock)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _write(self, entry: Contract) -> None:
        append_whole(self._file.fileno(), entry.model_dump_json().encode() + b"\n", self._path)


def sweep(state_folder: Path) -> tuple[Leftover, ...]:
    """End and remove what harnesses that are no more have left behind; returns what there was.

    Raises:
        WriteError: Nothing can be written to the folder.
    """
    found: list[Leftover] = []
    for path in sorted(_folder(state_folder).glob("*.jsonl")):
        lock = _lock(path)
        try:
            with told(path):
                lock.acquire(timeout=SETTLING_S, poll_interval=_PAUSE_S)
        except Timeout:
            continue
        try:
            with suppress(FileNotFoundError):  # Another sweep was faster.
                found += _settle(path)
        finally:
            _give_up(lock)
    return tuple(found)


type Entry = Owner | RecordedProcess | RecordedFolder | RecordedProject

_ENTRY: Final[TypeAdapter[Owner | RecordedProcess | RecordedFolder | RecordedProject]] = TypeAdapter(Entry)


def _settle(path: Path) -> list[Leftover]:
    """End and remove all that a ledger names, and the ledger; it stays for a later sweep where something stays."""
    entries = list(_entries(path))
    found = _clear(path, entries)
    for entry in entries:
        if isinstance(entry, RecordedProject):
            found += _taken_down(entry)
    if all(each.removed for each in found):
        path.unlink(missing_ok=True)
    return found


def _taken_down(project: RecordedProject) -> Iterator[Leftover]:
    engine = described(project.reached_by)
    try:
        for what, why in remove_project(project.name, project.reached_by):
            stays = "" if why is None else f" on {engine}: {why.what}"
            yield Leftover(what=f"{what}{stays}", removed=not stays)
    except RuntimeFault as error:
        yield Leftover(what=f"containers of {project.name} on {engine}: {error.what}", removed=False)


def _clear(path: Path, entries: Sequence[Entry]) -> list[Leftover]:
    owners = [entry for entry in entries if isinstance(entry, Owner)]
    folders = [entry.path for entry in entries if isinstance(entry, RecordedFolder) and entry.path.exists()]
    found: list[Leftover] = []
    if owners and owners[0].boot_id == _boot_id():
        if owners[0].pid_namespace != _pid_namespace():
            # Written inside another container: of what it names, only what lies in the shared folder is there.
            folders = [folder for folder in folders if folder.is_relative_to(path.parents[1])]
        else:
            recorded = [entry for entry in entries if isinstance(entry, RecordedProcess)]
            found += _end(recorded, marked=path.stem)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
        found.append(Leftover(what=f"folder {folder}", removed=not folder.exists()))
    return found


def _entries(path: Path) -> Iterable[Entry]:
    for line in path.read_text(encoding="utf-8").splitlines():
        with suppress(ValidationError):  # The last line may have been cut off.
            yield _ENTRY.validate_json(line)


def _end(recorded: Iterable[RecordedProcess], *, marked: str) -> list[Leftover]:
    """End the recorded processes that still are the same, all that carry the mark, and all below them.

    Looks again until nothing more has come to light for a while, see `SETTLING_S`.
    """
    alive = [entry for entry in recorded if start_ticks(entry.pid) == entry.start_ticks]
    for entry in alive:
        with suppress(OSError):
            os.kill(entry.pid, entry.farewell_signal)
    ended = {entry.pid for entry in alive} | set(_marked(marked))
    stay = _end_trees(ended)
    quiet_since = time.monotonic()
    while time.monotonic() - quiet_since < SETTLING_S:
        if late := set(_marked(marked)) - ended:
            stay |= _end_trees(late)
            ended |= late
            quiet_since = time.monotonic()
        else:
            time.sleep(_PAUSE_S)
    named = {entry.pid: entry.what for entry in alive}
    return [
        Leftover(what=f"process {pid} ({named.get(pid, 'below one of ours')})", removed=pid not in stay)
        for pid in sorted(ended)
    ]


def _end_trees(targets: set[int]) -> set[int]:
    """End the processes and all below them, which are added to `targets`; kill what takes longer than the grace.

    Returns those that stay all the same: they wait for the kernel, or are another user's.
    """
    for pid in tuple(targets):
        targets.update(ProcessTree(pid).pids())
    processes = [process for pid in targets if (process := _process(pid)) is not None]
    _, stubborn = psutil.wait_procs(processes, timeout=GRACE_S)
    for process in stubborn:
        with suppress(psutil.Error):
            process.kill()
    _, stay = psutil.wait_procs(stubborn, timeout=GRACE_S)
    return {process.pid for process in stay if start_ticks(process.pid) is not None}


def _process(pid: int) -> psutil.Process | None:
    try:
        return psutil.Process(pid)
    except psutil.NoSuchProcess:
        return None


def _marked(name: str) -> Iterable[int]:
    mark = f"{MARKER}={name}".encode()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            with suppress(OSError):
                if mark in (entry / "environ").read_bytes().split(b"\0"):
                    yield int(entry.name)


def _folder(state_folder: Path) -> Path:
    return state_folder / "ledger"


def _give_up(lock: FileLock) -> None:
    lock.release()
    Path(lock.lock_file).unlink(missing_ok=True)


def _lock(path: Path) -> FileLock:
    return FileLock(path.with_suffix(".lock"), thread_local=False)


def _boot_id() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def _pid_namespace() -> str:
    return str(Path("/proc/self/ns/pid").readlink())
