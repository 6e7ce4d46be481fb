"""What became of an app as a whole from one revision to the other, measured in the rounds of one run."""

from enum import StrEnum

from pydantic import Field

from harness.model.base import Contract, Outside
from harness.model.claim import Metric
from harness.model.findings import Estimate


class AppOutcome(StrEnum):
    """What the primary test says of an app: its CPU time per request in B against A."""

    SLOWER = "slower"
    FASTER = "faster"
    NOT_SLOWER = "no slow-down"
    """None as large as the run was to find; it may be a little slower, or faster, or neither."""
    UNDECIDED = "undecided"
    INVALID = "invalid"
    """None of its cells can be used in both."""
    BROKEN = "breaks the contract"
    """In one of the two: what was measured of it is something else."""
    UNCHECKED = "could not be checked"
    """In one of the two, by a mistake of the checks: nobody knows what was measured of it."""

    @property
    def decided(self) -> bool:
        """Whether more rounds could say nothing else."""
        return self not in {AppOutcome.UNDECIDED, AppOutcome.INVALID}

    @property
    def has_figures(self) -> bool:
        """Whether there is anything by which it could be told to be slower."""
        return self not in {AppOutcome.INVALID, AppOutcome.BROKEN, AppOutcome.UNCHECKED}


class Beside(Contract):
    """Another quantity of the app, beside the primary one."""

    metric: Metric
    ratio: Estimate
    """B over A: the mean over cells on the logarithmic scale, with an interval as the primary one's."""
    cells: int = Field(ge=1)


class AppChange(Contract):
    """One app in two revisions."""

    app: str
    a: str
    """The revision that it is compared with, as a reader knows it: `Flask (as of main)`."""
    b: str
    outcome: AppOutcome
    reason: Outside | None = None
    """Why it is invalid."""
    cpu: Estimate | None = None
    """B over A of the server's CPU time per request, the mean over its cells of capacity on the logarithmic scale, with
    its repeated confidence interval: see harness/comparison/group_sequential.py."""
    p_value: float | None = None
    """Of no difference, over all looks so far, before the correction for the number of apps."""
    detectable: float | None = None
    """The slow-down that these rounds would have told from none with a chance of 90 %."""
    cells: int = 0
    planned: int = 0
    """Cells of capacity that were to be measured; those beyond `cells` have no figure in one of the two."""
    rounds: int = 0
    """Of the run's, those in which all of its cells were measured in both."""
    left_out: int = 0
    """Of the run's, those in which one of them was not."""
    beside: tuple[Beside, ...] = ()


class LookTaken(Contract):
    """What was found when it was looked whether a run may end."""

    rounds: int
    """Complete ones by then."""
    apps: tuple[AppChange, ...] = ()
    """Of two revisions; empty where it is a claim that was pursued."""
    ended: Outside | None = None
    """Why the run ends; None where it goes on."""
