"""What has to be measured for a claim."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from harness.model.app import REFERENCE_FAMILIES, Endpoint
from harness.model.cell import CROWD_ENDPOINTS, CROWDS, RateRule, Workload
from harness.model.claim import (
    Against,
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
from harness.model.findings import TIE_MARGIN
from harness.model.run import Run
from harness.model.verdict import ClaimFinding

COUNTED_OF_A_PACKAGE: Final = frozenset({Metric.INSTALLED, Metric.DISTRIBUTIONS})

COUNTED_BY: Final = {
    Workload.CONCURRENCY: "connections",
    Workload.WAITING: "connections",
    Workload.FEED: "subscribers",
    Workload.CHAT: "members",
}
"""The workloads that are measured with several numbers, and of what."""

MOST_OF_ALL: Final = frozenset({Metric.HELD, Metric.SERVED})
"""The metrics that are the most of all numbers that were tried, where a condition names none."""

type Measured = RatioCondition | BoundCondition


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
    rates: tuple[RateRule, ...]
    """At which latencies are asked for; empty: all that there are."""


def concerning_first(found: Sequence[ClaimFinding], run: Run) -> tuple[list[ClaimFinding], list[ClaimFinding]]:
    """The claims that concern an app of the run, and the others.

    A claim that has a baseline to compare others with says nothing of a run that has the baseline alone. One that
    nothing can decide names no app: it is with the others where these concern none.
    """
    apps = {subject.app for subject in run.plan.subjects}
    beside = {each.subject.app for each in run.deployments if each.family in REFERENCE_FAMILIES}
    named = {each.claim.id: _bare(needs_of(each.claim).apps) for each in found}
    subjects = {each.claim.id: _bare(name for part in each.claim.condition for name in part.subjects) for each in found}
    of_the_run = {id_ for id_, names in named.items() if (names - (beside - subjects[id_])) & apps}
    if any(named.values()) and not of_the_run:
        return [], list(found)
    concerning = [each for each in found if not named[each.claim.id] or each.claim.id in of_the_run]
    return concerning, [each for each in found if each not in concerning]


def _bare(names: Iterable[str]) -> set[str]:
    """Apps without their variants."""
    return {name.partition(VARIANT_SIGN)[0] for name in names}


def about_none(number: int) -> str:
    """What is said, in one line, of so many claims that concern no app of a run."""
    return f"{number} {'claim is' if number == 1 else 'claims are'} about no app of this run"


def needed(claim: Claim, comparisons_made: int) -> int:
    """How many of a claim's comparisons have to hold."""
    match claim.combine:
        case Combination.ALL:
            return comparisons_made
        case Combination.ANY:
            return 1
        case Combination.COUNT:
            return claim.count or 1


def most_comparisons(conditions: Sequence[Condition]) -> int | None:
    """How many comparisons there can be at most; None where runs tell: a probe is tried in each way that an app ran."""
    counts = [None if isinstance(each, ProbeCondition) else _comparisons(each) for each in conditions]
    return None if None in counts else sum(filter(None, counts))


def _comparisons(condition: RatioCondition | BoundCondition | KeptCondition) -> int:
    parties = len(condition.subjects)
    if isinstance(condition, RatioCondition) and condition.against is Against.EVERY:
        parties = sum(len({*condition.group} - {each}) for each in condition.subjects)
    places = 1 if isinstance(condition, KeptCondition) else len(condition.places)
    return parties * places * len(condition.deployments)


def leaves_number_open(condition: Measured) -> bool:
    """Whether a condition is about one of the several numbers that its workload has, and does not say which."""
    return condition.connections is None and condition.measured_by in COUNTED_BY and condition.metric not in MOST_OF_ALL


def tie_of(condition: Measured) -> float:
    """What lies within so much of a condition's margin, to either side, is tied with it."""
    # Subscribers, members and their events are counted one by one: of 10,000, a number of them is a number.
    return 0.0 if condition.measured_by in CROWDS else TIE_MARGIN


def most_there_can_be(condition: BoundCondition) -> float | None:
    """What the metric can't exceed; None where that is not known."""
    if condition.metric is Metric.DELIVERED:
        return 1.0
    counted = condition.metric in {*MOST_OF_ALL, Metric.IN_FLIGHT}
    return float(condition.connections) if counted and condition.connections else None


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
    rates: list[RateRule | None] = []
    for condition in claim.condition:
        apps += _apps(condition)
        deployments += tuple(DeploymentName) if isinstance(condition, ProbeCondition) else condition.deployments
        match condition:
            case RatioCondition() | BoundCondition():
                workloads.append(condition.measured_by)
                rates += [condition.rate] if condition.measured_by is Workload.LATENCY else []
                endpoints += condition.endpoints or tuple(filter(None, [CROWD_ENDPOINTS.get(condition.measured_by)]))
                connections += [condition.connections] if condition.connections else []
            case KeptCondition():
                workloads.append(condition.workload)
                endpoints.append(Endpoint.JSON)
                if condition.workload is Workload.CONCURRENCY and condition.at != "most":
                    connections += [condition.at, condition.over]
            case ProbeCondition():
                workloads.append(Workload.FOOTPRINT)  # A probe needs but a server that runs.
    named_rates = tuple(each for each in rates if each is not None)
    return Needs(
        apps=_once(apps),
        endpoints=_once(endpoints),
        workloads=_once(workloads),
        connections=_once(connections),
        deployments=_once(deployments),
        rates=_once(named_rates) if len(named_rates) == len(rates) else (),
    )


def _apps(condition: Condition) -> tuple[str, ...]:
    group = condition.group if isinstance(condition, RatioCondition) else ()
    return (*condition.subjects, *group)


def _once[Item](items: Iterable[Item]) -> tuple[Item, ...]:
    return tuple(dict.fromkeys(items))
