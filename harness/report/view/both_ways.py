"""A ratio and the same the other way round, in so few digits that a page can hold those of any subject to any other.

A page that held each direction as it is read was heavier by a twentieth. So of two subjects it has one ratio, of which
its script makes both readings; and it has none that would come out otherwise than `reading` has it.
"""

import math
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from harness.model.findings import Estimate
from harness.report.numbers import Reading, inverse, reading

_SIGNIFICANT_DIGITS: Final = 3
_MOST_DIGITS: Final = 9
_WIDEST: Final = 100
"""Where a bound is so many times the value or more, which is rare, more than its first digits have to be told."""

type _Readings = tuple[Reading | None, Reading | None]
"""Of the ratio, and of its inverse; None of one that has no places."""


def both_ways(ratio: Estimate) -> str:
    """`value|spread`, of which a script makes the readings of the ratio and of its inverse as `read_both_ways` does.

    Empty where no few digits give the readings that the run has: of an interval that is not as wide downwards as
    upwards, and of a ratio of thousands.
    """
    if not 0 < ratio.low <= ratio.value <= ratio.high < min(_WIDEST * ratio.value, math.inf):
        return ""
    wanted = reading(ratio), reading(inverse(ratio))
    spread = ratio.high / ratio.value - 1
    for value in _in_more_digits(ratio.value, _SIGNIFICANT_DIGITS):
        if _has_values(value, spread, wanted):
            for rounded in _in_more_digits(spread, 1):
                if read_both_ways(value, rounded) == wanted:
                    return f"{_short(value)}|{_short(rounded)}"
    return ""


def read_both_ways(value: float, spread: float) -> _Readings:
    """As the script does it, step by step. The interval is from `value / (1 + spread)` to `value * (1 + spread)`."""
    low, high = value / (1 + spread), value * (1 + spread)
    return _read(value, low, high), _read(1 / value, 1 / high, 1 / low)


def _has_values(value: float, spread: float, wanted: tuple[Reading, Reading]) -> bool:
    """Whether the values of both readings are the wanted ones, whatever their bounds: most are not, and cost less."""
    low, high = value / (1 + spread), value * (1 + spread)
    return all(
        (last := _last_place(each, least, most)) is not None and _rounded(each, last) == one.value
        for (each, least, most), one in zip(((value, low, high), (1 / value, 1 / high, 1 / low)), wanted, strict=True)
    )


def _read(value: float, low: float, high: float) -> Reading | None:
    """What `reading` gives but for thousands: a script rounds up what lies in the middle, and gets no even digit."""
    last = _last_place(value, low, high)
    return None if last is None else Reading(*(_rounded(each, last) for each in (value, low, high)))


def _last_place(value: float, low: float, high: float) -> Decimal | None:
    places = _SIGNIFICANT_DIGITS - 1 - Decimal(max(value, (high - low) / 2)).adjusted()
    return None if places < 0 else Decimal(1).scaleb(-places)


def _rounded(number: float, last: Decimal) -> str:
    return f"{Decimal(number).quantize(last, ROUND_HALF_UP):f}"


def _in_more_digits(number: float, fewest: int) -> Iterator[float]:
    return (float(f"{number:.{digits}g}") for digits in range(fewest, _MOST_DIGITS + 1))


def _short(number: float) -> str:
    """`0.571` as `.571`."""
    text = f"{number:.{_MOST_DIGITS}g}"
    return text.removeprefix("0") if "." in text else text
