"""A run that is interrupted tells what is left to do, and has nothing to report on before anything was measured."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from harness.cli import run
from harness.host.measuring import Mark, Measuring
from harness.measure.begin import resume
from harness.model.errors import RunFolderError
from harness.report import publish, publish_list
from harness.results.folder import RunWriter
from tests.unit.results.sample import FLASK_JSON, run_of, window_of

KEEPER: Any = SimpleNamespace(begin=lambda *_: None, end=lambda: None)
RUNTIME: Any = None
NOBODY = Measuring("bench run", 1, "", "")


@pytest.mark.parametrize("windows", [0, 1])
def test_a_report_is_written_of_what_there_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, windows: int) -> None:
    writer = RunWriter.create(tmp_path, run_of(), lambda text: text)
    published: list[Path] = []

    def interrupted(*_: object) -> None:
        for _each in range(windows):
            writer.append(window_of(FLASK_JSON))
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "carry_out", interrupted)
    monkeypatch.setattr(publish, "publish", lambda folder, **_: published.append(folder))
    monkeypatch.setattr(publish_list, "publish_index", lambda _: None)
    mark = Mark(NOBODY, folder=tmp_path / "marks")
    assert run.measure(writer, (), RUNTIME, KEEPER, mark) == run.CarriedOut(interrupted=True, fault=None, findings=None)
    assert len(published) == windows


def test_an_interrupt_while_the_report_is_written_names_the_command_that_makes_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    writer = RunWriter.create(tmp_path, run_of(), lambda text: text)

    def interrupted(_: Path, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "carry_out", lambda *_: None)
    monkeypatch.setattr(publish, "publish", interrupted)
    mark = Mark(NOBODY, folder=tmp_path / "marks")
    assert run.measure(writer, (), RUNTIME, KEEPER, mark) == run.CarriedOut(interrupted=True, fault=None, findings=None)
    assert f"`bench report {writer.folder.name}`" in capsys.readouterr().err


def test_a_run_that_is_finished_is_not_gone_on_with_but_reported_on(tmp_path: Path) -> None:
    header = run_of()
    folder = RunWriter.create(tmp_path, header.model_copy(update={"finished_at": header.started_at}), str).folder
    with pytest.raises(RunFolderError) as raised:
        resume(folder, (), RUNTIME, KEEPER)
    assert f"`bench report {folder.name}`" in raised.value.hint
