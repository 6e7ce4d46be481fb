"""How far apart two sides must be at each look, where it is looked several times and the first decision ends it.

Looking again and again at 5 % finds a difference by chance sooner or later (in 14 of 100 runs with five looks). A
group-sequential test gives each look a part of the level. How much of it may have been used once a share `t` of the
rounds is measured is told by a spending function (K. K. G. Lan and D. L. DeMets, "Discrete Sequential Boundaries for
Clinical Trials", Biometrika 70(3), 1983), so looks may come whenever they do: rounds that were lost, or a run that was
cut off, change no level. Used here is the third of theirs, level times `t`: each round has the same part. It lies
between the two that are known best: that of O'Brien and Fleming's type leaves next to nothing for early looks, where a
large slow-down would show after a minute or two; that of Pocock's type takes more from the last.

The boundaries are those at which a Brownian motion leaves for the first time with just these probabilities, by
recursive numerical integration (P. Armitage, C. K. McPherson and B. C. Rowe, "Repeated Significance Tests on
Accumulating Data", Journal of the Royal Statistical Society A 132, 1969; chapter 19 of C. Jennison and B. W. Turnbull,
"Group Sequential Methods with Applications to Clinical Trials", 2000). That takes the variance for known. It is
estimated from a few rounds, so a boundary is carried over to Student's t by its significance level, as S. J. Pocock
proposed ("Group Sequential Methods in the Design and Analysis of Clinical Trials", Biometrika 64, 1977). That holds but
nearly; tests/unit/comparison/test_sequential_error_rates.py shows that it is near enough with four rounds.

What is shown is a **repeated confidence interval** (C. Jennison and B. W. Turnbull, "Repeated Confidence Intervals for
Group Sequential Clinical Trials", Controlled Clinical Trials 5, 1984; for an unknown variance "Exact Calculations for
Sequential t, Chi-squared and F Tests", Biometrika 78, 1991): the estimate, and the look's boundary times its standard
error to each side. With the level's confidence *all* looks' intervals contain the truth. So the interval of the last
one is honest whatever ended the run: that a difference showed, or was excluded, that other apps were decided, that
somebody pressed a key. An interval by the order of stages (A. A. Tsiatis, G. L. Rosner and C. R. Mehta, Biometrics 40,
1984) would be shorter, but holds for one rule of stopping only, which has to be kept to.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

import numpy as np
import scipy

from harness.analysis.intervals import LogInterval
from harness.analysis.table import PAIR, Array
from harness.model.findings import CONFIDENCE

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(128)
_FARTHEST: Final = 12.0
"""Standard deviations. Nobody gets there by chance."""
_LEAST_P: Final = 1e-12
_MOST_P: Final = 0.999


def spent(share: float, alpha: float) -> float:
    """How much of the level may be used once this share of the rounds is measured."""
    return alpha * min(1.0, share)


@lru_cache(maxsize=4096)
def boundaries(shares: tuple[float, ...], alpha: float) -> tuple[float, ...]:
    """Two-sided boundaries of a standard normal statistic, one for each look.

    Args:
        shares: Of the planned rounds, those measured at each look; increasing, in (0, 1].
        alpha: The chance that any look's statistic lies beyond its boundary where there is no difference.
    """
    return boundaries_of(shares, [spent(share, alpha) for share in shares])


def boundaries_of(shares: Sequence[float], spending: Sequence[float]) -> tuple[float, ...]:
    """The same where so much of the level may be used up to each look, whatever the function it is told by."""
    found: list[float] = []
    motion = _BEGUN
    for share, (before, now) in zip(shares, pairwise((0.0, *spending)), strict=True):
        step = motion.to(share)
        reach = _FARTHEST * share**0.5
        most = step.leaves(0.0)
        edge = 0.0 if now - before >= most else reach
        if step.leaves(reach) < now - before < most:
            edge = float(
                scipy.optimize.brentq(lambda at, step=step, part=now - before: step.leaves(at) - part, 0.0, reach)
            )
        found.append(edge / share**0.5)
        motion = step.staying_within(edge)
    return tuple(found)


def chance_of_leaving(shares: Sequence[float], edges: Sequence[float]) -> float:
    """How likely a statistic without any difference is beyond one of these boundaries at one look at least."""
    left = 0.0
    motion = _BEGUN
    for share, edge in zip(shares, edges, strict=True):
        step = motion.to(share)
        left += step.leaves(edge * share**0.5)
        motion = step.staying_within(edge * share**0.5)
    return left


@dataclass(frozen=True)
class _Motion:
    """A Brownian motion that has not left so far: where it may be, and with what probability."""

    time: float
    places: Array
    masses: Array

    def to(self, time: float) -> "_Step":
        return _Step(self, time)


_BEGUN: Final = _Motion(0.0, np.zeros(1), np.ones(1))


@dataclass(frozen=True)
class _Step:
    """From one look to the next."""

    motion: _Motion
    time: float

    @property
    def _sd(self) -> float:
        return float(np.sqrt(self.time - self.motion.time))

    def leaves(self, edge: float) -> float:
        """The probability of being beyond the edge, on either side, at its end."""
        places, sd = self.motion.places, self._sd
        return float(
            self.motion.masses @ (scipy.special.ndtr((-edge - places) / sd) + scipy.special.ndtr((places - edge) / sd))
        )

    def staying_within(self, edge: float) -> _Motion:
        places = edge * _NODES
        distances = (places[:, None] - self.motion.places) / self._sd
        density = np.exp(-(distances**2) / 2) @ self.motion.masses / (self._sd * np.sqrt(2 * np.pi))
        return _Motion(self.time, places, density * _WEIGHTS * edge)


@dataclass(frozen=True)
class Repeated:
    """A mean of logarithms over rounds, as the last of several looks shows it."""

    value: float
    standard_error: float
    shares: tuple[float, ...]
    """Of the planned rounds, those that each look had."""
    rounds: int
    """That the last look had."""

    @property
    def df(self) -> float:
        """Degrees of freedom of the standard error."""
        return self.rounds - 1.0

    def reach(self, alpha: float) -> float:
        """Half of the interval that lacks the truth, at any look, with a chance of `alpha`."""
        boundary = boundaries(self.shares, alpha)[-1]
        return -float(scipy.special.stdtrit(self.df, scipy.special.ndtr(-boundary))) * self.standard_error

    @property
    def p_value(self) -> float:
        """Two-sided, over all looks: the least level at which this look tells it from 0."""
        if self.standard_error <= 0:
            return 0.0 if self.value else 1.0
        beyond = float(scipy.special.stdtr(self.df, -abs(self.value) / self.standard_error))
        edge = -float(scipy.special.ndtri(beyond)) if beyond > 0 else _FARTHEST

        def surplus(log_alpha: float) -> float:
            return boundaries_of(self.shares, [spent(share, np.exp(log_alpha)) for share in self.shares])[-1] - edge

        least, most = np.log(_LEAST_P), np.log(_MOST_P)
        if surplus(least) <= 0:
            return _LEAST_P
        return 1.0 if surplus(most) >= 0 else float(np.exp(scipy.optimize.brentq(surplus, least, most, xtol=1e-4)))


def repeated(by_round: Sequence[tuple[int, float]], looks: Sequence[int], *, inflation: float = 1.0) -> Repeated | None:
    """What the last look shows; None where it has too few rounds.

    Args:
        by_round: Indices of rounds, from 0, with the logarithm that each of them gave.
        looks: After how many rounds it was looked or is to be; those beyond the rounds measured are still to come.
        inflation: By how much the variance is larger than rounds show it.
    """
    if len(by_round) < PAIR:
        return None
    values = np.array([value for _, value in by_round])
    measured = 1 + max(index for index, _ in by_round)
    counts = [sum(index < look for index, _ in by_round) for look in _taken(looks, measured)]
    return Repeated(
        value=float(values.mean()),
        standard_error=float(np.sqrt(inflation * values.var(ddof=1) / len(values))),
        shares=tuple(count / looks[-1] for count in sorted(set(counts)) if count >= PAIR),
        rounds=len(values),
    )


def shares_at(looks: Sequence[int], measured: int) -> tuple[float, ...]:
    """Of the planned rounds, those that each look had up to the one after so many rounds."""
    return tuple(look / looks[-1] for look in _taken(looks, measured) if look)


def widened(found: LogInterval, shares: tuple[float, ...]) -> LogInterval:
    """A ratio that the looks are not about, its interval as much wider as theirs: it was looked at as often."""
    if not shares:
        return found
    by_itself, edge = scipy.special.ndtri((1 - CONFIDENCE) / 2), -boundaries(shares, 1 - CONFIDENCE)[-1]
    times = scipy.special.stdtrit(found.df, scipy.special.ndtr(edge)) / scipy.special.stdtrit(
        found.df, scipy.special.ndtr(by_itself)
    )
    return LogInterval(found.value, float(times) * found.standard_error, found.df)


def _taken(looks: Sequence[int], measured: int) -> tuple[int, ...]:
    """The looks up to now; one more where it was not to be looked after so many rounds, and the run ended there."""
    return (*(look for look in looks if look < measured), measured)
