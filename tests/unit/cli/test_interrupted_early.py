"""A run that is interrupted before anything was measured has nothing to report on, and ends at once."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from harness.cli import run
from harness.report import publish
from harness.results.folder import RunWriter
from tests.unit.results.sample import FLASK_JSON, run_of, window_of


@pytest.mark.parametrize("windows", [0, 1])
def test_a_report_is_written_of_what_there_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, windows: int) -> None:
    writer = RunWriter.create(tmp_path, run_of(), lambda text: text)
    published: list[Path] = []

    def interrupted(*_: object) -> None:
        for _each in range(windows):
            writer.append(window_of(FLASK_JSON))
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "carry_out", interrupted)
    monkeypatch.setattr(publish, "publish", published.append)
    monkeypatch.setattr(publish, "publish_index", lambda _: None)
    keeper: Any = SimpleNamespace(begin=lambda *_: None, end=lambda: None)
    runtime: Any = None
    assert run.measure(writer, (), runtime, keeper) == (True, None)
    assert len(published) == windows
