"""Quantiles of latencies, also where some requests were cut off before they were answered."""

import numpy as np
import pytest

from harness.analysis.latency.durations import Durations
from harness.histogram import Histogram
from tests.unit.analysis.simulate import Array

NONE = np.zeros(0)


def exponential(generator: np.random.Generator, count: int) -> Array:
    return generator.exponential(1e6, count)


@pytest.mark.parametrize("quantile", [0.01, 0.25, 0.5, 0.9, 0.99])
def test_without_cut_off_requests_it_is_numpy_s_median_unbiased_quantile(quantile: float) -> None:
    times = np.random.default_rng(1).uniform(1e6, 1.1e6, 777)
    found = Durations.of_requests(times, NONE).quantile_ns(quantile)
    assert found == pytest.approx(np.quantile(times, quantile, method="median_unbiased"), rel=1e-5)


def test_equal_times_have_no_other_quantile_than_themselves() -> None:
    half = Durations.of_requests(np.array([1e6] * 60 + [2e6] * 40), NONE)
    assert [half.quantile_ns(quantile) for quantile in (0.1, 0.5, 0.7, 0.9)] == pytest.approx([1e6, 1e6, 2e6, 2e6])


def test_a_histogram_has_the_quantiles_of_its_requests_to_three_digits() -> None:
    times = exponential(np.random.default_rng(2), 3_000)
    histogram = Histogram()
    histogram.record_many(times.astype(np.int64))
    for quantile in (0.5, 0.99):
        known = Durations.of_requests(times, NONE).quantile_ns(quantile)
        assert known
        assert Durations.of_histogram(histogram).quantile_ns(quantile) == pytest.approx(known, rel=2e-3)


@pytest.mark.parametrize("requests", [200, 500, 5_000])
def test_a_p99_does_not_depend_on_how_many_requests_show_it(requests: int) -> None:
    """By the ranks of a histogram, that of 500 is 3 % too low: as much as decides a tie."""
    generator = np.random.default_rng(3)
    logs = [np.log(_p99(exponential(generator, requests)) / 1e6) for _ in range(400_000 // requests)]
    assert np.mean(logs) == pytest.approx(np.log(-np.log(0.01)), abs=0.012)


def _p99(times: Array) -> float:
    found = Durations.of_requests(times, NONE).quantile_ns(0.99)
    assert found
    return found


def test_what_cuts_requests_off_at_random_leaves_the_quantiles_where_they_are() -> None:
    """A third is cut off. Left out, or taken as answered then, they would halve the p99."""
    generator = np.random.default_rng(4)
    times, until = exponential(generator, 100_000), generator.exponential(2e6, 100_000)
    answered = times <= until
    found = Durations.of_requests(times[answered], until[~answered])
    for quantile in (0.5, 0.9, 0.99):
        assert found.quantile_ns(quantile) == pytest.approx(-np.log(1 - quantile) * 1e6, rel=0.05)
    left_out = Durations.of_requests(times[answered], NONE).quantile_ns(0.99)
    assert left_out == pytest.approx(-np.log(0.01) * 1e6 / 1.5, rel=0.05)


def test_a_quantile_that_too_few_requests_show_is_not_known() -> None:
    times = np.arange(1, 51) * 1e6
    few = Durations.of_requests(times, NONE)
    assert few.quantile_ns(0.9) is not None
    assert few.quantile_ns(0.99) is None
    cut = Durations.of_requests(times[:25], times[25:])
    assert cut.quantile_ns(0.4) is not None
    assert cut.quantile_ns(0.9) is None, "nobody saw how long the slower half takes"
    assert Durations.of_requests(NONE, NONE).quantile_ns(0.5) is None


def test_windows_together_are_their_requests_each_at_its_own_scale() -> None:
    generator = np.random.default_rng(5)
    calm, slow = exponential(generator, 4_000), 3 * exponential(generator, 4_000)
    parts = [Durations.of_requests(each, NONE) for each in (calm, slow)]
    together = Durations.together(parts, [1.0, 1 / 3])
    assert together.total == 8_000
    assert together.quantile_ns(0.99) == pytest.approx(_p99(np.concatenate((calm, slow / 3))))
