"""Runs made comparable, and what a comparison of two of them found."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from harness.model.app import Endpoint
from harness.model.app_change import AppChange, AppOutcome
from harness.model.base import Contract, FileName
from harness.model.cell import BY_REQUEST, SATURATING, Cell, RateRule, Workload
from harness.model.claim import Metric
from harness.model.findings import TIE_MARGIN, Estimate
from harness.model.plan import ProfileName, SequentialTest
from harness.model.run import RuntimeName
from harness.model.validity import Bound

HISTORY_SCHEMA_VERSION = 2
"""History of the schema:
1 - first.
2 - `distrust` in place of `noise_floors`; what was called p99 is p99 as met.
"""

REGRESSION_MARGIN = 0.05
"""Relative change below which nothing is called a regression."""

METRICS_OF = {
    **dict.fromkeys(SATURATING, (Metric.THROUGHPUT, Metric.SERVER_CPU)),
    Workload.LATENCY: (Metric.P50, Metric.P99, Metric.P50_AS_MET, Metric.P99_AS_MET),
    Workload.IDLE: (Metric.SERVER_CPU,),
    Workload.LIMIT: (Metric.HIGHEST_RATE,),
    Workload.WAITING: (Metric.IN_FLIGHT,),
    Workload.FOOTPRINT: (Metric.START, Metric.IMPORT, Metric.MEMORY_IDLE, Metric.MEMORY_LOADED),
}
"""What is compared of each workload. None is in neither this nor the next."""

NOT_COMPARED = dict.fromkeys(
    (Workload.FEED, Workload.CHAT),
    "how many are held is tried at a few fixed numbers only, and the step from one to the next is larger than any "
    "change that matters",
)
"""Of which workloads nothing is compared from run to run, nor followed over the runs of a host, and why."""


_LEAST, _MOST = 1e-9, 1e15


def is_of_a_server(estimate: Estimate) -> bool:
    """Whether a value is one that a server can have; what lies beyond has no ratio that could be reckoned with."""
    return _LEAST <= estimate.value <= _MOST


def _seen_to(estimate: Estimate) -> Estimate:
    if not is_of_a_server(estimate):
        raise ValueError(f"{estimate.value} is no figure of a server")
    return estimate


class Figure(Contract):
    """One quantity of a cell, and how well it is known beside the other apps of its run."""

    estimate: Annotated[Estimate, AfterValidator(_seen_to)]
    relative_standard_error: Annotated[float, Field(ge=0, le=_MOST)] | None
    """Standard error of the logarithm of its ratio to the mean of the others of its kind, formed within rounds; None
    where there were no others."""
    relative_df: Annotated[float, Field(gt=0, le=_MOST)] | None


class CellSummary(Contract):
    """One cell of a run, as far as runs are compared by it."""

    cell: Cell
    reasons: tuple[str, ...]
    """Why it is invalid; empty for a valid one."""
    unmeasured: str | None = None
    """`to come`, or `not reached`, where its run has not come to it: no gate has judged it then."""
    offered_rps: float | None
    """Only for cells at one rate: of latency, and of idling."""
    bound: Bound = Bound.UNKNOWN
    """What limited its capacity; unknown of what has none, and in lines from before it was kept."""
    figures: dict[Metric, Figure]
    """Empty for an invalid cell, and one that was not measured."""
    title: str
    framework_version: str | None
    lock_sha256: str
    code_sha256: str

    @property
    def lack(self) -> str | None:
        """Why it has no figure; None where it may have."""
        return self.unmeasured or (self.reasons[0] if self.reasons else None)


class RunHead(Contract):
    """What is kept of a run as a whole."""

    run_id: str
    name: FileName
    """Of its folder."""
    started_at: datetime
    profile: ProfileName
    runtime: RuntimeName
    revision: str | None
    """The project's git commit, with `+dirty` where the harness had changes."""
    conditions: dict[str, str]
    """What must be the same for figures to be comparable, by name; see harness/comparison/conditions.py."""
    distrust: str | None = None
    """Why the run can't be trusted: its two copies of one app came out apart. None where they did not, or there were
    none, and in lines from before it was looked at."""
    rounds: int


class RunSummary(RunHead):
    """What is kept of a run to compare others with it."""

    cells: tuple[CellSummary, ...]
    """In the order of the plan, without the A/A pair's second copy; cells of which nothing is compared have no
    figures."""


class HistoryLine(RunHead):
    """One line of a history file: one cell of one run. A run's lines stand in the order of its plan."""

    schema_name: Literal["framework-referee/history"] = "framework-referee/history"
    schema_version: int = HISTORY_SCHEMA_VERSION
    cell: CellSummary


class Difference(Contract):
    """One condition that two runs don't share."""

    condition: str
    a: str
    b: str


class Uncompared(Contract):
    """A workload that was measured and is not compared."""

    workload: Workload
    reason: str


class Outcome(StrEnum):
    """What became of one quantity of one cell."""

    REGRESSION = "regression"
    """Worse by surely more than the regression margin."""
    WORSE = "worse"
    """Surely by more than the tie margin."""
    BETTER = "better"
    TIED = "tied"
    """Not told apart."""
    INVALID = "invalid"
    """In one of the runs or in both."""
    UNMEASURED = "not measured"
    """One of the runs has not come to it, or both."""
    OTHER_LOAD = "other load"
    """Latencies under another rate of requests, or memory after other work: these are of different things."""
    OTHER_CONDITIONS = "other conditions"
    """Something that moves its figures is not the same in both runs."""
    TAKEN_CPU = "others had CPUs"
    """A throughput of what the host left for the server, surely or maybe, in one of the runs or in both."""
    ONLY_A = "only in A"
    ONLY_B = "only in B"


MARKS = {
    Outcome.REGRESSION: "--",
    Outcome.WORSE: "-",
    Outcome.BETTER: "+",
    Outcome.TIED: "~",
    Outcome.INVALID: "!",
    Outcome.UNMEASURED: "!",
    Outcome.OTHER_LOAD: "!",
    Outcome.OTHER_CONDITIONS: "!",
    Outcome.TAKEN_CPU: "!",
    Outcome.ONLY_A: "A",
    Outcome.ONLY_B: "B",
}
"""One sign for each outcome, so that none rests on colour."""


class Change(Contract):
    """One quantity of one cell in two runs, or of two revisions in one run."""

    cell: Cell
    """As in B, where it is there."""
    metric: Metric
    title: str
    """The app as a reader knows it."""
    outcome: Outcome
    reason: str | None = None
    """For a cell that is invalid, not measured, under another load or other conditions, or on CPUs that others had."""
    a: Estimate | None = None
    b: Estimate | None = None
    ratio: Estimate | None = None
    """B over A without what moved all apps alike, with its 95 % interval by itself (not corrected for their number).
    None where one of the runs has one round only."""
    p_value: float | None = None
    """Of lying beyond the tie margin, before the correction for the number of comparisons."""
    detectable: float | None = None
    """The relative change that this comparison would have shown with a chance of one half, after the correction."""


class CommonShift(Contract):
    """What moved all apps of a kind alike from A to B: the host, or something that all have in common."""

    metric: Metric
    endpoint: Endpoint
    workload: Workload
    rate: RateRule | None
    ratio: float
    """B over A: the median over the apps."""
    apps: int
    taken_out: bool
    """Whether the ratios are without it. With too few apps it can't be told from what happened to each."""


class MetricMargins(Contract):
    """Beyond which a change of one quantity counts, as relative differences."""

    metric: Metric
    tie: float = TIE_MARGIN
    regression: float = REGRESSION_MARGIN
    between_runs_sd: float = 0.0
    """How much more than their intervals foresee the cells scattered from run to run (of the logarithm); it is part of
    each ratio's interval."""


class Side(Contract):
    """One of the two things compared."""

    name: FileName
    run_id: str
    started_at: datetime
    revision: str | None


class RunComparison(Contract):
    """Everything a comparison found."""

    a: Side
    b: Side
    paired: bool
    """Whether both were measured in the rounds of one run (`bench ab`)."""
    differences: tuple[Difference, ...]
    """What more than the apps differs; cells that depend on it are not compared, unless that was forced."""
    forced: bool = False
    """Whether all cells were compared although conditions differ that they depend on."""
    app_changes: tuple[str, ...]
    """What of the apps themselves is not the same, in words."""
    distrusted: tuple[str, ...] = ()
    """Which of the runs can't be trusted, and why: nothing is compared of their requests."""
    apps: tuple[AppChange, ...] = ()
    """Each app as a whole, where both were measured in the rounds of one run."""
    test: SequentialTest | None = None
    """By which these were tested."""
    margins: tuple[MetricMargins, ...]
    shifts: tuple[CommonShift, ...]
    changes: tuple[Change, ...]
    compared: int
    """Over how many comparisons the correction was made."""
    uncompared: tuple[Uncompared, ...] = ()
    """Of what either has measured, the workloads of which nothing is compared."""
    of_one_round: tuple[str, ...] = ()
    """Which of the runs, `A` or `B`, have one round only: nothing is told apart then."""

    def of(self, *outcomes: Outcome) -> tuple[Change, ...]:
        """The changes with one of these outcomes."""
        return tuple(change for change in self.changes if change.outcome in outcomes)

    @property
    def regressions(self) -> tuple[Change, ...]:
        """What is surely worse by more than the regression margin."""
        return self.of(Outcome.REGRESSION)

    @property
    def slower(self) -> tuple[AppChange, ...]:
        """The apps that surely became slower as a whole."""
        return tuple(app for app in self.apps if app.outcome is AppOutcome.SLOWER)

    @property
    def is_worse(self) -> bool:
        """Whether anything has surely become worse: an app as a whole, or a line by more than its margin."""
        return bool(self.slower or self.regressions)

    @property
    def unknown(self) -> tuple[str, ...]:
        """The apps that are in both, and of which nobody can say that they have not become worse.

        What fails under load has no figure that could be worse; nor has what can't be trusted, and one round tells
        nothing apart.
        """
        if self.paired:
            return tuple(app.app for app in self.apps if not app.outcome.has_figures)
        known: dict[str, bool] = {}
        for change in self.changes:
            if change.cell.workload in BY_REQUEST and change.outcome not in {Outcome.ONLY_A, Outcome.ONLY_B}:
                app = change.cell.subject.app
                known[app] = known.get(app, False) or (change.ratio is not None and not self.of_one_round)
        return tuple(app for app, is_known in known.items() if not is_known)

    @property
    def no_difference(self) -> bool:
        """Whether nothing that was compared came out apart."""
        return not self.of(Outcome.REGRESSION, Outcome.WORSE, Outcome.BETTER)
