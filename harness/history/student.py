"""Student's t with whole degrees of freedom, in closed form.

M. Abramowitz and I. A. Stegun, "Handbook of Mathematical Functions", 1964, 26.7.3 and 26.7.4. A history takes a few
dozen of these values, and to import scipy for them would take longer than to list a hundred runs.
"""

from math import atan, cos, pi, sin, sqrt
from typing import Final

_HALVINGS: Final = 60
"""Of an interval, to come as near to a quantile as numbers have digits."""


def inside(t: float, df: int) -> float:
    """The probability that a variate lies no farther from 0 than `t`, to either side."""
    angle = atan(abs(t) / sqrt(df))
    term, ratio = (cos(angle) if df % 2 else 1.0), cos(angle) ** 2
    total = 0.0
    for power in range(df % 2, df - 1, 2):
        total += term
        term *= ratio * (power + 1) / (power + 2)
    within = (angle + sin(angle) * total) * 2 / pi if df % 2 else sin(angle) * total
    return min(1.0, within)


def reach(share: float, df: int) -> float:
    """How far from 0, to either side, this share of the variates lies at most."""
    low, high = 0.0, 1.0
    while inside(high, df) < share:
        low, high = high, 2 * high
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if inside(middle, df) < share else (low, middle)
    return high
