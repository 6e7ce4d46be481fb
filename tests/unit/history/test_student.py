"""Student's t in closed form is scipy's."""

import pytest
from scipy.special import stdtr, stdtrit

from harness.history.student import inside, reach

DFS = [1, 2, 3, 4, 5, 10, 11, 98, 999]


@pytest.mark.parametrize("df", DFS)
def test_what_lies_inside_is_what_scipy_says(df: int) -> None:
    for t in (0.0, 0.1, 0.3, -0.3, 1.96, 5.0, 40.0, 1e9):
        assert inside(t, df) == pytest.approx(1 - 2 * float(stdtr(df, -abs(t))), abs=1e-12)


@pytest.mark.parametrize("df", DFS)
def test_the_reach_of_95_percent_is_scipys_quantile(df: int) -> None:
    assert reach(0.95, df) == pytest.approx(float(stdtrit(df, 0.975)), rel=1e-10)
