"""What moved all apps of a run alike, taken out of a table of apps (down) and runs (across)."""

import numpy as np

from harness.comparison.from_run_to_run import MIN_APPS
from harness.history.levels import without_common

APPS = np.linspace(0.0, 1.0, MIN_APPS + 1)[:, None]
RUNS = np.array([0.0, 0.3, -0.2, 0.1])


def test_what_moved_all_apps_alike_is_taken_out() -> None:
    levels = without_common(APPS + RUNS)
    assert levels is not None
    np.testing.assert_allclose(np.ptp(levels, axis=1), 0, atol=1e-9)


def test_a_run_of_one_app_takes_the_levels_of_no_other_run() -> None:
    """One such run switched off the search for changes in all that were made beside it."""
    table = APPS + RUNS
    table[1:, 2] = np.nan
    levels = without_common(table)
    assert levels is not None
    assert np.isnan(levels[:, 2]).all()
    others = without_common(np.delete(table, 2, axis=1))
    assert others is not None
    np.testing.assert_allclose(np.delete(levels, 2, axis=1), others)


def test_an_app_that_is_only_in_such_a_run_has_no_level() -> None:
    table = np.vstack((APPS + RUNS, [[np.nan, np.nan, 2.0, np.nan]]))
    table[:-1, 2] = np.nan
    levels = without_common(table)
    assert levels is not None
    assert np.isnan(levels[-1]).all()
    assert np.isfinite(np.delete(levels[:-1], 2, axis=1)).all()


def test_of_too_few_apps_nothing_is_told() -> None:
    assert without_common((APPS + RUNS)[: MIN_APPS - 1]) is None
