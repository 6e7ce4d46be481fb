"""Percentiles of merged histograms, and tables of them."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Final

import numpy as np

from harness.analysis.bootstrap import RoundHistograms, draw_rounds
from harness.analysis.estimates import RESOLUTION_VARIANCE
from harness.analysis.table import Table
from harness.analysis.windows import CellWindows
from harness.histogram import Histogram
from harness.model.findings import QuantilePoint

REPORTED_QUANTILES: Final = (0.5, 0.9, 0.99, 0.999, 1.0)
RANKED_QUANTILE: Final = 0.99

_MIN_BEYOND: Final = 1
"""A percentile needs so many requests beyond it, or it is but the slowest one under another name."""

_NS_PER_US: Final = 1e3
_CURVE_POINTS_PER_DECADE: Final = 12


class Latencies:
    """The latency histograms of one cell's used windows, merged by round and as a whole."""

    def __init__(self, cell: CellWindows) -> None:
        self._cell = cell

    @cached_property
    def by_round(self) -> dict[int, Histogram]:
        """One merged histogram for each round that answered anything."""
        merged: dict[int, Histogram] = {}
        for window in self._cell.used:
            histogram = Histogram.decode(window.report.latency)
            if histogram.total:
                merged.setdefault(window.round_index, Histogram()).add(histogram)
        return merged

    @cached_property
    def merged(self) -> Histogram:
        """All rounds."""
        return _merge(self.by_round.values())

    @cached_property
    def resampled(self) -> RoundHistograms:
        """The histograms of `by_round` in the order of rounds, ready to be drawn from."""
        return RoundHistograms([self.by_round[index] for index in sorted(self.by_round)])

    def shows(self, quantile: float) -> bool:
        """Whether there are enough requests for the quantile to mean anything."""
        total = self.merged.total
        return total > 0 and (quantile == 1 or total >= _MIN_BEYOND / (1 - quantile))

    def curve(self) -> tuple[QuantilePoint, ...]:
        """The percentile curve, evenly spaced where each step leaves the same share of the slower requests."""
        total = self.merged.total
        if not total:
            return ()
        steps = np.arange(int(np.log10(total) * _CURVE_POINTS_PER_DECADE) + 1)
        quantiles = 1 - 10 ** (-steps / _CURVE_POINTS_PER_DECADE)
        return tuple(
            QuantilePoint(quantile=quantile, us=self.merged.value_at(quantile) / _NS_PER_US)
            for quantile in (*quantiles.tolist(), 1.0)
        )

    def service_time_p99_us(self) -> float | None:
        """p99 from the real sending; None in closed loop, where the latency is just that."""
        return _p99_us([window.report.service_time for window in self._cell.used])

    def schedule_lag_p99_us(self) -> float | None:
        """p99 from the intended time to the real sending; None in closed loop."""
        return _p99_us([window.report.schedule_lag for window in self._cell.used])


def percentile_table(subjects: Sequence[Latencies], quantile: float) -> Table:
    """The logarithm of a percentile, in microseconds, of all subjects of a table."""
    rounds = sorted({index for subject in subjects for index in subject.by_round})
    draws = draw_rounds(len(rounds))
    present = np.array([[index in subject.by_round for index in rounds] for subject in subjects])
    columns = np.array(
        [
            subject.resampled.quantile_ns(quantile, draws[:, measured])
            for subject, measured in zip(subjects, present, strict=True)
        ]
    )
    return Table(
        columns=np.log(np.maximum(columns, 1.0) / _NS_PER_US),
        values=np.array([np.log(max(1, subject.merged.value_at(quantile)) / _NS_PER_US) for subject in subjects]),
        present=present,
        window_variances=np.array([_sampling_variance(subject, quantile) for subject in subjects]),
        resampled=True,
    )


def _sampling_variance(subject: Latencies, quantile: float) -> float:
    """Variance of the log quantile of one round's requests, as if they were independent.

    By R. S. Woodruff, "Confidence Intervals for Medians and Other Position Measures", Journal of the
    American Statistical Association 47, 1952: the quantiles one standard error of the rank to either side.
    """
    merged = subject.merged
    per_round = merged.total / max(1, len(subject.by_round))
    if not per_round:
        return RESOLUTION_VARIANCE
    error = np.sqrt(quantile * (1 - quantile) / per_round)
    above = max(1, merged.value_at(min(1.0, quantile + error)))
    below = max(1, merged.value_at(max(0.0, quantile - error)))
    return float(max((np.log(above / below) / 2) ** 2, RESOLUTION_VARIANCE))


def _p99_us(encoded: Sequence[str | None]) -> float | None:
    merged = _merge(Histogram.decode(each) for each in encoded if each)
    return merged.value_at(RANKED_QUANTILE) / _NS_PER_US if merged.total else None


def _merge(histograms: Iterable[Histogram]) -> Histogram:
    merged = Histogram()
    for histogram in histograms:
        merged.add(histogram)
    return merged
