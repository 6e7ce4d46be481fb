"""Path data of an SVG in few characters: lines relative to the point before, in tenths of a pixel.

Points that a straight line between their neighbours passes so near to that nobody sees the difference are left out
(https://www.w3.org/TR/SVG2/paths.html).
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from harness.report.figure.thinned import thinned

_LINES_ONLY: Final = re.compile(r"[MLz\s\d.eE+-]*")
_PARTS: Final = re.compile(r"[MLz]|-?[\d.]+(?:[eE][+-]?\d+)?")
_UNSEEN_PX: Final = 0.3

type _Point = tuple[float, float]
type _Place = tuple[int, int]
"""In tenths of a pixel."""


def relative(data: str) -> str | None:
    """The same path, from point to point; None of one that has other than straight lines."""
    if not _LINES_ONLY.fullmatch(data) or not data.strip():
        return None
    return "".join(_written(_lines(data)))


def _lines(data: str) -> Iterator[tuple[list[_Place], bool]]:
    """The points of each line, and whether it is closed."""
    for line in data.split("M")[1:]:
        numbers = [float(part) for part in _PARTS.findall(line) if part not in {"L", "z"}]
        points: list[_Point] = list(zip(numbers[::2], numbers[1::2], strict=True))
        yield [(round(x * 10), round(y * 10)) for x, y in thinned(points, _UNSEEN_PX)], "z" in line


def _written(lines: Iterator[tuple[list[_Place], bool]]) -> Iterator[str]:
    at, implied, before = (0, 0), "", ""
    for points, closed in lines:
        steps: list[tuple[str, tuple[int, ...]]] = [("m", _from(at, points[0]))]
        steps += (_step(one, other) for one, other in pairwise(points))
        for letter, numbers in steps:
            if letter != implied:
                yield letter
                before = ""
            for number in numbers:
                text = _tenths(number)
                yield text if _follows(text, before) else f" {text}"
                before = text
            implied = "l" if letter == "m" else letter  # Pairs after `m` are lines.
        at = points[-1]
        if closed:
            at, implied = points[0], "z"
            yield "z"


def _from(one: _Place, other: _Place) -> _Place:
    return other[0] - one[0], other[1] - one[1]


def _step(one: _Place, other: _Place) -> tuple[str, tuple[int, ...]]:
    right, down = _from(one, other)
    return ("h", (right,)) if down == 0 else ("v", (down,)) if right == 0 else ("l", (right, down))


def _tenths(number: int) -> str:
    """`-0.5` as `-.5`, and `3.0` as `3`."""
    whole, tenths = divmod(abs(number), 10)
    return ("-" if number < 0 else "") + (str(whole) if whole or not tenths else "") + (f".{tenths}" if tenths else "")


def _follows(text: str, before: str) -> bool:
    """Whether a number can stand behind another without a space."""
    return not before or text.startswith("-") or (text.startswith(".") and "." in before)
