"""The trivial responder: the least work that answers HTTP, to find out what a generator can do.

It runs as a process of its own: `python -m harness.load.calibration.responder`. It answers whatever it is asked with
the contract's `/hello`. A plain loop over epoll serves a request for two system calls and a fraction of a microsecond
of Python; an event loop with transports and protocols, uvloop's included, comes out no cheaper.
"""

import argparse
import os
import select
import shlex
import socket
import subprocess
import sys
import time
from contextlib import suppress
from ipaddress import ip_address
from types import TracebackType
from typing import Final, Self

from harness.companion import Program, cpu_argument, has_ended
from harness.model.errors import RuntimeFault

_ANSWER: Final = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\nHello, World!"
_END_OF_REQUEST: Final = b"\r\n\r\n"
_BACKLOG: Final = 4096
_BATCH: Final = 256
_RECEIVE_BYTES: Final = 4096
_STDIN: Final = 0
_START_S: Final = 60.0
_ANSWER_S: Final = 20.0
"""Longer than a busy host keeps it from its CPU."""
_END_S: Final = 5.0


class Responder:
    """A running responder, as the harness sees it. Use it as a context manager."""

    def __init__(self, program: Program) -> None:
        """Start it.

        Raises:
            RuntimeFault: it did not start.
        """
        self._program = program
        self._process = subprocess.Popen(
            program.command, env=program.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, process_group=0
        )
        if self._process.stdin is None or self._process.stdout is None:
            raise ValueError("the responder was started without its pipes")
        self._asks, self._answers = self._process.stdin, self._process.stdout
        if not select.select([self._answers], [], [], _START_S)[0] or not (line := self._answers.readline()):
            self.close()
            raise RuntimeFault(
                "the calibration's responder did not start", hint=f"run it by hand: {shlex.join(program.command)}"
            )
        host, port = line.split()
        self.host = host.decode()
        self.port = int(port)

    @classmethod
    def on(cls, cpus: tuple[int, ...]) -> "Responder":
        """The same as a process of this host, on these CPUs."""
        return cls(Program.of_module("harness.load.calibration.responder", cpus=cpus))

    @property
    def pid(self) -> int:
        """Process id, or that of the client of its container."""
        return self._process.pid

    def count(self) -> int:
        """How many requests it has served so far."""
        return self._ask()[0]

    @property
    def cpu_clock(self) -> int:
        """Its CPU clock, as `time.clock_gettime_ns` takes it (see clock_getcpuclockid(3)); not in a container."""
        return (~self.pid << 3) | 2

    def cpu_ns(self) -> int:
        """CPU time it has used so far."""
        return self._ask()[1]

    def close(self) -> None:
        """End it, by force if it does not end by itself."""
        with suppress(OSError):  # what could not be asked any more
            self._asks.close()
        if not has_ended(self._process, _END_S):
            self._process.kill()
            has_ended(self._process)
        self._answers.close()

    def _ask(self) -> tuple[int, int]:
        """What it has served and used.

        Raises:
            RuntimeFault: it has died, or does not answer.
        """
        try:
            self._asks.write(b"\n")
            self._asks.flush()
        except OSError as error:
            raise self._fault("has died") from error
        if not select.select([self._answers], [], [], _ANSWER_S)[0]:
            raise self._fault("hangs")
        if not (line := self._answers.readline()):
            raise self._fault("has died")
        served, cpu_ns = line.split()
        return int(served), int(cpu_ns)

    def _fault(self, what: str) -> RuntimeFault:
        """It is of no use any more: end it."""
        self._process.kill()
        has_ended(self._process)
        status = self._process.returncode
        return RuntimeFault(
            f"the calibration's responder (pid {self.pid}, exit status {status}) {what}",
            hint=f"try again; if it happens again, run it by hand to see why: {shlex.join(self._program.command)}",
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def serve(host: str, port: int = 0, reached_at: str | None = None) -> None:
    """Answer until standard input ends; each line on it is answered with requests served and CPU time in ns.

    First it says where it is reached: at its own address, or, where another host publishes its port, as told.
    """
    listener = socket.create_server((host, port), backlog=_BACKLOG)
    listener.setblocking(False)  # noqa: FBT003 - the standard library's signature
    epoll = select.epoll()
    epoll.register(listener, select.EPOLLIN)
    epoll.register(_STDIN, select.EPOLLIN)
    _say(*(_own_address(host, listener) if reached_at is None else reached_at.rsplit(":", 1)))
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
                    _say(served, time.process_time_ns())
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


def _own_address(host: str, listener: socket.socket) -> tuple[str, int]:
    reached_at = socket.gethostbyname(socket.gethostname()) if ip_address(host).is_unspecified else host
    return reached_at, listener.getsockname()[1]


def _say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def _accept(listener: socket.socket, epoll: select.epoll, connections: dict[int, socket.socket]) -> None:
    connection, _ = listener.accept()
    connection.setblocking(False)  # noqa: FBT003 - the standard library's signature
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connections[connection.fileno()] = connection
    epoll.register(connection, select.EPOLLIN)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cpus", type=cpu_argument, help="CPUs to run on, such as 0 or 0,1; by default any")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=0, help="port to listen on; by default a free one")
    parser.add_argument("--reached-at", metavar="HOST:PORT", help="where it is reached, if not there")
    chosen = parser.parse_args()
    if chosen.cpus:
        os.sched_setaffinity(0, chosen.cpus)
    serve(chosen.host, chosen.port, chosen.reached_at)
