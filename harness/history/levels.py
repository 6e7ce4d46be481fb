"""What moved all apps of a run alike, taken out of their values.

A table of logarithms with an app in each row and a run in each column is split into rows, columns and what is left by
median polish (J. W. Tukey, "Exploratory Data Analysis", 1977, chapter 11): the columns are what the host, or anything
that all apps share, did to a run. Apps that changed don't bend it, as they would bend means.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.comparison.across import MIN_APPS

type Array = NDArray[np.float64]

_SWEEPS: Final = 20
_PRECISION: Final = 1e-6


def without_common(values: Array) -> Array | None:
    """The table without its columns' effects; a missing entry is NaN. None with too few rows to tell them apart."""
    if np.isfinite(values).sum(axis=0).min() < MIN_APPS:
        return None
    median = np.median if np.isfinite(values).all() else np.nanmedian  # The second takes several times as long.
    columns = np.zeros(values.shape[1])
    left = values.copy()
    for _ in range(_SWEEPS):
        left -= median(left, axis=1, keepdims=True)
        step = median(left, axis=0)
        left -= step
        columns += step
        if np.abs(step).max() < _PRECISION:
            break
    return np.asarray(values - (columns - np.median(columns)))
