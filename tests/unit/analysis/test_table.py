"""Variances to the last bit as numpy has them, without what it takes to be called."""

import numpy as np
import pytest

from harness.analysis.table import Table


@pytest.mark.parametrize("rounds", [2, 3, 7, 8, 9, 40, 200])
def test_a_contrast_scatters_as_numpy_says(rounds: int) -> None:
    generator = np.random.default_rng(rounds)
    for _ in range(100):
        columns = generator.normal(7.0, 0.3, (2, rounds))
        present = np.ones((2, rounds), dtype=bool)
        table = Table(columns, columns.mean(axis=1), present, np.zeros(2), indices=tuple(range(rounds)))
        draws = np.array([1.0, -1.0]) @ columns
        assert table.scatter(np.array([1.0, -1.0])).variance == float(draws.var(ddof=1))
