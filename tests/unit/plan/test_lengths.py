"""Windows are as long as their subjects need."""

from dataclasses import replace
from itertools import pairwise

import pytest

from harness.model.app import Endpoint
from harness.model.cell import Cell, RateRule, Subject, Workload
from harness.model.plan import Timing
from harness.plan import budget
from harness.plan.lengths import LONGEST_LEAD_IN_S, Length, Throughputs, lengths_of

TIMING = Timing(
    rounds=5,
    lead_in_s=0.02,
    latency_lead_in_s=0.05,
    warm_window_s=0.15,
    warm_windows_max=3,
    capacity_window_s=0.25,
    capacity_windows=6,
    latency_window_s=0.25,
    latency_windows=4,
    concurrency_windows=2,
    setup_windows=5,
)
FLASK, BOTTLE = (Subject(app=app, variant="controlled") for app in ("flask", "bottle"))


def capacity(subject: Subject, connections: int = 32, workload: Workload = Workload.CAPACITY) -> Cell:
    return Cell(subject=subject, endpoint=Endpoint.DB, workload=workload, connections=connections)


def latency(subject: Subject, rule: RateRule = RateRule.COMMON) -> Cell:
    return Cell(subject=subject, endpoint=Endpoint.DB, workload=Workload.LATENCY, connections=64, rate=rule)


def length(cell: Cell, throughput_rps: float, rate_rps: float | None = None) -> Length:
    throughputs: Throughputs = {(cell.subject, cell.endpoint): throughput_rps}
    return lengths_of(TIMING, [cell], throughputs, {cell: rate_rps} if rate_rps else {})[cell]


def test_a_fast_subject_has_the_usual_lengths() -> None:
    assert length(capacity(FLASK), 12_000) == Length(0.02, 0.25, 6)
    assert length(latency(FLASK), 12_000, 2_000) == Length(0.05, 0.25, 4)


def test_a_slow_one_has_as_long_windows_as_hold_ten_waves_after_more_than_one() -> None:
    """560 requests/s on 32 connections are 57 ms a wave, of which a window of 0.25 s held four."""
    found = length(capacity(FLASK), 560)
    assert found.duration_s == pytest.approx(10 * 32 / 560)
    assert found.lead_in_s == pytest.approx(1.5 * 32 / 560)


def test_few_connections_still_have_enough_answers() -> None:
    assert length(capacity(FLASK, 1, Workload.CONCURRENCY), 400).duration_s == pytest.approx(0.5)


@pytest.mark.parametrize("throughput_rps", [100.0, 10.0, 0.1])
def test_no_window_is_longer_than_four_usual_ones(throughput_rps: float) -> None:
    found = length(capacity(FLASK), throughput_rps)
    assert found.duration_s == 1.0
    assert found.lead_in_s <= 5.0
    assert found.windows == 2


def test_nor_is_it_kept_below_a_second_where_the_usual_one_is_short() -> None:
    """An eighth of a second suits a fast host: on a slow one it is no reason to count few waves."""
    short = TIMING.model_copy(update={"capacity_window_s": 0.125, "capacity_windows": 11})
    slow, slowest = (
        lengths_of(short, [capacity(FLASK)], {(FLASK, Endpoint.DB): rps}, {})[capacity(FLASK)] for rps in (400, 100)
    )
    assert (slow.duration_s, slow.windows) == (pytest.approx(10 * 32 / 400), 2)
    assert (slowest.duration_s, slowest.windows) == (1.0, 2)


def test_windows_of_many_connections_may_be_longer_than_those_of_capacity() -> None:
    """Hundreds of connections take longer to open than the usual window lasts."""
    timing = TIMING.model_copy(update={"capacity_window_s": 0.125, "concurrency_window_s": 0.25})
    many, usual = capacity(FLASK, 64, Workload.CONCURRENCY), capacity(FLASK)
    found = lengths_of(timing, [many, usual], {(FLASK, Endpoint.DB): 12_000.0}, {})
    assert (found[many].duration_s, found[usual].duration_s) == (0.25, 0.125)
    assert budget.window_s(timing, many) - budget.window_s(timing, usual) == pytest.approx(0.125)


def test_a_lead_in_covers_the_first_wave_whatever_it_takes() -> None:
    assert length(capacity(FLASK, 512, Workload.CONCURRENCY), 300).lead_in_s > 512 / 300


def test_longer_windows_are_fewer_so_that_a_cell_takes_at_most_a_quarter_longer() -> None:
    for throughput_rps in (12_000, 1_200, 900, 560, 300, 100):
        found = length(capacity(FLASK), throughput_rps)
        assert 1 <= found.windows <= 6
        assert found.windows * found.duration_s <= 1.25 * 6 * 0.25 + found.duration_s / 2


@pytest.mark.parametrize(("windows", "passes"), [(6, 6), (4, 6), (2, 6), (1, 6), (1, 1), (3, 5)])
def test_the_windows_taken_are_spread_over_all_passes(windows: int, passes: int) -> None:
    taken = [place for place in range(passes) if Length(0.0, 0.25, windows).takes(place, passes)]
    assert len(taken) == windows
    gaps = [later - earlier for earlier, later in pairwise(taken)]
    assert all(passes // windows <= gap <= -(-passes // windows) for gap in gaps)


def test_a_latency_window_holds_enough_requests_after_its_queue_has_settled() -> None:
    slow = length(latency(FLASK), 200, 100)
    assert slow.duration_s == pytest.approx(50 / 100)
    assert slow.lead_in_s == pytest.approx(32 / 200)
    assert length(latency(FLASK), 560, 0.9 * 560).lead_in_s > 0.5
    assert length(latency(FLASK), 560, 600).lead_in_s == 1.0


def test_a_round_has_many_short_windows_of_latency_where_its_requests_come_slowly() -> None:
    """Together they show a percentile. A second of 200 requests told of one state of the host, and there were two."""
    assert length(latency(FLASK), 580, 200) == Length(32 / 580, 0.25, 4)


def test_what_comes_before_a_window_of_latency_takes_at_most_half_as_long() -> None:
    busy = length(latency(FLASK, RateRule.HIGH), 300, 240)
    assert busy.lead_in_s > 0.3
    assert busy.duration_s == pytest.approx(2 * busy.lead_in_s)
    assert busy.windows == 2


def test_revisions_copies_and_special_set_ups_get_the_lengths_of_the_slowest() -> None:
    """A ratio of theirs comes from like windows."""
    subjects = [
        FLASK,
        FLASK.model_copy(update={"twin": True}),
        FLASK.model_copy(update={"app": "flask@main"}),
        FLASK.model_copy(update={"extra_routes": 1_000}),
        FLASK.model_copy(update={"workers": 2}),
    ]
    cells = [capacity(each, 32 * each.workers) for each in subjects]
    throughputs = {
        (each, Endpoint.DB): rps for each, rps in zip(subjects, (2_000, 1_500, 700, 900, 3_000), strict=True)
    }
    throughputs[BOTTLE, Endpoint.DB] = 2_000.0
    found = lengths_of(TIMING, [*cells, capacity(BOTTLE)], throughputs, {})
    assert {found[cell] for cell in cells} == {length(capacity(FLASK), 700)}
    assert found[capacity(BOTTLE)] == replace(found[capacity(BOTTLE)], duration_s=0.25)


def test_without_a_throughput_the_usual_lengths_hold() -> None:
    assert lengths_of(TIMING, [capacity(FLASK)], {}, {})[capacity(FLASK)] == Length(0.02, 0.25, 6)
    many = capacity(FLASK, 128, Workload.CONCURRENCY)
    assert lengths_of(TIMING, [many], {}, {})[many] == Length(0.1, 0.25, 2)


def test_an_app_that_hardly_answers_holds_up_no_round() -> None:
    assert length(capacity(FLASK), 0.5).lead_in_s == LONGEST_LEAD_IN_S
    assert length(latency(FLASK), 0.5, 0.25).lead_in_s == LONGEST_LEAD_IN_S
