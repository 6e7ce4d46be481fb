"""CPU time per request that a framework adds to the baseline on the same server."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import scipy

from harness.analysis.intervals import contrast
from harness.analysis.side_by_side import SideBySide
from harness.model.app import Family
from harness.model.cell import Subject
from harness.model.findings import CONFIDENCE, Estimate, Overhead
from harness.model.run import Deployment


def baseline_of(subject: Subject, deployments: Mapping[Subject, Deployment]) -> Subject | None:
    """The baseline on the same server and interface; None where there is none, and for baselines themselves."""
    own = deployments.get(subject)
    if own is None or own.family is Family.BASELINE:
        return None
    return next(
        (
            other
            for other, deployment in deployments.items()
            if deployment.family is Family.BASELINE
            and (deployment.server, deployment.interface) == (own.server, own.interface)
            and other.is_original
        ),
        None,
    )


def overheads(costs: Sequence[SideBySide], deployments: Mapping[Subject, Deployment]) -> tuple[Overhead, ...]:
    """Of all subjects with a baseline; `costs` are CPU microseconds per request, by endpoint."""
    return tuple(each for cost in costs for each in _of_endpoint(cost, deployments))


def _of_endpoint(cost: SideBySide, deployments: Mapping[Subject, Deployment]) -> Iterator[Overhead]:
    for subject in cost.subjects:
        baseline = baseline_of(subject, deployments)
        if baseline not in cost.subjects or not subject.is_original:
            continue
        times = cost.log_ratio(subject, baseline).estimate()
        yield Overhead(
            subject=subject,
            baseline=baseline,
            endpoint=cost.kind.endpoint,
            added_us=_difference(cost, subject, baseline),
            times_baseline=Estimate(value=times.value - 1, low=times.low - 1, high=times.high - 1),
        )


def _difference(cost: SideBySide, subject: Subject, baseline: Subject) -> Estimate:
    """The difference of two costs. To first order it moves with the two logarithms as the costs are large."""
    above, below = cost.value(subject).value, cost.value(baseline).value
    weights = np.zeros(len(cost.subjects))
    weights[cost.subjects.index(subject)], weights[cost.subjects.index(baseline)] = above, -below
    spread = contrast(cost.table, cost.prior, weights)
    half_width = float(scipy.special.stdtrit(spread.df, (1 + CONFIDENCE) / 2)) * spread.standard_error
    return Estimate(value=above - below, low=above - below - half_width, high=above - below + half_width)
