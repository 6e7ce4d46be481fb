"""Bootstrap of merged histograms over rounds, for all draws at once.

The unit of resampling is the round (a fresh server process), as in A. C. Davison and D. V. Hinkley, "Bootstrap
Methods and their Application", 1997, section 3.8. All subjects of a table are given the same draws of
rounds, so that what moved a whole round cancels in their ratios.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from harness.analysis.table import Array
from harness.histogram import Histogram

DRAWS: Final = 1000
"""Leaves an error of 2 % in a standard error."""

_SEED: Final = 20_040_301
"""Fixed: the same run folder gives the same report."""


def draw_rounds(rounds: int) -> Array:
    """How often each of `rounds` rounds is in each draw (draws x rounds)."""
    generator = np.random.default_rng(_SEED)
    return generator.multinomial(rounds, np.full(rounds, 1 / rounds), size=DRAWS).astype(float)


class RoundHistograms:
    """One cell's histograms, one per round, on their common buckets."""

    def __init__(self, histograms: Sequence[Histogram]) -> None:
        """Take one histogram, not an empty one, for each round."""
        buckets = [np.array(histogram.buckets(), dtype=np.int64).reshape(-1, 2) for histogram in histograms]
        self._values_ns = np.unique(np.concatenate([each[:, 0] for each in buckets]))
        counts = np.zeros((len(buckets), len(self._values_ns)))
        for row, each in zip(counts, buckets, strict=True):
            row[np.searchsorted(self._values_ns, each[:, 0])] = each[:, 1]
        self._cumulated = counts.cumsum(axis=1)

    def quantile_ns(self, quantile: float, draws: Array) -> Array:
        """The quantile of the merged histogram of each draw; NaN for a draw of none of these rounds.

        The rank is the one that `Histogram.value_at` uses.
        """
        totals = draws @ self._cumulated[:, -1]
        ranks = np.maximum(1.0, np.floor(quantile * totals + 0.5))
        below = np.full(len(draws), -1)
        reached = np.full(len(draws), len(self._values_ns) - 1)
        # Bisection in all draws at once: merging every draw bucket by bucket would cost a hundred times more.
        while (reached - below > 1).any():
            middle = (below + reached + 1) // 2  # rounded up, it stays on the bucket of a draw that is done
            enough = (draws * self._cumulated[:, middle].T).sum(axis=1) >= ranks
            reached = np.where(enough, middle, reached)
            below = np.where(enough, below, middle)
        return np.where(totals > 0, self._values_ns[reached].astype(float), np.nan)
