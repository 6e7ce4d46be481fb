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
from dataclasses import dataclass, field
from math import log
from typing import Final

import scipy

from harness.analysis.intervals import LogInterval
from harness.claims.holm import ALPHA
from harness.model.verdict import Verdict

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
    found: LogInterval | None = field(default=None, compare=False)
    margin: Margin | None = field(default=None, compare=False)
    """What it rests on; None of a probe, which tells all that it will, and of what is lacking."""

    def after(self, rounds: int, further: int) -> "Weighed":
        """The same of so many further rounds, if the value stayed where it is after these."""
        if self.found is None or self.margin is None:
            return self
        error = self.found.standard_error * (rounds / (rounds + further)) ** 0.5
        return weigh(LogInterval(self.found.value, error, self.found.df + further), self.margin)

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
    support, refute = (above, below) if margin.wants_more else (below, above)
    return Weighed(support, refute, found, margin)


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


def further_rounds(
    weighed: Sequence[Weighed], needed: int, rounds: int, level: float = ALPHA, most: int = MAX_FURTHER_ROUNDS
) -> int | None:
    """How many more rounds would decide a claim if its values stayed where they are; None where no such number would.

    An interval narrows with the root of the number of rounds, and each round adds a degree of freedom, so the number is
    the least at which Student's t comes to the level (W. C. Guenther, "Sample Size Formulas for Normal Theory T Tests",
    The American Statistician 35, 1981). The true value may as well be on either side of the one that was found: half of
    the runs that take so many rounds come to a verdict, if that is the truth.

    Args:
        weighed: The claim's comparisons after these `rounds`.
        needed: How many of them must hold.
        rounds: Those measured so far.
        level: At which it will be decided. A run that is looked at several times has a part of it for each look.
        most: Beyond so many, no number is told.
    """
    rounds = max(1, rounds)

    def decides(further: int) -> bool:
        total = combine([each.after(rounds, further) for each in weighed], needed)
        return min(total.p_support, total.p_refute) < level

    if decides(0) or not decides(most):
        return 0 if decides(0) else None
    too_few, enough = 0, most
    while enough - too_few > 1:
        middle = (too_few + enough) // 2
        too_few, enough = (too_few, middle) if decides(middle) else (middle, enough)
    return enough
