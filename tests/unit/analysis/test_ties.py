import numpy as np
import pytest

from harness.analysis.side_by_side import is_tied, ranks
from harness.model.findings import Estimate


@pytest.mark.parametrize(
    ("low", "high", "tied"),
    [
        (0.95, 1.05, True),
        (1.01, 1.20, True),
        (1.029, 1.20, True),
        (1.031, 1.20, False),
        (0.80, 0.975, True),
        (0.80, 0.970, False),
    ],
)
def test_a_pair_is_told_apart_when_its_interval_lies_wholly_outside_the_margin(
    low: float, high: float, *, tied: bool
) -> None:
    assert is_tied(Estimate(value=(low + high) / 2, low=low, high=high), margin=0.03) is tied


def test_a_verdict_does_not_depend_on_which_of_the_two_is_above() -> None:
    for low, high in ((1.031, 1.2), (1.029, 1.2), (0.9, 1.1)):
        above = Estimate(value=(low + high) / 2, low=low, high=high)
        below = Estimate(value=1 / above.value, low=1 / high, high=1 / low)
        assert is_tied(above, 0.03) is is_tied(below, 0.03)


def relation(count: int, *pairs: tuple[int, int]) -> np.ndarray:
    better = np.zeros((count, count), dtype=bool)
    for winner, loser in pairs:
        better[winner, loser] = True
    return better


@pytest.mark.parametrize(
    ("better", "expected"),
    [
        (relation(3), [1, 1, 1]),
        (relation(3, (0, 1), (0, 2), (1, 2)), [1, 2, 3]),
        (relation(3, (0, 2), (1, 2)), [1, 1, 3]),
        (relation(3, (0, 2)), [1, 1, 2]),
        # The second is better than the third by way of nobody, the first by way of the second.
        (relation(3, (0, 1), (1, 2)), [1, 2, 3]),
    ],
    ids=["all-tied", "all-apart", "tied-at-the-top", "intransitive", "through-another"],
)
def test_a_rank_is_one_more_than_the_number_of_better_subjects(better: np.ndarray, expected: list[int]) -> None:
    assert ranks(better) == expected


def test_equal_ranks_are_always_ties() -> None:
    """For any relation without a cycle, however wide some of the intervals are."""
    generator = np.random.default_rng(1)
    for _ in range(300):
        better = np.triu(generator.random((7, 7)) < 0.3, k=1)
        given = ranks(better)
        assert all(given[winner] < given[loser] for winner, loser in zip(*np.nonzero(better), strict=True))
