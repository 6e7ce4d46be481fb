"""How fast the server's CPU is while a server is loaded."""

import time
from typing import Final

from pydantic import ValidationError

from harness.companion import Companion, Program
from harness.metering.reading import MeterReading
from harness.metering.stopwatch import Answer, Stretch
from harness.model.window import Phase, SpeedReading

_PATIENCE_S: Final = 20.0


class SpeedProbe:
    """A process that shares the server's CPU and times a fixed piece of work there. It never outlives the harness.

    A host's CPU changes its speed from one moment to the next (other guests, clock, shared cores), and throughput with
    it. How fast it was in each window lets the analysis take that part of the scatter out.
    """

    def __init__(self, program: Program) -> None:
        """Start it; it takes samples as soon as it is up."""
        self._companion = Companion("speed probe", program)

    @classmethod
    def on(cls, cpus: tuple[int, ...]) -> "SpeedProbe":
        """The same on these CPUs of this host."""
        return cls(Program.of_module("harness.metering.stopwatch", cpus=cpus))

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._companion.pid

    def between(self, opened: Phase | MeterReading, closed: Phase | MeterReading) -> SpeedReading | None:
        """The speed between two instants of the last two minutes; None where it took no sample.

        The instants are by the clock of the host that it runs on: there, those of a meter's readings are.

        Raises:
            RuntimeFault: the probe has died, or hangs.
        """
        self._companion.send(Stretch(from_ns=opened.at_ns, to_ns=closed.at_ns))
        line = self._companion.line_by(time.monotonic() + _PATIENCE_S)
        try:
            return Answer.model_validate_json(line).speed
        except ValidationError as error:
            raise self._companion.fault(f"sent no answer but {line[:100]!r}") from error

    def close(self) -> None:
        """End it."""
        self._companion.close()
