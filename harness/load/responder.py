"""The trivial responder: the least work that answers HTTP, to find out what a generator can do.

It runs as a process of its own: `python -m harness.load.responder`. It answers whatever it is asked with the contract's
`/hello`. A plain loop over epoll serves a request for two system calls and a fraction of a microsecond of Python; an
event loop with transports and protocols, uvloop's included, comes out no cheaper.
"""

import argparse
import os
import select
import socket
import subprocess
import sys
import time
from types import TracebackType
from typing import Final, Self

from harness.model.errors import RuntimeFault

_ANSWER: Final = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\nHello, World!"
_END_OF_REQUEST: Final = b"\r\n\r\n"
_BACKLOG: Final = 4096
_BATCH: Final = 256
_RECEIVE_BYTES: Final = 4096
_STDIN: Final = 0
_START_S: Final = 20.0


class Responder:
    """A running responder, as the harness sees it. Use it as a context manager."""

    def __init__(self, cpus: tuple[int, ...]) -> None:
        """Start it on these CPUs.

        Raises:
            RuntimeFault: it did not start.
        """
        command = [sys.executable, "-m", "harness.load.responder", "--cpus", ",".join(map(str, cpus))]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, process_group=0)
        if self._process.stdin is None or self._process.stdout is None:
            raise ValueError("the responder was started without its pipes")
        self._asks, self._answers = self._process.stdin, self._process.stdout
        if not select.select([self._answers], [], [], _START_S)[0] or not (line := self._answers.readline()):
            self.close()
            raise RuntimeFault("the calibration's responder did not start", hint="run python -m harness.load.responder")
        self.port = int(line)

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    def count(self) -> int:
        """How many requests it has served so far."""
        self._asks.write(b"\n")
        self._asks.flush()
        return int(self._answers.readline())

    @property
    def cpu_clock(self) -> int:
        """Its CPU clock, as `time.clock_gettime_ns` takes it (see clock_getcpuclockid(3))."""
        return (~self.pid << 3) | 2

    def cpu_ns(self) -> int:
        """CPU time it has used so far."""
        return time.clock_gettime_ns(self.cpu_clock)

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()
        self._asks.close()
        self._answers.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def serve() -> None:
    """Answer until standard input ends; each line on it is answered with the number of requests served."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=_BACKLOG)
    listener.setblocking(False)  # noqa: FBT003 - the standard library's signature
    epoll = select.epoll()
    epoll.register(listener, select.EPOLLIN)
    epoll.register(_STDIN, select.EPOLLIN)
    _say(listener.getsockname()[1])
    connections: dict[int, socket.socket] = {}
    partial: dict[int, bytes] = {}
    served = 0
    while True:
        for fd, _ in epoll.poll(-1, _BATCH):
            connection = connections.get(fd)
            if connection is None:
                if fd != _STDIN:
                    _accept(listener, epoll, connections)
                elif os.read(_STDIN, _RECEIVE_BYTES):
                    _say(served)
                else:
                    return
                continue
            try:
                data = connection.recv(_RECEIVE_BYTES)
            except OSError:
                data = b""
            if data[-4:] == _END_OF_REQUEST and not partial:
                served += 1
                connection.send(_ANSWER)
            elif data:
                received = partial.pop(fd, b"") + data
                if received.endswith(_END_OF_REQUEST):
                    served += 1
                    connection.send(_ANSWER)
                else:
                    partial[fd] = received
            else:
                partial.pop(fd, None)
                connections.pop(fd).close()


def _say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def _accept(listener: socket.socket, epoll: select.epoll, connections: dict[int, socket.socket]) -> None:
    connection, _ = listener.accept()
    connection.setblocking(False)  # noqa: FBT003 - the standard library's signature
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connections[connection.fileno()] = connection
    epoll.register(connection, select.EPOLLIN)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cpus", default="", help="CPUs to run on, such as 0 or 0,1; by default any")
    chosen = parser.parse_args().cpus
    if chosen:
        os.sched_setaffinity(0, map(int, chosen.split(",")))
    serve()
