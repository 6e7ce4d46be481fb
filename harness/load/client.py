"""The harness's end of the load driver. Neither gevent nor Locust is imported here."""

import os
import selectors
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from types import TracebackType
from typing import IO, Final, Self

from pydantic import ValidationError

from harness.load.protocol import REPLIES, Announcement, Fault, Hello, Quit, Ready, Reply, StartWindow, WindowDone
from harness.model.base import Contract
from harness.model.errors import RuntimeFault
from harness.model.window import Phase, WindowReport, WindowSpec

_START_S: Final = 60.0
_MARGIN_S: Final = 20.0
_QUIT_S: Final = 5.0
_READ_BYTES: Final = 1 << 16
_LOG_LINES: Final = 15


class Driver:
    """A load driver process. Use it as a context manager, or `close` it.

    The process ends when the harness does, however that ends: its standard input closes, and the kernel signals it
    when the *thread* that started it is gone. So start it from a thread that lives as long as the driver is needed.
    """

    def __init__(self, process: subprocess.Popen[bytes], log: IO[bytes]) -> None:
        self._process = process
        self._log = log
        self.scheduling: str | None = None
        """The scheduling policy that it runs under: SCHED_FIFO where it may go before everything else on its CPUs."""
        self._received = b""
        self._selector = selectors.DefaultSelector()
        self._selector.register(_opened(process.stdout), selectors.EVENT_READ)

    @classmethod
    def start(cls, cpus: tuple[int, ...] | None = None) -> "Driver":
        """Start a driver, on these CPUs only if given, and wait until it is ready.

        Raises:
            RuntimeFault: it did not start.
        """
        command = [sys.executable, "-m", "harness.load.driver"]
        if cpus is not None:
            command += ["--cpus", ",".join(map(str, cpus))]
        log = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the driver
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            process_group=0,  # a Ctrl-C in the terminal is for the harness to handle
        )
        driver = cls(process, log)
        driver._send(Hello())
        reply = driver._reply_by(time.monotonic() + _START_S)
        if not isinstance(reply, Ready):
            raise driver._fault("answered out of turn")
        driver.scheduling = reply.scheduling
        return driver

    @property
    def pid(self) -> int:
        """Process id of the driver."""
        return self._process.pid

    def window(self, spec: WindowSpec, on_phase: Callable[[Phase], None] | None = None) -> WindowReport:
        """Have one window driven; `on_phase` is called when its counted stretch begins and when it has ended.

        Raises:
            RuntimeFault: the driver refused, died, or took longer than the window can.
        """
        self._send(StartWindow(spec=spec))
        # Opening the connections and draining them may each take a whole timeout.
        deadline_s = time.monotonic() + spec.lead_in_s + spec.duration_s + 2 * spec.timeout_s + _MARGIN_S
        while True:
            match self._reply_by(deadline_s):
                case Announcement(phase=phase):
                    if on_phase is not None:
                        on_phase(phase)
                case WindowDone(report=report):
                    return report
                case Fault(what=what, hint=hint):
                    raise RuntimeFault(what, hint=hint)
                case Ready():
                    raise self._fault("answered out of turn")

    def close(self) -> None:
        """End the driver, by force if it does not end by itself."""
        if self._process.poll() is None:
            try:
                self._send(Quit())
                self._process.wait(_QUIT_S)
            except (RuntimeFault, subprocess.TimeoutExpired):
                self._process.kill()
        self._process.wait()
        self._selector.close()
        for stream in (self._process.stdin, self._process.stdout, self._log):
            _opened(stream).close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _send(self, command: Contract) -> None:
        stdin = _opened(self._process.stdin)
        try:
            stdin.write(command.model_dump_json().encode() + b"\n")
            stdin.flush()
        except OSError as error:
            raise self._fault("has died") from error

    def _reply_by(self, deadline_s: float) -> Reply:
        """The next reply, awaited until this instant of `time.monotonic()`."""
        while b"\n" not in self._received:
            if not self._selector.select(max(0.0, deadline_s - time.monotonic())):
                raise self._fault("hangs")
            data = os.read(_opened(self._process.stdout).fileno(), _READ_BYTES)
            if not data:
                raise self._fault("has died")
            self._received += data
        line, _, self._received = self._received.partition(b"\n")
        try:
            return REPLIES.validate_json(line)
        except ValidationError as error:
            raise self._fault(f"sent no reply but {line[:100]!r}") from error

    def _fault(self, what: str) -> RuntimeFault:
        """The driver is of no use any more: end it and quote its log."""
        self._process.kill()
        status = self._process.wait()
        self._log.seek(0)
        tail = self._log.read().decode(errors="replace").splitlines()[-_LOG_LINES:]
        quoted = "\n".join(tail) or "(nothing)"
        return RuntimeFault(
            f"the load driver (pid {self.pid}, exit status {status}) {what}; the last it logged:\n{quoted}",
            hint="run it by hand to see more: python -m harness.load.driver",
        )


def _opened[Stream](stream: Stream | None) -> Stream:
    if stream is None:
        raise ValueError("the driver was started without its pipes")
    return stream
