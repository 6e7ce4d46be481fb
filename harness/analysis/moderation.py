"""How much the rounds scatter: each cell's few rounds, moderated by what all cells of the run show.

A run has few rounds, so the variance between them is badly known for a single pair of subjects: with 4 rounds
Student's t has 3 degrees of freedom and its interval is 1.6 times as wide as it would have to be. But a run has
many cells, and the variances of their rounds resemble each other. Empirical Bayes
moderation (G. K. Smyth, "Linear models and empirical Bayes methods for assessing differential expression in
microarray experiments", Statistical Applications in Genetics and Molecular Biology 3(1), 2004, sections 3
and 6.2) estimates from the cells themselves how alike they are, and lends each cell that many degrees of
freedom: many where the variances are alike, next to none where they differ.

Like any pooled variance it holds for the cells of a run on average: an app whose processes scatter much more
than the others' gets an interval that is a little too short, a steadier one a little too long.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy

from harness.analysis.table import PAIR, Array, Table

MIN_CONTRASTS: Final = 6
"""Fewer independent cells than this say nothing of how alike their variances are."""

_NEWTON_STEPS: Final = 50
_NEWTON_PRECISION: Final = 1e-8


@dataclass(frozen=True)
class Prior:
    """What the run as a whole says of the variance between the rounds of any of its cells."""

    round_variance: float = 0.0
    """Variance of a log value from one fresh server process to the next, beyond the scatter of windows."""
    scale: float = 1.0
    """The typical variance over the one that windows and `round_variance` lead to expect."""
    df: float = 0.0
    """Degrees of freedom that it lends to each cell; infinite where all cells scatter alike."""
    pooled_df: float = 0.0
    """Degrees of freedom of all cells together: no moderated variance can be known better."""

    def variance(self, weights: Array, window_variances: Array) -> float:
        """Expected variance per round of a contrast."""
        return float(self.scale * (weights**2 @ (window_variances + self.round_variance)))

    def moderate(self, variance: float, df: float, expected: float) -> tuple[float, float]:
        """A variance per round with `df` degrees of freedom, drawn towards the expected one; and its new df."""
        if not self.df:
            return variance, df
        if not df or np.isinf(self.df):
            return expected, min(self.df, self.pooled_df)
        total = self.df + df
        return (self.df * expected + df * variance) / total, min(total, self.pooled_df)


def fit_prior(tables: Sequence[Table]) -> Prior:
    """The prior that the complete cells of some tables agree on; an empty one where they are too few."""
    fitted = [table for table in tables if table.complete.sum() >= PAIR and table.round_count >= PAIR]
    if sum(int(table.complete.sum()) - 1 for table in fitted) < MIN_CONTRASTS:
        return Prior()
    cells = np.array([row for table in fitted for row in _against_the_others(table)])
    variances, windows, shares, df = cells[cells[:, 0] > 0].T
    if variances.size < MIN_CONTRASTS:
        return Prior()
    round_variance = max(0.0, float((variances - windows).sum() / shares.sum()))
    scale, prior_df = _fit_scaled_f(variances / (windows + shares * round_variance), df)
    pooled_df = sum((int(table.complete.sum()) - 1) * (table.round_count - 1) for table in fitted)
    return Prior(round_variance, scale, prior_df, float(pooled_df))


def _against_the_others(table: Table) -> Iterator[tuple[float, float, float, float]]:
    """Each complete subject against the mean of the others, so that what moves a whole round cancels.

    Variance, the variance that windows lead to expect, the sum of squared weights, degrees of freedom.
    """
    others = table.complete / (table.complete.sum() - 1.0)
    for subject in np.flatnonzero(table.complete):
        weights = -others
        weights[subject] = 1.0
        scatter = table.scatter(weights)
        squares = weights**2
        yield scatter.variance, float(squares @ table.window_variances), float(squares.sum()), scatter.df


def _fit_scaled_f(ratios: Array, df: Array) -> tuple[float, float]:
    """Scale and prior degrees of freedom of scaled F variates, by the moments of their logarithms (Smyth, 6.2)."""
    logs = np.log(ratios) - scipy.special.digamma(df / 2) + np.log(df / 2)
    excess = float(logs.var(ddof=1) - scipy.special.polygamma(1, df / 2).mean())
    if excess <= 0:
        return float(ratios.mean()), np.inf
    prior_df = 2 * _inverse_trigamma(excess)
    return float(np.exp(logs.mean() + scipy.special.digamma(prior_df / 2) - np.log(prior_df / 2))), prior_df


def _inverse_trigamma(value: float) -> float:
    """Solve trigamma(x) = value by Newton's iteration on 1/trigamma, which is convex (Smyth, appendix)."""
    x = 0.5 + 1 / value
    for _ in range(_NEWTON_STEPS):
        trigamma = float(scipy.special.polygamma(1, x))
        step = trigamma * (1 - trigamma / value) / float(scipy.special.polygamma(2, x))
        x += step
        if abs(step) < _NEWTON_PRECISION * x:
            break
    return x
