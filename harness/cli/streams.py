"""Where the command line writes to: two streams that never fail in the middle of a command.

What a command does is worth more than what it says of it. So a reader who has seen enough (`| head -1`), a full disk
(`> /dev/full`) and a stream that was closed at the start (`2>&-`) stop no command: what can't be written is dropped,
and the first failure is kept, to be told at the end. Characters that the terminal's encoding lacks are escaped.
"""

import errno
import io
import os
import select
import sys
from collections.abc import Buffer
from typing import Final, TextIO, override

_STDOUT: Final = 1
_STDERR: Final = 2
_EVERY: Final = (0, _STDOUT, _STDERR)


class Outlet(io.RawIOBase):
    """A file descriptor as a stream."""

    def __init__(self, descriptor: int, failure: OSError | None = None) -> None:
        """With a `failure` from the start, nothing is written."""
        super().__init__()
        self._descriptor = descriptor
        self.failure = failure
        """Why something could not be written."""

    @override
    def writable(self) -> bool:
        return True

    @override
    def fileno(self) -> int:
        return self._descriptor

    @override
    def isatty(self) -> bool:
        return os.isatty(self._descriptor)

    @override
    def write(self, data: Buffer, /) -> int:
        while self.failure is None:
            try:
                return os.write(self._descriptor, data)
            except BlockingIOError:  # Whoever shares the terminal has made it so.
                select.select([], [self._descriptor], [])
            except OSError as error:
                self.failure = error
        return memoryview(data).nbytes


def open_outlets() -> Outlet:
    """Put outlets in the place of `sys.stdout` and `sys.stderr`; returns that of stdout.

    A descriptor that is closed gets /dev/null, so that no file which is opened later takes its number, and with it all
    that somebody says on it.
    """
    closed = [descriptor for descriptor in _EVERY if _fill(descriptor)]
    told, said = (Outlet(each, _closed() if each in closed else None) for each in (_STDOUT, _STDERR))
    sys.stdout, sys.stderr = _text(told, sys.stdout), _text(said, sys.stderr)
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - by descriptor, for good
    return told


def lost_output(outlet: Outlet) -> OSError | None:
    """Why not all was written, once everything is flushed; None where it was, or where the reader had seen enough."""
    sys.stdout.flush()
    sys.stderr.flush()
    return None if isinstance(outlet.failure, BrokenPipeError) else outlet.failure


def _text(outlet: Outlet, before: TextIO | None) -> io.TextIOWrapper:
    encoding = before.encoding if before is not None else "utf-8"
    return io.TextIOWrapper(
        io.BufferedWriter(outlet), encoding=encoding, errors="backslashreplace", line_buffering=outlet.isatty()
    )


def _fill(descriptor: int) -> bool:
    """Whether a descriptor was closed, and leads nowhere now."""
    try:
        os.fstat(descriptor)
    except OSError:
        nowhere = os.open(os.devnull, os.O_RDWR)
        if nowhere != descriptor:
            os.dup2(nowhere, descriptor)
            os.close(nowhere)
        os.set_inheritable(descriptor, True)  # noqa: FBT003 - as the shell's own are
        return True
    return False


def _closed() -> OSError:
    return OSError(errno.EBADF, "it is closed")
