"""How often a comparison of two runs is wrong, on simulated pairs of known truth."""

from functools import cache

import pytest

from harness.comparison.across import compare
from harness.comparison.judge import judge
from harness.comparison.power import would_have_been_seen
from harness.model.claim import Metric
from harness.model.comparison import Outcome, RunComparison, RunSummary
from tests.unit.comparison.simulated import QUICK, STANDARD, Design, Host, a_run

pytestmark = pytest.mark.simulation

PAIRS = 40
"""Enough for a bound that can fail; docs/method.md gives the figures of many more."""
SLOWED = "app3"
USUAL = Host()


def before(seed: int, design: Design = STANDARD) -> RunSummary:
    return _before(seed, design, USUAL)


def alike(seed: int, design: Design = STANDARD, host: Host = USUAL) -> RunComparison:
    """Two runs of the same thing, compared once for all that is asked of them."""
    return _alike(seed, design, host)


@cache
def _before(seed: int, design: Design, host: Host) -> RunSummary:
    return a_run(2 * seed, design, host)


@cache
def _alike(seed: int, design: Design, host: Host) -> RunComparison:
    return compare(_before(seed, design, host), a_run(2 * seed + 1, design, host))


def share(hits: list[bool]) -> float:
    return sum(hits) / len(hits)


@pytest.mark.parametrize(
    ("design", "host"),
    [(STANDARD, Host()), (QUICK, Host()), (STANDARD, Host(cell=0.02)), (QUICK, Host(run=0.15, common=0.03))],
    ids=["standard", "quick", "cells that scatter from run to run", "a host that changes much"],
)
def test_two_runs_of_the_same_thing_show_no_difference_in_95_of_100_pairs(design: Design, host: Host) -> None:
    assert share([alike(seed, design, host).no_difference for seed in range(PAIRS)]) >= 0.95


def test_an_app_slowed_by_a_tenth_is_found_in_95_of_100_standard_runs() -> None:
    found: list[bool] = []
    blamed: list[bool] = []
    for seed in range(PAIRS):
        changes = compare(before(seed), a_run(2 * seed + 1, times={SLOWED: 1.1})).of(Outcome.WORSE, Outcome.REGRESSION)
        # In throughput and in CPU time, each by itself.
        metrics = {change.metric for change in changes if change.cell.subject.app == SLOWED}
        found.append(metrics == {Metric.THROUGHPUT, Metric.SERVER_CPU})
        blamed.append(any(change.cell.subject.app != SLOWED for change in changes))
    assert share(found) >= 0.95
    assert share(blamed) <= 0.05


@pytest.mark.parametrize("design", [STANDARD, QUICK], ids=["standard", "quick"])
def test_what_would_have_been_seen_is_found_nine_times_in_ten_at_least(design: Design) -> None:
    found: list[bool] = []
    for seed in range(PAIRS // 2):
        seen = would_have_been_seen(alike(seed, design))
        assert seen is not None
        after = a_run(2 * seed + 1, design, times={SLOWED: 1 + seen.in_all})
        worse = compare(before(seed, design), after).of(Outcome.WORSE, Outcome.REGRESSION)
        found.append(any(change.cell.subject.app == SLOWED for change in worse))
    assert share(found) >= 0.9


def test_nothing_is_called_a_regression_that_lies_on_the_regression_margin() -> None:
    wrong = [
        bool(compare(before(seed), a_run(2 * seed + 1, times={SLOWED: 1.05})).regressions) for seed in range(PAIRS)
    ]
    assert share(wrong) <= 0.05


def test_a_host_that_changed_moves_no_ratio() -> None:
    """Two runs 30 % apart in every cell."""
    found = compare(
        a_run(1, host=Host(run=0.0)), a_run(2, host=Host(run=0.0), times={f"app{i}": 1.3 for i in range(10)})
    )
    assert found.no_difference
    throughput = [shift.ratio for shift in found.shifts if shift.metric is Metric.THROUGHPUT]
    assert throughput == pytest.approx([1 / 1.3] * 5, rel=0.02)


def test_intervals_of_single_ratios_hold_95_of_100_truths() -> None:
    hits = [
        change.ratio is not None and change.ratio.low <= 1 <= change.ratio.high
        for seed in range(PAIRS)
        for change in alike(seed).changes
    ]
    assert 0.93 <= share(hits) <= 0.97


def test_without_margins_and_correction_these_pairs_would_show_differences() -> None:
    """So the tests above can fail."""
    naive = [
        any(
            change.ratio is not None and not change.ratio.low <= 1 <= change.ratio.high
            for change in alike(seed).changes
        )
        for seed in range(10)
    ]
    assert share(naive) == 1.0
    assert judge([], {}) == []
