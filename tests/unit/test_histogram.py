"""The histogram against the reference implementation and against exact order statistics."""

import numpy as np
import pytest
from hdrh.histogram import HdrHistogram
from hypothesis import given
from hypothesis import strategies as st

from harness.histogram import HIGHEST_NS, LOWEST_NS, SIGNIFICANT_DIGITS, Histogram

QUANTILES = (0.0, 0.1, 0.5, 0.9, 0.99, 0.999, 1.0)
LATENCIES = st.lists(st.integers(0, HIGHEST_NS), min_size=1, max_size=200)


def histogram_of(values: list[int]) -> Histogram:
    """A histogram of these values."""
    histogram = Histogram()
    histogram.record_many(np.array(values, dtype=np.int64))
    return histogram


def reference_of(values: list[int]) -> HdrHistogram:
    """The same from the reference implementation."""
    reference = HdrHistogram(LOWEST_NS, HIGHEST_NS, SIGNIFICANT_DIGITS)
    for value in values:
        reference.record_value(value)
    return reference


@given(LATENCIES)
def test_buckets_and_encoding_are_those_of_the_reference(values: list[int]) -> None:
    """Byte for byte the same as HdrHistogram writes."""
    assert histogram_of(values).encode().encode() == reference_of(values).encode()


@given(LATENCIES)
def test_reference_reads_the_same_percentiles(values: list[int]) -> None:
    """What is exported says the same in HdrHistogram's own reader."""
    histogram = histogram_of(values)
    reference = HdrHistogram.decode(histogram.encode())
    for quantile in QUANTILES[1:]:
        assert histogram.value_at(quantile) == reference.get_value_at_percentile(quantile * 100)


@given(LATENCIES)
def test_decoding_gives_back_everything(values: list[int]) -> None:
    """A round trip loses nothing."""
    histogram = histogram_of(values)
    back = Histogram.decode(histogram.encode())
    assert back.buckets() == histogram.buckets()
    assert (back.total, back.min, back.max, back.mean) == (
        histogram.total,
        histogram.min,
        histogram.max,
        histogram.mean,
    )


@given(LATENCIES, LATENCIES)
def test_merging_is_exact(first: list[int], second: list[int]) -> None:
    """A merged histogram is the histogram of all values together."""
    merged = histogram_of(first)
    merged.add(histogram_of(second))
    assert merged.encode() == histogram_of(first + second).encode()


@given(LATENCIES)
def test_values_are_kept_to_three_digits(values: list[int]) -> None:
    """Each quantile is the exact order statistic, rounded up by at most 0.1 %."""
    histogram, ordered = histogram_of(values), sorted(values)
    for quantile in QUANTILES:
        exact = ordered[max(1, int(quantile * len(ordered) + 0.5)) - 1]
        assert exact <= histogram.value_at(quantile) <= exact * 1.001
    assert histogram.min <= ordered[0]
    assert ordered[-1] <= histogram.max <= ordered[-1] * 1.001


@given(LATENCIES)
def test_curve_is_the_whole_distribution(values: list[int]) -> None:
    """The curve ascends in both coordinates and ends at 1 and the maximum."""
    histogram = histogram_of(values)
    shares, points = zip(*histogram.curve(), strict=True)
    assert list(shares) == sorted(set(shares))
    assert list(points) == sorted(set(points))
    assert (shares[-1], points[-1]) == (1, histogram.max)
    assert sum(count for _, count in histogram.buckets()) == histogram.total == len(values)


def test_values_beyond_the_range_count_at_its_ends() -> None:
    """Nothing is dropped: what took longer than an hour counts as an hour."""
    histogram = histogram_of([-5, 10 * HIGHEST_NS])
    assert histogram.total == 2
    assert histogram.min == 0
    assert histogram.max == pytest.approx(HIGHEST_NS, rel=0.001)


def test_mean_of_a_known_sample() -> None:
    """The mean is right to the width of the buckets."""
    assert histogram_of([1_000_000, 3_000_000]).mean == pytest.approx(2_000_000, rel=0.001)


@given(LATENCIES)
def test_several_quantiles_are_those_asked_for_one_by_one(values: list[int]) -> None:
    """Each stands for itself, in the order of asking."""
    histogram = histogram_of(values)
    asked = QUANTILES[:0:-1]
    assert histogram.values_at(asked) == [reference_of(values).get_value_at_percentile(100 * each) for each in asked]


def test_what_was_decoded_can_be_added_to() -> None:
    """It is no view of what can't be written."""
    histogram = Histogram.decode(histogram_of([5, 7]).encode())
    histogram.add(histogram_of([7]))
    assert histogram.buckets() == [(5, 1), (7, 2)]


def test_empty_histogram_says_zero() -> None:
    """No value, no percentile, and it survives a round trip."""
    empty = Histogram.decode(Histogram().encode())
    assert (empty.total, empty.min, empty.max, empty.mean, empty.value_at(0.99), empty.curve()) == (0, 0, 0, 0, 0, [])


@pytest.mark.parametrize("quantile", [-0.1, 1.1, 99])
def test_quantile_outside_its_range_is_refused(quantile: float) -> None:
    """99 where 0.99 is meant is an error, not the maximum."""
    with pytest.raises(ValueError, match="between 0 and 1"):
        Histogram().value_at(quantile)
    with pytest.raises(ValueError, match="between 0 and 1"):
        Histogram().values_at((0.5, quantile))


@pytest.mark.parametrize(
    "encoded",
    ["", "nonsense", Histogram().encode()[:20], HdrHistogram(1, 3_600_000, 2).encode().decode()],
)
def test_damaged_or_foreign_histograms_are_refused(encoded: str) -> None:
    """What can't be read right is not read."""
    with pytest.raises(ValueError, match="HdrHistogram"):
        Histogram.decode(encoded)
