"""A broken line with fewer points."""

import math
from collections.abc import Sequence

type _Point = tuple[float, float]


def thinned(points: Sequence[_Point], unseen: float) -> list[_Point]:
    """Without points that lie no further than `unseen` from the line between those that are left; both ends stay.

    After Ramer (1972), https://doi.org/10.1016/S0146-664X(72)80017-0, and Douglas and Peucker (1973).
    """
    if len(points) < 3:  # noqa: PLR2004 - two ends
        return list(points)
    one, other = points[0], points[-1]
    furthest = max(range(1, len(points) - 1), key=lambda place: _distance(points[place], one, other))
    if _distance(points[furthest], one, other) <= unseen:
        return [one, other]
    return [*thinned(points[: furthest + 1], unseen)[:-1], *thinned(points[furthest:], unseen)]


def _distance(point: _Point, one: _Point, other: _Point) -> float:
    """From a point to the stretch between two others."""
    right, down = other[0] - one[0], other[1] - one[1]
    square = right * right + down * down
    share = ((point[0] - one[0]) * right + (point[1] - one[1]) * down) / square if square else 0.0
    share = min(1.0, max(0.0, share))
    return math.dist(point, (one[0] + share * right, one[1] + share * down))
