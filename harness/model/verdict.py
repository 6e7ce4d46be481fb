"""What a run says of a claim: the verdict, and the evidence that it rests on."""

from enum import StrEnum
from typing import Literal

from harness.model.app import Endpoint
from harness.model.base import Contract
from harness.model.claim import Claim, DeploymentName, Metric
from harness.model.claim_values import Participant
from harness.model.findings import Estimate


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
    subject: Participant
    """The app that the claim is about, or the variant of it."""
    others: tuple[Participant, ...] = ()
    """Those that it is compared with."""
    subject_title: str
    other_title: str = ""
    """As a reader knows them, `the median of Django and Flask (default)`; for `kept` and `probe`, what was done."""
    deployment: DeploymentName | None
    """Which variants were compared; None where that makes no difference, or each was named with its own."""
    metric: Metric | None
    """None for a probe."""
    endpoint: Endpoint | None
    connections: int | None = None
    value: Estimate | None
    """Subject over other, share kept, or the metric itself; None for probes, and where a cell is invalid or missing."""
    low_margin: float | None = None
    """Refuted wholly below it, if more is claimed; supported wholly below it, if less is."""
    high_margin: float | None = None
    """Supported wholly above it, if more is claimed; refuted wholly above it, if less is. Between the two lies what is
    tied with what is claimed."""
    wants_more: bool = True
    """Whether a large value speaks for the claim."""
    verdict: Verdict
    reason: str | None = None
    """Why it is invalid or was not run, or what a probe found."""
    further_rounds: int | None = None
    """Estimated for an inconclusive one, in a run for its claim alone; None where no number would decide it."""

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
    further: str = ""
    """Of one that is undecided, what would decide it, or why that can't be told; a sentence."""
    command: str
    """Measures what this claim needs; empty where that is known already, or no run can."""
    again: str = ""
    """Measures one that is decided once more."""
    out_of_reach: str | None = None
    """Why no further run can decide it; None where one can, and where it is decided."""


class ClaimFindings(Contract):
    """All claims of one file on one run."""

    run_id: str
    source: str
    distrust: str | None = None
    """Why the run can't be trusted, so that nothing that rests on its requests is decided; None where it can."""
    decided: int
    """How many claims the correction of Holm was made over."""
    claims: tuple[ClaimFinding, ...]
    command: str = ""
    """One run that decides several of those that were not run and concern an app of the run; empty where none does."""
    together: tuple[str, ...] = ()
    """Their ids."""
