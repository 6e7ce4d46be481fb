"""A run that ends as incomplete says what it lacks."""

import pytest

from harness.cli.run import exit_code
from harness.model.app import Endpoint
from harness.model.errors import ExitCode
from harness.results.records import RecordedRun
from tests.unit.analysis.test_outages import ENDED, FAST, SOUND, last_of, that_ended, with_window

RECORDED = SOUND.recorded()


def told(recorded: RecordedRun, capsys: pytest.CaptureFixture[str]) -> str:
    assert exit_code(recorded, ()) is ExitCode.INCOMPLETE
    (line,) = capsys.readouterr().err.splitlines()
    return line


def test_lost_windows_are_counted_and_the_first_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    line = told(that_ended(RECORDED, FAST), capsys)
    assert f"1 of {len(RECORDED.run.plan.cells)} cells have lost windows" in line
    assert f"{FAST.key}:hello:capacity:32, {ENDED}" in line
    assert "`bench show`" in line


def test_a_window_that_nobody_was_troubled_about_is_said_too(capsys: pytest.CaptureFixture[str]) -> None:
    lost = last_of(RECORDED, FAST, Endpoint.JSON).model_copy(update={"lost": "no rate", "report": None})
    assert "no rate" in told(with_window(RECORDED, lost), capsys)


def test_missing_rounds_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    assert "1 of 2 rounds are complete" in told(RECORDED.model_copy(update={"rounds_complete": 1}), capsys)


def test_a_complete_run_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(RECORDED, ()) is ExitCode.OK
    assert capsys.readouterr().err == ""
