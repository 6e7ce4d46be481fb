"""What moved all apps of a run alike, taken out of their values.

A table of logarithms with an app in each row and a run in each column is split into rows, columns and what is left by
median polish (J. W. Tukey, "Exploratory Data Analysis", 1977, chapter 11): the columns are what the host, or anything
that all apps share, did to a run. Apps that changed don't bend it, as they would bend means.
"""

from typing import Final

import numpy as np

from harness.analysis.table import Array
from harness.comparison.from_run_to_run import MIN_APPS

_SWEEPS: Final = 20
_PRECISION: Final = 1e-6


def without_common(values: Array) -> Array | None:
    """The table without its columns' effects; a missing entry is NaN, and so is all of a column with too few.

    None where all have too few rows to tell them apart.
    """
    told = np.isfinite(values).sum(axis=0) >= MIN_APPS
    if not told.any():
        return None
    levels = np.full(values.shape, np.nan)
    levels[:, told] = _polished(values[:, told])
    return levels


def _polished(values: Array) -> Array:
    columns = np.zeros(values.shape[1])
    left = values.copy()
    for _ in range(_SWEEPS):
        left -= medians(left.T)[:, np.newaxis]
        step = medians(left)
        left -= step
        columns += step
        if np.abs(step).max() < _PRECISION:
            break
    return np.asarray(values - (columns - medians(columns[:, np.newaxis])))


def medians(values: Array) -> Array:
    """Of each column, of those entries that are there. numpy's own takes several times as long where one is missing."""
    ordered = np.sort(values, axis=0)  # NaN comes last.
    count = np.isfinite(values).sum(axis=0)
    low, high = (np.take_along_axis(ordered, place[np.newaxis], axis=0)[0] for place in ((count - 1) // 2, count // 2))
    return np.asarray((low + high) / 2)
