"""What the windows of the workloads `feed` and `chat` show: how many were held, and what became of all due to them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from math import inf
from operator import attrgetter
from statistics import median
from typing import Final

from harness.analysis.counts import LESS_THAN_ONE, counts_side_by_side, estimate_over_rounds, most_by_round, most_of
from harness.analysis.gates import MAX_GENERATOR_CPU_SHARE, MIN_USED_SHARE, at_most
from harness.analysis.outages import lasted, outages_of, reason_of, started
from harness.analysis.per_round import ByRound
from harness.analysis.windows import CellWindows
from harness.histogram import Histogram
from harness.model.cell import CROWD_ENDPOINTS, Cell, Kind, Subject, Workload
from harness.model.claim import Metric
from harness.model.crowds.chat import SMALL_ROOM, ChatFaults, ChatReport
from harness.model.crowds.crowd import CrowdReport
from harness.model.crowds.feed import FeedReport
from harness.model.findings import Comparison, CrowdFinding, Estimate, Spread
from harness.model.run import Start, Window, WindowKind
from harness.model.validity import Gate, GateName
from harness.results.records import RecordedRun

_QUANTILE: Final = 0.99
_NS_PER_US: Final = 1e3


@dataclass(frozen=True)
class JudgedCrowd:
    """The windows of one number of subscribers or members on one subject, and whether they are worth a number."""

    cell: Cell
    windows: tuple[Window, ...]
    """Those that were taken to the end."""
    lost: tuple[str, ...]
    skipped: tuple[str, ...]
    gates: tuple[Gate, ...]
    known_in: frozenset[int]
    """The rounds in which it was taken, or skipped since fewer were too many."""

    @property
    def reports(self) -> list[CrowdReport]:
        """Of the windows, in the order of rounds."""
        return [window.crowd for window in self.windows if window.crowd]

    @cached_property
    def reasons(self) -> tuple[str, ...]:
        """Why it is invalid."""
        return tuple(reason_of(gate) for gate in self.gates if not gate.held)

    def by_round(self, value: Callable[[CrowdReport], float | None]) -> ByRound:
        """A value of each round's window that has one; 0 where it is none."""
        found = ((window.round_index, value(window.crowd)) for window in self.windows if window.crowd)
        return {index: each for index, each in found if each is not None}

    @property
    def held(self) -> ByRound:
        """How many were held, by round."""
        return self.by_round(lambda report: report.held)

    @property
    def served(self) -> ByRound:
        """Of these, those to whom all that was due came in time, by round."""
        return self.by_round(lambda report: report.served)

    @property
    def delivered_share(self) -> ByRound:
        """Share of all that was due that came in time, by round."""
        return self.by_round(lambda report: report.delivered_share)

    @property
    def lag_p99_us(self) -> ByRound:
        """p99 of the lag of all that came, by round; what never came has none."""
        lags = ((window.round_index, Histogram.decode(window.crowd.lag)) for window in self.windows if window.crowd)
        return {index: max(1, lag.value_at(_QUANTILE)) / _NS_PER_US for index, lag in lags if lag.total}


def judge_crowds(recorded: RecordedRun, workload: Workload) -> list[JudgedCrowd]:
    """All planned feeds or chats in the order of the plan, each with its gates."""
    cells = [cell for cell in recorded.run.plan.cells if cell.workload is workload]
    by_cell: dict[str, list[Window]] = {cell.key: [] for cell in cells}
    for window in recorded.windows:
        if window.kind is WindowKind.MEASURED and window.cell in by_cell:
            by_cell[window.cell].append(window)
    outages, rounds = outages_of(recorded), recorded.run.plan.timing.rounds
    return [_judged(cell, by_cell[cell.key], recorded.starts, lasted(cell, outages, rounds)) for cell in cells]


def _judged(cell: Cell, windows: Sequence[Window], starts: Sequence[Start], lasted: Gate) -> JudgedCrowd:
    taken = tuple(window for window in windows if window.crowd is not None)
    lost = tuple(window.lost or "not measured" for window in windows if window.crowd is None and not window.skipped)
    skipped = tuple(window.skipped for window in windows if window.skipped)
    known_in = frozenset(window.round_index for window in windows if window.crowd is not None or window.skipped)
    gates = [started([start for start in starts if start.subject == cell.subject]), lasted]
    if taken or lost or not skipped:
        gates.append(_enough_data(CellWindows(cell, lost=lost), len(taken), len(skipped)))
    if taken:
        gates += _gates_of([window.crowd for window in taken if window.crowd])
    return JudgedCrowd(cell, taken, lost, skipped, tuple(gates), known_in)


def _gates_of(reports: Sequence[CrowdReport]) -> list[Gate]:
    duration_ns = sum(report.duration_ns for report in reports)
    cpu = sum(report.generator_cpu_ns for report in reports) / duration_ns
    delay = sum(report.generator_run_delay_ns for report in reports) / duration_ns
    wrong = [(count, what) for count, what in _wrong(reports) if count]
    told = ", ".join(f"{count:,} {what}" for count, what in wrong) or "all that came was right, and in its order"
    example = next((report.first_failure for report in reports if _unfit(report)), None)
    return [
        Gate(
            name=GateName.VERIFIED,
            held=not wrong,
            value=sum(count for count, _ in wrong),
            limit=0,
            explanation=told + (f" ({example})" if example else ""),
        ),
        at_most(GateName.GENERATOR_CPU, cpu, MAX_GENERATOR_CPU_SHARE, f"the generator used {cpu:.1%} of a CPU"),
        # An event counts where it comes within a second: short waits change nothing, as long as there is time to spare.
        at_most(
            GateName.GENERATOR_DELAY,
            cpu + delay,
            MAX_GENERATOR_CPU_SHARE,
            f"the generator used a CPU or waited for it {cpu + delay:.1%} of the time",
        ),
    ]


def _wrong(reports: Sequence[CrowdReport]) -> Iterator[tuple[int, str]]:
    """How often what came was wrong, however punctual it was, and in which way."""
    chats = [report for report in reports if isinstance(report, ChatReport)]
    feeds = [report for report in reports if isinstance(report, FeedReport)]
    if chats:
        faults = faults_of(chats)
        yield sum(report.disordered for report in chats), "messages out of order"
        yield faults.lost, "messages lost"
        yield faults.twice, "messages that came twice"
        yield faults.wrong_room, "messages in a room that they were not said in"
        yield faults.changed, "messages that nobody had said"
    yield sum(report.disordered for report in feeds), "events whose number was not the next one"
    yield sum(report.unreadable or 0 for report in feeds), "events that were none of the contract's"


def _unfit(report: CrowdReport) -> bool:
    """Whether something came that the contract does not know, of which the first failure may be an example."""
    match report:
        case FeedReport():
            return bool(report.unreadable)
        case ChatReport():
            return report.changed > 0
    return False


def faults_of(chats: Sequence[ChatReport]) -> ChatFaults:
    """All that was wrong in these chats together."""
    return ChatFaults(**{name: sum(getattr(chat, name) for chat in chats) for name in ChatFaults.model_fields})


def _enough_data(missing: CellWindows, taken: int, skipped: int) -> Gate:
    """Whether half of the windows came. One that was skipped is not lost: that fewer were too many tells as much."""
    lost, known = len(missing.lost), taken + skipped
    share = known / (known + lost) if known else 0.0
    held = known > 0 and share >= MIN_USED_SHARE
    told = f"{taken} of {known + lost} {'windows came' if held else 'came'}"
    told += f", {skipped} not tried since fewer were too many" if skipped else ""
    if not known:
        told = f"no window: {missing.lost[0] if lost else 'none was measured'}"
    elif not held:
        told = f"at least half of the windows are needed, and {told}"
    if known and lost:
        told += f"; {lost} lost ({missing.why_lost})"
    return Gate(name=GateName.ENOUGH_DATA, held=held, value=share, limit=MIN_USED_SHARE, explanation=told)


def crowd_finding(judged: JudgedCrowd) -> CrowdFinding:
    """All that is known of one number of subscribers or members."""
    reports = judged.reports
    chats = [report for report in reports if isinstance(report, ChatReport)]
    feeds = [report for report in reports if isinstance(report, FeedReport)]
    valid = not judged.reasons and bool(reports)
    lag = Histogram()
    for report in reports:
        lag.add(Histogram.decode(report.lag))

    def total(count: Callable[[CrowdReport], int]) -> int:
        return sum(map(count, reports))

    def shown(values: ByRound, most: float = inf) -> Estimate | None:
        return estimate_over_rounds(values, most) if valid else None

    return CrowdFinding(
        cell=judged.cell,
        valid=not judged.reasons,
        reasons=judged.reasons,
        gates=judged.gates,
        skipped=judged.skipped[0] if judged.skipped and not reports else None,
        rounds=len(reports),
        held=shown(judged.held, judged.cell.connections),
        served=shown(judged.served, judged.cell.connections),
        delivered_share=shown(judged.delivered_share, 1.0),
        lag_p50_us=lag.value_at(0.5) / _NS_PER_US if lag.total and valid else None,
        lag_p99_us=_spread(judged.lag_p99_us) if valid else None,
        lag_max_us=lag.value_at(1.0) / _NS_PER_US if lag.total and valid else None,
        memory_bytes_per_subscriber=shown(_memory(judged)),
        server_cpu_us_per_event=shown(_cpu_us_per_event(judged)),
        opening_s=median(report.opening_ns for report in reports) / 1e9 if reports else None,
        asked=total(lambda report: report.asked),
        dropped=total(lambda report: report.dropped),
        late_comers=total(lambda report: report.late_comers),
        unanswered=total(lambda report: report.unanswered),
        refused=total(lambda report: report.refused),
        untried=total(lambda report: report.untried),
        due=total(lambda report: report.due),
        delivered=total(lambda report: report.delivered),
        late=total(lambda report: report.late),
        missing=total(lambda report: report.missing),
        disordered=total(lambda report: report.disordered),
        unreadable=None
        if not feeds or any(report.unreadable is None for report in feeds)
        else sum(report.unreadable or 0 for report in feeds),
        chat=faults_of(chats) if chats else None,
        first_failure=next((report.first_failure for report in reports if report.first_failure), None),
    )


def _spread(values: ByRound) -> Spread | None:
    found = list(values.values())
    return Spread(value=median(found), low=min(found), high=max(found)) if found else None


def largest(judged: Sequence[JudgedCrowd], count: Callable[[JudgedCrowd], ByRound]) -> ByRound:
    """By round, the largest count, of those held or served, of all numbers that were tried on one subject.

    A round that lost one of them has none: how many it would have come to there is not known.
    """
    most = most_by_round([count(each) for each in judged])
    return {index: value for index, value in most.items() if all(index in each.known_in for each in judged)}


def metric_by_round(ladder: Sequence[JudgedCrowd], metric: Metric, number: int | None) -> ByRound:
    """A metric of one subject in each round that shows it.

    Its `ladder` is all that was tried, up to a `number` if one is meant. Where that was not tried since fewer were too
    many, those few count.
    """
    top, count = ladder[-1], attrgetter("served" if metric is Metric.SERVED else "held")
    if metric is Metric.LAG_P99:
        return top.lag_p99_us
    most = largest(ladder, count)
    if metric is Metric.DELIVERED:
        # Those that fewer were held of can't have had more than their share of the events.
        return {**{index: held / top.cell.connections for index, held in most.items()}, **top.delivered_share}
    return most if number is None else {**most, **count(top)}


def crowd_comparisons(judged: Sequence[JudgedCrowd], workload: Workload) -> tuple[Comparison, ...]:
    """All pairs of subjects by the most that each round held, or served, as claims hold them against each other.

    Without those of whom no round had any: what stands for none in a ratio must not be shown.
    """
    served = workload is Workload.CHAT
    count, metric = attrgetter("served" if served else "held"), Metric.SERVED if served else Metric.HELD
    ladders: dict[Subject, list[JudgedCrowd]] = {}
    for each in judged:
        if each.cell.subject.is_original and each.cell.room in {None, SMALL_ROOM}:
            ladders.setdefault(each.cell.subject, []).append(each)
    most = {of: largest(ladder, count) for of, ladder in ladders.items() if not any(each.reasons for each in ladder)}
    some = {subject: counts for subject, counts in most.items() if any(counts.values())}
    kind = Kind(endpoint=CROWD_ENDPOINTS[workload], workload=workload, rate=None, connections=1)
    tried = max((each.cell.connections for each in judged), default=0)
    return tuple(
        comparison
        for a, b in combinations(some, 2)
        for comparison in counts_side_by_side(
            kind, {a: some[a], b: some[b]}, metric, LESS_THAN_ONE, most_of(metric, tried)
        ).comparisons()
    )


def _memory(judged: JudgedCrowd) -> ByRound:
    found: dict[int, float] = {}
    for window in judged.windows:
        memory = window.feed_memory
        if window.crowd is None or memory is None or memory.before_bytes is None or memory.held_bytes is None:
            continue
        grown = memory.held_bytes - memory.before_bytes
        if window.crowd.held and grown > 0:
            found[window.round_index] = grown / window.crowd.held
    return found


def _cpu_us_per_event(judged: JudgedCrowd) -> ByRound:
    found: dict[int, float] = {}
    for window in judged.windows:
        if window.crowd is None or window.meter is None or not window.crowd.delivered:
            continue
        if not window.meter.server_cpu_ns:
            continue  # What delivers events takes time for it: this was not read, whatever the meter says.
        events = window.crowd.delivered * window.meter.elapsed_ns / window.crowd.duration_ns
        found[window.round_index] = window.meter.server_cpu_ns / events / _NS_PER_US
    return found
