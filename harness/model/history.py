"""The runs of a host as series, and where they changed."""

from dataclasses import dataclass

from pydantic import Field

from harness.model.app import Endpoint, Interface
from harness.model.base import Contract, FileName, Name
from harness.model.cell import Cell, Subject, Workload
from harness.model.claim import Metric
from harness.model.comparison import Difference, RunHead, RunSummary, Uncompared
from harness.model.findings import Estimate
from harness.model.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Point:
    """One quantity of one cell in one run.

    No contract by itself: a history of a hundred runs has ten thousand, and whoever reads a series validates them.
    """

    run: int
    """Its place among the runs of the history."""
    estimate: Estimate | None
    """None where the cell was invalid, or was not measured."""
    level: float | None
    """The value without what moved all apps of the run alike; None where that could not be told apart."""
    reason: str | None = None
    """Why it was invalid."""
    unmeasured: str | None = None
    """`to come`, or `not reached`, where its run has not come to it."""


class ChangePoint(Contract):
    """Where a series surely changed its level."""

    run: int
    """The first run of the new level, by its place; the change came after the run before it."""
    ratio: Estimate
    """New level over old, with its 95 % interval by itself."""
    better: bool


class Series(Contract):
    """One quantity of one cell over the runs of a host."""

    cell: Cell
    metric: Metric
    title: str
    points: tuple[Point, ...]
    """Oldest first; only runs that were to measure it."""
    breaks: tuple[int, ...]
    """The first runs under other conditions that it depends on, by their places."""
    looked_at: bool
    """Whether enough runs under equal conditions have a level to look for changes."""
    change_points: tuple[ChangePoint, ...]


class Break(Contract):
    """Where conditions changed, so that the cells which depend on them can't be compared before and after."""

    run: int
    """The first run under the new conditions, by its place."""
    differences: tuple[Difference, ...]


class HostHistory(Contract):
    """All runs of one host, runtime and profile."""

    host: str
    runtime: str
    profile: str
    runs: tuple[RunHead, ...]
    """Oldest first."""
    breaks: tuple[Break, ...]
    series: tuple[Series, ...]
    needs_runs: int
    """So many runs under equal conditions it takes to look for changes."""
    longest_stretch: int
    """So many there are at most."""
    uncompared: tuple[Uncompared, ...] = ()
    """What these runs have measured and no series is of."""


class RunApart(Contract):
    """A run that no series has a value of, and why."""

    run_id: str
    name: FileName
    reason: str


class History(Contract):
    """All hosts, the one that was measured last first."""

    hosts: tuple[HostHistory, ...]
    apart: tuple[RunApart, ...] = ()
    """Oldest first."""


class Place(Contract):
    """One deployment's place in a ranking of capacities."""

    subject: Subject
    also: tuple[Name, ...]
    """Other variants that it serves as."""
    title: str
    revision: str = ""
    """Which revision of its app it is, where the run has two."""
    server: str
    own_server: bool
    interface: Interface
    rank: int = Field(ge=1)
    tied: bool
    throughput_rps: Estimate


class Standing(Contract):
    """The ranking of capacities on one endpoint, best first."""

    endpoint: Endpoint
    places: tuple[Place, ...]


class RunDigest(Contract):
    """A run as the list of runs shows it; what is kept beside it so that nobody has to analyse it again."""

    summary: RunSummary
    apps: tuple[str, ...] = ()
    """Their titles, in the order of the plan, and of `bench ab` both sides as it words them; empty in digests from
    before they were recorded."""
    app_names: tuple[str, ...] = ()
    """What they are called in commands; empty in digests from before it was recorded, which are made anew."""
    endpoints: tuple[Endpoint, ...] = ()
    workloads: tuple[Workload, ...] = ()
    finished: bool
    rounds_planned: int
    cells: int
    """As `Findings.all_cells` has them."""
    cells_valid: int
    verdicts: dict[Verdict, int]
    """How many claims came out so: of those that the run was asked for, or else of the article's."""
    standing: Standing | None = None
    """On the endpoint that is nearest to real work; None where nothing is ranked, and in digests from before it."""
    two_revisions: bool
    """Whether it is a run of `bench ab`."""
    harness_version: str


class UnreadRun(Contract):
    """A run folder that is left out, since it can't be read or is a copy, and why."""

    name: FileName
    reason: FileName
