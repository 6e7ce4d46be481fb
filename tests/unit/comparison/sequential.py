"""Runs of `bench ab` of known truth, thousands at a time: only what the test of each app is made of."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, stdtrit

from harness.comparison.group_sequential import boundaries
from harness.model.app_change import AppOutcome
from harness.model.plan import SequentialTest
from harness.plan.sequential import LOOKS

type Array = NDArray[np.float64]

OUTCOMES = (AppOutcome.UNDECIDED, AppOutcome.SLOWER, AppOutcome.FASTER, AppOutcome.NOT_SLOWER)
_UNDECIDED, SLOWER, FASTER, NOT_SLOWER = range(len(OUTCOMES))


@dataclass(frozen=True)
class AbHost:
    """Standard deviations of the logarithm of CPU time per request."""

    window: float = 0.12
    process: float = 0.025
    """From one fresh process to the next: the same on all of its endpoints."""
    windows: int = 18
    """Of a side in a round: six on each of three endpoints."""
    heavy_tails: bool = False
    """Windows and processes by Student's t with 4 degrees of freedom, scaled to the same standard deviation."""

    second_copy: bool = True
    """Whether the run has one of the first app's B, as runs of `bench ab` have."""

    def rounds(self, generator: np.random.Generator, runs: int, apps: int, rounds: int) -> Array:
        """B over A without any difference: the logarithm in each round (runs x apps x rounds)."""
        shape = (runs, apps, rounds)

        def noise(shape: tuple[int, ...]) -> Array:
            if self.heavy_tails:
                return np.asarray(generator.standard_t(4, shape) / np.sqrt(2))
            return np.asarray(generator.normal(size=shape))

        def side() -> Array:
            if self.heavy_tails:
                windows = self.window * noise((*shape, self.windows)).mean(axis=-1)
            else:  # the mean of normal variates is one
                windows = self.window / np.sqrt(self.windows) * noise(shape)
            return np.asarray(windows + self.process * noise(shape))

        b = side()
        if self.second_copy:
            b[:, 0] = (b[:, 0] + side()[:, 0]) / 2
        return np.asarray(b - side())


NOISY = AbHost()
ORDINARY = AbHost(window=0.076, process=0.020)
"""As real runs of a shared host showed it: the logarithm of one process over another scatters by 0.038 from round to
round."""


@dataclass(frozen=True)
class Ended:
    """How the runs ended, each at the look that decided its apps, or after all rounds: runs x apps."""

    outcomes: NDArray[np.int64]
    after: NDArray[np.int64]
    """Rounds of each run (runs)."""
    covered: NDArray[np.bool_]
    """Whether the interval shown contained the truth."""
    said: Array
    """B over A as it was shown, in logarithms."""

    def share(self, outcome: int) -> float:
        """Of runs in which any app came out so."""
        return float((self.outcomes == outcome).any(axis=1).mean())


def ab_test(alpha: float = 0.05, looks: Sequence[int] = LOOKS) -> SequentialTest:
    return SequentialTest(looks=tuple(looks), alpha=alpha)


AT_5_PERCENT = ab_test()


def simulate(
    runs: int,
    *,
    slower: Sequence[float] = (0.0,),
    host: AbHost = NOISY,
    test: SequentialTest = AT_5_PERCENT,
    seed: int = 1,
) -> Ended:
    """So many runs of apps whose B takes so much more CPU time per request (0.05: 5 %)."""
    generator = np.random.default_rng(seed)
    truth = np.log1p(slower)
    apps, most = len(slower), test.looks[-1]
    rounds = host.rounds(generator, runs, apps, most) + truth[:, None]
    shares = tuple(look / most for look in test.looks)
    outcomes = np.zeros((runs, apps), dtype=np.int64)
    covered = np.zeros((runs, apps), dtype=bool)
    said = np.zeros((runs, apps))
    after = np.zeros(runs, dtype=np.int64)
    for place, look in enumerate(test.looks):
        means = rounds[..., :look].mean(axis=-1)
        errors = rounds[..., :look].std(axis=-1, ddof=1) / np.sqrt(look)
        reaches = [_reach(shares[: place + 1], test.alpha / each, look) for each in range(apps, 0, -1)]
        found = _outcomes(means, errors, reaches, np.log1p(test.detect))
        ends = (after == 0) & ((found != _UNDECIDED).all(axis=1) | (look == most))
        after[ends] = look
        outcomes[ends] = found[ends]
        said[ends] = means[ends]
        covered[ends] = (np.abs(means - truth) <= reaches[-1] * errors)[ends]
    return Ended(outcomes, after, covered, said)


def _reach(shares: tuple[float, ...], alpha: float, rounds: int) -> float:
    return -float(stdtrit(rounds - 1, ndtr(-boundaries(shares, alpha)[-1])))


def _outcomes(means: Array, errors: Array, reaches: Sequence[float], detect: float) -> NDArray[np.int64]:
    """Holm's procedure over the apps of each run: the one farthest apart at the lowest level, and so on."""
    apart = np.abs(means) / errors
    order = np.argsort(-apart, axis=1)
    beyond = np.take_along_axis(apart, order, axis=1) > reaches
    rejected = np.zeros_like(beyond)
    np.put_along_axis(rejected, order, np.logical_and.accumulate(beyond, axis=1), axis=1)
    excluded = means + reaches[-1] * errors < detect
    return np.where(rejected, np.where(means > 0, SLOWER, FASTER), np.where(excluded, NOT_SLOWER, _UNDECIDED))
