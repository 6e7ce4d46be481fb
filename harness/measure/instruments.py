"""The load driver, the meters and the speed probe, which together take one window."""

import os
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

from harness.load.client import Driver
from harness.model.errors import RuntimeFault
from harness.model.host import CpuLayout
from harness.model.run import Window
from harness.model.window import Phase, SpeedReading, WindowSpec
from harness.runtime.meter import Meter, MeterReading
from harness.runtime.protocol import RunningDatabase, RunningServer, Runtime
from harness.runtime.speed import SpeedProbe


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
        meter = Meter(server, database, {*self._cpus.server, *self._cpus.generator, *self._cpus.database})
        phases: list[Phase] = []
        readings: list[Future[MeterReading]] = []

        def on_phase(phase: Phase) -> None:
            readings.append(self._reader.submit(meter.read))
            phases.append(phase)

        self._probe = self._probe or SpeedProbe(self._cpus.server)
        try:
            report = self.driver.window(spec, on_phase)
        except RuntimeFault as error:
            if not self.driver.usable:
                self._close_driver()
            return window.model_copy(update={"spec": spec, "lost": error.what})
        opened, closed = (reading.result() for reading in readings)
        return window.model_copy(
            update={"spec": spec, "report": report, "meter": opened.until(closed), "speed": self._speed(*phases)}
        )

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


def _give_way() -> None:
    """Have this thread run only where the generator, whose CPU it is on, has nothing to do.

    Reading the meters of some hundred processes takes milliseconds, which would otherwise enter the latencies. That
    a reading comes a little late does no harm: it carries its own time stamp.
    """
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
