"""A page holds a ratio once for both directions, and both are read as the run has them."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model.findings import Estimate
from harness.report.numbers import inverse, reading
from harness.report.view.both_ways import both_ways, read_both_ways


def ratio(value: float, spread: float) -> Estimate:
    """As the analysis makes them: as wide downwards as upwards, by ratio."""
    return Estimate(value=value, low=value / (1 + spread), high=value * (1 + spread))


def assert_read_as_the_run_has_it(own: Estimate, told: str) -> None:
    value, spread = map(float, told.split("|"))
    assert read_both_ways(value, spread) == (reading(own), reading(inverse(own)))


@given(st.floats(-9, 9), st.floats(0, 4))
def test_what_is_told_once_is_read_as_the_run_has_it_in_both_directions(log_value: float, spread: float) -> None:
    own = ratio(math.exp(log_value), spread)
    if told := both_ways(own):
        assert_read_as_the_run_has_it(own, told)


def test_any_usual_ratio_is_told_so_and_in_few_digits() -> None:
    draw = random.Random(1)
    usual = [ratio(math.exp(draw.uniform(-4, 4)), math.exp(draw.uniform(-5, 0.5))) for _ in range(2_000)]
    told = [both_ways(each) for each in usual]
    assert all(told)
    assert sum(map(len, told)) / len(told) < len(".1234|.123") + 1


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [(2.0, 1.5, 4.0), (2.0, 0.0, 4.0), (2.0, 1.0, math.inf), (1_234.0, 1_200.0, 1_269.0), (math.nan, 1.0, 2.0)],
    ids=["wider upwards", "from zero", "to infinity", "thousands", "not known"],
)
def test_what_a_script_would_read_otherwise_is_not_told_so(value: float, low: float, high: float) -> None:
    assert both_ways(Estimate.model_construct(value=value, low=low, high=high)) == ""


def test_what_lies_between_two_texts_is_not_left_to_how_a_script_rounds() -> None:
    own = ratio(1.125, 0.05)
    assert reading(own).value == "1.12", "which a script would write as 1.13"
    assert both_ways(own) == ""
