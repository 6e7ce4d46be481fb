import numpy as np
import pytest

from harness.analysis.bootstrap import DRAWS, RoundHistograms, draw_rounds
from harness.histogram import Histogram


def histograms(rounds: int) -> list[Histogram]:
    generator = np.random.default_rng(2)
    made = []
    for _ in range(rounds):
        histogram = Histogram()
        histogram.record_many((1e6 * generator.lognormal(generator.normal(0, 0.5), 0.5, 700)).astype(np.int64))
        made.append(histogram)
    return made


@pytest.mark.parametrize("quantile", [0.001, 0.5, 0.9, 0.99, 0.999, 1.0])
def test_each_draw_has_the_quantile_of_its_histograms_merged_one_by_one(quantile: float) -> None:
    rounds = histograms(4)
    draws = draw_rounds(4)[:25]
    found = RoundHistograms(rounds).quantile_ns(quantile, draws)
    for draw, value in zip(draws.astype(int), found, strict=True):
        merged = Histogram()
        for times, histogram in zip(draw, rounds, strict=True):
            for _ in range(times):
                merged.add(histogram)
        assert value == merged.value_at(quantile)


def test_a_draw_without_any_of_the_rounds_is_missing() -> None:
    found = RoundHistograms(histograms(2)).quantile_ns(0.5, np.array([[0.0, 0.0], [1.0, 0.0]]))
    assert np.isnan(found).tolist() == [True, False]


def test_draws_are_the_same_each_time_and_take_as_many_rounds_as_there_are() -> None:
    draws = draw_rounds(4)
    assert draws.shape == (DRAWS, 4)
    assert (draws.sum(axis=1) == 4).all()
    assert (draws == draw_rounds(4)).all()
