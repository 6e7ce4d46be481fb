"""What has to be measured for a claim."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from harness.model.app import Endpoint
from harness.model.cell import CROWD_ENDPOINTS, Workload
from harness.model.claim import (
    BoundCondition,
    Claim,
    Condition,
    DeploymentName,
    KeptCondition,
    Metric,
    ProbeCondition,
    RatioCondition,
)
from harness.model.claim_values import VARIANT_SIGN, Combination
from harness.model.verdict import ClaimFinding

COUNTED_OF_A_PACKAGE: Final = frozenset({Metric.INSTALLED, Metric.DISTRIBUTIONS})


@dataclass(frozen=True)
class Needs:
    """What has to be measured for a claim."""

    apps: tuple[str, ...]
    """Each alone, or with the one variant that is meant of it."""
    endpoints: tuple[Endpoint, ...]
    """Empty: all that the workloads have."""
    workloads: tuple[Workload, ...]
    connections: tuple[int, ...]
    """Empty: all that the workloads have."""
    deployments: tuple[DeploymentName, ...]
    """The ways to deploy in which apps are compared that are meant alone."""


def concerning_first(
    found: Sequence[ClaimFinding], apps: Collection[str]
) -> tuple[list[ClaimFinding], list[ClaimFinding]]:
    """The claims that concern one of these apps, and the others.

    One that nothing can decide names no app: it is with the others where these concern none.
    """
    named = {each.claim.id: {name.partition(VARIANT_SIGN)[0] for name in needs_of(each.claim).apps} for each in found}
    if any(named.values()) and not any(names & set(apps) for names in named.values()):
        return [], list(found)
    concerning = [each for each in found if not named[each.claim.id] or named[each.claim.id] & set(apps)]
    return concerning, [each for each in found if each not in concerning]


def needed(claim: Claim, comparisons_made: int) -> int:
    """How many of a claim's comparisons have to hold."""
    match claim.combine:
        case Combination.ALL:
            return comparisons_made
        case Combination.ANY:
            return 1
        case Combination.COUNT:
            return claim.count or 1


def takes_rounds(claim: Claim) -> bool:
    """Whether rounds decide a claim; what is counted or probed is the same in each."""
    return not all(
        isinstance(each, ProbeCondition)
        or (isinstance(each, RatioCondition | BoundCondition) and each.metric in COUNTED_OF_A_PACKAGE)
        for each in claim.condition
    )


def needs_of(claim: Claim) -> Needs:
    """The apps, endpoints and workloads that a claim's conditions name."""
    apps: list[str] = []
    endpoints: list[Endpoint] = []
    workloads: list[Workload] = []
    connections: list[int] = []
    deployments: list[DeploymentName] = []
    for condition in claim.condition:
        apps += _apps(condition)
        deployments += tuple(DeploymentName) if isinstance(condition, ProbeCondition) else condition.deployments
        match condition:
            case RatioCondition() | BoundCondition():
                workloads.append(condition.measured_by)
                endpoints += condition.endpoints or tuple(filter(None, [CROWD_ENDPOINTS.get(condition.measured_by)]))
                connections += [condition.connections] if condition.connections else []
            case KeptCondition():
                workloads.append(condition.workload)
                endpoints.append(Endpoint.JSON)
                if condition.workload is Workload.CONCURRENCY and condition.at != "most":
                    connections += [condition.at, condition.over]
            case ProbeCondition():
                workloads.append(Workload.FOOTPRINT)  # A probe needs but a server that runs.
    return Needs(_once(apps), _once(endpoints), _once(workloads), _once(connections), _once(deployments))


def _apps(condition: Condition) -> tuple[str, ...]:
    group = condition.group if isinstance(condition, RatioCondition) else ()
    return (*condition.subjects, *group)


def _once[Item](items: Iterable[Item]) -> tuple[Item, ...]:
    return tuple(dict.fromkeys(items))
