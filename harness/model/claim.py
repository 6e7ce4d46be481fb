"""A claim made measurable, and what a run says of it."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, model_validator

from harness.model.app import Endpoint
from harness.model.base import Contract, Name
from harness.model.cell import RateRule, Workload
from harness.model.findings import Estimate


class Metric(StrEnum):
    """What is compared."""

    THROUGHPUT = "throughput_rps"
    SERVER_CPU = "server_cpu_us_per_request"
    P99 = "latency_p99_us"


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


class RatioCondition(Contract):
    """Each subject's metric over that of others lies on one side of a margin."""

    form: Literal["ratio"]
    subjects: tuple[Name, ...] = Field(min_length=1)
    """Apps that the claim is about; it must hold for each."""
    metric: Metric
    workload: Workload = Workload.CAPACITY
    rate: RateRule | None = None
    endpoints: tuple[Endpoint, ...] = Field(min_length=1)
    """It must hold on each."""
    against: Against
    group: tuple[Name, ...] = Field(min_length=1)
    """Apps that are compared with; a subject that is among them is left out."""
    deployments: tuple[DeploymentName, ...] = Field(default=tuple(DeploymentName), min_length=1)
    """It must hold in each."""
    at_least: float | None = Field(default=None, gt=0)
    at_most: float | None = Field(default=None, gt=0)
    alone: bool = False
    """In place of a margin: better than all others by more than a tie."""

    @model_validator(mode="after")
    def _has_one_margin(self) -> "RatioCondition":
        if (self.at_least is not None) + (self.at_most is not None) + self.alone != 1:
            raise ValueError("give exactly one of at_least, at_most and alone")
        return self


class UnmeasuredCondition(Contract):
    """What no workload of this version measures yet."""

    form: Literal["unmeasured"]
    needs: str = Field(min_length=1)
    """What it would take, as a reader understands it."""


type Condition = Annotated[RatioCondition | UnmeasuredCondition, Field(discriminator="form")]


class Combination(StrEnum):
    """How a claim's conditions make up the claim."""

    ALL = "all"
    ANY = "any"


class Claim(Contract):
    """One statement and the measurement that decides it."""

    id: Name
    says: str = Field(min_length=1)
    """The statement in our own words."""
    section: str | None = None
    """Where the article makes it."""
    combine: Combination = Combination.ALL
    condition: tuple[Condition, ...] = Field(default=(), max_length=20)
    not_testable: str | None = None
    """In place of conditions: why no measurement can decide it."""

    @model_validator(mode="after")
    def _is_testable_or_says_why_not(self) -> "Claim":
        if bool(self.condition) == (self.not_testable is not None):
            raise ValueError("give at least one condition, or not_testable with the reason")
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

    subject: Name
    """The app that the claim is about."""
    others: tuple[Name, ...]
    """The apps that it is compared with."""
    subject_title: str
    other_title: str
    """Both as a reader knows them, such as `the median of Django and Flask`."""
    deployment: DeploymentName
    """Which variants were compared."""
    metric: Metric
    endpoint: Endpoint
    ratio: Estimate | None
    """Subject over other; None where a cell is invalid or missing."""
    low_margin: float
    """Refuted wholly below it, if more is claimed; supported wholly below it, if less is."""
    high_margin: float
    """Supported wholly above it, if more is claimed; refuted wholly above it, if less is. Between the two lies what the
    run's noise floor can't tell from the margin."""
    wants_more: bool
    """Whether a large ratio speaks for the claim."""
    verdict: Verdict
    reason: str | None = None
    """Why it is invalid or was not run."""
    further_rounds: int | None = None
    """Estimated for an inconclusive one; None where no number of rounds would decide it."""


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
