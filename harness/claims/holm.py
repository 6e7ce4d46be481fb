"""Holm's procedure: several tests at once, with a small chance that any is wrong (see `decide`)."""

from collections.abc import Sequence
from typing import Final

from harness.model.findings import CONFIDENCE

ALPHA: Final = 1 - CONFIDENCE


def holm(p_values: Sequence[float], alpha: float = ALPHA) -> list[bool]:
    """Which of several tests are rejected with a chance of at most `alpha` that any is wrongly."""
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    rejected = [False] * len(p_values)
    for step, place in enumerate(order):
        if p_values[place] >= alpha / (len(p_values) - step):
            break
        rejected[place] = True
    return rejected
