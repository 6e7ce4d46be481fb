"""The harness's end of the load driver. Neither gevent nor Locust is imported here."""

import time
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self

from pydantic import ValidationError

from harness.companion import Companion, Program
from harness.load.driver_protocol import (
    REPLIES,
    Announcement,
    ChatDone,
    Fault,
    FeedDone,
    Hello,
    Ready,
    Reply,
    StartChat,
    StartFeed,
    StartWindow,
    WindowDone,
)
from harness.model.crowds.chat import ChatReport, ChatSpec
from harness.model.crowds.crowd import CrowdSpec
from harness.model.crowds.feed import FeedReport, FeedSpec
from harness.model.errors import OutOfStep, RuntimeFault
from harness.model.window import Phase, WindowReport, WindowSpec

_START_S: Final = 120.0
"""Longer than a driver waits for its workers."""
_MARGIN_S: Final = 20.0


class Driver:
    """A load driver process. Use it as a context manager, or `close` it; it never outlives the harness."""

    def __init__(self, companion: Companion) -> None:
        self._companion = companion
        self.scheduling: str | None = None
        """The scheduling policy that it runs under: SCHED_FIFO where it may go before everything else on its CPUs."""

    @classmethod
    def start(cls, program: Program) -> "Driver":
        """Start a driver and wait until it is ready.

        Raises:
            RuntimeFault: it did not start.
        """
        driver = cls(Companion("load driver", program))
        driver._companion.send(Hello())
        reply = driver._reply_by(time.monotonic() + _START_S)
        match reply:
            case Ready(scheduling=scheduling):
                driver.scheduling = scheduling
                return driver
            case Fault(what=what, hint=hint):
                driver.close()
                raise RuntimeFault(what, hint=hint)
            case _:
                raise driver._companion.fault("answered out of turn")

    @classmethod
    def on(cls, cpus: tuple[int, ...] | None = None, *arguments: str) -> "Driver":
        """The same as a process of this host, on these CPUs only if given."""
        return cls.start(Program.of_module("harness.load.driver", *arguments, cpus=cpus))

    @property
    def pid(self) -> int:
        """Process id of the driver, or of the client of its container."""
        return self._companion.pid

    @property
    def usable(self) -> bool:
        """Whether it can drive another window; not once it has died or hung."""
        return self._companion.alive()

    def window(self, spec: WindowSpec, on_phase: Callable[[Phase], None] | None = None) -> WindowReport:
        """Have one window driven; `on_phase` is called when its counted stretch begins and when it has ended.

        Raises:
            OutOfStep: the workers did not begin together.
            RuntimeFault: the driver refused, died, or took longer than the window can.
        """
        # Opening the connections and draining them may each take a whole timeout.
        most_s = spec.lead_in_s + spec.duration_s + 2 * spec.timeout_s
        match self._outcome(StartWindow(spec=spec), most_s, on_phase):
            case WindowDone(report=report):
                return report
            case _:
                raise self._companion.fault("answered out of turn")

    def feed(self, spec: FeedSpec, on_phase: Callable[[Phase], None] | None = None) -> FeedReport:
        """Have subscribers held for one window; otherwise like `window`."""
        match self._outcome(StartFeed(spec=spec), _longest_s(spec), on_phase):
            case FeedDone(report=report):
                return report
            case _:
                raise self._companion.fault("answered out of turn")

    def chat(self, spec: ChatSpec, on_phase: Callable[[Phase], None] | None = None) -> ChatReport:
        """Have members of rooms held for one window; otherwise like `window`."""
        match self._outcome(StartChat(spec=spec), _longest_s(spec), on_phase):
            case ChatDone(report=report):
                return report
            case _:
                raise self._companion.fault("answered out of turn")

    def _outcome(
        self, order: StartWindow | StartFeed | StartChat, most_s: float, on_phase: Callable[[Phase], None] | None
    ) -> Reply:
        """Give an order and return what comes of it."""
        self._companion.send(order)
        deadline_s = time.monotonic() + most_s + _MARGIN_S
        while True:
            match self._reply_by(deadline_s):
                case Announcement(phase=phase):
                    if on_phase is not None:
                        on_phase(phase)
                case Fault(what=what, hint=hint, out_of_step=out_of_step):
                    raise (OutOfStep if out_of_step else RuntimeFault)(what, hint=hint)
                case reply:
                    return reply

    def close(self) -> None:
        """End the driver, by force if it does not end by itself."""
        self._companion.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _reply_by(self, deadline_s: float) -> Reply:
        """The next reply, awaited until this instant of `time.monotonic()`."""
        line = self._companion.line_by(deadline_s)
        try:
            return REPLIES.validate_json(line)
        except ValidationError as error:
            raise self._companion.fault(f"sent no reply but {line[:100]!r}") from error


def _longest_s(spec: CrowdSpec) -> float:
    return spec.opening_s + spec.lead_in_s + spec.duration_s + spec.limit_s
