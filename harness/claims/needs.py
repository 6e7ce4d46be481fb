"""What has to be measured for a claim."""

from collections.abc import Iterable
from dataclasses import dataclass

from harness.model.app import Endpoint
from harness.model.cell import Workload
from harness.model.claim import (
    BoundCondition,
    Claim,
    Combination,
    Condition,
    KeptCondition,
    ProbeCondition,
    RatioCondition,
)


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


def needed(claim: Claim, comparisons_made: int) -> int:
    """How many of a claim's comparisons have to hold."""
    match claim.combine:
        case Combination.ALL:
            return comparisons_made
        case Combination.ANY:
            return 1
        case Combination.COUNT:
            return claim.count or 1


def needs_of(claim: Claim) -> Needs:
    """The apps, endpoints and workloads that a claim's conditions name."""
    apps: list[str] = []
    endpoints: list[Endpoint] = []
    workloads: list[Workload] = []
    connections: list[int] = []
    for condition in claim.condition:
        apps += _apps(condition)
        match condition:
            case RatioCondition() | BoundCondition():
                workloads.append(condition.measured_by)
                endpoints += condition.endpoints or _ENDPOINTS.get(condition.measured_by, ())
                connections += [condition.connections] if condition.connections else []
            case KeptCondition():
                workloads.append(condition.workload)
                endpoints.append(Endpoint.JSON)
                if condition.workload is Workload.CONCURRENCY and condition.at != "most":
                    connections += [condition.at, condition.over]
            case ProbeCondition():
                workloads.append(Workload.FOOTPRINT)  # A probe needs but a server that runs.
    return Needs(_once(apps), _once(endpoints), _once(workloads), _once(connections))


_ENDPOINTS = {Workload.FEED: (Endpoint.FEED,)}


def _apps(condition: Condition) -> tuple[str, ...]:
    group = condition.group if isinstance(condition, RatioCondition) else ()
    return (*condition.subjects, *group)


def _once[Item](items: Iterable[Item]) -> tuple[Item, ...]:
    return tuple(dict.fromkeys(items))
