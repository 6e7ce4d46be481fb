import pytest

from harness.report.figure.axes import log_axis, ratio_axis, value_axis, zero_axis


def test_values_of_like_size_stand_on_an_axis_that_begins_at_zero() -> None:
    axis = value_axis("requests/s", [1500, 2800, 5000])
    assert not axis.log
    assert axis.low == 0
    assert "zero" in axis.note


def test_values_far_apart_stand_on_a_logarithmic_axis_and_the_caption_says_so() -> None:
    axis = value_axis("requests/s", [1500, 14_000])
    assert axis.log
    assert axis.low < 1500
    assert axis.high > 14_000
    assert "logarithmic" in axis.note


def test_an_interval_that_reaches_zero_keeps_the_axis_linear() -> None:
    assert not value_axis("µs", [-2, 5, 900]).log


@pytest.mark.parametrize("values", [[3.0], [0.0], [], [float("inf")], [0.02, 0.9], [1e3, 9.9e5], [-40.0, 300.0]])
def test_a_linear_axis_contains_its_values_and_three_to_eight_labels(values: list[float]) -> None:
    axis = zero_axis("x", values)
    assert all(axis.low <= value <= axis.high for value in values if value != float("inf"))
    assert 3 <= len(axis.ticks) <= 8
    assert all(axis.low <= tick.at <= axis.high for tick in axis.ticks)


@pytest.mark.parametrize("values", [[900, 1100], [0.3, 2.0], [1, 90], [0.01, 5000]])
def test_a_logarithmic_axis_has_at_least_two_labels_at_round_places(values: list[float]) -> None:
    axis = log_axis("ms", values)
    assert len(axis.ticks) >= 2
    assert len({tick.text for tick in axis.ticks}) == len(axis.ticks)


def test_the_smallest_values_have_a_label_beside_them() -> None:
    """p50s of 0.24 to 0.4 ms lay left of the first label, 0.5."""
    assert [tick.text for tick in log_axis("ms", [0.24, 20]).ticks] == ["0.3", "0.5", "1", "2", "5", "10", "20"]
    assert [tick.text for tick in log_axis("ms", [0.45, 20]).ticks] == ["0.5", "1", "2", "5", "10", "20"]


def test_a_share_of_the_axis_is_the_place_that_a_value_is_drawn_at() -> None:
    assert zero_axis("x", [100.0]).share(0.0) == 0
    axis = log_axis("x", [1.0, 100.0])
    assert axis.share(10.0) == pytest.approx(0.5)


def test_ratios_stand_around_one() -> None:
    axis = ratio_axis("ratio", [0.97, 1.05])
    assert axis.share(1.0) == pytest.approx(0.5)
    assert axis.low < 0.97
    assert axis.high > 1.05
