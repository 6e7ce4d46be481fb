"""How numbers are written: three significant digits, thousands separators, an interval beside each estimate."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from harness.digits import MINUS, decimal_places, fixed, rounded_alike, significant
from harness.model.findings import Estimate, Spread

NBSP: Final = "\N{NO-BREAK SPACE}"
TIMES: Final = "\N{MULTIPLICATION SIGN}"
NOTHING: Final = "\N{EN DASH}"
"""What a table shows where there is nothing to show."""
_NONE: Final = "none in any round"
_BYTES_PER_MIB: Final = 1024 * 1024
_UNSPACED: Final = re.compile(r"(?<=\d)%(?![\w%])")
"""A sign right behind its number; before a letter or a digit it is that of an address."""


@dataclass(frozen=True, slots=True)
class Reading:
    """An estimate as a reader sees it; both texts are in the same unit and rounded to the same place."""

    value: str
    low: str
    high: str
    is_counted: bool = field(default=False, kw_only=True)
    """Whether it is no estimate, but what was found once, as it is: 0 of it is none."""

    @property
    def number(self) -> float:
        """The value as a number, rounded as it is shown."""
        return _number(self.value)

    @property
    def lowest(self) -> float:
        """The lower bound as a number, rounded as it is shown."""
        return _number(self.low)

    @property
    def highest(self) -> float:
        """The upper bound likewise."""
        return _number(self.high)

    @property
    def interval(self) -> str:
        """The interval for a table cell: `7,050-7,410` with an en dash, `to` where a bound is negative.

        There is none around a count of which no round had any.
        """
        if self.is_none:
            return _NONE
        if MINUS in self.low + self.high:
            return f"{self.low} to {self.high}"
        return f"{self.low}\N{EN DASH}{self.high}"

    @property
    def interval_beside(self) -> str:
        """The interval for a place of its own beside the value; empty where it would only repeat that."""
        return "" if self.is_exact else self.interval

    def with_unit(self, unit: str) -> str:
        """The reading inside a sentence: `7,230 requests/s (7,050 to 7,410)`."""
        gap = NBSP if unit else ""
        if self.is_none:
            return f"{self.value}{gap}{unit} ({_NONE})"
        if self.is_exact:
            return f"{self.value}{gap}{unit}"
        return f"{self.value}{gap}{unit} ({self.low}{NBSP}to{NBSP}{self.high})"

    @property
    def is_none(self) -> bool:
        """Whether it is 0 exactly, whatever the digits: anything else is shown with its first ones."""
        return not self.is_counted and {self.value, self.low, self.high} == {"0"}

    @property
    def is_exact(self) -> bool:
        """Whether its bounds are the value itself, as they are shown, and say nothing beside it."""
        return self.low == self.value == self.high and not self.is_none


def _number(text: str) -> float:
    return float(text.replace(",", "").replace(MINUS, "-").replace("∞", "inf").replace("unknown", "nan"))


def reading(estimate: Estimate | Spread, scale: float = 1.0, *, whole: bool = False) -> Reading:
    """`estimate` times `scale`, its bounds rounded to the same place as its value (`rounded_alike`).

    What is counted is shown `whole`, from one on.
    """
    value, low, high = (number * scale for number in (estimate.value, estimate.low, estimate.high))
    return Reading(*rounded_alike(value, low, high, whole=whole))


def inverse(ratio: Estimate) -> Estimate:
    """The ratio read the other way round, bounds swapped; unbounded where the interval reaches zero."""

    def over(number: float) -> float:
        return 1 / number if number > 0 else math.inf

    return Estimate(value=over(ratio.value), low=over(ratio.high), high=over(ratio.low))


def percent(share: float, digits: int = 2) -> str:
    """A share as a percentage: 0.042 is `4.2 %`, and 1.024 is `102 %`, whatever the digits."""
    return f"{fixed(share * 100, max(0, decimal_places(share * 100, digits)))}{NBSP}%"


def behind(unit: str) -> str:
    """A unit as it stands behind its number; nothing for none."""
    return unit and f"{NBSP}{unit}"


def spaced(text: str) -> str:
    """What the analysis says, with its percentages as the report writes them: `80 %` for `80%`."""
    return _UNSPACED.sub(f"{NBSP}%", text)


def count(number: int) -> str:
    """A whole number with thousands separators."""
    return f"{number:,}"


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """`1 round`, `4 rounds`."""
    return f"{number:,}{NBSP}{noun if number == 1 else plural or noun + 's'}"


def mebibytes(number_bytes: float) -> float:
    """Bytes in MiB."""
    return number_bytes / _BYTES_PER_MIB


def file_size(number_bytes: int) -> str:
    """A file's size in the unit that suits it."""
    if number_bytes >= _BYTES_PER_MIB:
        return f"{significant(mebibytes(number_bytes))}{NBSP}MiB"
    return f"{significant(number_bytes / 1024)}{NBSP}KiB"


def duration(seconds: float) -> str:
    """A length of time for people: `45 s`, `9 min 20 s`, `1 h 5 min`."""
    whole = round(seconds)
    minutes, rest_s = divmod(whole, 60)
    hours, rest_min = divmod(minutes, 60)
    if hours:
        return f"{hours}{NBSP}h {rest_min}{NBSP}min"
    if minutes:
        return f"{minutes}{NBSP}min {rest_s}{NBSP}s"
    return f"{rest_s}{NBSP}s"


def moment(at: datetime) -> str:
    """A point in time, in UTC: `22 November 2025, 23:37 UTC`."""
    utc = at.astimezone(UTC)
    return f"{utc.day} {utc:%B %Y, %H:%M} UTC"


def listed(items: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(items) <= 1:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"
