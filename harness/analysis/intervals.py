"""95 % intervals of contrasts of logarithms: ratios, and single values.

The hierarchy is that of the measurement: rounds (fresh server processes) are the units of replication, windows
lie within them. For the mean of round means, a bootstrap that resamples rounds has a variance that is
known in closed form, so nothing is drawn; resampling windows within the drawn rounds as well would count
their scatter twice (A. C. Davison and D. V. Hinkley, "Bootstrap Methods and their Application", 1997,
section 3.8). What a plain percentile bootstrap gets wrong with few rounds, it gets wrong by two factors:
n - 1 in place of n, and the normal's quantile in place of Student's (T. Hesterberg, "What Teachers Should
Know About the Bootstrap", The American Statistician 69, 2015, section 3.2); both are put right here. The windows enter
through the variance that they lead to expect between rounds; see `moderation`.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy

from harness.analysis.moderation import Prior
from harness.analysis.table import PAIR, Array, Table, from_log
from harness.model.findings import CONFIDENCE, Estimate

ASSUMED_ROUND_SD: Final = 0.05
"""Standard deviation of a log value between fresh processes where one round alone can't show it: the
upper end of what repeated rounds usually show."""

_ASSUMED_DF: Final = 4.0
"""Widens what rests on an assumption."""

_ROUNDING: Final = 1e-9


@dataclass(frozen=True)
class LogInterval:
    """A logarithm, its standard error and the degrees of freedom of Student's t."""

    value: float
    standard_error: float
    df: float

    @property
    def half_width(self) -> float:
        """Of the 95 % interval."""
        return float(scipy.special.stdtrit(self.df, (1 + CONFIDENCE) / 2)) * self.standard_error

    def estimate(self, unit: float = 1.0) -> Estimate:
        """The quantity itself, times `unit`."""
        return Estimate(
            value=unit * from_log(self.value),
            low=unit * from_log(self.value - self.half_width),
            high=unit * from_log(self.value + self.half_width),
            log_standard_error=self.standard_error,
            degrees_of_freedom=self.df,
        )


def ratio(table: Table, prior: Prior, numerator: int, denominator: int) -> LogInterval:
    """Ratio of two subjects, formed within the rounds that both were measured in."""
    weights = np.zeros(len(table.values))
    weights[numerator], weights[denominator] = 1.0, -1.0
    return contrast(table, prior, weights)


def single(table: Table, prior: Prior, subject: int) -> LogInterval:
    """One subject's own value.

    Of a subject that lacks rounds, what moved all others in the rounds that it has is taken off: it is stated as the
    others' are, over all rounds of the run.
    """
    weights = np.zeros(len(table.values))
    weights[subject] = 1.0
    spread = contrast(table, prior, weights)
    value = table.values[subject] if table.complete[subject] else spread.value
    return LogInterval(float(value), spread.standard_error, spread.df)


def contrast(table: Table, prior: Prior, weights: Array) -> LogInterval:
    """The weighted sum of the subjects' logarithms.

    What moves all subjects of a round alike cancels if the weights sum to 0. Otherwise the rounds themselves tell how
    much the sum scatters. Where other cells are known, its subjects' own movement is told apart, since only that can
    be moderated by them; and where a subject lacks rounds, since only that rests on fewer. The variance of the common
    movement is then estimated and added; Satterthwaite's formula (Biometrics Bulletin 2, 1946) gives the degrees of
    freedom of the sum.

    Subjects that share no round are held against each other by their own values, with all that moved their rounds.
    """
    involved = np.flatnonzero(weights)
    if not table.share_rounds(involved):
        own_values = [single(table, prior, int(each)) for each in involved]
        errors = weights[involved] * [each.standard_error for each in own_values]
        value = weights[involved] @ [each.value for each in own_values]
        return LogInterval(float(value), float(np.linalg.norm(errors)), min(each.df for each in own_values))
    cancels = abs(float(weights.sum())) < _ROUNDING
    if not cancels and (table.common is None or (not prior.df and bool(table.complete[involved].all()))):
        # The rounds show all of the scatter, and nothing else tells a part of it better.
        scatter = table.scatter(weights)
        if scatter.rounds < PAIR:
            return LogInterval(scatter.value, _assumed_standard_error(table, weights), _ASSUMED_DF)
        return LogInterval(scatter.value, float(np.sqrt(scatter.variance / scatter.rounds)), scatter.df)
    scatter = table.scatter(weights, without_common=not cancels)
    if scatter.rounds < PAIR and not prior.df:
        return LogInterval(scatter.value, _assumed_standard_error(table, weights), _ASSUMED_DF)
    moved = weights if cancels else table.without_common(weights)
    variance, df = prior.moderate(scatter.variance, scatter.df, prior.variance(moved, table.window_variances))
    own = variance / scatter.rounds
    shared = 0.0 if cancels else table.common_variance(weights) / table.round_count
    if shared:
        df = (own + shared) ** 2 / (own**2 / df + shared**2 / (table.round_count - 1))
    return LogInterval(scatter.value, float(np.sqrt(own + shared)), df)


def _assumed_standard_error(table: Table, weights: Array) -> float:
    own = weights**2 @ (table.window_variances + ASSUMED_ROUND_SD**2)
    return float(np.sqrt(own + (weights.sum() * ASSUMED_ROUND_SD) ** 2))
