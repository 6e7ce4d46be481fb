import math
from datetime import datetime, timedelta, timezone

import pytest

from harness.digits import decimal_places, fixed, significant
from harness.model.findings import Estimate
from harness.report.numbers import (
    NBSP,
    counted,
    duration,
    file_size,
    inverse,
    listed,
    moment,
    percent,
    reading,
    spaced,
)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (7234.5, "7,230"),
        (123_456, "123,000"),
        (14.23, "14.2"),
        (0.04512, "0.0451"),
        (999.6, "1,000"),
        (0.0, "0"),
        (-3.456, "\N{MINUS SIGN}3.46"),
        (math.inf, "∞"),
        (-math.inf, "\N{MINUS SIGN}∞"),
        (math.nan, "unknown"),
    ],
)
def test_a_number_shows_three_significant_digits_and_thousands_separators(value: float, shown: str) -> None:
    assert significant(value) == shown


def test_a_number_that_rounds_to_zero_has_no_sign() -> None:
    assert fixed(-0.04, 1) == "0.0"


@pytest.mark.parametrize(("reference", "places"), [(7234.0, -1), (1.0, 2), (0.05, 4), (0.0, 0), (math.inf, 0)])
def test_places_follow_from_the_size_of_the_reference(reference: float, places: int) -> None:
    assert decimal_places(reference) == places


def test_a_reading_rounds_its_bounds_to_the_place_of_its_value() -> None:
    shown = reading(Estimate(value=7234.4, low=7051.2, high=7409.9))
    assert (shown.value, shown.low, shown.high) == ("7,230", "7,050", "7,410")
    assert shown.interval == "7,050\N{EN DASH}7,410"
    assert shown.with_unit("requests/s") == f"7,230{NBSP}requests/s (7,050{NBSP}to{NBSP}7,410)"


def test_a_difference_near_zero_shows_no_digits_that_its_interval_denies() -> None:
    shown = reading(Estimate(value=0.312, low=-12.44, high=13.07))
    assert (shown.value, shown.interval) == ("0.3", "\N{MINUS SIGN}12.4 to 13.1")


def test_what_is_not_zero_is_never_shown_as_zero_however_wide_its_interval_is() -> None:
    shown = reading(Estimate(value=3.6, low=0.0, high=5_000))
    assert (shown.value, shown.interval) == ("4", "0\N{EN DASH}5,000")
    assert reading(Estimate(value=0.0312, low=0.0, high=5.2)).value == "0.03"


def test_what_arithmetic_leaves_over_in_place_of_zero_is_zero_and_zero_needs_no_places() -> None:
    """512 connections over the throughput, less the wait: the summary of the example had 0.00000000000002 ms."""
    for residue in (2.2e-14, 0.0):
        shown = reading(Estimate(value=residue, low=0.0, high=0.24091142667284))
        assert (shown.value, shown.interval) == ("0", "0\N{EN DASH}0.241")
    around = reading(Estimate(value=0.0, low=-1.24, high=1.31))
    assert (around.value, around.interval) == ("0", "\N{MINUS SIGN}1.24 to 1.31")
    assert reading(Estimate(value=2.2e-14, low=2.0e-14, high=2.4e-14)).value != "0", "which is known that well"


def test_a_reading_is_scaled_as_a_whole() -> None:
    assert reading(Estimate(value=4830, low=4630, high=5030), 1e-3).with_unit("ms").startswith(f"4.83{NBSP}ms (4.63")


def test_an_unbounded_interval_says_so() -> None:
    assert reading(Estimate(value=2.0, low=0.0, high=math.inf)).interval == "0.00\N{EN DASH}∞"


def test_a_ratio_read_the_other_way_round_swaps_its_bounds() -> None:
    assert inverse(Estimate(value=0.5, low=0.4, high=0.8)) == Estimate(value=2.0, low=1.25, high=2.5)
    assert inverse(Estimate(value=0.5, low=0.0, high=1.0)).high == math.inf


def test_words_around_numbers() -> None:
    assert percent(0.0421) == f"4.2{NBSP}%"
    told = [percent(share) for share in (0.098, 0.456, 0.996, 1.02, 2.344)]
    assert told == [f"{each}{NBSP}%" for each in ("9.8", "46", "100", "102", "234")]
    assert counted(1, "round") == f"1{NBSP}round"
    assert counted(4, "round") == f"4{NBSP}rounds"
    assert [duration(seconds) for seconds in (45, 560, 3900)] == [
        f"45{NBSP}s",
        f"9{NBSP}min 20{NBSP}s",
        f"1{NBSP}h 5{NBSP}min",
    ]
    assert [file_size(size) for size in (512, 5_000_000)] == [f"0.500{NBSP}KiB", f"4.77{NBSP}MiB"]
    assert [listed(items) for items in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]


def test_a_percentage_of_the_analysis_is_written_as_the_report_writes_it() -> None:
    told = spaced("58.0% of a CPU; the limit is 50%, at 79% (give or take 0.1%) of /hello?a=%20%00%C3 or 1%2C2")
    space = f"{NBSP}%"
    begins = f"58.0{space} of a CPU; the limit is 50{space}, at 79{space} (give or take 0.1{space}) of "
    assert told == f"{begins}/hello?a=%20%00%C3 or 1%2C2"


def test_a_moment_is_told_in_utc() -> None:
    at = datetime(2025, 11, 23, 0, 37, tzinfo=timezone(timedelta(hours=1)))
    assert moment(at) == "22 November 2025, 23:37 UTC"


def test_bounds_that_say_nothing_beside_the_value_are_left_out() -> None:
    exact, wide = reading(Estimate(value=5.0, low=5.0, high=5.0)), reading(Estimate(value=5.0, low=4.0, high=5.0))
    assert (exact.is_exact, exact.with_unit("MiB")) == (True, f"5.00{NBSP}MiB")
    assert (wide.is_exact, wide.with_unit("")) == (False, f"5.00 (4.00{NBSP}to{NBSP}5.00)")
    assert not reading(Estimate(value=0.0, low=0.0, high=0.0)).is_exact, "that there was none is said"


def test_what_is_counted_is_shown_whole() -> None:
    assert [reading(Estimate(value=value, low=value, high=value), whole=True).value for value in (1, 16, 9_250)] == [
        "1",
        "16",
        "9,250",
    ]
    assert reading(Estimate(value=0.4, low=0.0, high=1.0), whole=True).value == "0.400", "which is not zero"
