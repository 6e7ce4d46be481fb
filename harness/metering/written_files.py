"""What processes write from a moment on to files of their own, beside their output."""

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

_OUTPUT: Final = ("1", "2")
"""Standard output and standard error, as /proc/PID/fd calls them."""
_MOST_BYTES: Final = 8 * 2**20
"""Of what was written to a file, the end."""

type _Identity = tuple[int, int]
"""Device and inode."""


@dataclass(frozen=True, slots=True)
class Written:
    """What came to a file."""

    path: str
    """As the process sees it."""
    text: str


@dataclass(frozen=True, slots=True)
class _Open:
    path: str
    descriptor: int
    size_bytes: int
    """When it was opened here."""


class WrittenFiles:
    """The regular files that processes have open for writing, but for those that are their output.

    They are kept open here for reading, so that what is still written as a process ends is seen as well. What a process
    opens later, or anew for each line, is not; nor is anything of one that may not be looked at (proc_pid_fd(5)).
    """

    def __init__(self, pids: Iterable[int]) -> None:
        self._files: dict[_Identity, _Open] = {}
        for pid in pids:
            with suppress(OSError):
                for identity, link in _own_files(pid):
                    if identity not in self._files:
                        self._keep(identity, link)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for each in self._files.values():
            os.close(each.descriptor)

    def since(self) -> Iterator[Written]:
        """What came to each of them since, of those to which anything did."""
        for each in self._files.values():
            written = os.fstat(each.descriptor).st_size - each.size_bytes
            if written > 0:
                kept = min(written, _MOST_BYTES)
                data = os.pread(each.descriptor, kept, each.size_bytes + written - kept)
                yield Written(each.path, data.decode(errors="replace"))

    def _keep(self, identity: _Identity, link: Path) -> None:
        with suppress(OSError):
            path = str(link.readlink())
            descriptor = os.open(link, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
            self._files[identity] = _Open(path, descriptor, os.fstat(descriptor).st_size)


def _own_files(pid: int) -> Iterator[tuple[_Identity, Path]]:
    """Raises OSError where the process has ended or may not be looked at."""
    found: dict[str, tuple[_Identity, Path]] = {}
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):
            status = link.stat()
            if stat.S_ISREG(status.st_mode) and link.lstat().st_mode & stat.S_IWUSR:
                found[link.name] = (status.st_dev, status.st_ino), link
    output = {identity for name, (identity, _) in found.items() if name in _OUTPUT}
    yield from (each for each in found.values() if each[0] not in output)
