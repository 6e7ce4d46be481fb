"""`bench` in a process of its own, forked from one that has imported everything.

A run that writes a report imports for seconds (numpy, scipy, pandas, matplotlib), each time the same. So one process
for all workers of the tests imports it all once and forks a child for each command: with a folder, environment, output
and exit code of its own, as if it had been started anew. It can be sent signals, and be on an odd host. What a start
itself does is for tests that start `bench` for themselves (`tests/unit/cli/test_start.py`, and whatever says why).
"""

import array
import errno
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Final

import psutil

from tests import forked
from tests.waiting import PATIENCE_S, eventually

_MOST_BYTES: Final = 1 << 20
_started: list[subprocess.Popen[bytes]] = []
"""By this worker: it may outlive it, so nobody waits for its end."""


def bench(
    folder: Path, *arguments: str, environment: Mapping[str, str] | None = None, host: int | None = None
) -> subprocess.CompletedProcess[str]:
    """Carry `bench` out in a folder, with variables beside those of this process; on the `host` of a process.

    Raises:
        TimeoutError: it has not ended; it and what it has started are no more.
    """
    begun = begin(folder, *arguments, environment=environment, host=host)
    out, err = begun.communicate()
    return subprocess.CompletedProcess(("bench", *arguments), begun.wait(), out, err)


def begin(
    folder: Path, *arguments: str, environment: Mapping[str, str] | None = None, host: int | None = None
) -> "Begun":
    """The same, without waiting for its end."""
    return _warm().begin(ordered(folder, *arguments, environment=environment, host=host))


def ordered(
    folder: Path, *arguments: str, environment: Mapping[str, str] | None = None, host: int | None = None
) -> forked.Order:
    """The same in the words of that process."""
    return {
        "command": ("bench", *arguments),
        "folder": str(folder),
        "environment": {**os.environ, **(environment or {})},
        "host": host,
    }


class Begun:
    """A command under way, in the words of `subprocess.Popen`."""

    def __init__(self, told: socket.socket, out: int, err: int) -> None:
        """`told` is told its process id, and then how it ended; `out` and `err` are files that it writes to."""
        self._told = told
        self._told.settimeout(PATIENCE_S)
        self._files = (out, err)
        self._said: tuple[str, str] | None = None
        self.pid = _number(self._told)
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Its exit code; None as long as it runs."""
        if self.returncode is None:
            self._told.settimeout(0)
            try:
                self._hear()
            except BlockingIOError:
                pass
            else:
                return self.returncode
            self._told.settimeout(PATIENCE_S)
        return self.returncode

    def wait(self) -> int:
        """Its exit code, once it has ended.

        Raises:
            TimeoutError: it has not ended; it and what it has started are no more.
            ChildProcessError: the process that it was forked from is no more.
        """
        if self.returncode is None:
            try:
                self._hear()
            except BaseException:  # Nobody waits for it any more: the test has taken too long, or was interrupted.
                self._end_all()
                self._told.close()
                raise
        assert self.returncode is not None
        return self.returncode

    def communicate(self) -> tuple[str, str]:
        """What it has written, once it has ended; raises as `wait`."""
        self.wait()
        if self._said is None:
            out, err = map(_read, self._files)
            self._said = out, err
        return self._said

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once, and nothing that it has started."""
        self.send_signal(signal.SIGKILL)

    def _hear(self) -> None:
        self.returncode = _number(self._told)
        self._told.close()

    def _end_all(self) -> None:
        with suppress(psutil.NoSuchProcess):
            child = psutil.Process(self.pid)
            for each in (child, *child.children(recursive=True)):
                with suppress(psutil.NoSuchProcess):
                    each.kill()


def _number(told: socket.socket) -> int:
    """The next one that is told.

    Raises:
        ChildProcessError: there is nobody any more to tell it.
    """
    if not (text := told.recv(_MOST_BYTES)):
        raise ChildProcessError("the process that has imported everything (tests.warm_server) is no more")
    return int(text)


def _read(file: int) -> str:
    with open(file, encoding="utf-8", newline="") as stream:
        stream.seek(0)
        return stream.read()


class Warm:
    """The process that has imported everything, seen from the tests."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection

    def begin(self, order: forked.Order) -> Begun:
        told, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        out, err = (os.memfd_create(name) for name in ("stdout", "stderr"))
        with theirs:
            self._socket.sendmsg(
                [json.dumps(order).encode(errors="surrogateescape")],
                [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [out, err, theirs.fileno()]))],
            )
        return Begun(told, out, err)


@cache
def _warm() -> Warm:
    return Warm(_connected())


def _connected() -> socket.socket:
    """A connection to the one such process of this run of the tests, which the first worker to need it starts."""
    is_worker = "PYTEST_XDIST_WORKER" in os.environ
    run = os.getppid() if is_worker else os.getpid()
    name = f"\0bench-warm-{run}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listening:
        try:
            listening.bind(name)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
        else:
            listening.listen()
            _started.append(
                subprocess.Popen(
                    (sys.executable, "-m", "tests.warm_server", str(listening.fileno()), str(run)),
                    pass_fds=(listening.fileno(),),
                    cwd=Path(__file__).parents[1],
                    env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
                )
            )
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)

    def connected() -> bool:
        try:
            connection.connect(name)
        except ConnectionRefusedError:  # The first has the name, and does not listen yet.
            return False
        return True

    eventually(connected, "a connection to what has imported everything")
    return connection
