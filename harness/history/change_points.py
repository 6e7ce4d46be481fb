"""Where a series changed its level, and how surely.

Candidates are found by optimal partitioning (B. Jackson and others, "An Algorithm for Optimal Partitioning of Data on
an Interval", IEEE Signal Processing Letters 12, 2005), for changes of the mean, with the Schwarz criterion's penalty
(Y.-C. Yao, "Estimating the Number of Change-Points via Schwarz' Criterion", Statistics & Probability Letters 6, 1988).
A history of a hundred runs is short: to try every place takes less than to import a library for long ones.

A candidate counts if the levels on its two sides differ by surely more than the tie margin. As the place was picked
among many, its p-value is multiplied by their number, and Holm's procedure corrects over all series; so the chance
that a history in which nothing changed shows any change is at most 5 %.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log, log1p
from typing import Final

import numpy as np

from harness.analysis.table import Array, from_log
from harness.claims.holm import holm
from harness.history.levels import medians
from harness.history.student import inside, reach
from harness.model.findings import CONFIDENCE, TIE_MARGIN, Estimate

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
class LevelChange:
    """The difference of two levels' logarithms, its standard error and the degrees of freedom of Student's t."""

    value: float
    standard_error: float
    df: int

    @property
    def p_value(self) -> float:
        """Two-sided p-value of differing by more than the tie margin; 1 where they do not."""
        beyond = abs(self.value) - log1p(TIE_MARGIN)
        if beyond <= 0:
            return 1.0
        return 1 - inside(beyond / self.standard_error, self.df) if self.standard_error > 0 else 0.0

    @property
    def ratio(self) -> Estimate:
        """New level over old, with its 95 % interval."""
        half_width = reach(CONFIDENCE, self.df) * self.standard_error
        return Estimate(
            value=from_log(self.value),
            low=from_log(self.value - half_width),
            high=from_log(self.value + half_width),
            log_standard_error=self.standard_error,
            degrees_of_freedom=self.df,
        )


@dataclass(frozen=True)
class Candidate:
    """Where a stretch may have changed its level, by how much, and how surely."""

    stretch: int
    place: Place
    change: LevelChange
    p_value: float
    """With regard to how many places there were to choose from."""


def change_points(stretches: Sequence[Stretch]) -> list[Candidate]:
    """The changes that count, over all stretches of a history."""
    found = list(_candidates(stretches))
    return [each for each, sure in zip(found, holm([each.p_value for each in found]), strict=True) if sure]


def _candidates(stretches: Sequence[Stretch]) -> Iterator[Candidate]:
    by_length: dict[int, list[int]] = defaultdict(list)
    for index, stretch in enumerate(stretches):
        by_length[len(stretch.values)].append(index)
    for count, members in by_length.items():
        if count < 2 * MIN_RUNS:
            continue
        values = np.array([stretches[index].values for index in members])
        variances = np.array([stretches[index].variances for index in members])
        scaled = (values - values.mean(axis=1, keepdims=True)) / np.sqrt(medians(variances.T))[:, np.newaxis]
        places = count - 2 * MIN_RUNS + 1
        for index, bounds in zip(members, least_costly(scaled, penalty=2 * log(count)), strict=True):
            for before, at, after in zip(bounds, bounds[1:-1], bounds[2:], strict=False):
                change = _change(stretches[index], slice(before, at), slice(at, after))
                yield Candidate(index, at, change, min(1.0, places * change.p_value))


def least_costly(rows: Array, penalty: float) -> list[list[int]]:
    """For each row, the bounds of stretches of equal level: squared distances and penalties are least in sum.

    They run from 0 to the end, and no stretch is shorter than `MIN_RUNS`. All rows are gone through at once.
    """
    height, count = rows.shape
    nothing = np.zeros((height, 1))
    sums, squares = (np.hstack((nothing, np.cumsum(each, axis=1))) for each in (rows, rows**2))
    least, before = np.full((height, count + 1), np.inf), np.zeros((height, count + 1), dtype=int)
    least[:, 0] = -penalty  # The first stretch costs none.
    for end in range(MIN_RUNS, count + 1):
        starts = np.arange(end - MIN_RUNS + 1)
        distances = squares[:, [end]] - squares[:, starts] - (sums[:, [end]] - sums[:, starts]) ** 2 / (end - starts)
        ways = least[:, starts] + distances
        before[:, end] = ways.argmin(axis=1)
        least[:, end] = ways.min(axis=1) + penalty
    return [_bounds(row, count) for row in before.tolist()]


def _bounds(before: Sequence[int], count: int) -> list[int]:
    bounds = [count]
    while bounds[0]:
        bounds.insert(0, before[bounds[0]])
    return bounds


def _change(stretch: Stretch, before: slice, after: slice) -> LevelChange:
    """The difference of two levels. Its error is the larger one of what was foreseen and what is seen."""
    old, new = stretch.values[before], stretch.values[after]
    foreseen = stretch.variances[before].mean() / len(old) + stretch.variances[after].mean() / len(new)
    df = len(old) + len(new) - 2
    pooled = float(((old - old.mean()) ** 2).sum() + ((new - new.mean()) ** 2).sum()) / df
    seen = pooled * (1 / len(old) + 1 / len(new))
    return LevelChange(float(new.mean() - old.mean()), float(np.sqrt(max(foreseen, seen))), df)
