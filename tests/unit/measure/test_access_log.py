"""Lines of one kind are counted against requests, whatever numbers stand in them."""

import pytest

from harness.mask import MASK
from harness.measure.access_log import REQUESTS, line_in_step


def lines(number: int, template: str) -> list[str]:
    return [template.format(n) for n in range(number)]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ([], None),
        (lines(REQUESTS, '10.0.0.1:5{0} - "GET /db?id={0} HTTP/1.1" 200'), f"id={REQUESTS - 1} "),
        (lines(REQUESTS, "\x1b[32m{0}\x1b[0m served"), "served"),
        (lines(REQUESTS, '{{"path": "/hello", "took": {}}}'), f'"took": {REQUESTS - 1}'),
        ([*lines(REQUESTS // 2, "GET {}"), "the end was lost, as it was ki"], "GET 99"),
        (lines(REQUESTS // 2 - 1, "added route {}"), None),
        ([f"setting {chr(97 + n % 26)}{chr(97 + n // 26)} = x" for n in range(REQUESTS)], None),
        (["\n"] * REQUESTS, None),
        ([*lines(REQUESTS, "GET {}"), "shutting down"], "GET 199"),
    ],
)
def test_lines_that_are_alike_but_for_numbers_are_told_where_there_are_as_many_as_requests(
    written: list[str], told: str | None
) -> None:
    found = line_in_step("\n".join(written))
    assert (told in found) if told and found else found is told


def test_no_secret_is_told_with_the_line() -> None:
    line = line_in_step("\n".join(lines(REQUESTS, "{} postgresql://me:hunter2hunter2@localhost/db answered")))
    assert line is not None
    assert "hunter2" not in line
    assert MASK in line
