"""Offered rates are decided once, from what the warm-up of the first round showed."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest

from harness.measure.rates import (
    ROUND_RATES,
    Rates,
    Throughputs,
    able_in,
    is_listed,
    round_rate,
    warm_throughputs,
    without_capacity,
)
from harness.model.app import Endpoint
from harness.model.cell import Cell, OfferedRate, RateRule, Subject, Workload
from harness.model.run import Window, WindowKind
from harness.model.window import Failure, WindowReport

SLOW, FAST = (Subject(app=name, variant="controlled") for name in ("slow", "fast"))
NEWER = Subject(app="fast@main", variant="controlled")
TWIN = FAST.model_copy(update={"twin": True})
JSON = Endpoint.JSON


def capacity(subject: Subject) -> Cell:
    return Cell(subject=subject, endpoint=JSON, workload=Workload.CAPACITY, connections=32)


def latency(subject: Subject, rate: RateRule = RateRule.COMMON) -> Cell:
    return Cell(subject=subject, endpoint=JSON, workload=Workload.LATENCY, connections=64, rate=rate)


def window(
    subject: Subject, responses: int, *, failures: int = 0, kind: WindowKind = WindowKind.WARM, lost: str | None = None
) -> Window:
    report = WindowReport(
        duration_ns=500_000_000,
        responses=responses,
        failures={Failure.STATUS: failures} if failures else {},
        reconnects=0,
        latency="",
        latency_sum_ns=0,
        generator_cpu_ns=0,
        generator_run_delay_ns=0,
        requests_total=responses,
        responses_total=responses,
    )
    return Window(
        round_index=0,
        sequence=0,
        cell=capacity(subject).key,
        kind=kind,
        started_at=datetime.now(UTC),
        report=None if lost else report,
        lost=lost,
    )


CELLS = [each for subject in (SLOW, FAST) for each in (capacity(subject), latency(subject))]
EVERY = [latency(each, rule) for each in (SLOW, FAST, TWIN, NEWER) for rule in RateRule]
THROUGHPUTS: Throughputs = {(SLOW, JSON): 1_000.0, (FAST, JSON): 4_000.0, (TWIN, JSON): 3_900.0, (NEWER, JSON): 3_000.0}


def test_a_capacity_is_what_the_last_windows_of_the_warm_up_showed() -> None:
    windows = [
        *(window(SLOW, count) for count in (100, 400, 600)),
        window(FAST, 100),
        window(FAST, 2_000),
        window(FAST, 9, kind=WindowKind.MEASURED),
    ]
    assert warm_throughputs(windows, CELLS) == {(SLOW, JSON): pytest.approx(1_000), (FAST, JSON): pytest.approx(4_000)}
    assert warm_throughputs([window(SLOW, 500)], CELLS) == {(SLOW, JSON): pytest.approx(1_000)}


@pytest.mark.parametrize(
    ("warmed", "why"),
    [
        ([], "showed no throughput"),
        ([window(SLOW, 0, lost="it ended")], "showed no throughput"),
        ([window(SLOW, 100, failures=20), window(SLOW, 80)], "10.0% of the requests of its warm-up failed"),
    ],
)
def test_where_there_is_no_rate_it_is_told_what_the_warm_up_was_like(warmed: list[Window], why: str) -> None:
    assert without_capacity(warmed).startswith("not tried: ")
    assert why in without_capacity(warmed)


def test_a_capacity_full_of_failures_gives_no_rate_and_does_not_lower_the_common_one() -> None:
    found = warm_throughputs([window(SLOW, 10, failures=490), window(FAST, 2_000)], CELLS)
    rates = Rates(CELLS)
    rates.decide(found)
    assert rates.of(latency(SLOW)) is None
    assert rates.of(latency(FAST)) == 2_000


@pytest.mark.parametrize(
    ("at_most", "rate"), [(1.0, 1.0), (1.49, 1.0), (1.6, 1.5), (999, 700), (1_000, 1_000), (0.25, 0.2), (6_350, 5_000)]
)
def test_a_round_rate_is_the_largest_that_is_not_larger(at_most: float, rate: float) -> None:
    assert round_rate(at_most) == pytest.approx(rate)
    assert is_listed(rate)
    assert not is_listed(1.03 * rate)


def test_a_round_rate_leaves_no_load_far_from_half() -> None:
    listed = [*ROUND_RATES, 10.0]
    assert max(later / earlier for earlier, later in pairwise(listed)) < 1.7
    assert all(0.29 < round_rate(rps / 2) / rps <= 0.5 for rps in range(100, 10_000, 7))


def test_the_common_rate_is_a_round_one_of_about_half_of_the_slowest() -> None:
    rates = Rates(EVERY)
    assert rates.decide(THROUGHPUTS)
    assert {rates.of(latency(each)) for each in (SLOW, FAST, TWIN, NEWER)} == {500.0}
    (common,) = (each for each in rates.decided if each.rule is RateRule.COMMON)
    assert (common.slowest, common.capacity_rps, common.share) == (SLOW, 1_000.0, 0.5)


SLOWEST = Subject(app="slow", variant="async")
"""A deployment of the slow app that is slower still."""


@pytest.mark.parametrize(
    ("answers_rps", "spared"), [(100.0, True), (624.0, True), (626.0, False), (900.0, False), (1_100.0, False)]
)
def test_a_slow_deployment_of_an_app_that_has_a_faster_one_leaves_the_common_rate_as_it_is(
    answers_rps: float, *, spared: bool
) -> None:
    """And is not offered it where it could not bear it."""
    cells = [*EVERY, *(latency(SLOWEST, rule) for rule in RateRule)]
    rates = Rates(cells)
    rates.decide({**THROUGHPUTS, (SLOWEST, JSON): answers_rps})
    assert {rates.of(latency(each)) for each in (SLOW, FAST, TWIN, NEWER)} == {500.0}
    assert rates.of(latency(SLOWEST)) == (None if spared else 500.0)
    why = rates.why_beyond(latency(SLOWEST))
    assert why == (
        "not tried: the common rate, 500 requests/s, is more than 80% of what its warm-up showed it to answer"
        if spared
        else None
    )
    assert [rates.why_beyond(cell) for cell in cells if cell != latency(SLOWEST)] == [None] * (len(cells) - 1)
    assert rates.of(latency(SLOWEST, RateRule.HIGH)) == pytest.approx(0.8 * answers_rps)
    resumed = Rates(cells, rates.decided, able=[*THROUGHPUTS, (SLOWEST, JSON)])
    assert [resumed.of(cell) for cell in cells] == [rates.of(cell) for cell in cells]


def test_of_two_revisions_of_a_slow_deployment_neither_is_offered_what_one_could_not_bear() -> None:
    """Or one of them had a latency, and the other none."""
    newer = SLOWEST.model_copy(update={"app": "slow@main"})
    cells = [*EVERY, latency(SLOWEST), latency(newer)]
    rates = Rates(cells)
    rates.decide({**THROUGHPUTS, (SLOWEST, JSON): 700.0, (newer, JSON): 600.0})
    assert (rates.of(latency(SLOWEST)), rates.of(latency(newer))) == (None, None)


def test_an_app_in_one_deployment_sets_the_rate_however_slow_it_is() -> None:
    cells = [latency(SLOWEST), latency(FAST)]
    rates = Rates(cells)
    rates.decide({(SLOWEST, JSON): 100.0, (FAST, JSON): 4_000.0})
    assert {rates.of(cell) for cell in cells} == {50.0}


@pytest.mark.parametrize(("rule", "share"), [(RateRule.HALF, 0.5), (RateRule.HIGH, 0.8)])
def test_revisions_and_copies_of_an_app_get_the_rate_of_the_slowest_of_them(rule: RateRule, share: float) -> None:
    rates = Rates(EVERY)
    rates.decide(THROUGHPUTS)
    assert rates.of(latency(SLOW, rule)) == pytest.approx(share * 1_000)
    assert {rates.of(latency(each, rule)) for each in (FAST, TWIN, NEWER)} == {share * 3_000}


def test_what_is_decided_stays_whatever_later_rounds_show() -> None:
    rates = Rates(EVERY)
    rates.decide(THROUGHPUTS)
    decided = rates.decided
    assert not rates.decide({key: rps / 3 for key, rps in THROUGHPUTS.items()})
    resumed = Rates(EVERY, decided)
    assert not resumed.decide({key: 3 * rps for key, rps in THROUGHPUTS.items()})
    assert rates.decided == resumed.decided == decided
    assert [resumed.of(cell) for cell in EVERY] == [rates.of(cell) for cell in EVERY]


def test_a_subject_that_warmed_up_in_a_later_round_only_gets_the_common_rate_and_its_own() -> None:
    rates = Rates(EVERY)
    rates.decide({(FAST, JSON): 4_000.0})
    assert rates.of(latency(FAST)) == 2_000
    assert rates.of(latency(SLOW)) is None
    assert rates.decide({(SLOW, JSON): 1_000.0})
    assert rates.of(latency(SLOW)) == 2_000
    assert rates.of(latency(SLOW, RateRule.HALF)) == 500


def earlier(rate_rps: float, rule: RateRule = RateRule.COMMON, endpoint: Endpoint = JSON) -> tuple[str, OfferedRate]:
    rate = OfferedRate(endpoint=endpoint, rule=rule, rate_rps=rate_rps, capacity_rps=1.0, slowest=SLOW, why="")
    return f"at-{rate_rps:g}", rate


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ([], 500),
        ([earlier(300)], 300),
        ([earlier(700)], 500),
        ([earlier(200)], 500),
        ([earlier(450)], 500),
        ([earlier(700), earlier(300)], 300),
        ([earlier(500), earlier(300)], 500),
        ([earlier(300, RateRule.HALF)], 500),
        ([earlier(300, endpoint=Endpoint.DB)], 500),
    ],
)
def test_the_latest_run_whose_round_rate_still_suits_gives_the_common_rate(
    others: list[tuple[str, OfferedRate]], expected: float
) -> None:
    """Still suits: from 30 to 60 % of the slowest capacity now, so that small changes of the host don't change it."""
    rates = Rates(CELLS, earlier=others)
    rates.decide({(SLOW, JSON): 1_000.0, (FAST, JSON): 4_000.0})
    (common,) = rates.decided
    assert common.rate_rps == rates.of(latency(FAST)) == expected
    assert ("of the run" in common.why) == (f"at-{expected}" in dict(others) and expected != 450)


def test_a_run_that_goes_on_knows_who_has_shown_a_capacity() -> None:
    """A warm-up fails in a later round: what was decided in the first one holds, before an interruption and after."""
    shown = [window(SLOW, 500), window(SLOW, 500), window(FAST, 2_000), window(FAST, 2_000)]
    throughputs = warm_throughputs(shown, CELLS)
    at_once = Rates(CELLS)
    at_once.decide(throughputs)
    gone_on = Rates(CELLS, at_once.decided, able=able_in(shown, CELLS))
    for rates in (at_once, gone_on):
        rates.decide({key: value for key, value in throughputs.items() if key[0] != FAST})
    assert gone_on.of(latency(FAST)) == at_once.of(latency(FAST)) == 500.0
    assert Rates(CELLS, at_once.decided).of(latency(FAST)) is None


@pytest.mark.parametrize(("at_most_rps", "listed"), [(999.9999999999999, 700.0), (99_999.99999999999, 70_000.0)])
def test_a_capacity_just_below_a_power_of_ten_has_a_round_rate(at_most_rps: float, listed: float) -> None:
    assert round_rate(at_most_rps) == pytest.approx(listed)
