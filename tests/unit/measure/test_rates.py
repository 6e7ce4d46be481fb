"""Offered rates are decided once, from what the warm-up of the first round showed."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest

from harness.measure.capacities import Capacities, Throughputs
from harness.measure.rates import ROUND_RATES, Rates, is_listed, offered_in, round_rate, without_capacity
from harness.model.app import Endpoint
from harness.model.cell import Cell, OfferedRate, RateRule, Subject, Workload
from harness.model.run import Window, WindowKind
from harness.model.window import Failure, WindowReport
from tests.unit.analysis.simulate import EMPTY_REPORT
from tests.unit.results.sample import window_of

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
    rates = Rates(CELLS)
    rates.decide(Capacities(CELLS, [window(SLOW, 10, failures=490), window(FAST, 2_000)]).so_far())
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
        f"not tried: the common rate, 500 requests/s, is more than 80% of the {answers_rps:,.0f} that it was seen to "
        "answer; if that was a slow moment of the host, a later round tries it, otherwise a run of it alone has a rate "
        "that suits it (--app slow --variant async)"
        if spared
        else None
    )
    assert [rates.why_beyond(cell) for cell in cells if cell != latency(SLOWEST)] == [None] * (len(cells) - 1)
    assert rates.of(latency(SLOWEST, RateRule.HIGH)) == pytest.approx(0.8 * answers_rps)
    resumed = Rates(cells, rates.decided)
    assert not resumed.decide({**THROUGHPUTS, (SLOWEST, JSON): answers_rps})
    assert [resumed.of(cell) for cell in cells] == [rates.of(cell) for cell in cells]


@pytest.mark.parametrize(
    ("compared", "rate_rps"),
    [({"controlled": 1_200.0, "default": 900.0}, 500.0), ({"default": 1_500.0}, 700.0), ({}, 1_000.0)],
)
def test_a_variant_in_which_apps_are_not_compared_leaves_the_common_rate_as_it_is(
    compared: dict[str, float], rate_rps: float
) -> None:
    """Or the faster it is, the nearer to their limits are those that are; it counts where there is no other."""
    found = {Subject(app="slow", variant=variant): answers_rps for variant, answers_rps in compared.items()}
    found |= {Subject(app="slow", variant="sql"): 2_000.0, FAST: 4_000.0}
    rates = Rates([latency(each) for each in found])
    rates.decide({(subject, JSON): answers_rps for subject, answers_rps in found.items()})
    assert {rates.of(latency(each)) for each in found} == {rate_rps}


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
    assert rates.decide({(FAST, JSON): 4_000.0, (SLOW, JSON): 2_600.0})
    assert rates.of(latency(SLOW)) == 2_000
    assert rates.of(latency(SLOW, RateRule.HALF)) == 1_300


def test_who_could_not_bear_the_rate_is_not_offered_it_in_whichever_round_it_is_first_seen() -> None:
    """Or its server would have a queue that grows, and its cell be invalid for another reason than the true one."""
    rates = Rates(EVERY)
    rates.decide({(FAST, JSON): 4_000.0})
    assert rates.decide({(FAST, JSON): 4_000.0, (SLOW, JSON): 1_000.0})
    assert rates.of(latency(SLOW)) is None
    assert "2,000 requests/s, is more than 80% of the 1,000" in str(rates.why_beyond(latency(SLOW)))
    assert rates.of(latency(SLOW, RateRule.HALF)) == 500


def test_a_deployment_that_seemed_too_slow_is_tried_once_more_is_seen_of_it_and_from_then_on_always() -> None:
    """The rate stays what it was, also for those who were measured at it already."""
    cells = [*EVERY, latency(SLOWEST)]
    rates = Rates(cells)
    seen = {**THROUGHPUTS, (SLOWEST, JSON): 400.0}
    rates.decide(seen)
    decided = rates.decided
    assert rates.of(latency(SLOWEST)) is None
    tried = []
    for answers_rps in (600.0, 900.0, 600.0):
        assert not rates.decide({**seen, (SLOWEST, JSON): answers_rps})
        tried.append(rates.of(latency(SLOWEST)))
    assert tried == [None, 500.0, 500.0], "left out again in slow rounds, its latency would be that of its good ones"
    assert rates.decided == decided
    assert {rates.of(latency(each)) for each in (SLOW, FAST, TWIN, NEWER)} == {500.0}
    gone_on = Rates(cells, decided, offered=[latency(SLOWEST)])
    gone_on.decide({**seen, (SLOWEST, JSON): 600.0})
    assert gone_on.of(latency(SLOWEST)) == 500.0


def test_a_run_that_goes_on_knows_who_was_offered_a_rate() -> None:
    taken = window_of(latency(FAST), rate_rps=500.0, report=EMPTY_REPORT)
    not_tried = window_of(latency(SLOW), spec=None, skipped="not tried")
    assert offered_in([taken, not_tried, window_of(capacity(SLOW))], CELLS) == {latency(FAST)}


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
        ([earlier(150)], 500),
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
    """Still suits: from 25 to 60 % of the slowest capacity now, so that small changes of the host don't change it."""
    rates = Rates(CELLS, earlier=others)
    rates.decide({(SLOW, JSON): 1_000.0, (FAST, JSON): 4_000.0})
    (common,) = rates.decided
    assert common.rate_rps == rates.of(latency(FAST)) == expected
    assert ("of the run" in common.why) == (f"at-{expected}" in dict(others) and expected != 450)


@pytest.mark.parametrize(("at_most_rps", "listed"), [(999.9999999999999, 700.0), (99_999.99999999999, 70_000.0)])
def test_a_capacity_just_below_a_power_of_ten_has_a_round_rate(at_most_rps: float, listed: float) -> None:
    assert round_rate(at_most_rps) == pytest.approx(listed)
