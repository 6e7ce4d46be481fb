"""Latencies of the server in a whole run: shown beside those as met, or said why not."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from harness.analysis.analyse import analyse
from harness.arrival_log import ArrivalLog
from harness.comparison.across import compare
from harness.comparison.summarise import summarise
from harness.model.app import Endpoint
from harness.model.cell import Cell, RateRule, Subject, Workload
from harness.model.claim import Metric
from harness.model.findings import CellFinding, Findings
from harness.model.latency_figure import Latency
from harness.model.run import Window
from harness.model.window import StallReading
from harness.results.records import RecordedRun
from tests.unit.analysis.latency.simulate_stalls import CALM, Server, StallingHost, window
from tests.unit.analysis.simulate import closed_report, histogram, meter, open_report, started, subject
from tests.unit.results.sample import deployment, run_of, window_of

SUBJECTS = tuple(subject(f"app{place}") for place in range(6))
SLOWEST_S = 0.001
STALLS = StallingHost(stalls_per_s=15.0, process=0.01)


def service_s(place: int) -> float:
    """The last subject is the slowest, and the first takes half as long."""
    return SLOWEST_S * (0.5 + 0.1 * place)


def cells_of(each: Subject) -> tuple[Cell, Cell]:
    capacity = Cell(subject=each, endpoint=Endpoint.JSON, workload=Workload.CAPACITY, connections=32)
    return capacity, capacity.model_copy(update={"workload": Workload.LATENCY, "rate": RateRule.COMMON})


def a_run(  # noqa: PLR0913 - all that a run depends on
    host: StallingHost,
    *,
    seed: int = 1,
    load: float = 0.5,
    rounds: int = 4,
    windows: int = 3,
    service_s: Callable[[int], float] = service_s,
) -> RecordedRun:
    """All subjects at the same rate, which is so much of the slowest one's capacity."""
    generator = np.random.default_rng(seed)
    rate_rps = load / service_s(len(SUBJECTS) - 1)
    made: list[Window] = []
    for index in range(rounds):
        for place, each in enumerate(SUBJECTS):
            capacity, latency = cells_of(each)
            rps = 1 / service_s(place) * generator.lognormal(0, 0.01)
            made.append(window_of(capacity, round_index=index, report=closed_report(rps, generator), meter=meter()))
            server = Server(service_s=service_s(place), load=rate_rps * service_s(place))
            made += [_latency_window(generator, latency, server, host, index, rate_rps) for _ in range(windows)]
    return RecordedRun(
        run=run_of(
            [cell for each in SUBJECTS for cell in cells_of(each)],
            rounds=rounds,
            deployments=tuple(map(deployment, SUBJECTS)),
            run_id=f"{seed:016x}",
        ),
        windows=tuple(each.model_copy(update={"sequence": place}) for place, each in enumerate(made)),
        starts=tuple(started(each, index) for index in range(rounds) for each in SUBJECTS),
        rounds_complete=rounds,
    )


def _latency_window(  # noqa: PLR0913, PLR0917 - all that a window depends on
    generator: np.random.Generator, cell: Cell, server: Server, host: StallingHost, index: int, rate_rps: float
) -> Window:
    simulated = window(generator, server, host, 1.0)
    requests = len(simulated.arrivals_ns)
    begins, length = simulated.watched
    report = open_report(rate_rps, 0.001, 1.0, generator).model_copy(
        update={
            "responses": requests,
            "latency": histogram(simulated.latencies_ns),
            "latency_sum_ns": int(simulated.latencies_ns.sum()),
            "offered": requests,
            "completed_in_time": requests,
            "arrivals": ArrivalLog.of(
                simulated.arrivals_ns.astype(np.int64), simulated.latencies_ns.astype(np.int64)
            ).encode(),
        }
    )
    stalls = StallReading(
        from_ns=begins, to_ns=begins + length, every_ns=1_000_000, late_ns=500_000,
        server=tuple(simulated.stalls[::2]), generator=tuple(simulated.stalls[1::2]),
    )  # fmt: skip
    return window_of(
        cell, rate_rps=rate_rps, round_index=index, report=report, meter=meter(server_share=0.4), stalls=stalls
    )


STALLED = a_run(STALLS)
FINDINGS = analyse(STALLED)


def cell_of(findings: Findings, place: int) -> CellFinding:
    return next(each for each in findings.cells if each.cell == cells_of(SUBJECTS[place])[1])


def edited(recorded: RecordedRun, edit: Callable[[Window], Window]) -> RecordedRun:
    return recorded.model_copy(update={"windows": tuple(map(edit, recorded.windows))})


def test_both_latencies_stand_side_by_side_and_both_are_ranked_by_p50_and_p99() -> None:
    found = cell_of(FINDINGS, 0)
    met, server = (
        {each.quantile: each.us.value for each in of} for of in (found.percentiles, found.percentiles_of_server)
    )
    assert sorted(server) == [0.5, 0.9, 0.99]
    assert met[0.99] > 1.5 * server[0.99] > server[0.5]
    assert found.clear_share
    assert 0.5 < found.clear_share < 0.95
    assert found.of_server_unknown is None
    figures = [each.figure.name for each in FINDINGS.rankings if each.figure]
    assert figures == ["p50 of the server", "p99 of the server", "p50 as met", "p99 as met"]
    headline = FINDINGS.latency_rankings()
    assert {each.figure.latency for each in headline if each.figure} == {Latency.OF_SERVER}
    assert [row.subject for row in headline[0].rows] == list(SUBJECTS)


def test_what_other_processes_held_of_the_server_s_cpu_is_left_out_as_stalls_are() -> None:
    def held(window: Window) -> Window:
        stalls = window.stalls and window.stalls.model_copy(update={"server": (), "held": window.stalls.server})
        return window.model_copy(update={"stalls": stalls})

    as_stalls, as_held = (
        {each.quantile: each.us.value for each in cell_of(findings, 0).percentiles_of_server}
        for findings in (FINDINGS, analyse(edited(STALLED, held)))
    )
    assert as_held == pytest.approx(as_stalls, rel=0.05)


def test_a_run_whose_stalls_were_not_watched_has_latencies_as_met_and_says_why_no_others() -> None:
    unwatched = analyse(edited(STALLED, lambda each: each.model_copy(update={"stalls": None})))
    found = cell_of(unwatched, 0)
    assert found.percentiles == cell_of(FINDINGS, 0).percentiles
    assert found.percentiles_of_server == ()
    assert found.of_server_unknown == "stalls of the host were not watched"
    assert {each.figure.latency for each in unwatched.latency_rankings() if each.figure} == {Latency.AS_MET}


def test_at_70_percent_of_a_capacity_only_latencies_as_met_are_shown_and_it_is_said() -> None:
    """The slower half of the subjects is beyond it; the others are told apart all the same."""
    findings = analyse(a_run(STALLS, load=0.72))
    assert cell_of(findings, 5).of_server_unknown == (
        "at 72% of its capacity, a queue recovers too slowly from a stall"
    )
    assert cell_of(findings, 5).percentiles_of_server == ()
    assert len(cell_of(findings, 5).percentiles) >= 3
    assert len(cell_of(findings, 0).percentiles_of_server) == 3
    ranked = {row.subject for row in findings.latency_rankings()[0].rows}
    assert SUBJECTS[0] in ranked
    assert SUBJECTS[5] not in ranked


def test_where_hardly_any_request_is_clear_of_stalls_the_server_s_latency_is_not_told() -> None:
    found = cell_of(analyse(a_run(replace(STALLS, stalls_per_s=90.0, unevenness=0.0))), 3)
    assert found.percentiles_of_server == ()
    assert found.clear_share is not None
    assert found.clear_share < 0.2
    assert "of the requests arrived clear of stalls" in (found.of_server_unknown or "")


def test_one_that_is_far_slower_than_the_others_does_not_take_theirs_from_them() -> None:
    """Some 25 stalls a second, and its queue would take 0.1 s to settle: longer than from one stall to the next."""

    def one_crawls(place: int) -> float:
        return service_s(place) if place < len(SUBJECTS) - 1 else 12 * SLOWEST_S

    often = replace(STALLS, stalls_per_s=25.0, unevenness=0.0)
    findings = analyse(a_run(often, service_s=one_crawls, windows=6))
    crawling = cell_of(findings, 5)
    assert crawling.percentiles_of_server == ()
    assert (crawling.of_server_unknown or "").startswith("answers come so slowly")
    calm = analyse(a_run(replace(CALM, process=0.01), load=0.5 / 12, windows=6))
    for quantile, within in ((0.5, 0.05), (0.9, 0.10)):
        apart = []
        for place in range(5):
            stalled, truth = (cell_of(each, place) for each in (findings, calm))
            assert stalled.of_server_unknown is None
            here, there = (
                next(each.us.value for each in of.percentiles_of_server if each.quantile == quantile)
                for of in (stalled, truth)
            )
            apart.append(np.log(here / there))
        assert np.mean(apart) == pytest.approx(0.0, abs=within), "of five apps, each known from a few hundred requests"


def test_how_long_a_queue_takes_to_settle_is_told_without_what_stalls_make_of_it() -> None:
    """As met, the median of the slowest is longer by half at so many stalls; then 0.21 of requests were clear."""
    findings = analyse(a_run(replace(STALLS, stalls_per_s=45.0, unevenness=0.0)))
    assert min(cell_of(findings, place).clear_share or 0.0 for place in range(len(SUBJECTS))) > 0.235


def test_without_a_capacity_nobody_knows_the_load() -> None:
    def lose(each: Window) -> Window:
        of_first = each.cell == cells_of(SUBJECTS[0])[0].key
        return each.model_copy(update={"report": None, "lost": "gone"}) if of_first else each

    findings = analyse(edited(STALLED, lose))
    assert cell_of(findings, 0).of_server_unknown == "its capacity was not measured, so its load is not known"
    assert cell_of(findings, 1).of_server_unknown is None


def test_generator_processes_that_began_too_far_apart_can_not_place_stalls() -> None:
    def apart(each: Window) -> Window:
        assert each.report
        return each.model_copy(update={"report": each.report.model_copy(update={"skew_ns": 3_000_000})})

    assert cell_of(analyse(edited(STALLED, apart)), 0).of_server_unknown == "stalls of the host were not watched"


def test_a_calm_run_and_one_with_stalls_differ_as_met_and_not_of_the_server() -> None:
    """The stalls move all apps alike: that is what the comparison says of latencies as met, and of these alone."""
    found = compare(summarise(a_run(replace(CALM, process=0.01), seed=2), "calm"), summarise(STALLED, "stalled"))
    moved = {each.metric: each.ratio for each in found.shifts}
    assert moved[Metric.P99_AS_MET] > 1.5
    assert moved[Metric.P50_AS_MET] > 1.05
    assert moved[Metric.P50] == pytest.approx(1.0, abs=0.03)
    assert moved[Metric.P99] == pytest.approx(1.0, abs=0.10)
    apart = [each for each in found.changes if each.metric in {Metric.P50, Metric.P99} and each.outcome.value != "tied"]
    assert apart == []
