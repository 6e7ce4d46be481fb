"""Tables of rates: throughput, and CPU time per request, from the windows of subjects measured side by side."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log
from typing import Final

import numpy as np

from harness.analysis.host_effect import NO_EFFECT, HostEffect
from harness.analysis.table import RESOLUTION_VARIANCE, Array, Table
from harness.analysis.windows import CellWindows, UsedWindow
from harness.model.cell import WAIT_MS

_NS_PER_S: Final = 1e9
_NS_PER_US: Final = 1e3
_MS_PER_S: Final = 1e3

ASSUMED_WINDOW_VARIANCE: Final = 0.15**2
"""Of the logarithm of a single short window, where no round has two of them."""

type Amount = Callable[[UsedWindow], float | None]
"""What a window amounts to per second, or None where that was not read."""


def throughput_rps(window: UsedWindow) -> float:
    """Right responses per second. In open loop those completed in the stretch count, whenever they were due."""
    report = window.report
    responses = report.responses if report.completed_in_time is None else report.completed_in_time
    return responses / report.duration_ns * _NS_PER_S


def server_cpu_us(window: UsedWindow) -> float | None:
    """CPU time of the server per second of wall time, in microseconds."""
    meter = window.meter
    return None if meter is None else meter.server_cpu_ns / meter.elapsed_ns * _NS_PER_S / _NS_PER_US


def database_cpu_us(window: UsedWindow) -> float | None:
    """CPU time of the database per second of wall time, in microseconds."""
    meter = window.meter
    if meter is None or meter.database_cpu_ns is None:
        return None
    return meter.database_cpu_ns / meter.elapsed_ns * _NS_PER_S / _NS_PER_US


def in_flight(window: UsedWindow) -> float:
    """How many requests of `waiting` were waiting at a time: by Little's law, those answered in the time of one wait.

    What waits longer than it asked for is not in flight but in a queue; so a server that can wait for one at a time has
    one in flight, however many connections there are.
    """
    return throughput_rps(window) * WAIT_MS / _MS_PER_S


@dataclass(frozen=True)
class Rate:
    """An amount, or one amount per another."""

    amount: Amount
    per: Amount | None = None

    def is_read(self, window: UsedWindow) -> bool:
        """Whether a window tells both amounts, though it be that nothing happened."""
        return self.amount(window) is not None and (self.per is None or self.per(window) is not None)

    def log(self, window: UsedWindow) -> float | None:
        """The logarithm of a window's rate; None where it was not read, or nothing happened."""
        above = self.amount(window)
        below = self.per(window) if self.per else 1.0
        return log(above / below) if above and below else None


THROUGHPUT: Final = Rate(throughput_rps)
IN_FLIGHT: Final = Rate(in_flight)
SERVER_CPU: Final = Rate(server_cpu_us, per=throughput_rps)
DATABASE_CPU: Final = Rate(database_cpu_us, per=throughput_rps)
SERVER_CPU_PER_S: Final = Rate(server_cpu_us)
DATABASE_CPU_PER_S: Final = Rate(database_cpu_us)


def rate_table(cells: Sequence[CellWindows], rate: Rate, host: HostEffect = NO_EFFECT) -> Table:
    """The logarithm of a rate for all of `cells`, without what the host did to it.

    A round's value is the mean of its windows (or the quotient of two such means); a subject's value is the
    mean over its rounds on the logarithmic scale, so that a ratio of subjects is the mean of the ratios
    formed within rounds. A round without a usable window is missing.
    """
    rounds = sorted({window.round_index for cell in cells for window in cell.used})
    columns = np.full((len(cells), len(rounds)), np.nan)
    window_variances = np.full(len(cells), ASSUMED_WINDOW_VARIANCE)
    for row, cell in enumerate(cells):
        columns[row], found = _by_round(cell.used, rounds, rate, host)
        window_variances[row] = window_variances[row] if found is None else max(found, RESOLUTION_VARIANCE)
    present = ~np.isnan(columns)
    counts = present.sum(axis=1)
    sums = np.where(present, columns, 0.0).sum(axis=1)
    values = np.divide(sums, counts, out=np.full(len(cells), np.nan), where=counts > 0)
    return Table(columns, values, present, window_variances, host.inflation, indices=tuple(rounds))


def _by_round(
    windows: Sequence[UsedWindow], rounds: Sequence[int], rate: Rate, host: HostEffect
) -> tuple[Array, float | None]:
    """Logarithm of each round's value, and the variance in a round that the scatter of its windows leads to expect.

    What counts are windows that were read: on a busy host the reader, which gives way to everybody, comes too late for
    some, whoever is measured. A round is missing (NaN) if none was, or nothing happened in them. The variance is None
    where no round has two windows; that of a quotient is linearised.
    """
    windows = [window for window in windows if rate.is_read(window)]
    places = np.searchsorted(rounds, np.array([window.round_index for window in windows], dtype=np.int64))
    factors = np.array([host.correction(window) for window in windows])
    above = factors * np.array([rate.amount(window) for window in windows], dtype=float)
    per = rate.per
    below = np.ones(len(windows)) if per is None else np.array([per(window) for window in windows], dtype=float)
    counts = np.bincount(places, minlength=len(rounds))
    above_sums = np.bincount(places, above, minlength=len(rounds))
    below_sums = np.bincount(places, below, minlength=len(rounds))
    usable = (above_sums > 0) & (below_sums > 0)
    logs = np.full(len(rounds), np.nan)
    logs[usable] = np.log(above_sums[usable] / below_sums[usable])
    kept = usable[places]
    df = int(counts[usable].sum() - usable.sum())
    if df <= 0:
        return logs, None
    places = places[kept]
    deviations = (above[kept] / above_sums[places] - below[kept] / below_sums[places]) * counts[places]
    return logs, float(deviations @ deviations / df * (1 / counts[usable]).mean())
