"""The highest rate at which nearly all requests are answered within a limit of time: where it is looked for.

By the up-and-down method (W. J. Dixon and A. M. Mood, "A Method for Obtaining and Analyzing Sensitivity Data", Journal
of the American Statistical Association 43, 1948): after a window that kept the limit, the next one of the same cell has
a higher rate, else a lower one. So windows crowd where as many keep it as don't. A step is halved where the direction
changes (H. Kesten, "Accelerated Stochastic Approximation", Annals of Mathematical Statistics 29, 1958), but never gets
so small that the windows would lie at one rate: what is concluded from them needs some above and some below. A round
goes on where the one before ended. What a window kept depends on nothing but its report, so a run that goes on after
it was cut off searches as if it had not been.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log
from typing import Final

from harness.histogram import Histogram
from harness.model.window import WindowReport

SLOW_SHARE: Final = 0.01
"""Of the requests of a window, so many may take longer: the limit is one on the p99."""

START_SHARE: Final = 0.8
"""Of the capacity that the warm-up showed, the first rate."""
FIRST_STEP: Final = 0.15
"""Of the rate's logarithm."""
LEAST_STEP: Final = 0.06

_NS_PER_MS: Final = 1_000_000


@dataclass(frozen=True)
class Trial:
    """One window of the search."""

    rate_rps: float
    kept: bool


def keeps(report: WindowReport, limit_ms: int) -> bool:
    """Whether 99 of 100 requests that were due in a window's stretch were answered rightly within the limit."""
    values_ns, counts = Histogram.decode(report.latency).columns()
    within = int(counts[values_ns <= limit_ms * _NS_PER_MS].sum())
    due = report.offered if report.offered is not None else report.responses
    return due - within <= SLOW_SHARE * due


def next_rate(trials: Sequence[Trial], capacity_rps: float | None) -> float | None:
    """At which rate it is tried next; None where nothing was tried and no capacity is known to begin at."""
    if not trials:
        return None if capacity_rps is None else START_SHARE * capacity_rps
    step, before = FIRST_STEP, trials[0].kept
    for trial in trials[1:]:
        if trial.kept != before:
            step = max(step / 2, LEAST_STEP)
        before = trial.kept
    return exp(log(trials[-1].rate_rps) + (step if before else -step))
