"""A path says the same in fewer characters, wherever it stands."""

import math
import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.report.figure.path_data import relative
from harness.report.figure.thinned import thinned


def absolute(path: str) -> list[tuple[float, float]]:
    """The points of a relative path, as a browser finds them."""
    at = begun = (0.0, 0.0)
    found: list[tuple[float, float]] = []
    command = "m"
    numbers: list[float] = []
    for part in re.findall(r"[mlhvz]|-?(?:\d*\.\d+|\d+)", path):
        if part == "z":
            at = begun
        elif part in "mlhv":
            command = part
        else:
            numbers.append(float(part))
            if command == "h":
                numbers.append(0.0)
            elif command == "v":
                numbers.insert(0, 0.0)
        if len(numbers) == 2:
            at = (at[0] + numbers[0], at[1] + numbers[1])
            found.append(at)
            begun = at if command == "m" else begun
            command, numbers = "l" if command == "m" else command, []
    return found


COORDINATE = st.floats(0, 800)
POINTS = st.lists(st.tuples(COORDINATE, COORDINATE), min_size=2, max_size=30)


@given(POINTS, POINTS)
def test_every_point_that_is_left_stays_within_a_tenth_of_a_pixel(
    one: list[tuple[float, float]], other: list[tuple[float, float]]
) -> None:
    parts = [
        " ".join(("M" if not place else "L") + f" {x:.6f} {y:.6f}" for place, (x, y) in enumerate(line))
        for line in (one, other)
    ]
    path = relative(f"{parts[0]} z {parts[1]}")
    assert path is not None
    found = absolute(path)
    left = [
        point
        for line in (one, other)
        for point in thinned([(float(f"{x:.6f}"), float(f"{y:.6f}")) for x, y in line], 0.3)
    ]
    assert len(found) == len(left)
    assert found == [pytest.approx(point, abs=0.06) for point in left]


@given(POINTS, st.floats(0, 5))
def test_no_point_that_is_left_out_lies_further_from_what_is_left_than_can_be_seen(
    points: list[tuple[float, float]], unseen: float
) -> None:
    left = thinned(points, unseen)
    assert (left[0], left[-1]) == (points[0], points[-1])
    for x, y in points:
        near = []
        for (from_x, from_y), (to_x, to_y) in pairwise(left):
            length = math.hypot(to_x - from_x, to_y - from_y)
            share = ((x - from_x) * (to_x - from_x) + (y - from_y) * (to_y - from_y)) / length**2 if length**2 else 0
            share = max(0, min(1, share))
            near.append(math.hypot(x - from_x - share * (to_x - from_x), y - from_y - share * (to_y - from_y)))
        assert min(near) <= unseen + 1e-6


def test_points_on_one_line_are_its_ends() -> None:
    assert thinned([(place, 2.0 * place) for place in range(20)], 0.1) == [(0, 0), (19, 38)]
    assert relative("M 0 10 L 10 10 L 20 10.2 L 30 10") == "m0 10h30"


def test_a_path_takes_no_character_more_than_it_has_to() -> None:
    assert relative("M 0.123 10 L 4.52 7.26 L 8.9 12 L 8.9 20 L 9.4 20.7 z") == "m.1 10 4.4-2.7 4.4 4.7v8l.5.7z"
    assert relative("M 5 5 L 5 5") == "m5 5h0", "a dot stays one"


@pytest.mark.parametrize("data", ["", "M 0 3 C 0.8 3 1.6 2.7 2.1 2.1 z"])
def test_what_is_no_line_is_left_alone(data: str) -> None:
    assert relative(data) is None
