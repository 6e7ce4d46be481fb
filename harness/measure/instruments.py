"""The load driver, the meters and the speed probe, which together take one window."""

import os
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

from harness.load.client import Driver
from harness.model.errors import RuntimeFault
from harness.model.feed import FeedSpec
from harness.model.host import CpuLayout
from harness.model.run import FeedMemory, Window
from harness.model.window import Phase, ProcessMeter, SpeedReading, WindowSpec
from harness.runtime.meter import Meter, MeterReading
from harness.runtime.protocol import RunningDatabase, RunningServer, Runtime
from harness.runtime.speed import SpeedProbe
from harness.runtime.tree import Memory


class Instruments:
    """One driver and one speed probe for the whole run, and a meter for each window.

    A driver that died or hung loses the window under way and is replaced. So is a probe, without which a window
    lacks but the speed.
    """

    def __init__(self, cpus: CpuLayout, runtime: Runtime) -> None:
        self._cpus = cpus
        self._runtime = runtime
        self._driver: Driver | None = None
        self._probe: SpeedProbe | None = None
        self._before: tuple[RunningServer, Memory] | None = None
        self._reader = ThreadPoolExecutor(max_workers=1, initializer=_give_way)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._close_driver()
        self._close_probe()
        self._reader.shutdown()

    @property
    def driver(self) -> Driver:
        """The driver, started where none runs."""
        if self._driver is None:
            self._driver = Driver.start(self._runtime.driver)
            self._driver.scheduling = self._runtime.prefer_driver() or self._driver.scheduling
        return self._driver

    def take(self, window: Window, spec: WindowSpec, server: RunningServer, database: RunningDatabase | None) -> Window:
        """Load a server as `spec` says; returns `window` with what was measured, or with why it is lost."""
        witness = _Witness(self._meter(server, database), self._reader)
        self._probe = self._probe or SpeedProbe(self._cpus.server)
        try:
            report = self.driver.window(spec, witness.on_phase)
        except RuntimeFault as error:
            return window.model_copy(update={"spec": spec, "lost": self._why(error)})
        speed = self._speed(*witness.phases)
        return window.model_copy(update={"spec": spec, "report": report, "meter": witness.saw(), "speed": speed})

    def take_feed(
        self, window: Window, spec: FeedSpec, server: RunningServer, database: RunningDatabase | None
    ) -> Window:
        """The same for a window of a feed, whose memory is read as well."""
        witness = _Witness(self._meter(server, database), self._reader)
        held: list[Future[Memory]] = []

        def on_phase(phase: Phase) -> None:
            witness.on_phase(phase)
            if phase.event == "closed":
                held.append(self._reader.submit(server.memory))

        before = self._memory_before(server)
        try:
            report = self.driver.feed(spec, on_phase)
            memory = held[0].result()
        except RuntimeFault as error:
            return window.model_copy(update={"feed_spec": spec, "lost": self._why(error)})
        found = FeedMemory(
            before_bytes=before.pss_bytes,
            held_bytes=memory.pss_bytes,
            charged_before_bytes=before.charged_bytes,
            charged_held_bytes=memory.charged_bytes,
        )
        return window.model_copy(
            update={"feed_spec": spec, "feed": report, "feed_memory": found, "meter": witness.saw()}
        )

    def _meter(self, server: RunningServer, database: RunningDatabase | None) -> Meter:
        return Meter(server, database, {*self._cpus.server, *self._cpus.generator, *self._cpus.database})

    def _memory_before(self, server: RunningServer) -> Memory:
        """Of a server before its first subscriber: what it got for them, it keeps for the next ones."""
        if self._before is None or self._before[0] is not server:
            self._before = server, server.memory()
        return self._before[1]

    def _why(self, error: RuntimeFault) -> str:
        """Why a window is lost; a driver that is of no use any more goes with it."""
        if not self.driver.usable:
            self._close_driver()
        return error.what

    def _speed(self, opened: Phase, closed: Phase) -> SpeedReading | None:
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


class _Witness:
    """Reads a meter when the counted stretch begins and when it has ended."""

    def __init__(self, meter: Meter, reader: ThreadPoolExecutor) -> None:
        self.phases: list[Phase] = []
        self._meter = meter
        self._reader = reader
        self._readings: list[Future[MeterReading]] = []

    def on_phase(self, phase: Phase) -> None:
        """The stretch begins or has ended."""
        self._readings.append(self._reader.submit(self._meter.read))
        self.phases.append(phase)

    def saw(self) -> ProcessMeter:
        """What was consumed in between."""
        opened, closed = (reading.result() for reading in self._readings)
        return opened.until(closed)


def _give_way() -> None:
    """Have this thread run only where the generator, whose CPU it is on, has nothing to do.

    Reading the meters of some hundred processes takes milliseconds, which would otherwise enter the latencies. That
    a reading comes a little late does no harm: it carries its own time stamp.
    """
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
