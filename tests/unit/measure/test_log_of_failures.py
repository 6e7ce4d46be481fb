"""Of a log, that is shown which was written while a check failed."""

import pytest

from harness.measure.verify import _of_failures, written_since


@pytest.mark.parametrize(
    ("before", "after", "new"),
    [
        ("", "a\nb", "a\nb"),
        ("a\nb", "a\nb", ""),
        ("a\nb", "a\nb\nc\nd", "c\nd"),
        ("a\nb\nc", "b\nc\nd", "d"),  # Both show three lines.
        ("a\nb\nc", "x\ny\nz", "x\ny\nz"),  # So many came that nothing of what was there is left.
        ("a\na", "a\na\na", "a"),
        ("a", "", ""),
    ],
)
def test_only_what_is_new_is_told(before: str, after: str, new: str) -> None:
    assert written_since(before, after) == new


@pytest.mark.parametrize(
    ("told", "alive", "shown"),
    [
        ([], True, None),
        (["", ""], True, None),
        (["", "KeyError", "ConnectionResetError"], True, "KeyError"),
        (["KeyError", "MemoryError", ""], False, "MemoryError"),
        (["GET /hello 200", "", "Traceback (most recent call last):"], True, "Traceback (most recent call last):"),
        (["GET /hello 200", "GET /db 500"], True, "GET /hello 200"),
    ],
)
def test_the_first_failure_is_shown_that_wrote_anything_or_that_which_ended_it(
    told: list[str], shown: str | None, *, alive: bool
) -> None:
    assert _of_failures(told, alive=alive) == shown
