"""The A/A pair as a test of the run: it must find what is wrong, and hardly ever cry wolf."""

from collections.abc import Sequence
from math import exp, log

import numpy as np
import pytest

from harness.analysis.copies import allowed, judge_copies
from harness.analysis.estimates import THROUGHPUT, rate_table
from harness.analysis.intervals import LogInterval
from harness.analysis.moderation import fit_prior
from harness.analysis.side_by_side import SideBySide
from harness.model.app import Endpoint
from harness.model.cell import Kind, Workload
from harness.model.findings import Comparison, CopiesTest
from tests.unit.analysis.simulate import Noise, capacity_windows, simulated_runs, subject

ONE, TWIN = subject("one"), subject("one", twin=True)
ENDPOINTS = (Endpoint.HELLO, Endpoint.JSON, Endpoint.DB, Endpoint.QUERIES, Endpoint.FORTUNES)


def pairs(*distances: float, df: float = 20.0) -> list[Comparison]:
    """Ratios so many standard errors, of 1 % each, away from 1."""
    found = [LogInterval(distance * 0.01, 0.01, df) for distance in distances]
    return [
        Comparison(
            a=ONE, b=TWIN, endpoint=Endpoint.JSON, workload=Workload.CAPACITY, rate=None, ratio=each.estimate(),
            tied=abs(each.value) <= each.half_width,
        )
        for each in found
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("distances", "outside", "trusted"),
    [
        ((0.1, -0.5, 1.9), 0, True),
        ((0.1, -2.5, 1.0), 1, True),
        ((2.5, 2.5, 2.5), 3, False),
        ((2.3, -2.3, 2.3, 0.0, 0.0), 3, True),
        ((2.3, -2.3, 2.3, 2.3, 0.0), 4, False),
        ((6.0, 0.0, 0.0, 0.0, 0.0), 1, False),
        ((), 0, True),
    ],
    ids=["all hold 1", "one of three by chance", "all three", "three of five", "four of five", "one far off", "none"],
)
def test_copies_that_are_told_apart_too_often_or_too_far_make_the_run_distrusted(
    distances: Sequence[float], outside: int, *, trusted: bool
) -> None:
    found = judge_copies(ONE, pairs(*distances))
    assert found.outside == outside
    assert (found.distrust is None) is trusted


def test_a_distrusted_run_names_its_pairs_and_their_ratios() -> None:
    found = judge_copies(ONE, pairs(8.0, 0.1))
    told = "two copies of one (controlled) were told apart farther than chance does it"
    assert found.distrust == f"{told}: json, capacity: 1.08 (1.06 to 1.11)"


@pytest.mark.parametrize(("count", "may"), [(0, 0), (1, 1), (2, 2), (3, 2), (5, 3), (10, 6)])
def test_so_many_intervals_may_lack_the_truth_by_chance(count: int, may: int) -> None:
    assert allowed(count) == may


def a_run(seed: int, *, truth: float = 0.0) -> CopiesTest:
    """Five endpoints, loaded on the same processes: what sets these apart, each endpoint shows."""
    generator = np.random.default_rng(seed)
    subjects = (ONE, TWIN, *(subject(f"app{place}") for place in range(4)))
    processes = 0.02 * generator.normal(size=(len(subjects), 5, 1))
    processes[1] += truth
    cells = [
        capacity_windows(
            processes + Noise(window=0.05, process=0.0).draw(generator, len(subjects), 5, 6), subjects, endpoint
        )
        for endpoint in ENDPOINTS
    ]
    tables = [rate_table(of_endpoint, THROUGHPUT) for of_endpoint in cells]
    prior = fit_prior(tables)
    compared = [
        SideBySide(Kind.of(of_endpoint[0].cell), subjects, table, prior, "", higher_is_better=True)
        for of_endpoint, table in zip(cells, tables, strict=True)
    ]
    return judge_copies(ONE, [pair for each in compared for pair in each.twin_comparisons()])


def test_a_copy_that_is_slower_by_a_tenth_is_found_out() -> None:
    slower = [a_run(seed, truth=-log(1.10)) for seed in range(20)]
    assert all(each.distrust for each in slower)
    first_over_second = [pair.ratio.value for each in slower for pair in each.pairs]
    assert sum(first_over_second) / len(first_over_second) == pytest.approx(1.10, abs=0.02)


@pytest.mark.simulation
def test_a_good_run_is_hardly_ever_distrusted() -> None:
    """One in a hundred: so of 200, more than five are so in one set of runs in sixty."""
    runs = simulated_runs(200)
    assert sum(a_run(seed).distrust is not None for seed in range(runs)) <= 0.025 * runs


def test_a_copy_counts_as_apart_where_its_interval_lacks_1_however_small_the_difference() -> None:
    (pair,) = pairs(2.5)
    assert pair.ratio.value == pytest.approx(exp(0.025))
    assert judge_copies(ONE, [pair]).outside == 1
