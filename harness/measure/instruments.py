"""The load driver, the meters, the speed probe and the stall watch, which together take one window."""

import os
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self, override

from harness.load.client import Driver
from harness.metering.process_tree import Memory
from harness.metering.reading import Metering, MeterReading
from harness.metering.speed_probe import SpeedProbe
from harness.metering.stall_watch import StallWatch
from harness.model.app import DATABASE_ENDPOINTS
from harness.model.base import build_contracts
from harness.model.crowds.chat import ChatSpec
from harness.model.crowds.crowd import CrowdMemory, CrowdReport
from harness.model.crowds.feed import FeedSpec
from harness.model.errors import RuntimeFault
from harness.model.host import CpuLayout
from harness.model.run import Window
from harness.model.window import Mode, Phase, ProcessMeter, SpeedReading, StallReading, WindowReport, WindowSpec
from harness.runtime.roles import RunningDatabase, RunningServer, Runtime

MAX_LATE_SHARE: Final = 0.05
"""Of a window. Readings that came later than this are left out: they would be wrong by as much."""

MIN_READ_SHARE: Final = 0.5
"""Of a window. On a busy host the reader comes late to its turn: readings of less than half of a window are left out,
since they are of another stretch than the requests."""


_NS_PER_S: Final = 1_000_000_000


@dataclass(frozen=True)
class _Timed:
    """A reading, when it was meant to be taken by this host's clock, and how it came."""

    reading: MeterReading
    due_ns: int
    unloaded_ns: int
    """From then until the driver, which the host had kept from its CPU, made load again."""
    late_ns: int
    """From then until the server's part of it was here."""
    took_ns: int
    """While the server's part of it was in the making."""


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
        witness = self._witness(server, database)
        self._probe = self._probe or SpeedProbe(self._runtime.speed_probe)
        try:
            report, stalls = self._loaded(spec, witness, server, database, watch_stalls=watch_stalls)
            meters, stretch = witness.saw(), witness.stretch()
        except RuntimeFault as error:
            return window.model_copy(update={"spec": spec, "lost": self._why(error)})
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
        witness: "_Witness",
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

    def _witness(self, server: RunningServer, database: RunningDatabase | None) -> "_Witness":
        kind = _FarWitness if self._cpus.load_host_apart else _NearWitness
        return kind(self._runtime.meter(server, database, self._cpus), self._reader)

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


class _Witness(ABC):
    """Reads a meter when the counted stretch begins and when it has ended."""

    def __init__(self, meter: Metering, reader: ThreadPoolExecutor) -> None:
        self.phases: list[Phase] = []
        self._meter = meter
        self._reader = reader
        self._readings: list[Future[_Timed]] = []

    def on_phase(self, phase: Phase) -> None:
        """The stretch begins or has ended."""
        self._readings.append(self._reader.submit(_read, self._meter, phase))
        self.phases.append(phase)

    @abstractmethod
    def saw(self) -> ProcessMeter | None:
        """What was consumed in between; None where that can't be told. Raises RuntimeFault where it was not read."""

    @abstractmethod
    def stretch(self) -> tuple[Phase | MeterReading, Phase | MeterReading]:
        """When it began and ended, by the clock of the host where the server runs."""

    def _timed(self) -> tuple[_Timed, _Timed]:
        opened, closed = (reading.result() for reading in self._readings)
        return opened, closed


class _NearWitness(_Witness):
    """Of a server on this host."""

    @override
    def saw(self) -> ProcessMeter | None:
        """What was consumed, unless a reading was spoilt by how it came.

        As the server is under load before and after `opened`, the first one may be late; the last one may not, since
        the server rests by then. Neither may be long in the making: which moment it is of would not be known. Nor may
        the first one be late where the server may have stood still meanwhile: its answers would be too few for what it
        consumed from then on. So it is where the load itself was late, or where a CPU limit stops everybody at times.
        """
        opened, closed = self._timed()
        meters = opened.reading.until(closed.reading)
        covered = meters.elapsed_ns >= MIN_READ_SHARE * (closed.due_ns - opened.due_ns)
        first_ns = opened.late_ns if meters.throttled_ns else opened.unloaded_ns + opened.took_ns
        most_ns = MAX_LATE_SHARE * meters.elapsed_ns
        if not covered or first_ns + closed.late_ns > most_ns:
            return None
        # The database's part is of a later moment than the server's, and the database rests as the server does.
        after_ns = opened.reading.after_ns + closed.reading.after_ns
        return meters if after_ns <= most_ns else meters.model_copy(update={"database_cpu_ns": None})

    @override
    def stretch(self) -> tuple[Phase, Phase]:
        opened, closed = self.phases
        return opened, closed


class _FarWitness(_Witness):
    """Of a server on another host, whose clock has nothing in common with this one's."""

    @override
    def saw(self) -> ProcessMeter | None:
        opened, closed = self._timed()
        late_ns = max(opened.late_ns, closed.late_ns)
        meters = opened.reading.until(closed.reading).model_copy(update={"late_ns": late_ns})
        return meters if late_ns <= MAX_LATE_SHARE * meters.elapsed_ns else None

    @override
    def stretch(self) -> tuple[MeterReading, MeterReading]:
        opened, closed = self._timed()
        return opened.reading, closed.reading


def _asked(spec: FeedSpec | ChatSpec) -> dict[str, FeedSpec | ChatSpec]:
    """The specification, by the field of a window that takes it."""
    return {"feed_spec" if isinstance(spec, FeedSpec) else "chat_spec": spec}


def _read(meter: Metering, phase: Phase) -> _Timed:
    began_ns = time.monotonic_ns()
    reading = meter.read()
    ended_ns = time.monotonic_ns()
    return _Timed(
        reading,
        phase.at_ns,
        unloaded_ns=phase.late_ns,
        late_ns=ended_ns - reading.after_ns - phase.at_ns,
        took_ns=ended_ns - reading.after_ns - began_ns,
    )


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
