"""A companion: a process that serves the harness for a whole run, one JSON object a line, and ends when it does."""

import ctypes
import os
import select
import selectors
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import IO, Any, Final, Self

from harness.model.base import Contract
from harness.model.errors import RuntimeFault

_PR_SET_PDEATHSIG: Final = 1
_END_S: Final = 5.0
_READ_BYTES: Final = 1 << 16
_LOG_LINES: Final = 15


class Program(Contract):
    """How a companion is started: a module of the harness on this host, or a container that holds it."""

    command: tuple[str, ...]
    environment: dict[str, str] | None = None
    """None for the harness's own."""

    @classmethod
    def of_module(cls, module: str, *arguments: str, cpus: tuple[int, ...] | None = None) -> Self:
        """`python -m module arguments` on the harness's interpreter, on these CPUs only if given."""
        pinned = () if cpus is None else ("--cpus", ",".join(map(str, cpus)))
        return cls(command=module_command(module, *arguments, *pinned))


def module_command(module: str, *arguments: str) -> tuple[str, ...]:
    """What runs a module of the harness, whatever the shell has set for Python and whatever lies in its folder.

    Without `-I`, a `random.py` there would stand in for the library's, and PYTHONWARNINGS=error end what is started.
    """
    return (sys.executable, "-I", "-m", module, *arguments)


def has_ended(process: subprocess.Popen[Any], patience_s: float | None = None) -> bool:
    """Whether a child has ended within so long; without a limit, once it has.

    `Popen.wait` would not do: a Ctrl-C at the wrong moment leaves its lock taken, and then it sees no end any more.
    """
    if process.poll() is not None:
        return True
    try:
        end = os.pidfd_open(process.pid)
    except ProcessLookupError:
        return True
    try:
        ended = select.poll()
        ended.register(end, select.POLLIN)
        return bool(ended.poll(None if patience_s is None else 1000 * patience_s))
    finally:
        os.close(end)
        process.poll()  # as a rule, its exit code is there now


class Companion:
    """The harness's end of a companion process.

    The process ends when the harness does, however that ends: its standard input closes, and the kernel signals it
    when the *thread* that started it is gone. So start it from a thread that lives as long as it is needed.
    """

    def __init__(self, title: str, program: Program) -> None:
        """Start it; messages call it by its title. It need not be ready yet."""
        self._title = title
        self._program = program
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the companion
        self._process = subprocess.Popen(
            program.command,
            env=program.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            process_group=0,  # a Ctrl-C in the terminal is for the harness to handle
        )
        self._received = b""
        self._selector = selectors.DefaultSelector()
        self._selector.register(_opened(self._process.stdout), selectors.EVENT_READ)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def alive(self) -> bool:
        """Whether it runs."""
        return self._process.poll() is None

    def send(self, command: Contract) -> None:
        """Write one command.

        Raises:
            RuntimeFault: it has died.
        """
        stdin = _opened(self._process.stdin)
        try:
            stdin.write(command.model_dump_json().encode() + b"\n")
            stdin.flush()
        except OSError as error:
            raise self.fault("has died") from error

    def line_by(self, deadline_s: float) -> bytes:
        """Its next line, awaited until this instant of `time.monotonic()`.

        Raises:
            RuntimeFault: it has died, or said nothing by then.
        """
        while b"\n" not in self._received:
            if not self._selector.select(max(0.0, deadline_s - time.monotonic())):
                raise self.fault("hangs")
            data = os.read(_opened(self._process.stdout).fileno(), _READ_BYTES)
            if not data:
                raise self.fault("has died")
            self._received += data
        line, _, self._received = self._received.partition(b"\n")
        return line

    def fault(self, what: str) -> RuntimeFault:
        """It is of no use any more: end it and quote its log."""
        self._process.kill()
        has_ended(self._process)
        status = self._process.returncode
        self._log.seek(0)
        tail = self._log.read().decode(errors="replace").splitlines()[-_LOG_LINES:]
        quoted = "\n".join(tail) or "(nothing)"
        return RuntimeFault(
            f"the {self._title} (pid {self.pid}, exit status {status}) {what}; the last it logged:\n{quoted}",
            hint=f"run it by hand to see more: {shlex.join(self._program.command)}",
        )

    def close(self) -> None:
        """End it, by force if it does not end by itself."""
        with suppress(OSError):  # what could not be sent any more
            _opened(self._process.stdin).close()
        if not has_ended(self._process, _END_S):
            self._process.kill()
            has_ended(self._process)
        self._selector.close()
        for stream in (self._process.stdout, self._log):
            _opened(stream).close()


WATCH_PRIORITY: Final = 3
"""Of the stall watch: it goes before everything else that goes first, all of which has a lower one."""


def bind_to_harness(cpus: Iterable[int] | None) -> None:
    """In the companion: end with the harness even if it is killed, leave Ctrl-C to it, keep to these CPUs if given."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if cpus is not None:
        os.sched_setaffinity(0, cpus)


def go_first(priority: int = 1) -> str:
    """In the companion: ask to run before everything else on these CPUs; returns the policy in force.

    That takes a privilege. Without it, whatever else the system does there for some milliseconds is waited for. Of
    those that go first, one of a higher priority goes before the others. What is started later inherits it.
    """
    with suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(priority))
    return "SCHED_FIFO" if os.sched_getscheduler(0) == os.SCHED_FIFO else "SCHED_OTHER"


def may_go_first(priority: int = 1) -> bool:
    """Whether a companion of this process may do that: capabilities, limits and control groups all have a say in it.

    Tried in a thread, which ends with the attempt.
    """
    policies: list[str] = []
    trying = threading.Thread(target=lambda: policies.append(go_first(priority)))
    trying.start()
    trying.join()
    return policies == ["SCHED_FIFO"]


def go_along() -> None:
    """In the companion: run as any other process, whatever was inherited."""
    os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


def cpu_argument(text: str) -> tuple[int, ...]:
    """In the companion: the CPUs that the command line names, such as `1` or `2,3`."""
    return tuple(int(number) for number in text.split(","))


def _opened[Stream: IO[bytes]](stream: Stream | None) -> Stream:
    if stream is None:
        raise ValueError("the process was started without its pipes")
    return stream
