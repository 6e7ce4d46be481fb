"""How many digits a number is shown with: three significant ones, wherever it is told."""

import math
from typing import Final

MINUS: Final = "\N{MINUS SIGN}"
_SIGNIFICANT_DIGITS: Final = 3
_RESIDUE: Final = 1e-9
"""Of half an interval: an estimate that is less is no figure but the error of its arithmetic."""


def decimal_places(reference: float, digits: int = _SIGNIFICANT_DIGITS) -> int:
    """Places behind the point at which `reference` has `digits` significant digits; negative for tens and up."""
    if reference == 0 or not math.isfinite(reference):
        return 0
    # As it is rounded to them: 0.0999..., which stands for 0.1, has those of 0.1.
    return digits - 1 - math.floor(math.log10(float(f"{abs(reference):.{digits}g}")))


def fixed(value: float, places: int) -> str:
    """`value` rounded to `places`, with thousands separators and a true minus sign."""
    if math.isnan(value):
        return "unknown"
    if math.isinf(value):
        return f"{MINUS if value < 0 else ''}∞"
    rounded = round(value, places) + 0.0  # + 0.0 turns a negative zero into zero
    return f"{rounded:,.{max(places, 0)}f}".replace("-", MINUS)


def significant(value: float, digits: int = _SIGNIFICANT_DIGITS) -> str:
    """`value` to so many significant digits: `7,230`, `14.2`, `0.0451`."""
    return fixed(value, decimal_places(value, digits))


def as_given(value: float) -> str:
    """A number that was given, with all that stands before its point: `4,321`, `1.50`, `0.100`."""
    return fixed(value, max(0, decimal_places(value)))


def places_around(value: float, low: float, high: float) -> int:
    """Places at which an estimate and its bounds are shown.

    Where the interval is wider than the value itself, as for a difference near zero, the interval's half width decides
    how many places mean anything. What can't be below zero keeps its first digit all the same: a value that is not zero
    is never shown as zero.
    """
    half_width = (high - low) / 2
    reference = abs(value) if not math.isfinite(half_width) else max(abs(value), half_width)
    places = decimal_places(reference)
    return max(places, decimal_places(value, 1)) if low >= 0 and not _is_nothing(value, half_width) else places


def rounded_alike(value: float, low: float, high: float, *, whole: bool = False) -> tuple[str, str, str]:
    """An estimate and its bounds, rounded to the same place (`places_around`); an estimate of zero is `0`.

    What is counted is shown `whole`, from one on.
    """
    places = places_around(value, low, high)
    if whole and value >= 1:
        places = min(places, 0)
    half_width = (high - low) / 2
    if not _is_nothing(value, half_width):
        return fixed(value, places), fixed(low, places), fixed(high, places)
    below, above = ("0" if _is_nothing(bound, half_width) else fixed(bound, places) for bound in (low, high))
    return "0", below, above


def _is_nothing(value: float, half_width: float) -> bool:
    """Whether a value is zero, or what a difference of floats leaves over in its place."""
    return value == 0 or (math.isfinite(half_width) and abs(value) <= _RESIDUE * half_width)
