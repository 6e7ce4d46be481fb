"""Where a series changed its level, and how surely.

Candidates are found by optimal partitioning (B. Jackson and others, "An Algorithm for Optimal Partitioning of Data on
an Interval", IEEE Signal Processing Letters 12, 2005), for changes of the mean, with the Schwarz criterion's penalty
(Y.-C. Yao, "Estimating the Number of Change-Points via Schwarz' Criterion", Statistics & Probability Letters 6, 1988).
A history of a hundred runs is short: to try every place takes less than to import a library for long ones.

A candidate counts if the levels on its two sides differ by surely more than the tie margin. As the place was picked
among many, its p-value is multiplied by their number, and Holm's procedure corrects over all series; so the chance
that a history in which nothing changed shows any change is at most 5 %.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import Final

import numpy as np

from harness.analysis.intervals import LogInterval
from harness.claims.decide import Margin, holm, weigh
from harness.history.levels import Array
from harness.model.findings import TIE_MARGIN, Estimate

MIN_RUNS: Final = 3
"""A level is known from so many runs at least: one or two could be the host's."""

type Place = int
"""Of the first point of the new level."""


@dataclass(frozen=True)
class Stretch:
    """The logarithms of one series under equal conditions, oldest first."""

    values: Array
    variances: Array
    """Of each value, what changes from run to run included."""


@dataclass(frozen=True)
class Candidate:
    """Where a stretch may have changed its level, by how much, and how surely."""

    stretch: int
    place: Place
    change: LogInterval
    p_value: float
    """With regard to how many places there were to choose from."""

    @property
    def ratio(self) -> Estimate:
        """New level over old."""
        return self.change.estimate()


def change_points(stretches: Sequence[Stretch]) -> list[Candidate]:
    """The changes that count, over all stretches of a history."""
    found = [each for index, stretch in enumerate(stretches) for each in _candidates(index, stretch)]
    return [each for each, sure in zip(found, holm([each.p_value for each in found]), strict=True) if sure]


def _candidates(index: int, stretch: Stretch) -> list[Candidate]:
    count = len(stretch.values)
    if count < 2 * MIN_RUNS:
        return []
    scaled = (stretch.values - stretch.values.mean()) / np.sqrt(np.median(stretch.variances))
    bounds = least_costly(scaled, penalty=2 * log(count))
    places = count - 2 * MIN_RUNS + 1
    margin = Margin.around(1.0, TIE_MARGIN, wants_more=True)
    candidates = []
    for before, at, after in zip(bounds, bounds[1:-1], bounds[2:], strict=False):
        change = _change(stretch, slice(before, at), slice(at, after))
        weighed = weigh(change, margin)
        p_value = min(1.0, places * min(weighed.p_support, weighed.p_refute))
        candidates.append(Candidate(index, at, change, p_value))
    return candidates


def least_costly(values: Array, penalty: float) -> list[int]:
    """The bounds of stretches of equal level, from 0 to the end: squared distances and penalties are least in sum.

    No stretch is shorter than `MIN_RUNS`.
    """
    count = len(values)
    sums, squares = (np.concatenate(([0.0], np.cumsum(each))) for each in (values, values**2))
    lengths = np.maximum(np.subtract.outer(np.arange(count + 1), np.arange(count + 1)), 1)
    cost = np.subtract.outer(squares, squares) - np.subtract.outer(sums, sums) ** 2 / lengths
    least, before = np.full(count + 1, np.inf), np.zeros(count + 1, dtype=int)
    least[0] = -penalty  # The first stretch costs none.
    for end in range(MIN_RUNS, count + 1):
        ways = least[: end - MIN_RUNS + 1] + cost[end, : end - MIN_RUNS + 1]
        before[end] = ways.argmin()
        least[end] = ways[before[end]] + penalty
    bounds = [count]
    while bounds[0]:
        bounds.insert(0, int(before[bounds[0]]))
    return bounds


def _change(stretch: Stretch, before: slice, after: slice) -> LogInterval:
    """The difference of two levels. Its error is the larger one of what was foreseen and what is seen."""
    old, new = stretch.values[before], stretch.values[after]
    foreseen = stretch.variances[before].mean() / len(old) + stretch.variances[after].mean() / len(new)
    df = len(old) + len(new) - 2
    pooled = float(((old - old.mean()) ** 2).sum() + ((new - new.mean()) ** 2).sum()) / df
    seen = pooled * (1 / len(old) + 1 / len(new))
    return LogInterval(float(new.mean() - old.mean()), float(np.sqrt(max(foreseen, seen))), float(df))
