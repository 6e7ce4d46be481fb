"""A table of subjects measured side by side in the same rounds, and how contrasts of them scatter."""

from dataclasses import dataclass, field
from functools import cached_property
from math import exp, log
from sys import float_info
from typing import Final

import numpy as np
from numpy.typing import NDArray

type Array = NDArray[np.float64]

PAIR = 2
"""The least number of subjects to compare, and of rounds to show a spread."""


RESOLUTION_VARIANCE: Final = 1e-4**2
"""Nothing here is measured finer than 0.01 %; also keeps figures without any scatter usable."""

LARGEST_LOG: Final = log(float_info.max)
"""No number can hold the exponential of a larger one."""


def from_log(logarithm: float) -> float:
    """Its exponential; of one that no number can hold, the largest. Only figures that nobody measured lead there."""
    return exp(min(logarithm, LARGEST_LOG))


@dataclass(frozen=True)
class Scatter:
    """A contrast as the rounds show it."""

    value: float
    variance: float
    """Of the contrast in a single round; NaN where only one round shows it."""
    rounds: int

    @property
    def df(self) -> float:
        """Degrees of freedom of `variance`."""
        return self.rounds - 1.0


@dataclass(frozen=True)
class Table:
    """The logarithm of one quantity for all subjects of an endpoint, workload and rate.

    Rows are subjects, columns are rounds. A missing entry is NaN.
    """

    columns: Array
    values: Array
    """The subjects' point estimates."""
    present: NDArray[np.bool_]
    """Which subject was measured in which round (subjects x rounds)."""
    window_variances: Array
    """Variance of a subject's value in one round that what is seen within rounds leads to expect."""
    inflation: float = 1.0
    """By how much more the columns scatter than they show: something was taken out that was estimated from them."""
    indices: tuple[int, ...] = field(kw_only=True)
    """Which round of the run each column is."""

    @cached_property
    def rounds(self) -> NDArray[np.int64]:
        """In how many rounds each subject was measured."""
        return self.present.sum(axis=1)

    @cached_property
    def round_count(self) -> int:
        """In how many rounds any subject was measured."""
        return int(self.present.any(axis=0).sum())

    @cached_property
    def complete(self) -> NDArray[np.bool_]:
        """Which subjects were measured in all of them."""
        return np.asarray(self.rounds == self.round_count)

    @cached_property
    def common(self) -> Array | None:
        """What moved all complete subjects alike in each column; None where it can't be told apart."""
        if self.complete.sum() < PAIR:
            return None
        return np.asarray(self._centred.mean(axis=0))

    def common_variance(self, weights: Array) -> float:
        """Variance per round that a contrast has beyond what `scatter` leaves of it without the common movement.

        The common movement is seen as the complete subjects' mean, and so with a share of what moved each of them. Of a
        complete subject that share was taken off by `scatter`, and is given back here. What is not complete has no part
        in the mean, which then moves it back and forth: that is taken off twice, once for each.
        """
        if self.common is None or self.round_count < PAIR:
            return 0.0
        count = len(self._centred)
        own = sum(_variance(row - self.common) for row in self._centred) / (count * (count - 1))
        net, incomplete = float(weights.sum()), float(weights[~self.complete].sum())
        return max(0.0, net**2 * _variance(self.common) - 2 * net * incomplete * own)

    def without_common(self, weights: Array) -> Array:
        """The weights of a contrast of which the common movement is taken off; they sum to 0."""
        return weights - weights.sum() * self.complete / self.complete.sum()

    def select(self, kept: NDArray[np.intp]) -> "Table":
        """The table of some of the subjects."""
        return Table(
            self.columns[kept],
            self.values[kept],
            self.present[kept],
            self.window_variances[kept],
            self.inflation,
            indices=self.indices,
        )

    def share_rounds(self, subjects: NDArray[np.intp]) -> bool:
        """Whether any round measured all of these subjects."""
        return bool(self.present[subjects].all(axis=0).any())

    def scatter(self, weights: Array, *, without_common: bool = False) -> Scatter:
        """Value and variance of the contrast with these weights, over the rounds that all its subjects share."""
        involved = np.flatnonzero(weights)
        columns = self.columns[involved]
        if without_common and self.common is not None:
            columns = columns - self.common
        draws = weights[involved] @ columns
        rounds = int(self.present[involved].all(axis=0).sum())
        return Scatter(float(np.nanmean(draws)), self.inflation * _variance(draws), rounds)

    @cached_property
    def _centred(self) -> Array:
        return self.columns[self.complete] - self.values[self.complete, None]


def _variance(draws: Array) -> float:
    """Variance of a contrast in a single round, by those rounds that have it."""
    draws = draws[~np.isnan(draws)]
    if draws.size < PAIR:
        return float("nan")
    # As `draws.var(ddof=1)` has it, step by step, which takes thrice as long for so few.
    deviations = draws - np.add.reduce(draws) / draws.size
    return float(np.add.reduce(deviations * deviations) / (draws.size - 1))
