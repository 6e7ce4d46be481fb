"""When the host let the CPUs that have a part in a request stand still while requests were under way."""

import time
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Final

from pydantic import ValidationError

from harness.companion import WATCH_PRIORITY, Companion, Program
from harness.metering.stall_timer import EVERY_NS, GOES_FIRST, LATE_NS, Began, Order, Seen
from harness.model.errors import RuntimeFault
from harness.model.host import CpuLayout
from harness.model.window import Stall, StallReading

_PATIENCE_S: Final = 20.0
_START_S: Final = 60.0
_END = Order(order="end")

UNPRIVILEGED: Final = (
    "no process may go before everything else on a CPU here (SCHED_FIFO), which takes root, CAP_SYS_NICE or "
    f"`ulimit -r {WATCH_PRIORITY}`"
)
MAY_NOT_SEE: Final = (
    "who has a CPU can't be seen here, which takes root, CAP_PERFMON or a `kernel.perf_event_paranoid` of 0 or less"
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
        # There the load driver goes before all ordinary processes, as the watch does before the driver.
        self._generator_alone = self._generator - self._server
        self._unwatched = SERVERS_APART if layout.load_host_apart else LOAD_APART if load_from_anywhere else None
        self._holders_unseen: str | None = None
        self._timers: dict[int, Companion] = {}

    @property
    def pids(self) -> tuple[int, ...]:
        """Process ids of the timers."""
        return tuple(timer.pid for timer in self._timers.values())

    def why_not(self) -> str | None:
        """Why there can be no reading now; None where there can. Starts the timers where none run.

        A timer that has to wait for others would take their work for stalls. Where none may go first, and where the
        CPUs are another host's, that is so for good; timers that could only not be started are tried anew each time.
        """
        if self._unwatched is not None or self._timers:
            return self._unwatched
        try:
            self._start()
        except RuntimeFault as error:
            failed: str | None = error.what.partition("; the last it logged")[0]
        except OSError as error:
            failed = f"a timer could not be started: {error.strerror}"
        else:
            failed = self._unwatched
        if failed:
            self.close()
        return failed

    def holders_unseen(self) -> str | None:
        """Why it can't be told when others had the server's CPU; None where it can, or there is no reading at all."""
        return self._holders_unseen if self.why_not() is None else None

    def begin(self, server: Sequence[int] = (), database: Sequence[int] = ()) -> None:
        """From now on, if there can be a reading.

        Args:
            server: Process ids of the server that is under load. Without any, nobody is said to have held its CPUs.
            database: Of the database, where the server asks it.
        """
        if self.why_not() is None:
            ours = (*server, *database)
            orders = {
                cpu: Order(order="begin", ours=ours if server and cpu not in self._generator_alone else None)
                for cpu in self._timers
            }
            try:
                self._ask(orders, Began)
            except RuntimeFault:
                self.close()

    def end(self, opened_ns: int) -> StallReading | None:
        """Until now; times are counted from `opened_ns`, an instant of `time.monotonic_ns()`.

        None where there can be no reading, or a timer has died since the beginning.
        """
        if not self._timers:
            return None
        try:
            seen = self._ask(dict.fromkeys(self._timers, _END), Seen)
        except RuntimeFault:
            self.close()
            return None

        def counted(stalls: Iterable[Stall]) -> tuple[Stall, ...]:
            return tuple(sorted((at - opened_ns, length) for at, length in stalls))

        def stalls(cpus: Iterable[int]) -> tuple[Stall, ...]:
            return counted(chain.from_iterable(seen[cpu].stalls for cpu in cpus))

        def held(cpus: Iterable[int]) -> tuple[Stall, ...]:
            return counted(chain.from_iterable(seen[cpu].held or () for cpu in cpus))

        is_seen = all(seen[cpu].held is not None for cpu in self._server | self._database)

        return StallReading(
            from_ns=max(each.from_ns for each in seen.values()) - opened_ns,
            to_ns=min(each.to_ns for each in seen.values()) - opened_ns,
            every_ns=EVERY_NS,
            late_ns=LATE_NS,
            server=stalls(self._server),
            generator=stalls(self._generator),
            database=stalls(self._database),
            held=held(self._server) if is_seen else None,
            database_held=held(self._database) if is_seen else (),
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
        began = self._replies(Began, _START_S)
        if any(each.scheduling != GOES_FIRST for each in began.values()):
            self._unwatched = UNPRIVILEGED
        unseen = next((each.holders_unseen for each in began.values() if each.holders_unseen), None)
        self._holders_unseen = f"{MAY_NOT_SEE} ({unseen})" if unseen else None

    def _ask[Reply: (Began, Seen)](self, orders: Mapping[int, Order], kind: type[Reply]) -> dict[int, Reply]:
        """What each timer replies, all of which are told before any is awaited."""
        for cpu, timer in self._timers.items():
            timer.send(orders[cpu])
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
