"""The meters, read as the counted stretch of a window begins and ends, and what is made of readings that came late."""

import time
from abc import ABC, abstractmethod
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event
from typing import Final, override

from harness.metering.reading import Metering, MeterReading
from harness.model.window import Phase, ProcessMeter

MAX_LATE_SHARE: Final = 0.05
"""Of a window. Readings that came later than this are left out: they would be wrong by as much."""

MIN_READ_SHARE: Final = 0.5
"""Of a window. On a busy host the reader comes late to its turn: readings of less than half of a window are left out,
since they are of another stretch than the requests."""

READ_AHEAD_S: Final = 0.01
"""So long before a stretch ends is its last reading begun. The reader gives way to the generator, and takes some
milliseconds beside it."""

_NS_PER_S: Final = 1_000_000_000


@dataclass(frozen=True)
class _Timed:
    """A reading, when it was meant to be taken by this host's clock, and how it came."""

    reading: MeterReading
    due_ns: int
    unloaded_ns: int
    """From then until the driver, which the host had kept from its CPU, made load again."""
    late_ns: int
    """From then until the server's part of it was here; below 0 where it was here before."""
    took_ns: int
    """While the server's part of it was in the making."""


class Witness(ABC):
    """Reads a meter when the counted stretch begins and when it has ended.

    Where its end is known beforehand, it reads a little earlier: the server rests from then on, and the driver, which
    goes first, has its report to write.
    """

    def __init__(self, meter: Metering, reader: ThreadPoolExecutor, duration_s: float | None = None) -> None:
        """`duration_s` of the stretch, where the server is under even load until it ends."""
        self.phases: list[Phase] = []
        self._meter = meter
        self._reader = reader
        self._duration_s = duration_s
        self._over = Event()
        self._readings: list[Future[_Timed]] = []

    def on_phase(self, phase: Phase) -> None:
        """The stretch begins or has ended."""
        self.phases.append(phase)
        opened = phase.event == "opened"
        if not opened:
            self._over.set()
        if opened or self._duration_s is None:
            self._readings.append(self._reader.submit(_read, self._meter, phase))
        if opened and self._duration_s is not None:
            closes_ns = phase.at_ns + int(self._duration_s * _NS_PER_S)
            self._readings.append(self._reader.submit(_read_before, self._meter, closes_ns, self._over))

    def dismiss(self) -> None:
        """Nothing more comes of the window."""
        self._over.set()

    @abstractmethod
    def saw(self) -> ProcessMeter | None:
        """What was consumed in between; None where that can't be told. Raises RuntimeFault where it was not read."""

    @abstractmethod
    def stretch(self) -> tuple[Phase | MeterReading, Phase | MeterReading]:
        """When it began and ended, by the clock of the host where the server runs."""

    def _timed(self) -> tuple[_Timed, _Timed]:
        opened, closed = (reading.result() for reading in self._readings)
        return opened, closed


class NearWitness(Witness):
    """Of a server on this host."""

    @override
    def saw(self) -> ProcessMeter | None:
        """What was consumed, unless a reading was spoilt by how it came.

        As the server is under load before and after `opened`, the first one may be late; the last one may not, since
        the server rests by then. Neither may be long in the making: it is of some moment of that time, and counts as
        of the middle. Nor may the first one be late where the server may have stood still meanwhile: its answers would
        be too few for what it consumed from then on. So it is where the load itself was late, or where a CPU limit
        stops everybody at times.
        """
        opened, closed = self._timed()
        meters = opened.reading.until(closed.reading)
        covered = meters.elapsed_ns >= MIN_READ_SHARE * (closed.due_ns - opened.due_ns)
        most_ns = MAX_LATE_SHARE * meters.elapsed_ns
        first_ns = opened.late_ns if meters.throttled_ns else opened.unloaded_ns + opened.took_ns / 2
        if not covered or first_ns + max(closed.late_ns, closed.took_ns / 2) > most_ns:
            return None
        # The database has many processes, is read after the server, and rests as that does.
        first_ns = opened.reading.after_ns / 2
        last_ns = max(closed.late_ns + closed.reading.after_ns, closed.reading.after_ns / 2)
        return meters if first_ns + last_ns <= most_ns else meters.model_copy(update={"database_cpu_ns": None})

    @override
    def stretch(self) -> tuple[Phase, Phase]:
        opened, closed = self.phases
        return opened, closed


class FarWitness(Witness):
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


def _read_before(meter: Metering, closes_ns: int, over: Event) -> _Timed:
    """A reading that is meant to be over when the stretch is; it does not wait longer than for that."""
    over.wait(max(0.0, (closes_ns - time.monotonic_ns()) / _NS_PER_S - READ_AHEAD_S))
    return _read(meter, Phase(event="closed", at_ns=closes_ns))
