"""The arrivals of the open loop."""

from itertools import islice

import numpy as np
import pytest
from scipy import stats

from harness.load.arrivals import poisson_arrivals, seed_of_usual_number

START_NS = 1_000_000_000_000
RATE_RPS = 5_000


def arrivals(seed: int, count: int = 50_000) -> np.ndarray:
    """The first arrivals of a process."""
    return np.array(list(islice(poisson_arrivals(RATE_RPS, START_NS, seed), count)))


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_gaps_are_exponential(seed: int) -> None:
    """Kolmogorov and Smirnov find no difference from the exponential distribution of that rate."""
    gaps_s = np.diff(arrivals(seed), prepend=START_NS) / 1e9
    assert stats.kstest(gaps_s, "expon", args=(0, 1 / RATE_RPS)).pvalue > 0.001


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_counts_vary_as_a_poisson_process_does(seed: int) -> None:
    """Counts per tenth of a second have the rate as mean and as variance, and do not depend on each other."""
    instants = arrivals(seed)
    counts = np.bincount((instants - START_NS) // 100_000_000)[:-1]
    expected = RATE_RPS / 10
    assert counts.mean() == pytest.approx(expected, rel=4 / (expected * counts.size) ** 0.5)
    assert counts.var() == pytest.approx(expected, rel=4 * (2 / counts.size) ** 0.5)
    assert abs(np.corrcoef(counts[:-1], counts[1:])[0, 1]) < 4 / counts.size**0.5


def test_arrivals_ascend_across_chunks_and_repeat_by_seed() -> None:
    """The same seed gives the same instants, another one others."""
    first = arrivals(7, 5000)
    assert (np.diff(first) >= 0).all()
    assert (first == arrivals(7, 5000)).all()
    assert (first != arrivals(8, 5000)).any()


def counted(seed: int) -> np.ndarray:
    """Arrivals within 3 s after half a second at 10 a second, in seconds since then."""
    instants = np.array(list(islice(poisson_arrivals(10, 0, seed), 200))) / 1e9 - 0.5
    return instants[(instants >= 0) & (instants < 3)]


def test_a_seed_of_the_usual_number_changes_the_number_of_arrivals_and_nothing_else() -> None:
    """They come as a Poisson process does of which the number is given: evenly drawn, each by itself."""
    windows = [counted(seed_of_usual_number(10, 0.5, 3.0, seed * 1_000)) for seed in range(200)]
    assert {len(each) for each in windows} == {30}
    assert stats.kstest(np.concatenate(windows), "uniform", args=(0, 3)).pvalue > 0.001
    first_second = np.array([(each < 1).sum() for each in windows])
    assert first_second.mean() == pytest.approx(10, rel=4 / 2000**0.5)
    assert first_second.var() == pytest.approx(30 * 1 / 3 * 2 / 3, rel=4 * (2 / 200) ** 0.5), "drawn, and not spread"
