"""What the windows of the workload `feed` show: how many subscribers were held, and what became of each event."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median
from typing import Final

from harness.analysis.counts import estimate_over_rounds, most_by_round
from harness.analysis.gates import (
    MAX_GENERATOR_CPU_SHARE,
    at_most,
    started,
)
from harness.analysis.outages import lasted, outages_of, reason_of
from harness.analysis.per_round import ByRound
from harness.histogram import Histogram
from harness.model.cell import Cell, Workload
from harness.model.crowds.feed import FeedReport
from harness.model.findings import Estimate, FeedFinding, Gate, GateName
from harness.model.run import Start, Window, WindowKind
from harness.results.records import RecordedRun

_QUANTILE: Final = 0.99
_NS_PER_US: Final = 1e3


@dataclass(frozen=True)
class JudgedFeed:
    """The windows of one number of subscribers on one subject, and whether they are worth a number."""

    cell: Cell
    windows: tuple[Window, ...]
    """Those that were taken to the end."""
    lost: tuple[str, ...]
    skipped: tuple[str, ...]
    gates: tuple[Gate, ...]

    @property
    def reports(self) -> list[FeedReport]:
        """Of the windows, in the order of rounds."""
        return [window.feed for window in self.windows if window.feed]

    @cached_property
    def reasons(self) -> tuple[str, ...]:
        """Why it is invalid."""
        return tuple(reason_of(gate) for gate in self.gates if not gate.held)

    def by_round(self, value: Callable[[FeedReport], float | None]) -> ByRound:
        """A value of each round's window that has one; 0 where it is none."""
        found = ((window.round_index, value(window.feed)) for window in self.windows if window.feed)
        return {index: each for index, each in found if each is not None}

    @property
    def held(self) -> ByRound:
        """Subscribers held, by round."""
        return self.by_round(lambda report: report.held)

    @property
    def delivered_share(self) -> ByRound:
        """Share of all events due that came in time, by round."""
        return self.by_round(lambda report: report.delivered_share)

    @property
    def lag_p99_us(self) -> ByRound:
        """p99 of the lag of the events that came, by round; what never came has none."""
        lags = ((window.round_index, Histogram.decode(window.feed.lag)) for window in self.windows if window.feed)
        return {index: max(1, lag.value_at(_QUANTILE)) / _NS_PER_US for index, lag in lags if lag.total}


def judge_feeds(recorded: RecordedRun) -> list[JudgedFeed]:
    """All planned feeds in the order of the plan, each with its gates."""
    cells = [cell for cell in recorded.run.plan.cells if cell.workload is Workload.FEED]
    by_cell: dict[str, list[Window]] = {cell.key: [] for cell in cells}
    for window in recorded.windows:
        if window.kind is WindowKind.MEASURED and window.cell in by_cell:
            by_cell[window.cell].append(window)
    outages, rounds = outages_of(recorded), recorded.run.plan.timing.rounds
    return [_judged(cell, by_cell[cell.key], recorded.starts, lasted(cell, outages, rounds)) for cell in cells]


def _judged(cell: Cell, windows: Sequence[Window], starts: Sequence[Start], lasted: Gate) -> JudgedFeed:
    taken = tuple(window for window in windows if window.feed is not None)
    lost = tuple(window.lost or "not measured" for window in windows if window.feed is None and not window.skipped)
    skipped = tuple(window.skipped for window in windows if window.skipped)
    gates = [started([start for start in starts if start.subject == cell.subject]), lasted]
    if taken:
        gates += _gates_of([window.feed for window in taken if window.feed])
    elif not skipped:
        gates.append(_no_window(lost))
    return JudgedFeed(cell, taken, lost, skipped, tuple(gates))


def _gates_of(reports: Sequence[FeedReport]) -> list[Gate]:
    duration_ns = sum(report.duration_ns for report in reports)
    cpu = sum(report.generator_cpu_ns for report in reports) / duration_ns
    delay = sum(report.generator_run_delay_ns for report in reports) / duration_ns
    disordered = sum(report.disordered for report in reports)
    unreadable = sum(report.unreadable or 0 for report in reports)
    told = f"{disordered:,} events whose number was not the next one"
    if unreadable:
        example = next((report.first_failure for report in reports if report.unreadable), None)
        told += f", and {unreadable:,} that were none of the contract's ({example})"
    return [
        Gate(
            name=GateName.VERIFIED,
            held=disordered + unreadable == 0,
            value=disordered + unreadable,
            limit=0,
            explanation=told,
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


def _no_window(lost: Sequence[str]) -> Gate:
    why = lost[0] if lost else "none was measured"
    return Gate(name=GateName.ENOUGH_DATA, held=False, value=0, limit=1, explanation=f"no window: {why}")


def feed_finding(judged: JudgedFeed) -> FeedFinding:
    """All that is known of one number of subscribers."""
    reports = judged.reports
    valid = not judged.reasons and bool(reports)
    lag = Histogram()
    for report in reports:
        lag.add(Histogram.decode(report.lag))

    def total(count: Callable[[FeedReport], int]) -> int:
        return sum(map(count, reports))

    def shown(values: ByRound) -> Estimate | None:
        return estimate_over_rounds(values) if valid else None

    return FeedFinding(
        cell=judged.cell,
        valid=not judged.reasons,
        reasons=judged.reasons,
        gates=judged.gates,
        skipped=judged.skipped[0] if judged.skipped and not reports else None,
        rounds=len(reports),
        held=shown(judged.held),
        served=shown(judged.by_round(lambda report: report.served)),
        delivered_share=shown(judged.delivered_share),
        lag_p50_us=lag.value_at(0.5) / _NS_PER_US if lag.total and valid else None,
        lag_p99_us=shown(judged.lag_p99_us),
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
        if any(report.unreadable is None for report in reports)
        else total(lambda report: report.unreadable or 0),
        first_failure=next((report.first_failure for report in reports if report.first_failure), None),
    )


def largest_held(judged: Sequence[JudgedFeed]) -> ByRound:
    """By round, the largest number of subscribers that one subject held, of all numbers that were tried."""
    return most_by_round([each.held for each in judged])


def _memory(judged: JudgedFeed) -> ByRound:
    found: dict[int, float] = {}
    for window in judged.windows:
        memory = window.feed_memory
        if window.feed is None or memory is None or memory.before_bytes is None or memory.held_bytes is None:
            continue
        grown = memory.held_bytes - memory.before_bytes
        if window.feed.held and grown > 0:
            found[window.round_index] = grown / window.feed.held
    return found


def _cpu_us_per_event(judged: JudgedFeed) -> ByRound:
    found: dict[int, float] = {}
    for window in judged.windows:
        if window.feed is None or window.meter is None or not window.feed.delivered:
            continue
        events = window.feed.delivered * window.meter.elapsed_ns / window.feed.duration_ns
        found[window.round_index] = max(window.meter.server_cpu_ns, 1) / events / _NS_PER_US
    return found
