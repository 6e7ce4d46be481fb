"""CPU time per request that a framework adds to the baseline on the same server."""

from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter

import numpy as np
import scipy

from harness.analysis.intervals import contrast
from harness.analysis.side_by_side import SideBySide
from harness.model.app import Family
from harness.model.cell import Subject
from harness.model.findings import CONFIDENCE, Estimate, Overhead
from harness.model.run import Deployment


def baseline_of(subject: Subject, deployments: Mapping[Subject, Deployment]) -> Subject | None:
    """The baseline that is deployed as the subject is; None where there is none, and for baselines themselves."""
    own = deployments.get(subject)
    if own is None or own.family is Family.BASELINE:
        return None
    return deployed_alike(own, {other: each for other, each in deployments.items() if each.family is Family.BASELINE})


def deployed_alike(own: Deployment, others: Mapping[Subject, Deployment]) -> Subject | None:
    """The first of these on the same server, interface and interpreter; of the same revision, where there is one."""
    alike = (
        (each.revision != own.revision, subject)
        for subject, each in others.items()
        if subject.is_original
        and (each.server, each.interface, each.interpreter) == (own.server, own.interface, own.interpreter)
    )
    return min(alike, key=itemgetter(0), default=(False, None))[1]


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
