"""Path data of an SVG in few characters: lines relative to their first point, in tenths of a pixel.

What is drawn several times at different places then reads the same each time (https://www.w3.org/TR/SVG2/paths.html).
"""

import re
from collections.abc import Iterator

_LINES_ONLY = re.compile(r"[MLz\s\d.eE+-]*")
_PARTS = re.compile(r"[MLz]|-?[\d.]+(?:[eE][+-]?\d+)?")


def relative(data: str) -> tuple[float, float, str] | None:
    """(x, y, what follows as seen from there) of a path of straight lines; None of any other."""
    if not _LINES_ONLY.fullmatch(data) or not data.strip():
        return None
    points = list(_points(data))
    _, x, y = points[0]
    return x, y, "".join(_steps(points[1:], x, y))


def _points(data: str) -> Iterator[tuple[str, float, float]]:
    """(command, x, y) of each point; of `z`, where it closes to does not matter."""
    command = "M"
    numbers: list[float] = []
    for part in _PARTS.findall(data):
        if part == "z":
            yield "z", 0.0, 0.0
        elif part in "ML":
            command = part
        else:
            numbers.append(float(part))
            if len(numbers) == 2:  # noqa: PLR2004 - a point has two
                yield command, numbers[0], numbers[1]
                numbers = []


def _steps(points: list[tuple[str, float, float]], x: float, y: float) -> Iterator[str]:
    """From point to point, in whole tenths of a pixel counted from the first: rounding does not add up."""
    at = begun = (0, 0)
    written = "m"
    for command, to_x, to_y in points:
        if command == "z":
            at, written = begun, "z"
            yield "z"
            continue
        to = (round((to_x - x) * 10), round((to_y - y) * 10))
        letter = command.lower()
        # A pair that follows a pair of the same command needs no letter; after `m`, pairs are lines.
        implied = letter == written or (letter == "l" and written == "m")
        yield ("" if implied else letter) + _pair(to[0] - at[0], to[1] - at[1], apart=implied)
        at, written = to, letter
        if command == "M":
            begun = to


def _pair(x: int, y: int, *, apart: bool) -> str:
    first, second = _tenths(x / 10), _tenths(y / 10)
    return (
        ("" if first.startswith("-") or not apart else " ") + first + ("" if second.startswith("-") else " ") + second
    )


def _tenths(number: float) -> str:
    """A tenth of a pixel is enough."""
    return f"{round(number, 1) + 0.0:.1f}".removesuffix(".0")
