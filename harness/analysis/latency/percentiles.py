"""Percentiles of latency: of a round's requests, merged; and what all rounds together show.

A round is one fresh server in one state of the host. Its percentile is that of all of its requests: windows are merged,
never averaged. Over rounds, it is the logarithm that is taken together, as for capacities, so that a ratio of two
subjects is the mean of the ratios formed within the rounds that both were measured in. A percentile of all rounds
merged would be that of the worst of them, and a ratio of two such the ratio of two subjects' worst moments.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log
from typing import Final

import numpy as np
import scipy

from harness.analysis.host_effect import NO_EFFECT, HostEffect, LogRate
from harness.analysis.latency.durations import Durations
from harness.analysis.table import PAIR, RESOLUTION_VARIANCE, Array, Table
from harness.analysis.windows import CellWindows, UsedWindow
from harness.histogram import Histogram
from harness.model.findings import CONFIDENCE, Estimate, Percentile
from harness.model.latency_figure import QuantilePoint, requests_for
from harness.model.window import Failure

REPORTED_QUANTILES: Final = (0.5, 0.9, 0.99)
RANKED_QUANTILES: Final = (0.5, 0.99)
FAR_QUANTILE: Final = 0.999
"""Only all rounds together have enough requests for it."""

_NS_PER_US: Final = 1e3
_BOUNDS: Final = ("value", "low", "high")
_CURVE_POINTS_PER_DECADE: Final = 12


@dataclass(frozen=True)
class WindowLatencies:
    """The latencies of one window."""

    window: UsedWindow
    durations: Durations

    def log_tail(self, quantile: float) -> float | None:
        """Logarithm of the quantile, or of the slowest answer where too few requests show it; None without any."""
        found = self.durations.quantile_ns(quantile) or self.durations.slowest_ns
        return None if found is None else log(found)


type CellLatencies = Sequence[WindowLatencies]
"""Of the windows of a cell, those that have any."""


class Latencies:
    """The latencies of one cell as they were met: all requests of its windows."""

    def __init__(self, cell: CellWindows) -> None:
        self._cell = cell

    @cached_property
    def merged(self) -> Histogram:
        """All windows."""
        return _merge([histogram for _, histogram in self._by_window])

    @cached_property
    def by_window(self) -> CellLatencies:
        """Window by window. What was given up is among them: it took longer than it was waited for."""
        found = ((window, _with_given_up(window, each)) for window, each in self._by_window)
        return [WindowLatencies(window, durations) for window, durations in found if durations.total]

    @property
    def max_us(self) -> float | None:
        """The slowest request that was seen; None without any. It is no estimate: a longer run has a larger one."""
        return self.merged.max / _NS_PER_US if self.merged.total else None

    def curve(self) -> tuple[QuantilePoint, ...]:
        """The percentile curve, evenly spaced where each step leaves the same share of the slower requests."""
        total = self.merged.total
        if not total:
            return ()
        steps = np.arange(int(np.log10(total) * _CURVE_POINTS_PER_DECADE) + 1)
        quantiles = 1 - 10 ** (-steps / _CURVE_POINTS_PER_DECADE)
        shown = (*quantiles.tolist(), 1.0)
        return tuple(
            QuantilePoint(quantile=quantile, us=value / _NS_PER_US)
            for quantile, value in zip(shown, self.merged.values_at(shown), strict=True)
        )

    @cached_property
    def service_times(self) -> CellLatencies:
        """From the real sending, window by window; none in closed loop, where the latency is just that."""
        return _of_windows((window, window.report.service_time) for window in self._cell.used)

    @cached_property
    def schedule_lags(self) -> CellLatencies:
        """From the intended time to the real sending; none in closed loop."""
        return _of_windows((window, window.report.schedule_lag) for window in self._cell.used)

    @cached_property
    def _by_window(self) -> list[tuple[UsedWindow, Histogram]]:
        return [(window, Histogram.decode(window.report.latency)) for window in self._cell.used]


def is_known(cell: CellLatencies, quantile: float) -> bool:
    """Whether enough requests lie beyond a quantile for it to mean anything."""
    return sum(each.durations.total for each in cell) >= requests_for(quantile)


def log_quantiles(cells: Sequence[CellLatencies], quantile: float) -> LogRate:
    """The logarithm of a quantile by window, for the regression on what is known of the host."""
    known = {each.window.sequence: each.log_tail(quantile) for cell in cells for each in cell}
    return lambda window: known.get(window.sequence)


def quantile_table(cells: Sequence[CellLatencies], quantile: float, host: HostEffect = NO_EFFECT) -> Table:
    """The logarithm of a quantile, in microseconds, of all cells, without what the host did to it.

    The latencies of each window are divided by the host's effect on it before a round's windows are merged. A round
    that too few requests show the quantile of is missing.
    """
    rounds = sorted({each.window.round_index for cell in cells for each in cell})
    columns = np.array([[_of_round(cell, index, quantile, host) for index in rounds] for cell in cells]).reshape(
        len(cells), len(rounds)
    )
    present = ~np.isnan(columns)
    counts = present.sum(axis=1)
    sums = np.where(present, columns, 0.0).sum(axis=1)
    return Table(
        columns=columns,
        values=np.divide(sums, counts, out=np.full(len(cells), np.nan), where=counts > 0),
        present=present,
        window_variances=np.array([_window_variance(cell, quantile, host) for cell in cells]),
        inflation=host.inflation,
        indices=tuple(rounds),
    )


def in_order(found: Sequence[Percentile]) -> tuple[Percentile, ...]:
    """Percentiles of one cell, ascending; those that are not ranked no lower, and no higher, than their neighbours.

    Each follows the host with slopes of its own, so that a p90 may come out above the p99 (V. Chernozhukov,
    I. Fernandez-Val and A. Galichon, "Quantile and Probability Curves Without Crossing", Econometrica 78(3), 2010).
    """
    ordered = sorted(found, key=lambda each: each.quantile)
    ranked = [each for each in ordered if each.quantile in RANKED_QUANTILES]
    return tuple(each if each in ranked else _between(each, ranked) for each in ordered)


def _between(percentile: Percentile, ranked: Sequence[Percentile]) -> Percentile:
    us = percentile.us
    for below in (each.us for each in ranked if each.quantile < percentile.quantile):
        us = us.model_copy(update={name: max(getattr(us, name), getattr(below, name)) for name in _BOUNDS})
    for above in (each.us for each in ranked if each.quantile > percentile.quantile):
        us = us.model_copy(update={name: min(getattr(us, name), getattr(above, name)) for name in _BOUNDS})
    return percentile.model_copy(update={"us": us})


def part_us(part: CellLatencies, quantile: float, host: HostEffect) -> float | None:
    """A quantile of one part of the latencies, in microseconds, formed as that of the latencies is; None without any.

    With the effect that the host had on the latencies: then no part is longer than they are.
    """
    (value,) = quantile_table([part], quantile, host).values
    return None if np.isnan(value) else float(np.exp(value))


def _of_round(cell: CellLatencies, index: int, quantile: float, host: HostEffect) -> float:
    found = _together([each for each in cell if each.window.round_index == index], host).quantile_ns(quantile)
    return float("nan") if found is None else log(found / _NS_PER_US)


def _together(parts: CellLatencies, host: HostEffect) -> Durations:
    return Durations.together([each.durations for each in parts], [host.correction(each.window) for each in parts])


def _window_variance(cell: CellLatencies, quantile: float, host: HostEffect) -> float:
    """Variance in a round that the scatter of its windows leads to expect; that of sampling where it has but one."""
    logs = [
        (each.window.round_index, tail + log(host.correction(each.window)))
        for each in cell
        if (tail := each.log_tail(quantile)) is not None
    ]
    rounds, values = np.array([index for index, _ in logs]), np.array([value for _, value in logs])
    places = np.unique(rounds, return_inverse=True)[1]
    counts = np.bincount(places)
    df = len(values) - len(counts)
    if df <= 0:
        return max(_sampling_variance(cell, quantile), RESOLUTION_VARIANCE)
    deviations = values - (np.bincount(places, values) / counts)[places]
    return max(float(deviations @ deviations / df * (1 / counts).mean()), RESOLUTION_VARIANCE)


def _sampling_variance(cell: CellLatencies, quantile: float) -> float:
    """Variance of the log quantile of one round's requests, as if they were independent.

    By R. S. Woodruff, "Confidence Intervals for Medians and Other Position Measures", Journal of the
    American Statistical Association 47, 1952: the quantiles one standard error of the rank to either side.
    """
    merged = _together(cell, NO_EFFECT)
    per_round = merged.total / max(1, len({each.window.round_index for each in cell}))
    if not per_round:
        return 0.0
    error = float(np.sqrt(quantile * (1 - quantile) / per_round))
    above, below = (
        merged.quantile_ns(min(1.0, max(0.0, quantile + sign * error))) or merged.slowest_ns or 1.0 for sign in (1, -1)
    )
    return (log(above / below) / 2) ** 2


def far_quantile(cell: CellLatencies, quantile: float) -> Estimate | None:
    """A quantile, in microseconds, of all rounds together, as they were met; None where it can't be known.

    By Woodruff's method, with rounds as the clusters: the share of requests beyond the quantile has a standard error
    over rounds, and the quantiles at the ends of that share's interval are the ends of the quantile's. Where the upper
    one lies beyond the slowest request, the quantile is not known.
    """
    rounds = sorted({each.window.round_index for each in cell})
    merged = _together(cell, NO_EFFECT)
    value = merged.quantile_ns(quantile)
    if value is None or len(rounds) < PAIR:
        return None
    by_round = [_together([each for each in cell if each.window.round_index == index], NO_EFFECT) for index in rounds]
    requests = np.array([each.total for each in by_round])
    beyond = np.array([each.slower_than(value) for each in by_round])
    error = _standard_error_of_share(beyond, requests, 1 - quantile)
    reach = float(scipy.special.stdtrit(len(rounds) - 1, (1 + CONFIDENCE) / 2)) * error
    low, high = merged.quantile_ns(max(0.0, quantile - reach)), merged.quantile_ns(min(1.0, quantile + reach))
    if low is None or high is None:
        return None
    return Estimate(value=value / _NS_PER_US, low=low / _NS_PER_US, high=high / _NS_PER_US)


def _standard_error_of_share(beyond: Array, requests: Array, share: float) -> float:
    """Of a ratio over clusters, and no less than requests would have that are independent of each other."""
    residuals = (beyond - share * requests) / requests.mean()
    clusters = float(residuals @ residuals) / (len(requests) * (len(requests) - 1))
    return float(np.sqrt(max(clusters, share * (1 - share) / requests.sum())))


def _of_windows(encoded: Iterable[tuple[UsedWindow, str | None]]) -> CellLatencies:
    found = ((window, Histogram.decode(each)) for window, each in encoded if each)
    return [WindowLatencies(window, Durations.of_histogram(each)) for window, each in found if each.total]


def _with_given_up(window: UsedWindow, answered: Histogram) -> Durations:
    given_up = window.report.failures.get(Failure.TIMEOUT, 0)
    return Durations.of_histogram(answered, given_up, window.spec.timeout_s * 1e9)


def _merge(histograms: Sequence[Histogram]) -> Histogram:
    merged = Histogram()
    for histogram in histograms:
        merged.add(histogram)
    return merged
