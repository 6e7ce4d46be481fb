"""Each gate trips for its own reason and no other, and holds for a neighbouring value."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest

from harness.analysis.bound import capacity_bound
from harness.analysis.cells import judge_cells
from harness.analysis.windows import sort_windows
from harness.model.app import Endpoint
from harness.model.calibration import Ceiling
from harness.model.cell import Cell, RateRule, Workload
from harness.model.host import CpuLayout
from harness.model.run import Start, Window
from harness.model.validity import Bound, Gate, GateName
from harness.model.window import Failure
from harness.results.records import RecordedRun
from tests.unit.analysis.simulate import CONNECTIONS, DURATION_NS, closed_report, meter, open_report, started, subject
from tests.unit.results.sample import TWO_CPUS, ceiling, deployment, run_of, window_of

FLASK = subject("flask")
RPS = 10_000.0
RATE_RPS = 1_000.0
WINDOWS = 4


@dataclass
class Case:
    """One cell in four windows, healthy unless something is changed."""

    endpoint: Endpoint = Endpoint.JSON
    workload: Workload = Workload.CAPACITY
    report: dict[str, object] = field(default_factory=dict)
    """Changes of each window's report."""
    meter: dict[str, object] | None = field(default_factory=dict)
    keep_alive: bool = True
    ceiling: Ceiling | None = field(default_factory=lambda: ceiling(50_000.0))
    starts: tuple[Start, ...] = tuple(started(FLASK, index) for index in range(WINDOWS))
    cpus: CpuLayout = TWO_CPUS
    change_windows: Callable[[list[Window]], list[Window]] = lambda windows: windows

    def recorded(self) -> RecordedRun:
        generator = np.random.default_rng(1)
        cell = Cell(
            subject=FLASK,
            endpoint=self.endpoint,
            workload=self.workload,
            connections=CONNECTIONS,
            rate=RateRule.COMMON if self.workload is Workload.LATENCY else None,
        )
        reports = [
            closed_report(RPS, generator, **self.report)
            if self.workload is Workload.CAPACITY
            else open_report(RATE_RPS, 0.005, 3.0, generator, **self.report)
            for _ in range(WINDOWS)
        ]
        windows = [
            window_of(
                cell,
                round_index=index,
                rate_rps=RATE_RPS if self.workload is Workload.LATENCY else None,
                keep_alive=self.keep_alive,
                report=report,
                meter=None if self.meter is None else meter().model_copy(update=self.meter),
            )
            for index, report in enumerate(reports)
        ]
        run = run_of([cell], ceiling=self.ceiling, deployments=(deployment(FLASK),))
        run = run.model_copy(update={"plan": run.plan.model_copy(update={"cpus": self.cpus})})
        return RecordedRun(
            run=run, windows=tuple(self.change_windows(windows)), starts=self.starts, rounds_complete=WINDOWS
        )

    def tripped(self) -> set[GateName]:
        (judged,) = judge_cells(self.recorded())
        return {gate.name for gate in judged.gates if not gate.held}

    def gate(self, name: GateName) -> Gate:
        (judged,) = judge_cells(self.recorded())
        return next(gate for gate in judged.gates if gate.name is name)


def ns(share: float) -> int:
    return int(share * DURATION_NS)


def latency(**report: object) -> Case:
    return Case(workload=Workload.LATENCY, report=report)


ISOLATED = CpuLayout(server=(0,), generator=(1,), database=(2, 3))


@pytest.mark.parametrize(
    "case",
    [
        Case(),
        Case(endpoint=Endpoint.DB),
        latency(),
        Case(keep_alive=False),
        Case(meter=None),
        Case(ceiling=None),
        Case(starts=()),
    ],
    ids=["capacity", "db", "latency", "no-keep-alive", "no-meter", "no-ceiling", "no-starts"],
)
def test_a_healthy_cell_passes_all_gates(case: Case) -> None:
    assert case.tripped() == set()


@pytest.mark.parametrize(
    ("gate", "tripping", "holding"),
    [
        (
            GateName.VERIFIED,
            Case(change_windows=lambda windows: [with_failures(windows[0], Failure.WRONG_BODY, 1), *windows[1:]]),
            Case(change_windows=lambda windows: [with_failures(windows[0], Failure.STATUS, 1), *windows[1:]]),
        ),
        (
            GateName.ERRORS,
            Case(report={"failures": {Failure.STATUS: 6}}),
            Case(report={"failures": {Failure.STATUS: 5}}),
        ),
        (
            GateName.RECONNECTS,
            Case(report={"reconnects": 6}),
            Case(report={"reconnects": 5}),
        ),
        (
            GateName.RECONNECTS,
            Case(report={"reconnects": 5000}),
            Case(report={"reconnects": 5000}, keep_alive=False),
        ),
        (
            GateName.GENERATOR_CPU,
            Case(report={"generator_cpu_ns": ns(0.81)}),
            Case(report={"generator_cpu_ns": ns(0.79)}),
        ),
        (GateName.GENERATOR_CPU, latency(generator_cpu_ns=510_000_000), latency(generator_cpu_ns=490_000_000)),
        (GateName.GENERATOR_BOUND, Case(ceiling=ceiling(RPS / 0.71)), Case(ceiling=ceiling(RPS / 0.69))),
        (
            GateName.LITTLES_LAW,
            Case(report={"latency_sum_ns": int(CONNECTIONS * DURATION_NS * 0.94)}),
            Case(report={"latency_sum_ns": int(CONNECTIONS * DURATION_NS * 0.96)}),
        ),
        (
            GateName.LITTLES_LAW,
            Case(report={"latency_sum_ns": int(CONNECTIONS * DURATION_NS * 1.06)}),
            Case(report={"latency_sum_ns": int(CONNECTIONS * DURATION_NS * 1.04)}),
        ),
        (
            GateName.OFFERED_RATE,
            latency(offered=1000, completed_in_time=970),
            latency(offered=1000, completed_in_time=991),
        ),
        (
            GateName.SERVER_BUSY,
            Case(
                Endpoint.DB,
                report={"generator_cpu_ns": ns(0.6)},
                meter={"server_cpu_ns": ns(0.5), "database_cpu_ns": ns(0.3)},
            ),
            Case(
                Endpoint.DB,
                report={"generator_cpu_ns": ns(0.3)},
                meter={"server_cpu_ns": ns(0.5), "database_cpu_ns": ns(0.6)},
            ),
        ),
        (
            GateName.STARTED,
            Case(starts=tuple(started(FLASK, index, start_s=None, fault="no such module") for index in range(4))),
            Case(
                starts=(started(FLASK, 0), *(started(FLASK, i, start_s=None, fault="port taken") for i in range(1, 4)))
            ),
        ),
        (
            GateName.ENOUGH_DATA,
            Case(change_windows=lambda windows: [*map(lose, windows[:3]), windows[3]]),
            Case(change_windows=lambda windows: [*map(lose, windows[:2]), *windows[2:]]),
        ),
    ],
)
def test_a_gate_trips_alone_and_holds_next_to_its_limit(gate: GateName, tripping: Case, holding: Case) -> None:
    assert tripping.tripped() == {gate}
    assert holding.tripped() == set()


def with_failures(window: Window, kind: Failure, count: int) -> Window:
    assert window.report
    report = window.report.model_copy(update={"failures": {kind: count}, "first_failure": "200 OK: stale"})
    return window.model_copy(update={"report": report})


def lose(window: Window) -> Window:
    return window.model_copy(update={"report": None, "meter": None, "lost": "the server ended"})


def test_a_gate_that_tripped_says_the_numbers() -> None:
    explanation = Case(report={"failures": {Failure.STATUS: 50}}).gate(GateName.ERRORS).explanation
    assert explanation == "0.990% of the requests failed (the limit is 0.1%): 200 answered with a wrong status"
    wrong = Case(change_windows=lambda windows: [with_failures(windows[0], Failure.WRONG_BODY, 1), *windows[1:]])
    assert "200 OK: stale" in wrong.gate(GateName.VERIFIED).explanation
    lost = Case(change_windows=lambda windows: [*map(lose, windows[:3]), windows[3]])
    assert "3 lost (the server ended)" in lost.gate(GateName.ENOUGH_DATA).explanation


def test_a_gate_on_latencies_says_them_in_microseconds_as_the_page_writes_them() -> None:
    explanation = Case().gate(GateName.PERCENTILE_ORDER).explanation
    assert re.fullmatch(r"p50 [\d,]+ µs, p99 [\d,]+ µs, max [\d,]+ µs", explanation), explanation


def test_too_little_data_says_what_was_needed_and_what_came() -> None:
    """`enough data: 97 right responses` would read as if these were enough."""

    def of(case: Case) -> str:
        (judged,) = judge_cells(case.recorded())
        return next(each for each in judged.reasons if each.startswith("enough data: "))

    def answering(responses: int) -> Callable[[list[Window]], list[Window]]:
        report = closed_report(0, np.random.default_rng(1), responses=responses)
        nothing = closed_report(0, np.random.default_rng(1))
        return lambda windows: [
            window.model_copy(update={"report": nothing if index else report}) for index, window in enumerate(windows)
        ]

    few = Case(workload=Workload.LATENCY, change_windows=answering(97))
    needed, _, enough = of(few).partition("; ")
    assert needed == "enough data: at least 100 right responses are needed, and 97 came in 4 of 4 windows"
    assert re.fullmatch(r"--rounds \d+ or a longer --profile would be enough", enough)
    assert "at least 30 right responses are needed, and 1 came" in of(Case(change_windows=answering(1)))
    lost = Case(change_windows=lambda windows: [*map(lose, windows[:3]), windows[3]])
    needed = "enough data: at least half of the windows are needed, and 1 of 4 came; "
    assert of(lost) == f"{needed}3 lost (the server ended)"
    none = Case(change_windows=lambda windows: [*map(lose, windows)])
    assert of(none) == "enough data: none of 4 windows came: the server ended"
    skipped = {"lost": None, "skipped": "not tried: too much"}
    mixed = Case(change_windows=lambda windows: [lose(windows[0]).model_copy(update=skipped), *map(lose, windows[1:])])
    assert of(mixed) == "enough data: none of 4 windows came: the first: not tried: too much"
    assert of(Case(change_windows=lambda _: [])) == "enough data: no window was measured"


def test_a_cell_that_was_not_tried_in_a_first_round_has_the_figures_of_the_others_and_says_so() -> None:
    skipped = {"report": None, "meter": None, "skipped": "not tried: the common rate is too much"}
    late = Case(
        workload=Workload.LATENCY,
        change_windows=lambda windows: [windows[0].model_copy(update=skipped), *windows[1:]],
    )
    (judged,) = judge_cells(late.recorded())
    assert not judged.reasons
    told = late.gate(GateName.ENOUGH_DATA).explanation
    assert told.endswith("in 3 of 4 windows; 1 lost (not tried: the common rate is too much)")


def test_one_answer_is_one() -> None:
    wrong = Case(change_windows=lambda windows: [with_failures(windows[0], Failure.WRONG_BODY, 1), *windows[1:]])
    assert wrong.gate(GateName.VERIFIED).explanation.startswith("1 wrong answer, ")
    report = closed_report(0, np.random.default_rng(1), responses=1)
    one = Case(change_windows=lambda windows: [windows[0].model_copy(update={"report": report})])
    assert "and 1 came in 1 of 1 windows" in one.gate(GateName.ENOUGH_DATA).explanation


def test_a_window_that_is_disturbed_a_little_does_not_condemn_its_cell() -> None:
    """Gates look at pooled figures, as the estimate does."""

    def disturb(windows: list[Window]) -> list[Window]:
        assert windows[0].report
        report = windows[0].report.model_copy(update={"generator_cpu_ns": ns(0.95)})
        return [windows[0].model_copy(update={"report": report}), *windows[1:]]

    assert Case(change_windows=disturb).tripped() == set()


def test_poisson_chance_at_the_ends_of_windows_is_no_missed_rate() -> None:
    """With 10 requests under way on average, a few more at one end than at the other are no backlog."""
    chance = latency(offered=100, completed_in_time=97, latency_sum_ns=10_000_000_000)
    backlog = latency(offered=100, completed_in_time=80, latency_sum_ns=10_000_000_000)
    assert chance.tripped() == set()
    assert backlog.tripped() == {GateName.OFFERED_RATE}


@pytest.mark.parametrize(
    ("cpus", "workers", "shares", "bound"),
    [
        (TWO_CPUS, 1, (0.95, 0.60, 0.30), Bound.SERVER),
        (TWO_CPUS, 1, (0.50, 0.30, 0.60), Bound.DATABASE),
        (TWO_CPUS, 1, (0.50, 0.60, 0.30), Bound.GENERATOR),
        (TWO_CPUS, 1, (0.50, 0.90, 0.00), Bound.GENERATOR),
        (TWO_CPUS, 1, (0.10, 0.10, 0.10), Bound.IDLE),
        (TWO_CPUS, 1, (None, 0.10, None), Bound.UNKNOWN),
        (TWO_CPUS, 1, (0.10, 0.10, None), Bound.UNKNOWN),
        (ISOLATED, 1, (0.50, 0.60, 0.60), Bound.IDLE),
        (ISOLATED, 1, (0.50, 0.60, 1.90), Bound.DATABASE),
        (CpuLayout(server=(0, 1), generator=(2,), database=(3,)), 1, (0.95, 0.5, 0.1), Bound.SERVER),
        (CpuLayout(server=(0, 1), generator=(2,), database=(3,)), 2, (0.95, 0.5, 0.1), Bound.IDLE),
        (CpuLayout(server=(0, 1), generator=(2,), database=(3,)), 2, (1.90, 0.5, 0.1), Bound.SERVER),
    ],
)
def test_the_busiest_link_is_what_bound_a_capacity(
    cpus: CpuLayout, workers: int, shares: tuple[float | None, float, float | None], bound: Bound
) -> None:
    """The shares are those of server, generator and database."""
    server, generator, database = shares

    def read(server_share: float) -> dict[str, object]:
        elapsed_ns = meter().elapsed_ns
        return {
            "server_cpu_ns": int(server_share * elapsed_ns),
            "database_cpu_ns": None if database is None else int(database * elapsed_ns),
        }

    case = Case(report={"generator_cpu_ns": ns(generator)}, meter=None if server is None else read(server))
    (windows,) = sort_windows(case.recorded()).values()
    assert capacity_bound(windows.totals, cpus, workers) is bound


def test_a_cell_without_a_response_is_invalid_with_its_reason() -> None:
    generator = np.random.default_rng(1)
    nothing = closed_report(0, generator, failures={Failure.CONNECT: 9}, first_failure="refused")
    case = Case(
        change_windows=lambda windows: [window.model_copy(update={"report": nothing}) for window in windows],
    )
    assert case.tripped() == {GateName.ENOUGH_DATA, GateName.ERRORS, GateName.LASTED}
    assert case.gate(GateName.ERRORS).explanation == (
        "100.0% of the requests failed (the limit is 0.1%): 36 without a connection; the first: refused"
    )


FAILED: dict[str, tuple[dict[Failure, int], dict[int, int], str]] = {
    "one status": ({Failure.STATUS: 755}, {500: 755}, "755 answered with status 500"),
    "two": ({Failure.STATUS: 755}, {503: 5, 500: 750}, "750 answered with status 500, 5 answered with status 503"),
    "not counted": ({Failure.STATUS: 755}, {}, "755 answered with a wrong status"),
    "malformed": ({Failure.MALFORMED: 755}, {}, "755 answered with what is no HTTP"),
    "timeouts": ({Failure.TIMEOUT: 30, Failure.STATUS: 2}, {500: 2}, "30 not answered in time, 2 answered with status"),
    "closed": ({Failure.CLOSED_EARLY: 755}, {}, "755 cut off, as the connection was closed"),
    "bodies": ({Failure.WRONG_BODY: 755}, {}, "755 answered with a wrong body"),
}


@pytest.mark.parametrize(("failures", "statuses", "told"), FAILED.values(), ids=FAILED)
def test_what_came_in_place_of_right_answers_is_told_before_how_few_were_right(
    failures: dict[Failure, int], statuses: dict[int, int], told: str
) -> None:
    """755 answers with status 500 are the fault, and that 27 right ones are fewer than 30 is what follows."""
    few = closed_report(
        0, np.random.default_rng(1), responses=27, failures=failures, statuses=statuses, first_failure="what it was"
    )
    (judged,) = judge_cells(
        Case(change_windows=lambda windows: [windows[0].model_copy(update={"report": few})]).recorded()
    )
    names = [reason.partition(":")[0] for reason in judged.reasons]
    assert [name for name in names if name in {"errors", "enough data"}] == ["errors", "enough data"]
    errors = next(reason for reason in judged.reasons if reason.startswith("errors: "))
    assert told in errors
    assert ("; the first: what it was" in errors) is (Failure.WRONG_BODY not in failures), "verified tells that one"


def test_a_cell_without_a_window_is_invalid() -> None:
    assert Case(change_windows=lambda _: []).tripped() == {GateName.ENOUGH_DATA}


def test_what_was_not_read_is_said_and_not_counted_as_zero() -> None:
    assert Case(ceiling=None).gate(GateName.GENERATOR_BOUND).value is None
    assert Case(meter=None).gate(GateName.SERVER_BUSY).value is None
    assert latency(offered=None).gate(GateName.OFFERED_RATE).value is None
