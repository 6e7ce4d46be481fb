"""Every figure of a run, one line a quantity: what an app's card shows, and what two are compared by."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from harness.model.cell import RateRule, Workload
from harness.model.claim import Metric
from harness.model.findings import Findings
from harness.model.naming import RATE_WORDS
from harness.model.run import Run, Start
from harness.report.numbers import NOTHING, Reading
from harness.report.view.capacity import CapacityView, capacity_view
from harness.report.view.cast import Cast, SubjectLabel
from harness.report.view.cpu_per_request import CpuView, cpu_view
from harness.report.view.crowds import CHATS, FEEDS, CrowdRow, CrowdsView, crowds_view, tried_words
from harness.report.view.footprint import FootprintRow, FootprintView, footprint_view
from harness.report.view.growth import GrowthView, growth_view
from harness.report.view.idle import IdleView, idle_view
from harness.report.view.latency import LatencyGroup, LatencyView, latency_view
from harness.report.view.limit import LimitView, limit_view
from harness.report.view.overhead import OverheadView, overhead_view
from harness.report.view.ranking import RankingTable
from harness.report.view.ratios import RatioBook, crowd_ratios_name, start_ratios_name
from harness.report.view.scaling import ScalingView, scaling_view
from harness.report.view.terms import INVALID, Lack
from harness.report.view.waiting import WaitingView, waiting_view


@dataclass(frozen=True, slots=True)
class Known:
    """One quantity of one subject."""

    value: Reading | None
    rank: str = ""
    """Empty where the quantity is not ranked, or the subject takes no rank."""
    lack: Lack | None = None
    """Why there is no value."""
    comparable: bool = True
    """False where too little stands behind it to hold it against another."""
    tied: bool | None = None
    """Whether it is not told apart from the best; None where only the intervals can tell."""
    counted_from: str = ""
    """Key of the baseline that it is counted from; empty of what is counted from zero."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One quantity, of every subject that it was measured of."""

    what: str
    unit: str
    better: Literal["more", "less"]
    anchor: str
    """The section or table with more of it."""
    of: dict[str, Known]
    """By the subject's key."""
    ratios: str = ""
    """What its ratios are called in the book of ratios; empty where none were formed."""
    chief_of: Workload | None = None
    """The workload that it sums up where no ranking does; None of all other figures."""


@dataclass(frozen=True, slots=True)
class Measured:
    """The sections that hold the figures."""

    capacity: CapacityView
    latency: LatencyView
    cpu: CpuView
    idle: IdleView
    limit: LimitView
    overhead: OverheadView
    waiting: WaitingView
    feeds: CrowdsView
    chats: CrowdsView
    growth: GrowthView
    scaling: ScalingView
    footprint: FootprintView


def measured_of(run: Run, findings: Findings, starts: Sequence[Start], book: RatioBook, cast: Cast) -> Measured:
    """The sections with figures of a run."""
    return Measured(
        capacity=capacity_view(findings, cast),
        latency=latency_view(findings, cast),
        cpu=cpu_view(findings, book, cast),
        idle=idle_view(findings, cast),
        limit=limit_view(findings, cast),
        overhead=overhead_view(findings, cast),
        waiting=waiting_view(findings, cast),
        feeds=crowds_view(findings.feeds, FEEDS, cast, tried_words(run, findings, FEEDS)),
        chats=crowds_view(findings.chats, CHATS, cast, tried_words(run, findings, CHATS)),
        growth=growth_view(findings, cast),
        scaling=scaling_view(findings, cast),
        footprint=footprint_view(run, findings, starts, cast),
    )


def facts(measured: Measured) -> tuple[Fact, ...]:
    """All quantities that were measured of anything, in the order of the report."""
    made = (
        *_capacities(measured.capacity),
        *(
            fact
            for group in measured.latency.groups
            if group.rate == RATE_WORDS[RateRule.COMMON]
            for fact in _latencies(group)
        ),
        *_limits(measured.limit),
        *_waits(measured.waiting),
        *_most(measured.feeds, Workload.FEED, "Memory of a subscriber", lambda row: row.held),
        *_most(measured.chats, Workload.CHAT, "Memory of a member", lambda row: row.served),
        *_with_most_connections(measured.scaling),
        *_kept(measured.growth),
        *_costs(measured.cpu),
        *_idle(measured.idle),
        *_overheads(measured.overhead),
        *_sizes(measured.footprint),
    )
    return tuple(fact for fact in made if any(known.value or known.lack for known in fact.of.values()))


def _by_key(rows: Iterable[tuple[SubjectLabel, Known]]) -> dict[str, Known]:
    return {label.key: known for label, known in rows}


def _ranked(table: RankingTable) -> dict[str, Known]:
    return _by_key(
        (row.label, Known(row.value, row.rank if row.rank != NOTHING else "", row.lack)) for row in table.rows
    )


def _capacities(view: CapacityView) -> Iterator[Fact]:
    for each in view.endpoints:
        name = f"capacity-{each.endpoint}"
        yield Fact(f"Capacity on {each.endpoint}", "requests/s", "more", f"{name}-heading", _ranked(each.table), name)


def _latencies(group: LatencyGroup) -> Iterator[Fact]:
    for table, ratios in zip(group.rankings, group.ratios, strict=True):
        what = table.plot.axis.label.partition(",")[0] if table.plot else "latency"
        yield Fact(
            f"{what[0].upper()}{what[1:]} on {group.endpoint}, at {group.offered or 'the common rate'}",
            "ms",
            "less",
            f"{group.slug}-heading",
            _ranked(table),
            ratios,
        )


def _limits(view: LimitView) -> Iterator[Fact]:
    for each in view.limits:
        rows = (
            (row.label, Known(row.rate, lack=row.lack, tied=row.ratio is None or row.ratio.tied)) for row in each.rows
        )
        what = f"Highest rate on {each.endpoint} with a p99 under {each.limit_ms} ms"
        anchor = f"{each.slug}-heading"
        yield Fact(what, "requests/s", "more", anchor, _by_key(rows), chief_of=Workload.LIMIT)


def _waits(view: WaitingView) -> Iterator[Fact]:
    for place, number in enumerate(view.connections):
        cells = [(row.label, row.cells[place]) for row in view.rows]
        known = ((label, Known(cell.in_flight, lack=cell.lack)) for label, cell in cells if cell)
        chief = Workload.WAITING if number == max(view.connections) else None
        yield Fact(f"Requests in flight of {number:,} that wait", "", "more", "waiting", _by_key(known), chief_of=chief)


def _most(
    view: CrowdsView, chief_of: Workload, memory: str, count: Callable[[CrowdRow], Reading | None]
) -> Iterator[Fact]:
    most = [row for row in view.rows if row.most]
    known = ((row.label, Known(count(row), lack=row.lack)) for row in most)
    ratios = crowd_ratios_name(chief_of)
    yield Fact(view.words.title, "", "more", view.words.name, _by_key(known), ratios, chief_of=chief_of)
    known = ((row.label, Known(row.memory_kib, lack=row.lack)) for row in most)
    yield Fact(memory, "KiB", "less", view.words.name, _by_key(known))


_SEE_VALIDITY: Final = "see gates and invalid cells"


def _told(lacking: Lack) -> Lack:
    """With where it is told why, where that is another place."""
    return replace(lacking, why=_SEE_VALIDITY) if lacking.word == INVALID else lacking


def _with_most_connections(view: ScalingView) -> Iterator[Fact]:
    for each in view.endpoints:
        most = each.connections[-1]
        cells = ((row.label, row.cells[-1]) for row in each.rows)
        known = (
            (label, Known(cell.value, lack=None if cell.value else _told(cell.lack))) for label, cell in cells if cell
        )
        what = f"Throughput on {each.endpoint} with {most:,} connections"
        yield Fact(what, "requests/s", "more", "scaling", _by_key(known), chief_of=Workload.CONCURRENCY)


def _kept(view: GrowthView) -> Iterator[Fact]:
    for table in view.tables:
        for grown in dict.fromkeys(row.grown for row in table.rows):
            rows = ((row.label, Known(row.kept_percent, lack=row.lack)) for row in table.rows if row.grown == grown)
            yield Fact(
                f"Throughput kept with {grown}",
                "%",
                "more",
                f"growth-{table.name}-heading",
                _by_key(rows),
                chief_of=Workload(table.name),
            )


def _costs(view: CpuView) -> Iterator[Fact]:
    for each in view.endpoints:
        rows = ((row.label, Known(None if row.lack else row.server, lack=row.lack)) for row in each.rows)
        yield Fact(
            f"Server CPU per request on {each.endpoint}",
            "µs",
            "less",
            f"cpu-{each.endpoint}-heading",
            _by_key(rows),
            each.ratios,
        )


def _idle(view: IdleView) -> Iterator[Fact]:
    for each in view.endpoints:
        rows = ((row.label, Known(row.server_ms_per_s, lack=row.lack)) for row in each.rows)
        what = f"Server CPU in a second on {each.endpoint}, at {view.rate_rps} requests/s"
        yield Fact(what, "ms", "less", f"idle-{each.endpoint}-heading", _by_key(rows), chief_of=Workload.IDLE)


def _overheads(view: OverheadView) -> Iterator[Fact]:
    for each in view.endpoints:
        rows = ((row.label, Known(row.added, counted_from=row.baseline.key)) for row in each.rows)
        yield Fact(
            f"CPU added to the baseline on {each.endpoint}",
            "µs",
            "less",
            f"overhead-{each.endpoint}-heading",
            _by_key(rows),
        )


_SIZES: Final[tuple[tuple[str, str, Metric | None, Callable[[FootprintRow], Reading | None]], ...]] = (
    ("Start-up", "s", Metric.START, lambda row: row.start_s),
    ("Import", "s", Metric.IMPORT, lambda row: row.import_s),
    ("Idle memory", "MiB", Metric.MEMORY_IDLE, lambda row: row.idle_mib),
    ("Memory after load", "MiB", Metric.MEMORY_LOADED, lambda row: row.loaded_mib),
    ("Framework installed", "MiB", None, lambda row: _counted(row.installed_mib)),
    ("Framework dependencies", "", None, lambda row: _counted(row.dependencies)),
)
"""What, unit, by which metric starts are held against each other (None: it was counted, and has no interval), value."""


FOOTPRINT: Final = "footprint"
"""The section on memory and start-up."""
_FEWEST_STARTS: Final = 4
"""The intervals of starts are their ranges, by which they are told apart where no footprint was asked for, and so no
ratio was formed. Those of two alike lie apart by chance in 2 of C(8, 4) = 70 cases with four starts of each, and more
often with fewer."""


def _sizes(view: FootprintView) -> Iterator[Fact]:
    for what, unit, metric, value in _SIZES:
        known = (
            (row.label, Known(value(row), comparable=metric is None or row.starts >= _FEWEST_STARTS))
            for row in view.rows
        )
        chief = Workload.FOOTPRINT if view.asked and metric is Metric.MEMORY_IDLE else None
        ratios = start_ratios_name(metric.value) if metric else ""
        yield Fact(what, unit, "less", FOOTPRINT, _by_key(known), ratios, chief_of=chief)


def _counted(words: str) -> Reading | None:
    """What was counted and has no interval; None where nothing is known."""
    return Reading(words, words, words, is_counted=True) if words else None
