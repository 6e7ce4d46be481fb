"""Latencies as a distribution, some of them known only to be longer than a certain time.

A request that was cut off while it was under way tells that it would have taken longer than that, and nothing else. The
product-limit estimator takes such observations for what they are (E. L. Kaplan and P. Meier, "Nonparametric Estimation
from Incomplete Observations", Journal of the American Statistical Association 53, 1958), as long as what cut them off
does not depend on how long they would have taken. Where none was cut off it is the ordinary distribution function.

Quantiles go by median ranks: of n requests, the k-th fastest stands at (k - 1/3) / (n + 1/3), whatever the distribution
(R. J. Hyndman and Y. Fan, "Sample Quantiles in Statistical Packages", The American Statistician 50, 1996, definition
8), and with its like in the product limit. So a quantile hardly depends on how many requests show it: by the ranks that
HdrHistogram uses, the p99 of 500 exponential times is 3 % below that of 5,000.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Self

import numpy as np

from harness.analysis.table import Array
from harness.histogram import Histogram

_LEAST_NS: Final = 1.0
_THIRD: Final = 1 / 3


@dataclass(frozen=True)
class Durations:
    """Values in ns, ascending, and how many requests were answered, or cut off, after so long."""

    values_ns: Array
    answered: Array
    cut_off: Array

    @classmethod
    def of_histogram(cls, histogram: Histogram, unanswered: int = 0, after_ns: float = 0.0) -> Self:
        """All of a histogram, and requests that were given up after so long: these are cut off there."""
        values, counts = histogram.columns()
        answered = cls(values.astype(np.float64), counts.astype(np.float64), np.zeros(len(values)))
        if not unanswered:
            return answered
        given_up = cls(np.array([after_ns]), np.zeros(1), np.array([float(unanswered)]))
        return cls.together([answered, given_up], [1.0, 1.0])

    @classmethod
    def of_requests(cls, answered_ns: Array, cut_off_ns: Array) -> Self:
        """Each request by itself."""
        values = np.concatenate((answered_ns, cut_off_ns))
        is_cut_off = np.arange(len(values)) >= len(answered_ns)
        # Of equal times, answers come first: what was cut off then would have taken longer.
        order = np.lexsort((is_cut_off, values))
        cut_off = is_cut_off[order].astype(float)
        return cls(np.maximum(values[order], _LEAST_NS), 1.0 - cut_off, cut_off)

    @classmethod
    def together(cls, parts: Sequence[Self], factors: Sequence[float]) -> Self:
        """Several as one, the values of each multiplied by its factor."""
        if not parts:
            return cls(np.zeros(0), np.zeros(0), np.zeros(0))
        values = np.concatenate([part.values_ns * factor for part, factor in zip(parts, factors, strict=True)])
        answered = np.concatenate([part.answered for part in parts])
        cut_off = np.concatenate([part.cut_off for part in parts])
        order = np.lexsort((cut_off > 0, values))
        return cls(values[order], answered[order], cut_off[order])

    @cached_property
    def total(self) -> float:
        """How many requests."""
        return float(self.answered.sum() + self.cut_off.sum())

    @property
    def slowest_ns(self) -> float | None:
        """The longest time after which a request was answered; None where none was."""
        answered = self.values_ns[self.answered > 0]
        return float(answered[-1]) if answered.size else None

    def slower_than(self, value_ns: float) -> float:
        """How many requests took longer, or were cut off after longer."""
        beyond = self.values_ns > value_ns
        return float(self.answered[beyond].sum() + self.cut_off[beyond].sum())

    def quantile_ns(self, quantile: float) -> float | None:
        """The time within which this share of all requests would be answered; None where too few show it."""
        shares, values = self._curve
        if not shares.size or quantile > shares[-1]:
            return None
        return float(np.exp(np.interp(quantile, shares, values)))

    @cached_property
    def _curve(self) -> tuple[Array, Array]:
        """Shares, ascending, and the logarithms of their values: of the first and the last answer at each value."""
        left = np.cumsum((self.answered + self.cut_off)[::-1])[::-1]
        kept = (left - self.answered + 2 * _THIRD) / (left + 2 * _THIRD)
        surviving = np.cumprod(kept)
        before = surviving / kept
        scale = (self.total + 2 * _THIRD) / (self.total + _THIRD)
        at = np.flatnonzero(self.answered)
        first = 1 - scale * before[at] * (left[at] - _THIRD) / (left[at] + 2 * _THIRD)
        last = 1 - scale * surviving[at]
        shares = np.column_stack((first, last)).ravel()
        values = np.repeat(np.log(np.maximum(self.values_ns[at], _LEAST_NS)), 2)
        return shares, values
