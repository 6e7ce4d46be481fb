"""From comparisons with margins to verdicts.

A comparison is a logarithm with a standard error and degrees of freedom, and a claimed value with a fixed margin of 3 %
to both sides: a difference that nobody should choose by decides nothing. It supports what is claimed if its interval
lies wholly beyond the far side of the margin, and refutes it if wholly short of the near side.

A claim of several comparisons that must all hold is supported when each is: the p-value of such an
intersection-union test is the largest of theirs (R. L. Berger, "Multiparameter Hypothesis Testing and Acceptance
Sampling", Technometrics 24, 1982). It is refuted when one is, with Bonferroni's correction for having picked that one.
For claims of which any comparison suffices it is the other way round. Both are the ends of the partial conjunction,
which says that at least k of n hold: its p-value is the k-th smallest, times n - k + 1 (Y. Benjamini and R. Heller,
"Screening for Partial Conjunction Hypotheses", Biometrics 64, 2008). Over all claims of a file, Holm's procedure (S.
Holm, "A Simple Sequentially Rejective Multiple Test Procedure", Scandinavian Journal of Statistics 6, 1979) keeps the
chance of even one wrong verdict at 5 %.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, inf, log
from typing import Final

import scipy

from harness.analysis.intervals import LogInterval
from harness.claims.holm import ALPHA
from harness.model.claim import Verdict
from harness.model.findings import CONFIDENCE

MAX_FURTHER_ROUNDS: Final = 1_000
"""Beyond so many further rounds, no number is told: the value lies on the margin as far as can be known."""


@dataclass(frozen=True)
class Margin:
    """A margin and what surrounds it: between `low` and `high`, nothing is decided."""

    low: float
    high: float
    wants_more: bool

    @classmethod
    def around(cls, claimed: float, tie: float, *, wants_more: bool) -> "Margin":
        """The claimed value, with what counts as a tie to each side."""
        return cls(claimed / (1 + tie), claimed * (1 + tie), wants_more)


@dataclass(frozen=True)
class Weighed:
    """How much a comparison speaks for and against its condition: two-sided p-values, the smaller the more."""

    p_support: float
    p_refute: float

    @property
    def verdict(self) -> Verdict:
        """What it says by itself, at 5 %."""
        if self.p_support < ALPHA:
            return Verdict.SUPPORTED
        return Verdict.REFUTED if self.p_refute < ALPHA else Verdict.INCONCLUSIVE


def weigh(found: LogInterval, margin: Margin) -> Weighed:
    """Hold a comparison against its margin."""
    above = _p_beyond(found.value - log(margin.high), found)
    below = _p_beyond(log(margin.low) - found.value, found)
    return Weighed(above, below) if margin.wants_more else Weighed(below, above)


def _p_beyond(distance: float, found: LogInterval) -> float:
    """Two-sided p-value of lying so far beyond a margin; 1 where it does not."""
    if distance <= 0:
        return 1.0
    if found.standard_error <= 0:
        return 0.0
    return float(2 * scipy.special.stdtr(found.df, -distance / found.standard_error))


def combine(weighed: Sequence[Weighed], needed: int) -> Weighed:
    """The comparisons of a claim as one, of which so many must hold."""
    count = len(weighed)
    return Weighed(
        at_least_so_many([each.p_support for each in weighed], needed),
        at_least_so_many([each.p_refute for each in weighed], count - needed + 1),
    )


def at_least_so_many(p_values: Sequence[float], needed: int) -> float:
    """The p-value of at least so many of several being true (Benjamini and Heller's by Bonferroni).

    1 where more are needed than there are, and where none is: neither is anything that data could show.
    """
    if not 1 <= needed <= len(p_values):
        return 1.0
    return min(1.0, (len(p_values) - needed + 1) * sorted(p_values)[needed - 1])


def further_rounds(found: LogInterval, margin: Margin, rounds: int) -> int | None:
    """How many more rounds would decide it if the value stayed where it is; None where none would."""
    edge = _nearest_edge(found.value, margin)
    if edge is None or found.standard_error <= 0:
        return None
    reach = float(scipy.special.stdtrit(max(found.df, 1.0), (1 + CONFIDENCE) / 2)) * found.standard_error
    needed = rounds * (reach / edge) ** 2
    more = ceil(needed - rounds) if needed < inf else MAX_FURTHER_ROUNDS + 1
    return max(1, more) if more <= MAX_FURTHER_ROUNDS else None


def _nearest_edge(value: float, margin: Margin) -> float | None:
    """How far the value is beyond the margin on whichever side it is; None where it is within."""
    if value > log(margin.high):
        return value - log(margin.high)
    if value < log(margin.low):
        return log(margin.low) - value
    return None
