"""A claim made measurable."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import partial
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from harness.model.app import ENDLESS, Endpoint
from harness.model.base import Contract, Flag, Name, all_of_it, each_once, wrong
from harness.model.cell import CROWDS, SATURATING, RateRule, Workload
from harness.model.claim_values import Amount, Combination, Many, Participants, Statement
from harness.model.framework_probe import FrameworkProbe
from harness.model.latency_figure import Latency, LatencyFigure
from harness.model.plan import ProfileName


class Metric(StrEnum):
    """What is compared."""

    THROUGHPUT = "throughput_rps"
    SERVER_CPU = "server_cpu_us_per_request"
    P50 = "latency_p50_us"
    """Of the server: see `harness.model.latency_figure`."""
    P99 = "latency_p99_us"
    P50_AS_MET = "latency_p50_as_met_us"
    P99_AS_MET = "latency_p99_as_met_us"
    HIGHEST_RATE = "highest_rate_rps"
    """At which a limit on the p99 is kept, as met."""
    IN_FLIGHT = "requests_in_flight"
    HELD = "subscribers_held"
    """At one number of subscribers, or, where no `connections` are named, the most of all that were tried."""
    SERVED = "members_served"
    """The same of a chat's members, in small rooms: those who had every message in time."""
    DELIVERED = "events_delivered_share"
    LAG_P99 = "event_lag_p99_us"
    START = "start_s"
    IMPORT = "import_s"
    MEMORY_IDLE = "memory_idle_bytes"
    MEMORY_LOADED = "memory_loaded_bytes"
    INSTALLED = "installed_bytes"
    DISTRIBUTIONS = "distributions"
    """Installed with the framework, itself included."""


MORE_IS_BETTER: Final = frozenset(
    {Metric.THROUGHPUT, Metric.HIGHEST_RATE, Metric.IN_FLIGHT, Metric.HELD, Metric.SERVED, Metric.DELIVERED}
)

WORKLOADS: Final = {
    Metric.THROUGHPUT: Workload.CAPACITY,
    Metric.SERVER_CPU: Workload.CAPACITY,
    **dict.fromkeys((Metric.P50, Metric.P99, Metric.P50_AS_MET, Metric.P99_AS_MET), Workload.LATENCY),
    Metric.HIGHEST_RATE: Workload.LIMIT,
    Metric.IN_FLIGHT: Workload.WAITING,
    **dict.fromkeys((Metric.HELD, Metric.DELIVERED, Metric.LAG_P99), Workload.FEED),
    Metric.SERVED: Workload.CHAT,
    **dict.fromkeys((Metric.START, Metric.IMPORT, Metric.MEMORY_IDLE, Metric.MEMORY_LOADED), Workload.FOOTPRINT),
    **dict.fromkeys((Metric.INSTALLED, Metric.DISTRIBUTIONS), Workload.FOOTPRINT),
}
"""The workload that gives a metric, where a condition names none."""

ALSO_MEASURED_BY: Final = {Metric.THROUGHPUT: SATURATING, Metric.SERVER_CPU: SATURATING}
"""The other workloads that give a metric."""

LATENCIES: Final = {
    Metric.P50: LatencyFigure(latency=Latency.OF_SERVER, quantile=0.5),
    Metric.P99: LatencyFigure(latency=Latency.OF_SERVER, quantile=0.99),
    Metric.P50_AS_MET: LatencyFigure(latency=Latency.AS_MET, quantile=0.5),
    Metric.P99_AS_MET: LatencyFigure(latency=Latency.AS_MET, quantile=0.99),
}
"""Which figure of latency each of these is."""

AS_MET: Final = {Metric.P50: Metric.P50_AS_MET, Metric.P99: Metric.P99_AS_MET}
"""What is looked at, and named, where no stalls were watched, so that nothing is known of the server alone."""


class Against(StrEnum):
    """What of a group a subject is compared with."""

    EVERY = "every"
    """Each member by itself: the condition must hold against all."""
    MEDIAN = "median"
    """The median of the group's values."""


class DeploymentName(StrEnum):
    """Which variant stands for each app."""

    CONTROLLED = "controlled"
    DEFAULT = "default"


type Deployments = Annotated[tuple[DeploymentName, ...], Field(min_length=1), AfterValidator(each_once)]
"""It must hold in each."""


class _Measured(Contract):
    """What every condition on a measured quantity says."""

    subjects: Participants
    metric: Metric
    workload: Workload | None = None
    """None for the one that the metric is usually taken from."""
    rate: RateRule | None = None
    """Of latency, and of nothing else."""
    connections: Many | None = None
    """Connections, subscribers of a feed, or members; None where there is but one number, or for the most of all."""
    endpoints: Annotated[tuple[Endpoint, ...], AfterValidator(each_once)] = ()
    """It must hold on each. Feed, chat and footprint have none to choose from."""
    deployments: Deployments = tuple(DeploymentName)
    at_least: Amount | None = None
    at_most: Amount | None = None

    @property
    def measured_by(self) -> Workload:
        """The workload that gives the metric."""
        return self.workload or WORKLOADS[self.metric]

    @property
    def places(self) -> tuple[Endpoint | None, ...]:
        """The endpoints, or none once."""
        return self.endpoints or (None,)

    @model_validator(mode="after")
    def _keeps_all_rules(self) -> Self:
        all_of_it(self._rules())
        return self

    def _rules(self) -> Sequence[Callable[[], object]]:
        if self.measured_by not in {WORKLOADS[self.metric], *ALSO_MEASURED_BY.get(self.metric, ())}:
            return (self._refuse_workload,)  # What else it takes depends on that.
        return (self._has_a_rate_where_there_is_one, self._has_endpoints_where_there_are_any)

    def _refuse_workload(self) -> None:
        raise wrong(f"{self.metric.value} is not measured by {self.measured_by.value}", "workload")

    def _has_a_rate_where_there_is_one(self) -> None:
        metric, workload = self.metric.value, self.measured_by
        if workload is Workload.LATENCY and self.rate is None:
            raise wrong(f"{metric} is measured at a rate: say at which, one of {', '.join(RateRule)}", "rate")
        if workload is not Workload.LATENCY and self.rate is not None:
            raise wrong(f"{metric} by {workload.value} is not measured at a rate: leave it out", "rate")
        if workload is Workload.FOOTPRINT and self.connections is not None:
            raise wrong(f"{metric} is not measured by connections: leave them out", "connections")

    def _has_endpoints_where_there_are_any(self) -> None:
        workload, metric = self.measured_by, self.metric.value
        chooses = workload not in {*CROWDS, Workload.FOOTPRINT}
        if chooses and not self.endpoints:
            raise wrong(f"{metric} is measured by endpoint: name them in endpoints", "endpoints")
        if not chooses and self.endpoints:
            raise wrong(f"{metric} is not measured by endpoint: leave endpoints out", "endpoints")
        fit = {Endpoint.WAIT} if workload is Workload.WAITING else set(Endpoint) - ENDLESS - {Endpoint.WAIT}
        if unfit := [each.value for each in self.endpoints if each not in fit]:
            raise wrong(f"{metric} is not measured on {unfit[0]} by {workload.value}", "endpoints")


class RatioCondition(_Measured):
    """Each subject's metric over that of others lies on one side of a margin."""

    form: Literal["ratio"]
    against: Against
    group: Participants
    """Whom it is compared with; a subject that is among them is left out."""
    alone: Flag = False
    """In place of a margin: better than all others by more than a tie."""

    def _rules(self) -> Sequence[Callable[[], object]]:
        return (*super()._rules(), self._has_one_margin, self._has_others_to_compare_with)

    def _has_one_margin(self) -> None:
        if (self.at_least is not None) + (self.at_most is not None) + self.alone != 1:
            raise wrong("give exactly one of at_least, at_most and alone")

    def _has_others_to_compare_with(self) -> None:
        lonely = next((each for each in self.subjects if set(self.group) == {each}), None)
        if lonely is not None:
            raise wrong(f"'{lonely}' is compared with nothing but itself", "group")


class BoundCondition(_Measured):
    """Each subject's own metric lies on one side of a bound, in the metric's unit."""

    form: Literal["bound"]

    def _rules(self) -> Sequence[Callable[[], object]]:
        return (*super()._rules(), self._has_one_bound)

    def _has_one_bound(self) -> None:
        if (self.at_least is None) == (self.at_most is None):
            raise wrong("give exactly one of at_least and at_most")


class KeptCondition(Contract):
    """How much of its throughput each subject keeps when one number grows from `over` to `at`."""

    form: Literal["kept"]
    subjects: Participants
    workload: Literal[Workload.CONCURRENCY, Workload.ROUTES, Workload.WORKERS]
    at: Many | Literal["most"]
    """Connections, extra routes or server processes; `most`: as many processes as the run has."""
    over: Annotated[int, Field(ge=0, strict=True)]
    deployments: Deployments = tuple(DeploymentName)
    at_least: Amount
    """Of the throughput; for `workers`, of as many times the throughput as there are times the processes."""

    @model_validator(mode="after")
    def _grows(self) -> "KeptCondition":
        if self.at == "most" and self.workload is not Workload.WORKERS:
            raise wrong("only workers have a most: say how many", "at")
        if self.over == 0 and self.workload is not Workload.ROUTES:
            raise wrong("only routes can begin with 0", "over")
        if self.at != "most" and self.at <= self.over:
            raise wrong(f"at has to be more than over, which is {self.over}", "at")
        return self


class ProbeCondition(Contract):
    """A probe of what frameworks do by themselves finds each subject as claimed, in each way that it was tried."""

    form: Literal["probe"]
    subjects: Participants
    probe: FrameworkProbe
    expected: Flag = True
    """Whether they are claimed to do what the probe tries, or not to."""


type Condition = Annotated[
    RatioCondition | BoundCondition | KeptCondition | ProbeCondition, Field(discriminator="form")
]


class Claim(Statement):
    """One statement and the measurement that decides it."""

    id: Name
    says: str = Field(min_length=1)
    """The statement in our own words."""
    combine: Combination = Combination.ALL
    count: Annotated[int, Field(ge=1, strict=True)] | None = None
    condition: tuple[Condition, ...] = Field(default=(), max_length=20)
    not_testable: Annotated[str, Field(min_length=1)] | None = None
    """In place of conditions: why no measurement can decide it."""

    @model_validator(mode="after")
    def _keeps_all_rules(self) -> "Claim":
        all_of_it((self._is_testable_or_says_why_not, self._counts_where_that_is_said, self._has_no_condition_twice))
        return self

    def _is_testable_or_says_why_not(self) -> None:
        if bool(self.condition) == (self.not_testable is not None):
            raise wrong("give at least one condition, or not_testable with the reason")

    def _counts_where_that_is_said(self) -> None:
        if (self.combine is Combination.COUNT) == (self.count is None):
            raise wrong('give count, and combine = "count", together', "count")

    def _has_no_condition_twice(self) -> None:
        for place, each in enumerate(self.condition):
            if (first := self.condition.index(each)) < place:
                raise wrong(f"it is the same as condition {first + 1}", "condition", place)


class ClaimsFile(Contract):
    """A whole claims file."""

    source: str
    """Who makes the claims."""
    profile: ProfileName | None = None
    """What a run for these claims is made by where whoever makes it names none."""
    claim: tuple[Claim, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _ids_differ(self) -> "ClaimsFile":
        all_of_it(partial(_refuse_second, self.claim, place) for place in range(len(self.claim)))
        return self


def _refuse_second(claims: Sequence[Claim], place: int) -> None:
    name = claims[place].id
    if name in {each.id for each in claims[:place]}:
        raise wrong(two_claims(name), "claim", place, "id")


def two_claims(name: str) -> str:
    """What is wrong where a second claim has the id of one before."""
    return f"two claims have the id '{name}'"
