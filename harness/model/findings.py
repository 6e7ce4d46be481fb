"""What the analysis found in a run: estimates with intervals, ranks, ratios. The report shows these."""

from typing import Self

from pydantic import Field

from harness.model.app import Endpoint
from harness.model.base import Contract
from harness.model.cell import Cell, RateRule, Subject, Workload
from harness.model.conformance import ContractFinding
from harness.model.crowds.chat import ChatFaults
from harness.model.host_speed import HostDependence, HostSpeed
from harness.model.latency_figure import Latency, LatencyFigure, QuantilePoint
from harness.model.validity import Bound, Gate

CONFIDENCE = 0.95
"""Level of every interval that is shown."""

TIE_MARGIN = 0.03
"""Relative difference below which nobody should choose one app over another. Fixed: how well a run knows a difference
is in its interval, and nowhere else."""


class Estimate(Contract):
    """A number and the interval that it lies in with 95 % confidence. There is no number without one."""

    value: float
    low: float
    high: float
    log_standard_error: float | None = None
    """Standard error of the value's logarithm; None for differences, which have none."""
    degrees_of_freedom: float | None = None
    """Of Student's t that the interval was made with; with the standard error, it gives any other level."""

    @property
    def half_width(self) -> float:
        """Half of the interval's length, relative to the value."""
        return (self.high - self.low) / 2 / self.value if self.value else float("inf")

    def up_to(self, most: float) -> Self:
        """The same with an interval that ends at what can't be exceeded: that takes nothing from its confidence."""
        return self.model_copy(update={"low": min(self.low, most), "high": min(self.high, most)})


class Spread(Contract):
    """What a few rounds gave: their median, and the lowest and highest of them.

    For what scatters by times its own size: an interval of two or three rounds would reach from nothing to anything.
    """

    value: float
    low: float
    high: float


class Percentile(Contract):
    """A quantile of latency, with an interval over rounds."""

    quantile: float = Field(gt=0, le=1)
    us: Estimate


class CellFinding(Contract):
    """All that is known of one cell. Figures are None, never 0, where they could not be had."""

    cell: Cell
    valid: bool
    reasons: tuple[str, ...] = ()
    """Why it is invalid; the gates' explanations, or what was lost."""
    unmeasured: str | None = None
    """`to come`, or `not reached`: not valid then, and no gate has judged it."""
    gates: tuple[Gate, ...]
    rounds: int  # With at least one usable window.
    windows: int  # Used.
    windows_lost: int
    requests: int
    """Verified responses in the windows used."""
    reconnects: int | None = None
    """Connections opened anew in these; None where each request has its own."""
    failures: dict[str, int]
    first_failure: str | None
    throughput_rps: Estimate | None
    """Capacities without what the host's changing speed did to them; see `HostSpeed`."""
    throughput_as_counted_rps: Estimate | None = None
    """The same without regard to the host's speed; None for latency cells, where the rate is given."""
    in_flight: Estimate | None = None
    """Only for `waiting`: requests that were waiting at a time, throughput times the time that one asks to wait."""
    server_cpu_us_per_request: Estimate | None
    database_cpu_us_per_request: Estimate | None
    server_cpu_us_per_s: Estimate | None = None
    database_cpu_us_per_s: Estimate | None = None  # Both only for `idle`.
    limit_rps: Estimate | None = None
    limit_to_highest: Estimate | None = None  # Both only for `limit`, as met: the rate, and its ratio to the highest.
    server_cpu_share: float | None
    """CPU time of the server over wall time, in CPUs: 1.0 is one CPU fully used."""
    generator_cpu_share: float | None
    generator_wait_share: float | None = None
    """Of the time, for which the generator waited for its CPU; where it has several processes, the one that waited
    longest. None without windows."""
    bound: Bound
    offered_rps: float | None
    """Only for cells of `latency` and `idle`."""
    percentiles: tuple[Percentile, ...] = ()
    """p50, p90, p99 and p99.9 of latency as met, in microseconds; without those that too few requests show."""
    percentiles_of_server: tuple[Percentile, ...] = ()
    """p50, p90 and p99 of latency of the server."""
    clear_share: float | None = None
    """Only for latency cells: of the requests, how many arrived clear of the host's stalls; None where these were not
    watched, or could not be taken out."""
    of_server_unknown: str | None = None
    """Only for latency cells: why there are no latencies of the server, where there are none."""
    latency_max_us: float | None = None
    """The slowest request that was seen. It has no interval: it is an observation and estimates nothing."""
    curve: tuple[QuantilePoint, ...] = ()
    """For the percentile plot on a logarithmic axis."""
    service_time_p99_us: float | None = None
    schedule_lag_p99_us: float | None = None


class CrowdFinding(Contract):
    """All that is known of one number of subscribers of a feed, or of members of a chat, on one subject.

    Sums are over all windows, in all rounds. Events are those of a feed, or the messages of a chat at each member.
    """

    cell: Cell
    valid: bool
    reasons: tuple[str, ...] = ()
    unmeasured: str | None = None
    gates: tuple[Gate, ...]
    skipped: str | None = None
    """Why it was not tried, where it was not in any round: a smaller number had been too many."""
    rounds: int
    held: Estimate | None
    """Those who were in before the counted stretch and still connected at its end."""
    served: Estimate | None
    """Of these, the ones that had every event within the limit."""
    delivered_share: Estimate | None
    """Of the events due to all who were asked for, those that came within the limit."""
    lag_p50_us: float | None
    lag_p99_us: Spread | None
    lag_max_us: float | None
    memory_bytes_per_subscriber: Estimate | None
    """What the server grew by, over those held."""
    server_cpu_us_per_event: Estimate | None
    opening_s: float | None
    """Median."""
    asked: int
    dropped: int
    late_comers: int
    unanswered: int
    refused: int
    untried: int
    due: int
    delivered: int
    late: int
    missing: int
    disordered: int
    unreadable: int | None = None
    """Events of a feed that were none of the contract's; None in runs that did not count them."""
    chat: ChatFaults | None = None
    """Of a chat."""
    first_failure: str | None


class FootprintFinding(Contract):
    """What one subject takes by being there."""

    cell: Cell
    valid: bool
    reasons: tuple[str, ...] = ()
    unmeasured: str | None = None
    gates: tuple[Gate, ...]
    rounds: int
    start_s: Estimate | None
    """From the start of the server's process to its first right answer."""
    import_s: Estimate | None
    """To import what the app imports of its framework, in a fresh interpreter."""
    memory_idle_bytes: Estimate | None
    memory_loaded_bytes: Estimate | None
    installed_bytes: int | None
    """Of the framework and all that it requires, without server and database driver."""
    dependencies: tuple[str, ...] | None
    """The distributions that the framework requires, without itself."""
    image_bytes: int | None
    """Of the whole container image; None for local processes."""


type AnyFinding = CellFinding | CrowdFinding | FootprintFinding


class Change(Contract):
    """What is kept of a subject's throughput when something has grown; formed within rounds."""

    subject: Subject
    """The special one, such as that with many routes; its `original` is what it is compared with."""
    workload: Workload
    kept: Estimate
    """For `workers` of as many times the throughput as there are times the processes."""


class RankRow(Contract):
    """One subject's place. Equal ranks are ties: the data can't tell them apart."""

    rank: int = Field(ge=1)
    tied: bool
    subject: Subject
    value: Estimate
    """In the ranking's unit."""
    ratio_to_best: Estimate
    """Formed within rounds, so that what hit a whole round cancels."""


class Unranked(Contract):
    """A value that competes with no other."""

    subject: Subject
    value: Estimate


class Ranking(Contract):
    """An order of all valid subjects of the same kind that keep the contract.

    Baselines and layers stand outside it, where others are in.
    """

    endpoint: Endpoint
    workload: Workload
    rate: RateRule | None
    figure: LatencyFigure | None = None
    """By what latencies are ranked; None for capacities."""
    unit: str
    """`requests/s` (higher is better), or microseconds of the figure (lower is better)."""
    higher_is_better: bool
    tie_margin: float = TIE_MARGIN
    rows: tuple[RankRow, ...]
    apart: tuple[Unranked, ...] = ()
    """Who breaks the contract: what was measured of them is something else."""
    invalid: tuple[Subject, ...]


class Comparison(Contract):
    """A ratio of two subjects, of throughputs or CPU times for `capacity`, or of a figure of latency or of starts."""

    a: Subject
    b: Subject
    endpoint: Endpoint
    workload: Workload
    rate: RateRule | None
    figure: LatencyFigure | None = None
    ratio: Estimate
    """Value of `a` over value of `b`."""
    tied: bool


class Overhead(Contract):
    """CPU time per request that a framework adds to the baseline on the same server."""

    subject: Subject
    baseline: Subject
    endpoint: Endpoint
    added_us: Estimate
    times_baseline: Estimate
    """Added over the baseline's own cost: 1.0 doubles it."""


class SanityCheck(Contract):
    """Something that must be so if the numbers are true."""

    statement: str
    held: bool
    detail: str


class CopiesTest(Contract):
    """The A/A pair: two copies of one app in the same run, which nothing sets apart but chance. It tests the run."""

    subject: Subject | None
    """None without an A/A pair."""
    pairs: tuple[Comparison, ...] = ()
    """Here `tied` says that the interval contains 1; False is a difference that was found and can't be."""
    outside: int = 0
    """How many intervals don't."""
    allowed: int = 0
    """How many of them may do so by chance."""
    distrust: str | None = None
    """Why the run can't be trusted, naming the pairs; None where copies came out no farther apart than chance allows,
    or where there are none."""


class Findings(Contract):
    """The whole analysis of one run."""

    run_id: str
    contracts: tuple[ContractFinding, ...] = ()
    """Of all that was checked before it was measured."""
    cells: tuple[CellFinding, ...]
    """Of the workloads that are loaded by requests."""
    changes: tuple[Change, ...] = ()
    feeds: tuple[CrowdFinding, ...] = ()
    chats: tuple[CrowdFinding, ...] = ()
    footprints: tuple[FootprintFinding, ...] = ()
    rankings: tuple[Ranking, ...]
    comparisons: tuple[Comparison, ...]
    cpu_comparisons: tuple[Comparison, ...] = ()
    start_comparisons: dict[str, tuple[Comparison, ...]] = Field(default_factory=dict)
    """By metric, such as `memory_idle_bytes`; none where no footprint was asked for."""
    crowd_comparisons: dict[Workload, tuple[Comparison, ...]] = Field(default_factory=dict)
    """Of the most that each round held, or served, of feeds and of chats in small rooms."""
    overheads: tuple[Overhead, ...]
    sanity: tuple[SanityCheck, ...]
    copies: CopiesTest
    speed: HostSpeed | None = None
    """None where no window has a reading of the speed."""
    host_dependence: tuple[HostDependence, ...] = ()
    """Of what was read: whether steal and speed depended on who was measured."""
    rounds_complete: int
    rounds_planned: int
    records_repeated: int = 0
    """Lines of the run folder that say the same as another; each was counted once."""
    distrust: str | None = None
    """Why the run can't be trusted: that of its copies, or that it is not whole; None where nothing says so."""
    median_ratio_half_width: float | None
    """Median over the rankings' capacity ratios of the interval's half width, relative."""

    @property
    def all_cells(self) -> tuple[AnyFinding, ...]:
        """All cells of the run, whatever they were loaded by: as many as the plan has, the second copy's among them.

        Whoever counts cells counts these.
        """
        return (*self.cells, *self.feeds, *self.chats, *self.footprints)

    @property
    def broken(self) -> tuple[ContractFinding, ...]:
        """Who breaks the contract, and so takes no rank."""
        return tuple(each for each in self.contracts if each.failed)

    def latency_rankings(self) -> tuple[Ranking, ...]:
        """Those that tell most of the apps: of the server, or as met where that is not known."""
        known = {(each.endpoint, each.rate) for each in self.rankings if _is_of_server(each) and each.rows}
        return tuple(
            each
            for each in self.rankings
            if each.figure is not None and _is_of_server(each) is ((each.endpoint, each.rate) in known)
        )


def _is_of_server(ranking: Ranking) -> bool:
    return ranking.figure is not None and ranking.figure.latency is Latency.OF_SERVER
