import numpy as np
import pytest

from harness.analysis.moderation import Prior, fit_prior
from harness.analysis.table import Table


def table(generator: np.random.Generator, standard_deviations: np.ndarray, rounds: int = 4) -> Table:
    columns = standard_deviations[:, None] * generator.normal(size=(len(standard_deviations), rounds))
    return Table(
        columns=columns,
        values=columns.mean(axis=1),
        present=np.ones(columns.shape, dtype=bool),
        window_variances=np.full(len(standard_deviations), 0.02**2),
        indices=tuple(range(rounds)),
    )


def test_cells_that_scatter_alike_lend_each_other_many_degrees_of_freedom() -> None:
    generator = np.random.default_rng(1)
    prior = fit_prior([table(generator, np.full(20, 0.05)) for _ in range(20)])
    assert prior.df > 12
    assert prior.pooled_df == 20 * 19 * 3
    assert prior.scale * (prior.round_variance + 0.02**2) == pytest.approx(0.05**2, rel=0.1)


def test_cells_that_scatter_differently_lend_few() -> None:
    """Variances drawn as the model has them, with 4 degrees of freedom: about as many are found."""
    generator = np.random.default_rng(2)
    prior = fit_prior([table(generator, 0.05 * np.sqrt(4 / generator.chisquare(4, 20))) for _ in range(20)])
    assert 2 < prior.df < 8


@pytest.mark.parametrize("tables", [[], [1], [2], [1, 1, 1]], ids=str)
def test_too_few_cells_lend_nothing(tables: list[int]) -> None:
    generator = np.random.default_rng(3)
    assert fit_prior([table(generator, np.full(count, 0.05)) for count in tables]) == Prior()


def test_one_round_lends_nothing() -> None:
    generator = np.random.default_rng(4)
    assert fit_prior([table(generator, np.full(10, 0.05), rounds=1) for _ in range(5)]) == Prior()


def test_a_variance_is_drawn_towards_the_expected_one_by_the_degrees_of_freedom() -> None:
    assert Prior(df=6, pooled_df=100).moderate(4.0, 3, 1.0) == (2.0, 9)
    assert Prior(df=6, pooled_df=7).moderate(4.0, 3, 1.0) == (2.0, 7)
    assert Prior(df=np.inf, pooled_df=30).moderate(4.0, 3, 1.0) == (1.0, 30)
    assert Prior(df=6, pooled_df=100).moderate(float("nan"), 0, 1.0) == (1.0, 6)
    assert Prior().moderate(4.0, 3, 1.0) == (4.0, 3)
