"""How much runs of one host scatter beyond their intervals, and of how many apps that can be told."""

from collections.abc import Sequence
from statistics import median
from typing import Final

import numpy as np

from harness.analysis.table import RESOLUTION_VARIANCE

MIN_APPS: Final = 5
"""With fewer apps in common, what moved them all can't be told from what happened to each."""

MIN_CELLS: Final = 10
"""With fewer, how much cells scatter from run to run would be known too badly to be of use."""

_MEDIAN_CHI_SQUARED: Final = 0.4549
"""Of the square of a standard normal variate."""


def surplus_variance(points: Sequence[tuple[float, float]]) -> float:
    """What to add to each variance for the median one of the squared differences to be as large as foreseen.

    `points` are squared differences with the variances foreseen for them; with too few of them, nothing is added.
    """
    if len(points) < MIN_CELLS:
        return 0.0

    squares, own = np.array(points).T
    # A quotient s / (v + x) is above the median of chi-squared exactly where x is below s / that median - v.
    lacking: list[float] = (squares / _MEDIAN_CHI_SQUARED - np.maximum(own, RESOLUTION_VARIANCE)).tolist()
    return max(0.0, median(lacking))
