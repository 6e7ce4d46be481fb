import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from harness.analysis.analyse import analyse
from harness.model.app import Endpoint, Family
from harness.model.cell import Subject, Workload
from harness.model.findings import CellFinding, Findings, Ranking
from harness.model.run import Window, WindowKind
from harness.model.validity import GateName
from harness.model.window import Failure
from harness.results.records import RecordedRun
from tests.unit.analysis.simulate import SERVER_SHARE, Noise, Simulation, subject
from tests.unit.results.sample import deployment

QUIET = Noise(window=0.02, process=0.005, common=0.02)
SLOW, MIDDLE, FAST = subject("slow"), subject("middle"), subject("fast")
TWIN = subject("slow", twin=True)
TRUTH = {SLOW: 2_000.0, MIDDLE: 4_000.0, FAST: 8_000.0, TWIN: 2_000.0}


def simulated(**changes: object) -> RecordedRun:
    return replace(Simulation(TRUTH, endpoints=(Endpoint.JSON, Endpoint.DB), noise=QUIET), **changes).recorded()


def cell_of(findings: Findings, of: Subject, workload: Workload = Workload.CAPACITY) -> CellFinding:
    return next(each for each in findings.cells if (each.cell.subject, each.cell.workload) == (of, workload))


def ranking_of(findings: Findings, workload: Workload = Workload.CAPACITY) -> Ranking:
    return next(each for each in findings.rankings if each.workload is workload)


def edited(recorded: RecordedRun, edit: Callable[[Window], Window | None]) -> RecordedRun:
    changed = (edit(window) for window in recorded.windows)
    return recorded.model_copy(update={"windows": tuple(window for window in changed if window)})


def is_of(window: Window, app: str) -> bool:
    return window.cell.startswith(f"{app}/controlled:")


def test_throughput_and_cpu_time_per_request_are_found_with_intervals_that_hold_the_truth() -> None:
    found = cell_of(analyse(simulated()), MIDDLE)
    assert found.valid
    assert found.throughput_rps
    assert found.server_cpu_us_per_request
    assert found.throughput_rps.low < 4_000 < found.throughput_rps.high
    assert found.throughput_rps.half_width < 0.1
    cost = found.server_cpu_us_per_request
    assert cost.low < SERVER_SHARE / 4_000 * 1e6 < cost.high
    assert found.server_cpu_share == pytest.approx(SERVER_SHARE, rel=1e-3)
    assert (found.rounds, found.windows, found.requests) == (4, 20, pytest.approx(40_000, rel=0.1))


def test_subjects_are_ranked_in_the_true_order_and_the_twin_is_not() -> None:
    ranking = ranking_of(analyse(simulated()))
    assert [(row.rank, row.tied, row.subject) for row in ranking.rows] == [
        (1, False, FAST),
        (2, False, MIDDLE),
        (3, False, SLOW),
    ]
    assert [row.ratio_to_best.value for row in ranking.rows] == pytest.approx([1, 0.5, 0.25], rel=0.05)
    assert ranking.rows[0].ratio_to_best.half_width == 0


def test_tied_subjects_share_a_rank_and_stand_in_the_order_of_their_values() -> None:
    findings = analyse(simulated(capacities_rps=dict.fromkeys((SLOW, MIDDLE, FAST), 4_000.0), latency_windows=1))
    for ranking in findings.rankings:
        assert [(row.rank, row.tied) for row in ranking.rows] == [(1, True)] * 3
        values = [row.value.value for row in ranking.rows]
        assert values == sorted(values, reverse=ranking.higher_is_better)


def test_the_twin_tests_the_run_and_sets_no_margin() -> None:
    findings = analyse(simulated(noise=Noise(window=0.3, process=0.3), seed=3))
    copies = findings.copies
    assert copies.subject == SLOW
    assert [(pair.a, pair.b, pair.endpoint) for pair in copies.pairs] == [
        (SLOW, TWIN, Endpoint.JSON),
        (SLOW, TWIN, Endpoint.DB),
    ]
    assert copies.distrust is None
    assert max(abs(np.log(pair.ratio.value)) for pair in copies.pairs) > np.log(1.03)
    assert {ranking.tie_margin for ranking in findings.rankings} == {0.03}


def test_a_run_whose_copies_differ_can_not_be_trusted() -> None:
    apart = analyse(simulated(capacities_rps={**TRUTH, TWIN: 2_400.0})).copies
    assert apart.outside == 2
    assert apart.distrust
    assert "two copies of slow (controlled, gunicorn gthread)" in apart.distrust


def test_without_a_twin_nothing_is_tested() -> None:
    copies = analyse(simulated(capacities_rps={SLOW: 2_000.0, FAST: 8_000.0})).copies
    assert (copies.subject, copies.pairs, copies.distrust) == (None, (), None)


def test_latencies_are_merged_and_ranked_by_p99_lowest_first() -> None:
    """The fastest in throughput has the longest tail: 2 % of its requests take twenty times as long."""
    findings = analyse(simulated(latency_windows=2, tail={FAST: 20.0}))
    by_figure = {each.figure.name: each for each in findings.latency_rankings() if each.figure}
    assert [row.subject for row in by_figure["p50 as met"].rows] == [FAST, MIDDLE, SLOW]
    assert [row.subject for row in by_figure["p99 as met"].rows] == [MIDDLE, SLOW, FAST]
    assert not any(each.higher_is_better for each in by_figure.values())
    found = cell_of(findings, SLOW, Workload.LATENCY)
    at = {percentile.quantile: percentile.us for percentile in found.percentiles}
    assert sorted(at) == [0.5, 0.9, 0.99]
    assert at[0.5].low < 500 < at[0.5].high
    assert at[0.99].low < 1_500 < at[0.99].high * 1.1
    assert found.offered_rps == 1_000
    assert found.schedule_lag_p99_us == pytest.approx(10, rel=0.01)
    assert [point.us for point in found.curve] == sorted(point.us for point in found.curve)
    assert found.curve[-1].quantile == 1
    assert found.latency_max_us == found.curve[-1].us > at[0.99].low


def test_percentiles_that_too_few_requests_show_are_left_out() -> None:
    findings = analyse(simulated(capacities_rps={SLOW: 100.0, FAST: 120.0}, latency_windows=1))
    found = cell_of(findings, SLOW, Workload.LATENCY)
    assert found.valid
    assert [percentile.quantile for percentile in found.percentiles] == [0.5, 0.9]
    assert found.latency_max_us


def test_an_invalid_cell_has_reasons_and_no_estimate_and_no_rank() -> None:
    def wrong(window: Window) -> Window:
        assert window.report
        report = window.report.model_copy(update={"failures": {Failure.WRONG_BODY: 1}})
        return window.model_copy(update={"report": report}) if is_of(window, "fast") else window

    findings = analyse(edited(simulated(), wrong))
    found = cell_of(findings, FAST)
    assert not found.valid
    assert found.throughput_rps is None
    assert found.percentiles == found.curve == ()
    assert found.reasons[0].startswith("responses verified: 20 wrong answers")
    ranking = ranking_of(findings)
    assert ranking.invalid == (FAST,)
    assert [row.subject for row in ranking.rows] == [MIDDLE, SLOW]


def test_a_ranking_of_invalid_cells_only_is_empty_and_names_them() -> None:
    findings = analyse(edited(simulated(), lambda window: window.model_copy(update={"report": None, "lost": "gone"})))
    assert [(ranking.rows, ranking.invalid) for ranking in findings.rankings] == [((), (SLOW, MIDDLE, FAST))] * 2
    assert cell_of(findings, FAST).windows_lost == 20
    assert cell_of(findings, FAST).generator_cpu_share is None
    assert findings.median_ratio_half_width is None


def test_a_subject_that_misses_a_round_is_compared_in_the_rounds_it_has() -> None:
    """The round that it missed was twice as fast for everyone: ratios don't notice."""

    def fast_round(window: Window) -> Window | None:
        if window.round_index != 0 or window.report is None:
            return window
        report = window.report.model_copy(update={"responses": window.report.responses * 2})
        return None if is_of(window, "middle") else window.model_copy(update={"report": report})

    findings = analyse(edited(simulated(), fast_round))
    assert cell_of(findings, MIDDLE).rounds == 3
    middle = next(row for row in ranking_of(findings).rows if row.subject == MIDDLE)
    assert middle.ratio_to_best.value == pytest.approx(0.5, rel=0.03)


def test_subjects_that_share_no_round_are_compared_with_all_that_moves_a_round() -> None:
    def alternate(window: Window) -> Window | None:
        early = window.round_index < 2
        absent = (is_of(window, "middle") and early) or (is_of(window, "fast") and not early)
        return None if absent else window

    findings = analyse(edited(simulated(), alternate))
    apart = next(row.ratio_to_best for row in ranking_of(findings).rows if row.subject == MIDDLE)
    together = next(row.ratio_to_best for row in ranking_of(analyse(simulated())).rows if row.subject == MIDDLE)
    assert apart.low < 0.5 < apart.high
    assert apart.half_width > together.half_width


def test_a_single_round_gives_wide_intervals() -> None:
    """One round can't show how fresh processes differ, so a usual difference is assumed."""
    single, several = analyse(simulated(rounds=1)), analyse(simulated())
    assert single.median_ratio_half_width is not None
    assert several.median_ratio_half_width is not None
    assert single.median_ratio_half_width > 0.15 > several.median_ratio_half_width
    found = cell_of(single, FAST).throughput_rps
    assert found
    assert found.low < 8_000 < found.high


def test_one_window_in_one_round_still_has_an_interval() -> None:
    findings = analyse(simulated(rounds=1, windows=1, latency_windows=1))
    assert findings.median_ratio_half_width is not None
    assert 0.3 < findings.median_ratio_half_width < 1
    latency = next(percentile.us for percentile in cell_of(findings, SLOW, Workload.LATENCY).percentiles)
    assert latency.low < latency.value < latency.high


def test_warm_up_windows_are_not_counted() -> None:
    recorded = simulated()
    first = recorded.windows[0].model_copy(update={"kind": WindowKind.WARM})
    findings = analyse(recorded.model_copy(update={"windows": (first, *recorded.windows[1:])}))
    assert sum(each.windows for each in findings.cells) == len(recorded.windows) - 1


def test_a_subject_that_is_robbed_of_its_cpu_keeps_every_window_and_every_round() -> None:
    """Whoever is measured is robbed in his own way: leaving windows out for it would favour somebody."""

    def steal(window: Window) -> Window:
        heavy = is_of(window, "slow") and window.round_index == 2
        assert window.meter
        return window.model_copy(
            update={"meter": window.meter.model_copy(update={"steal_ns": 400_000_000 if heavy else 1_000_000})}
        )

    found = cell_of(analyse(edited(simulated(endpoints=(Endpoint.JSON,)), steal)), SLOW)
    assert (found.valid, found.windows, found.rounds) == (True, 20, 4)


BASELINE = subject("bare")
LAYER = subject("layer")
DEPLOYED = (
    deployment(BASELINE, family=Family.BASELINE),
    deployment(LAYER, family=Family.LAYER),
    deployment(FAST, built_on="layer"),
    deployment(SLOW, server="other"),
)


def with_capacities(bare: float, layer: float, fast: float) -> RecordedRun:
    truth = {BASELINE: bare, LAYER: layer, FAST: fast, SLOW: 1_000.0}
    return Simulation(truth, endpoints=(Endpoint.HELLO, Endpoint.JSON), noise=QUIET, deployments=DEPLOYED).recorded()


def test_overhead_is_the_cpu_time_above_the_baseline_on_the_same_server() -> None:
    """At 8,000 requests/s a request costs 950/8 us, at 2,000 four times that."""
    overheads = analyse(with_capacities(8_000, 4_000, 2_000)).overheads
    assert {(each.subject, each.baseline) for each in overheads} == {(LAYER, BASELINE), (FAST, BASELINE)}
    found = next(each for each in overheads if each.subject == FAST)
    truth = SERVER_SHARE * 1e6 / 2_000 - SERVER_SHARE * 1e6 / 8_000
    assert found.added_us.low < truth < found.added_us.high
    assert found.added_us.value == pytest.approx(truth, rel=0.05)
    assert found.times_baseline.low < 3 < found.times_baseline.high


def test_costs_of_all_pairs_are_held_against_each_other_and_the_second_copy_is_left_out() -> None:
    found = analyse(simulated()).cpu_comparisons
    pairs = {(SLOW, MIDDLE), (SLOW, FAST), (MIDDLE, FAST)}
    assert {(each.a, each.b) for each in found} == pairs
    assert {(each.endpoint, each.workload) for each in found} == {
        (endpoint, Workload.CAPACITY) for endpoint in (Endpoint.JSON, Endpoint.DB)
    }
    for each in found:
        assert each.ratio.low < TRUTH[each.b] / TRUTH[each.a] < each.ratio.high, "who answers half as many costs double"
        assert not each.tied


def test_an_app_that_nobody_has_written_yet_is_no_ones_baseline_and_takes_no_rank() -> None:
    """Even where it comes first and answers on the bare interface."""
    scaffold = subject("aardvark")
    deployed = (deployment(scaffold, family=Family.SCAFFOLD), *DEPLOYED)
    truth = {scaffold: 9_000.0, BASELINE: 8_000.0, LAYER: 4_000.0, FAST: 2_000.0, SLOW: 1_000.0}
    findings = analyse(Simulation(truth, noise=QUIET, deployments=deployed).recorded())
    assert {each.baseline for each in findings.overheads} == {BASELINE}
    assert scaffold in {each.subject for each in findings.overheads}


def test_what_moves_a_whole_round_moves_an_overhead_no_more_than_in_proportion() -> None:
    """Costs of 237 and 244 us that swing by a third between rounds still are 6 us apart, give or take a few."""
    swinging = replace(QUIET, common=0.3)
    truth = {BASELINE: 4_000.0, LAYER: 3_900.0, FAST: 3_800.0}
    overheads = analyse(Simulation(truth, noise=swinging, deployments=DEPLOYED).recorded()).overheads
    added = next(each.added_us for each in overheads if each.subject == LAYER)
    assert added.low < 6.1 < added.high
    assert added.high - added.low < 20


@pytest.mark.parametrize(
    ("capacities", "broken"),
    [
        ((8_000, 4_000, 2_000), set()),
        ((8_000, 2_000, 2_000), set()),
        (
            (8_000, 2_000, 4_000),
            {"fast (controlled, gunicorn gthread) is not faster than layer (controlled, gunicorn gthread)"},
        ),
        (
            (3_000, 8_000, 6_000),
            {
                "layer (controlled, gunicorn gthread) is not faster than bare (controlled, gunicorn gthread)",
                "fast (controlled, gunicorn gthread) is not faster than bare (controlled, gunicorn gthread)",
            },
        ),
    ],
)
def test_nothing_is_faster_than_what_it_is_built_on(capacities: tuple[float, float, float], broken: set[str]) -> None:
    sanity = analyse(with_capacities(*capacities)).sanity
    assert {check.statement.rsplit(" on ", 1)[0] for check in sanity if not check.held} == broken
    assert all(check.detail for check in sanity)


@pytest.mark.parametrize("endpoint", [Endpoint.ITEMS, Endpoint.ORDERS])
def test_a_framework_may_beat_its_foundation_where_it_brings_a_faster_library_for_json(endpoint: Endpoint) -> None:
    truth = {BASELINE: 3_000.0, LAYER: 8_000.0, FAST: 9_000.0, SLOW: 1_000.0}
    recorded = Simulation(truth, endpoints=(endpoint,), noise=QUIET, deployments=DEPLOYED).recorded()
    assert [check.statement for check in analyse(recorded).sanity] == ["p50 <= p99 <= max in every cell"]


def test_a_query_that_costs_no_time_is_not_believed() -> None:
    recorded = simulated(endpoints=(Endpoint.JSON, Endpoint.DB))
    assert all(check.held for check in analyse(recorded).sanity)

    def boost(window: Window) -> Window:
        if ":db:" not in window.cell or not is_of(window, "middle"):
            return window
        assert window.report
        return window.model_copy(
            update={"report": window.report.model_copy(update={"responses": window.report.responses * 2})}
        )

    (broken,) = [check for check in analyse(edited(recorded, boost)).sanity if not check.held]
    assert broken.statement == "middle (controlled, gunicorn gthread): db is not faster than json"


def test_a_server_that_started_in_no_round_is_said_and_the_others_are_measured() -> None:
    recorded = edited(simulated(), lambda window: None if is_of(window, "fast") else window)
    fault = {"start_s": None, "fault": "ModuleNotFoundError: fast"}
    starts = tuple(start.model_copy(update=fault) if start.subject == FAST else start for start in recorded.starts)
    findings = analyse(recorded.model_copy(update={"starts": starts}))
    found = cell_of(findings, FAST)
    assert [gate.name for gate in found.gates if not gate.held] == [GateName.STARTED, GateName.ENOUGH_DATA]
    assert "ModuleNotFoundError: fast" in found.reasons[0]
    assert [row.subject for row in ranking_of(findings).rows] == [MIDDLE, SLOW]


def test_the_same_record_gives_the_same_findings() -> None:
    recorded = simulated(latency_windows=1)
    again = RecordedRun.model_validate_json(recorded.model_dump_json())
    assert json.loads(analyse(recorded).model_dump_json()) == json.loads(analyse(again).model_dump_json())


def test_an_empty_run_has_findings_too() -> None:
    recorded = simulated().model_copy(update={"windows": (), "starts": (), "rounds_complete": 0})
    findings = analyse(recorded)
    assert (findings.rounds_complete, findings.rounds_planned) == (0, 4)
    assert not any(each.valid for each in findings.cells)
