"""A path says the same in fewer characters, and the same wherever it stands."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.report.figure.path_data import relative


def absolute(x: float, y: float, steps: str) -> list[tuple[float, float]]:
    """The points of a relative path, as a browser finds them."""
    at = begun = (x, y)
    found = [at]
    command = "l"
    numbers: list[float] = []
    for part in re.findall(r"[mlz]|-?(?:\d+\.\d+|\d+)", steps):
        if part == "z":
            at = begun
        elif part in "ml":
            command = part
        else:
            numbers.append(float(part))
        if len(numbers) == 2:
            at = (at[0] + numbers[0], at[1] + numbers[1])
            found.append(at)
            begun = at if command == "m" else begun
            command, numbers = "l" if command == "m" else command, []
    return found


POINTS = st.lists(st.tuples(st.floats(0, 800), st.floats(0, 800)), min_size=2, max_size=30)


@given(POINTS, POINTS)
def test_every_point_stays_within_a_tenth_of_a_pixel(
    one: list[tuple[float, float]], other: list[tuple[float, float]]
) -> None:
    parts = [
        " ".join(("M" if not place else "L") + f" {x:.6f} {y:.6f}" for place, (x, y) in enumerate(line))
        for line in (one, other)
    ]
    path = relative(f"{parts[0]} z {parts[1]}")
    assert path is not None
    found = absolute(*path)
    assert len(found) == len(one) + len(other)
    assert found == [pytest.approx(point, abs=0.06) for point in (*one, *other)]


def test_the_same_line_elsewhere_reads_the_same_and_is_short() -> None:
    steps = [relative(f"M {x} 10 L {x + 4.4} 7.26 L {x + 8.8} 12 z") for x in (0.123, 386.777)]
    assert [path[2] for path in steps if path] == [" 4.4-2.7 4.4 4.7z"] * 2


@pytest.mark.parametrize("data", ["", "M 0 3 C 0.8 3 1.6 2.7 2.1 2.1 z"])
def test_what_is_no_line_is_left_alone(data: str) -> None:
    assert relative(data) is None
