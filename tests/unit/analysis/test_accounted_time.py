"""Little's law as a test for miscounting, which neither short windows nor stalls at their edges can fail."""

import heapq
from dataclasses import dataclass

import numpy as np
import pytest

from harness.analysis.cells import judge_cells
from harness.load.tally import WindowTally
from harness.model.app import Endpoint
from harness.model.cell import Cell, Workload
from harness.model.validity import Gate, GateName
from harness.model.window import Mode, WindowReport
from harness.results.records import RecordedRun
from tests.unit.analysis.simulate import EMPTY_REPORT, meter, started, subject
from tests.unit.results.sample import ceiling, deployment, run_of, window_of

CONNECTIONS = 32
HANDLING_NS = 20_000
WAVE_NS = 57_000_000
"""Of a slow host: 32 connections answered at 560 requests/s."""


@dataclass
class Window:
    """A closed loop before one server, both of which the host may stop."""

    duration_ns: int = 250_000_000
    lead_in_ns: int = 20_000_000
    stalls: tuple[tuple[int, int], ...] = ()
    """From when to when, counted from the beginning of the lead-in."""
    loses: float = 0.0
    """Share of the answers that are not counted."""
    doubles: float = 0.0
    """Share of those that are counted twice."""
    slow_stamp_ns: int = 0
    """So long after it was really sent is a request's time taken."""

    def report(self, seed: int) -> WindowReport:
        generator = np.random.default_rng(seed)
        tally = WindowTally(Mode.CLOSED, self.lead_in_ns, self.lead_in_ns + self.duration_ns)
        queue = [(0, 0)] * CONNECTIONS
        """When each request reached the server, and when its time was taken."""
        now_ns = busy_ns = 0
        while queue:
            arrived_ns, sent_ns = heapq.heappop(queue)
            now_ns = self._resumed(max(now_ns, arrived_ns) + int(generator.gamma(4, WAVE_NS / CONNECTIONS / 4)))
            times = 2 if generator.random() < self.doubles else int(generator.random() >= self.loses)
            tally.samples.extend((sent_ns, sent_ns, now_ns) * times)
            again_ns = self._resumed(now_ns + HANDLING_NS)
            busy_ns += HANDLING_NS
            if now_ns < tally.closes_ns:
                heapq.heappush(queue, (again_ns, again_ns + self.slow_stamp_ns))
        tally.fold()
        return EMPTY_REPORT.model_copy(
            update={
                "duration_ns": self.duration_ns,
                "responses": tally.responses,
                "latency": tally.latency.encode(),
                "latency_sum_ns": tally.latency_sum_ns,
                "failed_ns": tally.failed_ns,
                "open_at_start_ns": tally.open_at_start_ns,
                "open_at_end_ns": tally.open_at_end_ns,
                "generator_cpu_ns": min(busy_ns, self.duration_ns // 2),
            }
        )

    def _resumed(self, at_ns: int) -> int:
        return next((ends_ns for begins_ns, ends_ns in self.stalls if begins_ns <= at_ns < ends_ns), at_ns)


def gate_of(reports: list[WindowReport]) -> Gate:
    cell = Cell(subject=subject("flask"), endpoint=Endpoint.DB, workload=Workload.CAPACITY, connections=CONNECTIONS)
    windows = [window_of(cell, sequence=place, report=report, meter=meter()) for place, report in enumerate(reports)]
    recorded = RecordedRun(
        run=run_of([cell], ceiling=ceiling(50_000.0), deployments=(deployment(cell.subject),)),
        windows=tuple(windows),
        starts=(started(cell.subject, 0),),
        rounds_complete=1,
    )
    (judged,) = judge_cells(recorded)
    return next(gate for gate in judged.gates if gate.name is GateName.LITTLES_LAW)


def as_before(report: WindowReport) -> WindowReport:
    return report.model_copy(update=dict.fromkeys(("failed_ns", "open_at_start_ns", "open_at_end_ns")))


@pytest.mark.parametrize(
    "window",
    [
        Window(lead_in_ns=2_000_000),
        Window(duration_ns=60_000_000),
        Window(lead_in_ns=2_000_000, stalls=((1_000_000, 60_000_000),)),
        Window(stalls=((200_000_000, 320_000_000),)),
        Window(stalls=((10_000_000, 240_000_000),)),
    ],
    ids=["short", "one wave", "stalled at the start", "stalled at the end", "stalled throughout"],
)
def test_a_window_that_is_short_or_stalled_at_an_edge_is_counted_rightly(window: Window) -> None:
    """It made eight cells of ten invalid on a slow host, when throughput times latency had to be the connections."""
    reports = [window.report(seed) for seed in range(20)]
    gate = gate_of(reports)
    assert gate.held, gate.explanation
    assert not gate_of([as_before(report) for report in reports]).held


@pytest.mark.parametrize(
    "window",
    [Window(loses=0.03), Window(doubles=0.03), Window(slow_stamp_ns=3_000_000)],
    ids=["answers lost", "answers counted twice", "requests stamped late"],
)
@pytest.mark.parametrize("duration_ns", [250_000_000, 2_000_000_000])
def test_miscounting_is_found_whatever_the_windows_length(window: Window, duration_ns: int) -> None:
    window.duration_ns = duration_ns
    gate = gate_of([window.report(seed) for seed in range(20)])
    assert not gate.held
    assert gate.value > 0.02
    assert "of 32 connections" in gate.explanation


def test_what_the_generator_has_in_its_hands_is_no_miscounting() -> None:
    """On one connection, an answer's handling may be a third of the time."""
    whole = EMPTY_REPORT.model_copy(
        update={
            "responses": 1_000,
            "latency_sum_ns": (CONNECTIONS - 1) * EMPTY_REPORT.duration_ns,
            "failed_ns": 0,
            "open_at_start_ns": 0,
            "open_at_end_ns": 0,
            "generator_cpu_ns": EMPTY_REPORT.duration_ns // 2,
            "generator_run_delay_ns": EMPTY_REPORT.duration_ns // 2,
        }
    )
    latency = Window().report(0).latency
    whole = whole.model_copy(update={"latency": latency})
    assert gate_of([whole]).value == pytest.approx(0)
    too_much = whole.model_copy(update={"latency_sum_ns": int(CONNECTIONS * 1.03 * whole.duration_ns)})
    assert not gate_of([too_much]).held
