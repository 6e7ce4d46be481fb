"""A claim made measurable, and what a run says of it."""

from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import Field, model_validator

from harness.model.app import Endpoint
from harness.model.base import Contract, Name
from harness.model.cell import RateRule, Workload
from harness.model.findings import Estimate
from harness.model.security_probe import SecurityProbe


class Metric(StrEnum):
    """What is compared."""

    THROUGHPUT = "throughput_rps"
    SERVER_CPU = "server_cpu_us_per_request"
    P99 = "latency_p99_us"
    IN_FLIGHT = "requests_in_flight"
    HELD = "subscribers_held"
    """At one number of subscribers, or, where no `connections` are named, the most of all that were tried."""
    DELIVERED = "events_delivered_share"
    LAG_P99 = "event_lag_p99_us"
    START = "start_s"
    IMPORT = "import_s"
    MEMORY_IDLE = "memory_idle_bytes"
    MEMORY_LOADED = "memory_loaded_bytes"
    INSTALLED = "installed_bytes"
    DISTRIBUTIONS = "distributions"
    """Installed with the framework, itself included."""


MORE_IS_BETTER: Final = frozenset({Metric.THROUGHPUT, Metric.IN_FLIGHT, Metric.HELD, Metric.DELIVERED})

WORKLOADS: Final = {
    Metric.THROUGHPUT: Workload.CAPACITY,
    Metric.SERVER_CPU: Workload.CAPACITY,
    Metric.P99: Workload.LATENCY,
    Metric.IN_FLIGHT: Workload.WAITING,
    Metric.HELD: Workload.FEED,
    Metric.DELIVERED: Workload.FEED,
    Metric.LAG_P99: Workload.FEED,
    Metric.START: Workload.FOOTPRINT,
    Metric.IMPORT: Workload.FOOTPRINT,
    Metric.MEMORY_IDLE: Workload.FOOTPRINT,
    Metric.MEMORY_LOADED: Workload.FOOTPRINT,
    Metric.INSTALLED: Workload.FOOTPRINT,
    Metric.DISTRIBUTIONS: Workload.FOOTPRINT,
}
"""The workload that gives a metric, where a condition names none."""


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


class _Measured(Contract):
    """What every condition on a measured quantity says."""

    subjects: tuple[Name, ...] = Field(min_length=1)
    """Apps that the claim is about; it must hold for each."""
    metric: Metric
    workload: Workload | None = None
    """None for the one that the metric is usually taken from."""
    rate: RateRule | None = None
    connections: int | None = Field(default=None, ge=1)
    """Connections or, for a feed, subscribers; None where the workload has but one number of them."""
    endpoints: tuple[Endpoint, ...] = ()
    """It must hold on each. Feed and footprint have none to choose from."""
    deployments: tuple[DeploymentName, ...] = Field(default=tuple(DeploymentName), min_length=1)
    """It must hold in each."""
    at_least: float | None = Field(default=None, gt=0)
    at_most: float | None = Field(default=None, gt=0)

    @property
    def measured_by(self) -> Workload:
        """The workload that gives the metric."""
        return self.workload or WORKLOADS[self.metric]

    @property
    def places(self) -> tuple[Endpoint | None, ...]:
        """The endpoints, or none once."""
        return self.endpoints or (None,)

    @model_validator(mode="after")
    def _has_endpoints_where_there_are_any(self) -> "_Measured":
        chooses = self.measured_by not in {Workload.FEED, Workload.FOOTPRINT}
        if chooses and not self.endpoints:
            raise ValueError(f"{self.metric.value} is measured by endpoint: name them in endpoints")
        if not chooses and self.endpoints:
            raise ValueError(f"{self.metric.value} is not measured by endpoint: leave endpoints out")
        return self


class RatioCondition(_Measured):
    """Each subject's metric over that of others lies on one side of a margin."""

    form: Literal["ratio"]
    against: Against
    group: tuple[Name, ...] = Field(min_length=1)
    """Apps that are compared with; a subject that is among them is left out."""
    alone: bool = False
    """In place of a margin: better than all others by more than a tie."""

    @model_validator(mode="after")
    def _has_one_margin(self) -> "RatioCondition":
        if (self.at_least is not None) + (self.at_most is not None) + self.alone != 1:
            raise ValueError("give exactly one of at_least, at_most and alone")
        return self


class BoundCondition(_Measured):
    """Each subject's own metric lies on one side of a bound, in the metric's unit."""

    form: Literal["bound"]

    @model_validator(mode="after")
    def _has_one_bound(self) -> "BoundCondition":
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("give exactly one of at_least and at_most")
        return self


class KeptCondition(Contract):
    """How much of its throughput each subject keeps when one number grows from `over` to `at`."""

    form: Literal["kept"]
    subjects: tuple[Name, ...] = Field(min_length=1)
    workload: Literal[Workload.CONCURRENCY, Workload.ROUTES, Workload.WORKERS]
    at: int | Literal["most"]
    """Connections, extra routes or server processes; `most`: as many processes as the run has."""
    over: int = Field(ge=0)
    deployments: tuple[DeploymentName, ...] = Field(default=tuple(DeploymentName), min_length=1)
    at_least: float = Field(gt=0)
    """Of the throughput; for `workers`, of as many times the throughput as there are times the processes."""


class ProbeCondition(Contract):
    """A probe of `bench verify` finds each subject as claimed, in each way that it is deployed."""

    form: Literal["probe"]
    subjects: tuple[Name, ...] = Field(min_length=1)
    probe: SecurityProbe


type Condition = Annotated[
    RatioCondition | BoundCondition | KeptCondition | ProbeCondition, Field(discriminator="form")
]


class Combination(StrEnum):
    """How a claim's comparisons make up the claim."""

    ALL = "all"
    ANY = "any"
    COUNT = "count"
    """At least so many as `count` says."""


class Claim(Contract):
    """One statement and the measurement that decides it."""

    id: Name
    says: str = Field(min_length=1)
    """The statement in our own words."""
    section: str | None = None
    """Where the article makes it."""
    combine: Combination = Combination.ALL
    count: int | None = Field(default=None, ge=1)
    condition: tuple[Condition, ...] = Field(default=(), max_length=20)
    not_testable: str | None = None
    """In place of conditions: why no measurement can decide it."""

    @model_validator(mode="after")
    def _is_testable_or_says_why_not(self) -> "Claim":
        if bool(self.condition) == (self.not_testable is not None):
            raise ValueError("give at least one condition, or not_testable with the reason")
        if (self.combine is Combination.COUNT) == (self.count is None):
            raise ValueError('give count, and combine = "count", together')
        return self


class ClaimsFile(Contract):
    """A whole claims file."""

    source: str
    """Who makes the claims."""
    claim: tuple[Claim, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _ids_differ(self) -> "ClaimsFile":
        ids = [claim.id for claim in self.claim]
        twice = next((each for each in ids if ids.count(each) > 1), None)
        if twice:
            raise ValueError(f"two claims have the id '{twice}'")
        return self


class Verdict(StrEnum):
    """What a run says of a claim."""

    SUPPORTED = "supported"
    REFUTED = "refuted"
    INCONCLUSIVE = "inconclusive"
    INVALID = "invalid"
    """A cell that it rests on failed a gate."""
    NOT_RUN = "not run"
    NOT_TESTABLE = "not testable"


class Evidence(Contract):
    """One comparison that a claim rests on."""

    form: Literal["ratio", "bound", "kept", "probe"]
    subject: Name
    """The app that the claim is about."""
    others: tuple[Name, ...] = ()
    """The apps that it is compared with."""
    subject_title: str
    other_title: str = ""
    """Both as a reader knows them, such as `the median of Django and Flask`; for `kept` and `probe`, what was done."""
    deployment: DeploymentName | None
    """Which variants were compared; None where that makes no difference."""
    metric: Metric | None
    """None for a probe."""
    endpoint: Endpoint | None
    connections: int | None = None
    value: Estimate | None
    """Subject over other, the share kept, or the metric itself in its unit; None where a cell is invalid or missing,
    and for probes."""
    low_margin: float | None = None
    """Refuted wholly below it, if more is claimed; supported wholly below it, if less is."""
    high_margin: float | None = None
    """Supported wholly above it, if more is claimed; refuted wholly above it, if less is. Between the two lies what the
    run's noise floor can't tell from the margin."""
    wants_more: bool = True
    """Whether a large value speaks for the claim."""
    verdict: Verdict
    reason: str | None = None
    """Why it is invalid or was not run, or what a probe found."""
    further_rounds: int | None = None
    """Estimated for an inconclusive one; None where no number of rounds would decide it."""

    @property
    def place(self) -> tuple[str, str]:
        """Deployment and endpoint, as the sentence on conditions names them."""
        what = self.endpoint.value if self.endpoint else (self.metric.value if self.metric else "")
        return (self.deployment.value if self.deployment else "", what)


class ClaimFinding(Contract):
    """A claim, its verdict and what that rests on."""

    claim: Claim
    verdict: Verdict
    p_value: float | None
    """Of the decision, before the correction for the number of claims; None where nothing was decided."""
    sentence: str
    """The verdict's reason with its numbers."""
    condition_sentence: str | None
    """Under which deployments or on which endpoints it holds, where it does not everywhere."""
    evidence: tuple[Evidence, ...]
    rounds: int
    further_rounds: int | None
    command: str
    """Measures what this claim needs."""


class ClaimFindings(Contract):
    """All claims of one file on one run."""

    run_id: str
    source: str
    noise_floor: float
    """Relative; widens each margin."""
    decided: int
    """How many claims the correction of Holm was made over."""
    claims: tuple[ClaimFinding, ...]
