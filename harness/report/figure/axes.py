"""Choosing axes: where they begin and end, linear or logarithmic, and which places are labelled."""

import math
from collections.abc import Sequence
from typing import Final

from harness.digits import fixed
from harness.report.figure.spec import Axis, Tick

LOG_FROM_RATIO: Final = 4.0
"""Beyond this ratio of largest to smallest, the intervals of the small ones vanish on a zero-based axis."""

_NICE_STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)
_TICKS_WANTED: Final = 6
_LOG_STEPS: Final = ((0.5, (1, 1.5, 2, 3, 4, 5, 7)), (1.0, (1, 2, 3, 5)), (2.5, (1, 2, 5)), (math.inf, (1,)))
"""(decades on the axis, labelled places of each decade): the fewer decades, the more labels fit."""
_APART: Final = 0.08
"""So much of an axis is room enough between two labels."""
_FEWEST_TICKS: Final = 2
_ROOM: Final = 1.04
_LOG_ROOM: Final = 1.12


def value_axis(label: str, values: Sequence[float]) -> Axis:
    """Zero-based where the smallest positive value stays legible on it, otherwise logarithmic."""
    positive = [value for value in values if math.isfinite(value) and value > 0]
    if positive and min(values) > 0 and max(positive) / min(positive) > LOG_FROM_RATIO:
        return log_axis(label, positive)
    return zero_axis(label, values)


def zero_axis(label: str, values: Sequence[float]) -> Axis:
    """A linear axis that contains zero and all finite `values`."""
    finite = [value for value in values if math.isfinite(value)] or [1.0]
    low, high = min(0.0, *finite), max(0.0, *finite)
    if low == high:
        high = 1.0
    return _linear(label, low * _ROOM, high * _ROOM)


def log_axis(label: str, values: Sequence[float]) -> Axis:
    """A logarithmic axis around the positive `values`, labelled at round places."""
    positive = [value for value in values if math.isfinite(value) and value > 0] or [1.0]
    low, high = min(positive) / _LOG_ROOM, max(positive) * _LOG_ROOM
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    span = math.log10(high / low)
    steps = next(steps for most_decades, steps in _LOG_STEPS if span <= most_decades)
    places = [step * 10.0**decade for decade in decades for step in steps]
    labelled = [place for place in places if low <= place <= high]
    finer = [step * 10.0**decade for decade in decades for step in _LOG_STEPS[0][1]]
    bare = labelled[0] / (high / low) ** _APART if labelled else low  # where the smallest lie, no label else
    below = next(([place] for place in finer if low <= place <= bare), [])
    ticks = tuple(Tick(place, f"{place:,.10g}") for place in (*below, *labelled))
    if len(ticks) < _FEWEST_TICKS:
        ticks = _linear(label, low, high).ticks
    return Axis(label, low, high, ticks, log=True)


def ratio_axis(label: str, values: Sequence[float]) -> Axis:
    """A linear axis centred on 1, wide enough for all `values`."""
    reach = max((abs(value - 1) for value in values if math.isfinite(value)), default=0.0) or 0.05
    return _linear(label, 1 - reach * 1.15, 1 + reach * 1.15)


def _linear(label: str, low: float, high: float) -> Axis:
    raw_step = (high - low) / _TICKS_WANTED
    magnitude = 10.0 ** math.floor(math.log10(raw_step))
    step = next(nice * magnitude for nice in _NICE_STEPS if nice * magnitude >= raw_step * (1 - 1e-9))
    places = max(0, -math.floor(math.log10(step)) + (1 if step / magnitude == 2.5 else 0))  # noqa: PLR2004 - 2.5 needs a place more
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    ticks = tuple(Tick(index * step, fixed(index * step, places)) for index in range(first, last + 1))
    return Axis(label, low, high, ticks)
