"""Whether the intervals hold what they promise, on hundreds of simulated runs of known truth."""

from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from harness.analysis.estimates import THROUGHPUT, rate_table
from harness.analysis.intervals import ratio, single
from harness.analysis.moderation import fit_prior
from harness.analysis.side_by_side import SideBySide
from harness.model.app import Endpoint
from harness.model.cell import Kind
from tests.unit.analysis.simulate import Noise, capacity_windows, simulated_runs, subject

pytestmark = pytest.mark.simulation

RUNS = simulated_runs(400)
ENDPOINTS = (Endpoint.HELLO, Endpoint.JSON)
SUBJECTS = (*(subject(f"app{place}") for place in range(5)), subject("app0", twin=True))


def spread(first: float, last: float) -> tuple[float, ...]:
    """One for each subject."""
    return tuple(np.linspace(first, last, len(SUBJECTS)).tolist())


ALIKE = Noise(window=0.10, process=0.03)
UNLIKE = Noise(window=spread(0.14, 0.07), process=spread(0.02, 0.05))
TAILED = Noise(window=0.11, process=spread(0.05, 0.02), heavy_tails=True)
BLOCKED = Noise(window=0.10, process=0.02, block=0.08)


@dataclass(frozen=True)
class Outcome:
    """Shares over all pairs of all simulated runs."""

    coverage: float
    worst_pair: float
    half_width: float
    """Median."""


def capacities(noise: Noise, rounds: int, windows: int, seed: int, *, truth: float = 0.0) -> list[SideBySide]:
    """One run's throughput by endpoint; each subject is faster than the one before by `truth`, on the log scale."""
    return _capacities(noise, rounds, windows, seed, truth)


@cache  # several tests ask the same runs
def _capacities(noise: Noise, rounds: int, windows: int, seed: int, truth: float) -> list[SideBySide]:
    generator = np.random.default_rng(seed)
    steps = truth * np.arange(len(SUBJECTS))[:, None, None]
    cells = [
        capacity_windows(steps + noise.draw(generator, len(SUBJECTS), rounds, windows), SUBJECTS, endpoint)
        for endpoint in ENDPOINTS
    ]
    tables = [rate_table(of_endpoint, THROUGHPUT) for of_endpoint in cells]
    prior = fit_prior(tables)
    return [
        SideBySide(Kind.of(of_endpoint[0].cell), SUBJECTS, table, prior, "requests/s", higher_is_better=True)
        for of_endpoint, table in zip(cells, tables, strict=True)
    ]


def simulate(noise: Noise, rounds: int, windows: int) -> Outcome:
    hits = np.zeros(len(SUBJECTS))
    half_widths: list[float] = []
    for seed in range(RUNS):
        for judged in capacities(noise, rounds, windows, seed):
            for place in range(len(SUBJECTS)):
                found = ratio(judged.table, judged.prior, place, place - 1)
                hits[place] += abs(found.value) <= found.half_width
                half_widths.append(found.half_width)
    shares = hits / RUNS / len(ENDPOINTS)
    return Outcome(float(shares.mean()), float(shares.min()), float(np.median(half_widths)))


@pytest.mark.parametrize(
    ("noise", "rounds", "windows"),
    [
        (ALIKE, 4, 5),
        (UNLIKE, 4, 6),
        (TAILED, 4, 12),
        (BLOCKED, 8, 5),
    ],
)
def test_95_of_100_intervals_of_a_ratio_contain_the_truth(noise: Noise, rounds: int, windows: int) -> None:
    outcome = simulate(noise, rounds, windows)
    assert 0.93 <= outcome.coverage <= 0.97, outcome
    # Moderation pools: a pair that scatters much more than the rest pays for it, but not much.
    assert outcome.worst_pair >= 0.90, outcome


def test_95_of_100_intervals_of_a_subject_s_own_value_contain_the_truth() -> None:
    """Here what moves a whole round doesn't cancel."""
    hits = [
        abs(found.value - np.log(20_000)) <= found.half_width
        for seed in range(RUNS)
        for judged in capacities(ALIKE, 4, 5, seed)[:1]
        for found in [single(judged.table, judged.prior, seed % len(SUBJECTS))]
    ]
    assert 0.93 <= np.mean(hits) <= 0.97


@pytest.mark.parametrize(("rounds", "windows"), [(4, 5), (2, 3)])
def test_ratios_are_not_biased(rounds: int, windows: int) -> None:
    """The mean of many ratios is the true one, here 10 % between neighbours."""
    ratios = [
        ratio(judged.table, judged.prior, 1, 0).value
        for seed in range(400)
        for judged in capacities(ALIKE, rounds, windows, seed, truth=np.log(1.1))
    ]
    standard_error = np.std(ratios) / np.sqrt(len(ratios))
    assert np.mean(ratios) == pytest.approx(np.log(1.1), abs=3 * standard_error)
    assert standard_error < 0.005


def test_copies_of_one_app_are_told_apart_in_at_most_5_of_100_runs() -> None:
    told_apart = 0
    for seed in range(RUNS):
        tables = capacities(ALIKE, 4, 5, seed)
        told_apart += any(not tables[1].comparison(pair.a, pair.b).tied for pair in tables[1].twin_comparisons())
    assert told_apart / RUNS <= 0.05


@pytest.mark.parametrize(("truth", "limit"), [(0.0, 0.05), (np.log(1.03), 0.05)])
def test_a_rank_is_rarely_given_falsely(truth: float, limit: float) -> None:
    """Subjects that differ by no more than the margin share a rank in at least 95 of 100 comparisons of neighbours."""
    false = 0
    for seed in range(RUNS // 2):
        judged = capacities(ALIKE, 4, 5, seed, truth=truth)[0]
        false += sum(not judged.comparison(a, b).tied for a, b in pairwise(SUBJECTS[:5]))
    assert false / (RUNS // 2) / 4 <= limit


def test_clearly_different_subjects_get_ranks_of_their_own_in_the_true_order() -> None:
    right = 0
    for seed in range(100):
        judged = capacities(ALIKE, 4, 5, seed, truth=np.log(1.3))[0]
        ranking = judged.ranking(judged.comparisons(), references=(), invalid=())
        right += [row.subject for row in ranking.rows] == [*reversed(SUBJECTS[:5])] and not any(
            row.tied for row in ranking.rows
        )
    assert right >= 95
