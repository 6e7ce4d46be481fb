"""That a benchmark measures on this host, in sight of those of other clones.

Two at once take each other's CPUs and caches, and both look slower than they are. Each has a file in a folder of its
user's, and whoever comes later writes itself down in the files of all who are there, so that each knows of all others
at its end.

A file without a lock has nobody behind it: the kernel lets go of flock(2) however a process ends.
"""

import fcntl
import json
import os
import stat
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final
from uuid import uuid4

MARKS: Final = Path(f"/tmp/framework-referee-{os.getuid()}")  # noqa: S108 - its owner and mode are looked at
"""Where those of one user see each other, whatever their environments say of temporary folders."""

CHECKING: Final = "bench verify"
"""The command that keeps CPUs busy as the others do, and gives no figure that they could spoil."""

_PAUSE_S: Final = 0.01


@dataclass(frozen=True, slots=True)
class Measuring:
    """A command that measures."""

    command: str
    """Such as `bench run`."""
    pid: int
    since: str
    """UTC, to the second."""
    folder: str
    """Where it was begun."""

    def __str__(self) -> str:
        """As it is told."""
        return f"{self.command} in {self.folder} (process {self.pid}, since {self.since})"


def as_line(measuring: Measuring) -> bytes:
    """As it stands in a file."""
    return json.dumps(asdict(measuring)).encode() + b"\n"


def who_stands_in(file: Path) -> list[Measuring]:
    """Who stands in a file; what can't be read of it is left out."""
    found = []
    for line in file.read_bytes().splitlines():
        with suppress(ValueError, TypeError):
            found.append(Measuring(**json.loads(line)))
    return found


def locked(descriptor: int, patience_s: float = 0.0) -> bool:
    """Whether flock(2) gave an open file's lock to this process, within so many seconds."""
    until = time.monotonic() + patience_s
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                return False
            time.sleep(_PAUSE_S)
        else:
            return True


class Mark:
    """That this command measures, for those of other clones to see; it goes with the process."""

    def __init__(self, own: Measuring, *, folder: Path = MARKS) -> None:
        """Set it, where the folder is this user's alone; elsewhere nobody is seen, and none sees this one."""
        self._own = own
        self._seen: list[Measuring] = []
        self._file: Path | None = None
        self._descriptor = -1
        with suppress(OSError):
            if found := _locked_file(folder):
                self._file, self._descriptor = found
                os.write(self._descriptor, as_line(own))
                self._seen = self._tell_others(folder)

    def others(self) -> tuple[Measuring, ...]:
        """Who else has measured on this host since this mark was set, with the first to come first."""
        came: list[Measuring] = []
        if self._file is not None:
            with suppress(OSError):
                came = who_stands_in(self._file)
        found = dict.fromkeys((*self._seen, *came))
        return tuple(each for each in found if each != self._own)

    def remove(self) -> None:
        """Take it away, and the folder if it is the last one there."""
        if self._file is not None:
            self._file.unlink(missing_ok=True)
            os.close(self._descriptor)
            with suppress(OSError):
                self._file.parent.rmdir()
            self._file = None

    def _tell_others(self, folder: Path) -> list[Measuring]:
        found: list[Measuring] = []
        for file in sorted(folder.glob("*.jsonl")):
            with suppress(OSError):
                if file != self._file and (first := _living(file, tell=self._own)) is not None:
                    found.append(first)
        return found


def who_measures(folder: Path = MARKS) -> tuple[Measuring, ...]:
    """Other processes of this user that measure on this host now."""
    found = []
    with suppress(OSError):
        for file in sorted(folder.glob("*.jsonl")) if _is_ours(folder) else ():
            with suppress(OSError):
                if (first := _living(file)) is not None and first.pid != os.getpid():
                    found.append(first)
    return tuple(found)


def _living(file: Path, tell: Measuring | None = None) -> Measuring | None:
    """Who holds this file, and is told of another; None where nobody does: then it is removed."""
    descriptor = os.open(file, os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW)
    try:
        if locked(descriptor):
            file.unlink(missing_ok=True)
            return None
        if tell is not None:
            os.write(descriptor, as_line(tell))
        return next(iter(who_stands_in(file)), None)
    finally:
        os.close(descriptor)


def _locked_file(folder: Path) -> tuple[Path, int] | None:
    """A new file with a lock on it, in a folder that is made where there is none; None where that is not ours."""
    while True:
        folder.mkdir(mode=0o700, exist_ok=True)
        if not _is_ours(folder):
            return None
        file = folder / f"{uuid4().hex}.jsonl"
        try:
            descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        except FileNotFoundError:  # The last one has just taken the folder with it.
            continue
        if locked(descriptor) and os.fstat(descriptor).st_nlink:
            return file, descriptor
        os.close(descriptor)  # Somebody looked before it was locked, and removed it.


def _is_ours(folder: Path) -> bool:
    found = folder.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077
