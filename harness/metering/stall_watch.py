"""When the host let the CPUs that have a part in a request stand still while requests were under way."""

import time
from collections.abc import Iterable
from typing import Final

from pydantic import ValidationError

from harness.companion import WATCH_PRIORITY, Companion, Program
from harness.metering.stall_timer import EVERY_NS, GOES_FIRST, LATE_NS, Began, Order, Seen
from harness.model.errors import RuntimeFault
from harness.model.host import CpuLayout
from harness.model.window import Stall, StallReading

_PATIENCE_S: Final = 20.0
_START_S: Final = 60.0
_BEGIN, _END = Order(order="begin"), Order(order="end")

UNPRIVILEGED: Final = (
    "no process may go before everything else on a CPU here (SCHED_FIFO), which takes root, CAP_SYS_NICE or "
    f"`ulimit -r {WATCH_PRIORITY}`"
)
SERVERS_APART: Final = "the servers run on another host"
LOAD_APART: Final = "the load may come from other hosts"


class StallWatch:
    """A timer on each CPU of server, generator and database (`stall_timer`), which is at work in some windows only.

    It never outlives the harness, and never costs a window: one whose timers died has no reading, and they are started
    anew for the next.
    """

    def __init__(self, layout: CpuLayout, *, load_from_anywhere: bool = False) -> None:
        """It watches the CPUs that a layout gives to them, on this host alone; nothing is started yet."""
        self._server, self._generator = frozenset(layout.server), frozenset(layout.generator)
        self._database = frozenset(layout.database) - self._server - self._generator
        self._unwatched = SERVERS_APART if layout.load_host_apart else LOAD_APART if load_from_anywhere else None
        self._timers: dict[int, Companion] = {}

    @property
    def pids(self) -> tuple[int, ...]:
        """Process ids of the timers."""
        return tuple(timer.pid for timer in self._timers.values())

    def why_not(self) -> str | None:
        """Why there can be no reading on this host; None where there can. Starts the timers where none run.

        A timer that has to wait for others would take their work for stalls.
        """
        if self._unwatched is None and not self._timers:
            try:
                self._start()
            except RuntimeFault as error:
                self._unwatched = error.what.partition("; the last it logged")[0]
            except OSError as error:
                self._unwatched = f"a timer could not be started: {error.strerror}"
            if self._unwatched:
                self.close()
        return self._unwatched

    def begin(self) -> None:
        """From now on, if there can be a reading."""
        if self.why_not() is None:
            try:
                self._ask(_BEGIN, Began)
            except RuntimeFault:
                self.close()

    def end(self, opened_ns: int) -> StallReading | None:
        """Until now; times are counted from `opened_ns`, an instant of `time.monotonic_ns()`.

        None where there can be no reading, or a timer has died since the beginning.
        """
        if not self._timers:
            return None
        try:
            seen = self._ask(_END, Seen)
        except RuntimeFault:
            self.close()
            return None

        def stalls(cpus: Iterable[int]) -> tuple[Stall, ...]:
            return tuple(sorted((at - opened_ns, length) for cpu in cpus for at, length in seen[cpu].stalls))

        return StallReading(
            from_ns=max(each.from_ns for each in seen.values()) - opened_ns,
            to_ns=min(each.to_ns for each in seen.values()) - opened_ns,
            every_ns=EVERY_NS,
            late_ns=LATE_NS,
            server=stalls(self._server),
            generator=stalls(self._generator),
            database=stalls(self._database),
        )

    def close(self) -> None:
        """End the timers."""
        for timer in self._timers.values():
            timer.close()
        self._timers = {}

    def _start(self) -> None:
        for cpu in sorted(self._server | self._generator | self._database):
            program = Program.of_module("harness.metering.stall_timer", cpus=(cpu,))
            self._timers[cpu] = Companion(f"stall watch of CPU {cpu}", program)
        if any(began.scheduling != GOES_FIRST for began in self._replies(Began, _START_S).values()):
            self._unwatched = UNPRIVILEGED

    def _ask[Reply: (Began, Seen)](self, order: Order, kind: type[Reply]) -> dict[int, Reply]:
        """What each timer replies, all of which are told before any is awaited."""
        for timer in self._timers.values():
            timer.send(order)
        return self._replies(kind, _PATIENCE_S)

    def _replies[Reply: (Began, Seen)](self, kind: type[Reply], patience_s: float) -> dict[int, Reply]:
        deadline_s = time.monotonic() + patience_s
        return {cpu: _reply(timer, kind, deadline_s) for cpu, timer in self._timers.items()}


def _reply[Reply: (Began, Seen)](timer: Companion, kind: type[Reply], deadline_s: float) -> Reply:
    line = timer.line_by(deadline_s)
    try:
        return kind.model_validate_json(line)
    except ValidationError as error:
        raise timer.fault(f"sent no reply but {line[:100]!r}") from error
