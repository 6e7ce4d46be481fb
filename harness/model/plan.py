"""What a run will do: profile -> cells, rounds, order, time."""

from enum import StrEnum

from pydantic import Field

from harness.model.base import REVISION_SIGN, AppName, Contract, Name, Outside
from harness.model.cell import Cell, RateRule, Subject, Workload
from harness.model.course import Pace
from harness.model.host import CpuLayout


class ProfileName(StrEnum):
    """How much is measured, and for how long."""

    SMOKE = "smoke"
    QUICK = "quick"
    STANDARD = "standard"
    FULL = "full"
    SERVERS = "servers"
    WIDE = "wide"
    RATES = "rates"


class Timing(Contract):
    """The lengths that a profile sets, in seconds, and how often each window is repeated in a round."""

    rounds: int = Field(ge=1)
    ceiling_windows: int = Field(default=5, ge=1)
    """Windows from which the load generator's own limit is read, before the first round."""
    ceiling_window_s: float = 0.5
    lead_in_s: float
    """Not counted, at the start of each window of capacity: the server is busy as soon as all connections have sent."""
    latency_lead_in_s: float = 0.03
    """The same of latency. It takes many times a request's own time until queues are as long as they are on average.
    Runs from before this was told apart had one lead-in for both, of the default's length."""
    warm_window_s: float
    """Length of one warm-up window."""
    warm_windows_max: int
    """Warm-up ends when two windows in a row agree, or after so many."""
    capacity_window_s: float
    capacity_windows: int
    """Counted windows of each capacity cell in one round."""
    latency_window_s: float
    latency_windows: int
    own_rate_windows: int | None = None
    """The same at a share of its own capacity, where nobody is ranked; None: as many."""
    concurrency_windows: int = 0
    """Counted windows of each cell of `concurrency` in one round."""
    concurrency_window_s: float | None = None
    """Longer than one of capacity where opening hundreds of connections takes longer than that; None: as long."""
    drawn_once: tuple[int, ...] = ()
    """Numbers of connections that have one window of `concurrency` in a round: they draw the curve between those that
    claims compare."""
    setup_windows: int = 0
    """The same of `routes` and `workers`."""
    idle_window_s: float = 3.0
    """Long enough for timers that a server has once a second."""
    idle_windows: int = 0
    limit_window_s: float = 1.0
    limit_windows: int = 0
    waiting_window_s: float = 0.5
    waiting_windows: int = 0
    feed_window_s: float = 2.0
    """A multiple of `feed_interval_ms`, so that every subscriber is due as many events."""
    feed_interval_ms: int = 1_000
    feed_limit_s: float = 1.0
    """An event later than this does not count as delivered."""
    feed_rounds: int = 0
    """Feeds are measured in so many rounds, the first ones: opening thousands of subscribers takes long, and counts
    vary little."""
    chat_window_s: float = 2.0
    chat_limit_s: float = 1.0
    """A message later than this does not count as delivered."""
    chat_rounds: int = 0
    """The same of chats."""

    def crowd_rounds(self, workload: Workload) -> int:
        """In how many rounds, the first ones, this workload is measured."""
        return {Workload.FEED: self.feed_rounds, Workload.CHAT: self.chat_rounds}.get(workload, self.rounds)

    def window_s(self, workload: Workload) -> float:
        """How long a counted window of this workload is, where its subject does not need a longer one."""
        own_s = {
            Workload.CONCURRENCY: self.concurrency_window_s,
            Workload.LATENCY: self.latency_window_s,
            Workload.IDLE: self.idle_window_s,
            Workload.LIMIT: self.limit_window_s,
            Workload.WAITING: self.waiting_window_s,
            Workload.FEED: self.feed_window_s,
            Workload.CHAT: self.chat_window_s,
        }
        return own_s.get(workload) or self.capacity_window_s

    def windows_of(self, cell: Cell) -> int:
        """Counted windows of the cell in one round."""
        if cell.workload is Workload.CONCURRENCY and cell.connections in self.drawn_once:
            return 1
        if cell.rate in {RateRule.HALF, RateRule.HIGH} and self.own_rate_windows is not None:
            return self.own_rate_windows
        return self.windows(cell.workload)

    def windows(self, workload: Workload) -> int:
        """Counted windows of each cell of this workload in one round, but for what `windows_of` sets apart."""
        return {
            Workload.CAPACITY: self.capacity_windows,
            Workload.LATENCY: self.latency_windows,
            Workload.CONCURRENCY: self.concurrency_windows,
            Workload.ROUTES: self.setup_windows,
            Workload.WORKERS: self.setup_windows,
            Workload.IDLE: self.idle_windows,
            Workload.LIMIT: self.limit_windows,
            Workload.WAITING: self.waiting_windows,
            Workload.FEED: 1,
            Workload.CHAT: 1,
            Workload.FOOTPRINT: 0,
        }[workload]


class SequentialTest(Contract):
    """When a run of two revisions is looked at, and what it is to find: decided before its first round."""

    looks: tuple[int, ...] = Field(min_length=1)
    """After so many complete rounds; the last is after all of them."""
    alpha: float = Field(default=0.05, gt=0, lt=1)
    """The chance that any app is said to be slower or faster, at any look, where none is."""
    detect: float = Field(default=0.03, gt=0, lt=1)
    """As soon as a slow-down of so much (of CPU time per request, relative) is excluded, an app is done with."""


class Sides(Contract):
    """What tells the two sides of a run apart that measures each of its apps twice (`bench ab`), as it was asked for.

    From this the sides are made again where a run that was cut off goes on.
    """

    commit: Outside | None = None
    """A is each app as of this commit, branch or tag; B as it is in the tree."""
    requirements: tuple[Outside, ...] = ()
    """B has these requirements, A what the app's lock has; of two that are of one distribution, A has the first."""
    pythons: tuple[Outside, ...] = ()
    """The interpreters of A and B; of B, where it is one, and A has the harness's own."""
    variables: tuple[Outside, ...] = ()
    """`NAME=VALUE`, of B; of A and B, where there are two of a name."""
    variants: tuple[Outside, ...] = ()
    """The variants that A and B are."""


class NotAvailable(Contract):
    """What was asked for with `--python` and could not be had: an interpreter, or an app on one."""

    python: Outside
    """The interpreter, as it was asked for."""
    app: AppName | None = None
    """None where there is no such interpreter; else the app's usual name."""
    variant: Name | None = None
    """None where the app can't be deployed on it at all."""
    why: Outside
    remedy: Outside = Field(default="", exclude=True)
    """What would have it be available, for whoever asked for it; not recorded."""

    @property
    def what(self) -> str:
        """As a reader is told of it: `flask/granian on Python 3.14`, `Python 3.15`."""
        named = f"{self.app}/{self.variant}" if self.variant else self.app
        return f"{named} on {python_words(self.python)}" if named else python_words(self.python)


def python_words(given: str) -> str:
    """An interpreter that was asked for, as a reader is told of it: `Python 3.15`, `/opt/python/bin/python3`."""
    return f"Python {given}" if given[:1].isdigit() else given


class Plan(Contract):
    """Everything that is decided before the first server starts."""

    profile: ProfileName
    seed: int
    timing: Timing
    subjects: tuple[Subject, ...]
    """In catalog order; the order of start and of windows is drawn anew in each round from `seed`."""
    cells: tuple[Cell, ...]
    cpus: CpuLayout
    looks: int = Field(default=1, ge=1)
    """How often the run may look whether it can end already; the level of its verdicts is divided by that."""
    sequential: SequentialTest | None = None
    """Of a run of two revisions that may end as soon as they are told apart; None in all others, and in those from
    before there was one."""
    sides: Sides | None = None
    """What its two revisions are; None in all others, and in those from before it was recorded."""
    pythons: tuple[Outside, ...] = ()
    """The interpreters that each app is measured on, as they were asked for, without those that there were none of;
    the apps on the first have their usual names. Empty where all are on the harness's own, or on its usual image."""
    limit_s: float | None = None
    """No round begins that would have the run last longer, once it has enough (`harness.plan.pace`); None where all
    rounds are measured however long that takes, as in runs from before there was a limit."""
    estimated_s: float
    """The announced time for the whole run, from the description of the host to the written report: of the rounds
    that fit into its limit."""
    pace: Pace = Pace()
    """Of the host that it is announced for."""

    @property
    def has_revisions(self) -> bool:
        """Whether two revisions of an app are measured side by side, and not one on several interpreters."""
        return not self.pythons and any(REVISION_SIGN in subject.app for subject in self.subjects)

    @property
    def looks_to_end(self) -> bool:
        """Whether it may end by what was measured; else by the clock alone."""
        return self.sequential is not None or self.looks > 1

    @property
    def measured_by(self) -> str:
        """The command that makes such runs."""
        return "bench ab" if self.has_revisions else "bench run"


class WindowOrder(Contract):
    """The windows of one round in the order in which they are measured: indices into `Plan.cells`."""

    round_index: int
    loaded: tuple[int, ...]
    """All workloads that ask for as much as a server answers, and `latency`, `idle` and `limit` among them."""
    waiting: tuple[int, ...] = ()
    crowds: tuple[int, ...] = ()
    """Feeds and chats, one subject after the other, each with ever more subscribers and members."""
