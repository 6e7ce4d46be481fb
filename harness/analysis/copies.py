"""Two copies of one app, side by side: a test of the run.

Nothing sets the copies apart but chance, so the intervals of their ratios must contain 1, all but one in twenty. Where
they don't, the intervals of this run promise more than they keep, whatever the reason, and its other ratios can't be
trusted either. How far apart copies come out is no margin for anything else: that is a sampling error, which each
interval has counted already.

The run is distrusted where more intervals lack 1 than chance leaves without it in one run of 200, or where a single one
lies so far off that chance does that to any of so many in one run of 200 (Bonferroni's correction). So some one good
run in a hundred is distrusted. The count allows for pairs that are not independent: several endpoints are loaded on the
same two processes, so what sets these apart shows on each. It is the count of exceedances of equally correlated normal
variates (a binomial count given the common factor; O. Vasicek, "Loan Portfolio Value", Risk 15(12),
2002).
"""

from collections.abc import Iterable, Sequence
from math import log
from types import MappingProxyType
from typing import Final

import numpy as np
import scipy

from harness.analysis.cells import Deployments, by_subject
from harness.analysis.latency.percentiles import RANKED_QUANTILES
from harness.analysis.quantities import Quantities
from harness.model.cell import RateRule, Subject, Workload
from harness.model.findings import CONFIDENCE, Comparison, CopiesTest
from harness.model.naming import called
from harness.model.run import Run
from harness.results.records import RecordedRun

LEVEL: Final = 0.005
"""Chance of distrusting a good run by each of the two rules."""

SHARED: Final = 0.5
"""Correlation between the ratios of two copies on different endpoints. Of what real runs showed (2.5 % between
processes, windows that scatter by 10 %, six a round) it is a quarter: the more is assumed, the more is allowed."""

_FACTORS, _WEIGHTS = np.polynomial.hermite_e.hermegauss(64)


def examine_copies(quantities: Quantities, run: Run) -> CopiesTest:
    """The A/A pair of a run: its capacities, and its latencies where both copies face the same load."""
    compared = [
        *(each for kind, each in quantities.throughput.items() if kind.workload is Workload.CAPACITY),
        *(
            each
            for quantile in RANKED_QUANTILES
            for kind, each in quantities.headline(quantile).items()
            if kind.rate is RateRule.COMMON
        ),
    ]
    twin = next((subject for subject in run.plan.subjects if subject.twin), None)
    pairs = [pair for each in compared for pair in each.twin_comparisons()]
    return judge_copies(twin.original if twin else None, pairs, by_subject(run))


def judge_copies(
    subject: Subject | None, pairs: Sequence[Comparison], deployments: Deployments = MappingProxyType({})
) -> CopiesTest:
    """Whether copies came out apart more often, or farther, than chance allows."""
    outside = sum(not pair.tied for pair in pairs)
    return CopiesTest(
        subject=subject,
        pairs=tuple(pairs),
        outside=outside,
        allowed=allowed(len(pairs)),
        distrust=_distrust(called(subject, deployments), pairs, outside) if subject else None,
    )


def allowed(pairs: int) -> int:
    """How many of so many intervals may lack the true value by chance."""
    reach = scipy.special.ndtri((1 + CONFIDENCE) / 2)
    shared, own = np.sqrt(SHARED) * _FACTORS, np.sqrt(1 - SHARED)
    lacking = scipy.special.ndtr((-reach - shared) / own) + scipy.special.ndtr((-reach + shared) / own)
    weights = _WEIGHTS / _WEIGHTS.sum()
    return next(count for count in range(pairs + 1) if weights @ scipy.special.bdtrc(count, pairs, lacking) <= LEVEL)


def why_distrusted(recorded: RecordedRun, copies: CopiesTest) -> str | None:
    """Why a run can't be trusted, in a clause: it is not whole, or its copies were told apart; None where it can."""
    return recorded.not_whole or copies.distrust


def _distrust(name: str, pairs: Sequence[Comparison], outside: int) -> str | None:
    said = _named(pair for pair in sorted(pairs, key=_p_value) if not pair.tied)
    if outside > allowed(len(pairs)):
        return (
            f"two copies of {name} were told apart in {outside} of {len(pairs)} comparisons, "
            f"where chance does it in at most {allowed(len(pairs))}: {said}"
        )
    if pairs and min(map(_p_value, pairs)) * len(pairs) <= LEVEL:
        return f"two copies of {name} were told apart farther than chance does it: {said}"
    return None


def _named(pairs: Iterable[Comparison]) -> str:
    return "; ".join(
        f"{pair.endpoint.value}, {pair.figure.name if pair.figure else pair.workload.value}: {pair.ratio.value:.2f} "
        f"({pair.ratio.low:.2f} to {pair.ratio.high:.2f})"
        for pair in pairs
    )


def _p_value(pair: Comparison) -> float:
    """Two-sided, of a true ratio of 1."""
    ratio = pair.ratio
    if not ratio.log_standard_error or not ratio.degrees_of_freedom:
        return 1.0
    return float(2 * scipy.special.stdtr(ratio.degrees_of_freedom, -abs(log(ratio.value)) / ratio.log_standard_error))
