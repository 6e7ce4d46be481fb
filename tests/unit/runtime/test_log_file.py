"""A log stays short, with its beginning and its end, while somebody writes to it."""

from pathlib import Path

import pytest

from harness.runtime.local import log_file
from harness.runtime.local.log_file import cut


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_file, "MOST_BYTES", 10_000)
    monkeypatch.setattr(log_file, "KEPT_BYTES", 1_000)


def test_the_middle_goes_and_writing_goes_on_at_the_end(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("ab", buffering=0) as writer:
        writer.write(b"it begins\n" + b"noise\n" * 10_000 + b"it goes on\n")
        assert cut(log) > 50_000
        writer.write(b"it ends\n")
    text = log.read_text()
    assert len(text) < 2_200
    assert text.startswith("it begins\n")
    assert text.endswith("noise\nit goes on\nit ends\n")
    assert "bytes were taken out of this log here" in text


def test_a_short_log_is_left_as_it_is(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(b"x" * 10_000)
    assert cut(log) == 0
    assert log.read_bytes() == b"x" * 10_000
