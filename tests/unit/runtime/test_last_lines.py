"""The end of a log is bounded, and tells no secret."""

import pytest

from harness import mask
from harness.runtime.last_lines import MOST_BYTES, MOST_LINES, last_lines

LINES = [f"line {number}" for number in range(100)]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("", ""),
        ("one line\n", "one line"),
        ("\n".join(LINES), "\n".join(LINES[-MOST_LINES:])),
        ("x" * (MOST_BYTES + 1), "x" * MOST_BYTES),
    ],
    ids=["nothing", "one", "many", "long"],
)
def test_the_end_of_a_log_is_bounded_in_lines_and_bytes(written: str, kept: str) -> None:
    assert last_lines(written) == kept


def test_a_secret_is_taken_out_before_the_log_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mask, "_hidden", {})
    mask.hide("korrekt-pferd-batterie")
    written = "connecting with korrekt-pferd-batterie" + "." * (MOST_BYTES - len("batterie"))
    assert "batterie" not in last_lines(written)
