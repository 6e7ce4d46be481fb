"""The load driver, the meters, the speed probe and the stall watch, which together take one window."""

import os
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Final, Self

from harness.load.client import Driver
from harness.metering.process_tree import Memory
from harness.metering.reading import MeterReading
from harness.metering.speed_probe import SpeedProbe
from harness.metering.stall_watch import StallWatch
from harness.metering.witness import FarWitness, NearWitness, Witness
from harness.model.app import DATABASE_ENDPOINTS
from harness.model.base import build_contracts
from harness.model.crowds.chat import ChatSpec
from harness.model.crowds.crowd import CrowdMemory, CrowdReport
from harness.model.crowds.feed import FeedSpec
from harness.model.errors import RuntimeFault
from harness.model.host import CpuLayout
from harness.model.run import Window
from harness.model.window import Mode, Phase, SpeedReading, StallReading, WindowReport, WindowSpec
from harness.runtime.roles import RunningDatabase, RunningServer, Runtime

_NS_PER_S: Final = 1_000_000_000


class Instruments:
    """One driver, one speed probe and one stall watch for the whole run, and a meter for each window.

    A driver that died or hung loses the window under way and is replaced. So are a speed probe and a stall watch,
    without which a window lacks but the speed, or the stalls.
    """

    def __init__(self, cpus: CpuLayout, runtime: Runtime, *, load_from_anywhere: bool = False) -> None:
        """`load_from_anywhere`: the load driver awaits workers of any host."""
        build_contracts()
        self._cpus = cpus
        self._runtime = runtime
        self._driver: Driver | None = None
        self._probe: SpeedProbe | None = None
        self._stalls = StallWatch(cpus, load_from_anywhere=load_from_anywhere)
        self._before: tuple[RunningServer, Memory] | None = None
        self._reader = ThreadPoolExecutor(max_workers=1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._close_driver()
        self._close_probe()
        self._stalls.close()
        self._reader.shutdown()

    @property
    def driver(self) -> Driver:
        """The driver, started where none runs."""
        if self._driver is None:
            self._driver = Driver.start(self._runtime.driver)
            self._driver.scheduling = self._runtime.prefer_driver() or self._driver.scheduling
            # What runs on another host is asked for its readings, which takes no time of the generator's CPU.
            if self._driver.scheduling != "SCHED_FIFO" and not self._cpus.load_host_apart:
                self._reader.submit(_give_way)
        return self._driver

    def stalls_unwatched(self) -> str | None:
        """Why stalls of the host can't be watched; None where they can. Starts the watch where none runs."""
        return self._stalls.why_not()

    def holders_unseen(self) -> str | None:
        """Why it can't be seen when others have the server's CPU; None where it can, or stalls can't either."""
        return self._stalls.holders_unseen()

    def take(
        self,
        window: Window,
        spec: WindowSpec,
        server: RunningServer,
        database: RunningDatabase | None,
        *,
        watch_stalls: bool = True,
    ) -> Window:
        """Load a server as `spec` says; returns `window` with what was measured, or with why it is lost.

        Stalls are watched where requests arrive by themselves, unless nobody asks for latencies: it takes a little of
        the server's CPU.
        """
        witness = self._witness(server, database, spec.duration_s)
        self._probe = self._probe or SpeedProbe(self._runtime.speed_probe)
        try:
            report, stalls = self._loaded(spec, witness, server, database, watch_stalls=watch_stalls)
            meters, stretch = witness.saw(), witness.stretch()
        except RuntimeFault as error:
            return window.model_copy(update={"spec": spec, "lost": self._why(error)})
        finally:
            witness.dismiss()
        found = {"report": report, "meter": meters, "speed": self._speed(*stretch), "stalls": stalls}
        return window.model_copy(update={"spec": spec, **found})

    def take_crowd(
        self, window: Window, spec: FeedSpec | ChatSpec, server: RunningServer, database: RunningDatabase | None
    ) -> Window:
        """The same for a window of a feed or a chat, whose memory is read as well."""
        witness = self._witness(server, database)
        held: list[Future[Memory | None]] = []

        def on_phase(phase: Phase) -> None:
            witness.on_phase(phase)
            if phase.event == "closed":
                leave_ns = phase.at_ns + int(spec.limit_s * _NS_PER_S)
                held.append(self._reader.submit(_read_by, leave_ns, server.memory))

        before = self._memory_before(server)
        try:
            report = self._held(spec, on_phase)
            memory, meters = held[0].result(), witness.saw()
        except RuntimeFault as error:
            return window.model_copy(update={**_asked(spec), "lost": self._why(error)})
        found = CrowdMemory(
            before_bytes=before.pss_bytes,
            held_bytes=memory and memory.pss_bytes,
            charged_before_bytes=before.charged_bytes,
            charged_held_bytes=memory and memory.charged_bytes,
        )
        return window.model_copy(update={**_asked(spec), **report, "feed_memory": found, "meter": meters})

    def _loaded(
        self,
        spec: WindowSpec,
        witness: Witness,
        server: RunningServer,
        database: RunningDatabase | None,
        *,
        watch_stalls: bool,
    ) -> tuple[WindowReport, StallReading | None]:
        """What came of the load, and the stalls from before its first request until after its last answer."""
        if spec.mode is Mode.CLOSED or not watch_stalls:
            return self.driver.window(spec, witness.on_phase), None
        asked = database if spec.endpoint in DATABASE_ENDPOINTS else None
        self._stalls.begin(server.pids(), asked.pids() if asked else ())
        try:
            report = self.driver.window(spec, witness.on_phase)
        except RuntimeFault:
            self._stalls.end(0)
            raise
        return report, self._stalls.end(witness.phases[0].at_ns)

    def _held(self, spec: FeedSpec | ChatSpec, on_phase: Callable[[Phase], None]) -> dict[str, CrowdReport]:
        """The report, by the field of a window that takes it."""
        match spec:
            case FeedSpec():
                return {"feed": self.driver.feed(spec, on_phase)}
            case ChatSpec():
                return {"chat": self.driver.chat(spec, on_phase)}

    def _witness(
        self, server: RunningServer, database: RunningDatabase | None, duration_s: float | None = None
    ) -> Witness:
        """`duration_s` is given where the server is under even load until the stretch ends."""
        kind = FarWitness if self._cpus.load_host_apart else NearWitness
        return kind(self._runtime.meter(server, database, self._cpus), self._reader, duration_s)

    def _memory_before(self, server: RunningServer) -> Memory:
        """Of a server before its first subscriber: what it got for them, it keeps for the next ones."""
        if self._before is None or self._before[0] is not server:
            self._before = server, server.memory()
        return self._before[1]

    def _why(self, error: RuntimeFault) -> str:
        """Why a window is lost; a driver that is of no use any more goes with it."""
        if self._driver is not None and not self._driver.usable:
            self._close_driver()
        return error.what

    def _speed(self, opened: Phase | MeterReading, closed: Phase | MeterReading) -> SpeedReading | None:
        if self._probe is None:
            return None
        try:
            return self._probe.between(opened, closed)
        except RuntimeFault:
            self._close_probe()
            return None

    def _close_driver(self) -> None:
        if self._driver is not None:
            self._driver.close()
            self._driver = None

    def _close_probe(self) -> None:
        if self._probe is not None:
            self._probe.close()
            self._probe = None


def _asked(spec: FeedSpec | ChatSpec) -> dict[str, FeedSpec | ChatSpec]:
    """The specification, by the field of a window that takes it."""
    return {"feed_spec" if isinstance(spec, FeedSpec) else "chat_spec": spec}


def _read_by(end_ns: int, memory: Callable[[], Memory]) -> Memory | None:
    """The memory of a server that holds a crowd until then; None where that was too late to be sure that it did."""
    found = memory()
    return found if time.monotonic_ns() <= end_ns else None


def _give_way() -> None:
    """Have this thread run only where nobody else on its CPU has anything to do, so that a generator need not go first.

    Reading the meters of some hundred processes takes milliseconds, which would otherwise enter the latencies. The
    price is that on a busy host it comes late to its turn, often too late.
    """
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
