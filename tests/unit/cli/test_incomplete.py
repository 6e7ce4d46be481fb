"""A run that ends as incomplete says what it lacks, and one with invalid cells how many and why."""

from pathlib import Path

import pytest

from harness.analysis.analyse import analyse
from harness.cli.run import exit_code
from harness.model.app import Endpoint
from harness.model.cell import Subject
from harness.model.conformance import Outcome
from harness.model.errors import ExitCode, Unforeseen
from harness.results.records import RecordedRun
from tests.unit.analysis.test_contracts import checked
from tests.unit.analysis.test_outages import ENDED, FAST, SLOW, SOUND, last_of, that_ended, with_window

RECORDED = SOUND.recorded()
HERE = Path("reports/the-run")


def told(recorded: RecordedRun, capsys: pytest.CaptureFixture[str]) -> str:
    assert exit_code(recorded, (), None, HERE) is ExitCode.INCOMPLETE
    (line,) = capsys.readouterr().err.splitlines()
    return line


def test_lost_windows_are_counted_and_the_first_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    line = told(that_ended(RECORDED, FAST), capsys)
    assert f"1 of {len(RECORDED.run.plan.cells)} cells have lost windows" in line
    assert f"the first: fast (controlled, gunicorn gthread) on hello, capacity, 32 connections: {ENDED}" in line
    assert "`bench show the-run`" in line


def test_a_window_that_nobody_was_troubled_about_is_said_too(capsys: pytest.CaptureFixture[str]) -> None:
    lost = last_of(RECORDED, FAST, Endpoint.JSON).model_copy(update={"lost": "no rate", "report": None})
    assert "no rate" in told(with_window(RECORDED, lost), capsys)


def test_missing_rounds_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    assert "1 of 2 rounds are complete" in told(RECORDED.model_copy(update={"rounds_complete": 1}), capsys)


def test_a_complete_run_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(RECORDED, (), None, HERE) is ExitCode.OK
    assert capsys.readouterr().err == ""


def reconnecting(*whose: Subject) -> RecordedRun:
    """As a server answers that closes each connection, and whose manifest doesn't say so."""
    keys = tuple(f"{each.key}:" for each in whose)
    windows = [
        each.model_copy(update={"report": each.report.model_copy(update={"reconnects": each.report.responses})})
        if each.report and each.cell.startswith(keys)
        else each
        for each in RECORDED.windows
    ]
    return RECORDED.model_copy(update={"windows": tuple(windows)})


def test_a_run_without_a_valid_cell_names_the_gate_and_the_cells_and_ends_as_incomplete(
    capsys: pytest.CaptureFixture[str],
) -> None:
    recorded = reconnecting(*RECORDED.run.plan.subjects)
    assert exit_code(recorded, (), analyse(recorded), HERE) is ExitCode.INCOMPLETE
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith('6 of 6 cells are invalid, so the run measured nothing usable: by "reconnects": 6 cells of ')
    assert "fast (" in line
    assert "slow (" in line
    assert "; the first: 100.000% of the responses cost a new connection" in line
    assert "set keep_alive = false in this variant" in line
    assert line.endswith("; `bench show the-run` gives the reason of each")


def test_some_invalid_cells_are_told_in_one_line_and_leave_the_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    recorded = reconnecting(SLOW)
    assert exit_code(recorded, (), analyse(recorded), HERE) is ExitCode.OK
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith('2 of 6 cells are invalid: by "reconnects": slow (')
    assert "on hello, capacity, 32 connections and slow (" in line


def test_who_breaks_the_contract_is_the_first_to_mend_where_no_cell_is_valid(
    capsys: pytest.CaptureFixture[str],
) -> None:
    recorded = reconnecting(*RECORDED.run.plan.subjects)
    recorded = recorded.model_copy(update={"conformance": (checked(SLOW, Outcome.FAILED),)})
    assert exit_code(recorded, (), analyse(recorded), HERE) is ExitCode.CONFORMANCE
    assert "6 of 6 cells are invalid" in capsys.readouterr().err


def test_a_run_with_valid_cells_only_says_nothing_of_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(RECORDED, (), analyse(RECORDED), HERE) is ExitCode.OK
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("kept", [True, False])
def test_where_the_logs_of_apps_at_fault_are_kept_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], *, kept: bool
) -> None:
    logs = tmp_path / "app_logs.txt"
    if kept:
        logs.write_text("Traceback", encoding="utf-8")
    recorded = reconnecting(SLOW)
    assert exit_code(recorded, (), analyse(recorded), tmp_path) is ExitCode.OK
    told = capsys.readouterr().err.splitlines()
    assert (f"what the apps at fault wrote last: {logs}" in told) is kept


def test_a_run_with_an_app_that_could_not_be_checked_is_incomplete_and_no_failure_of_the_app(
    capsys: pytest.CaptureFixture[str],
) -> None:
    odd = checked(SLOW, Outcome.FAILED)
    ours = odd.results[0].model_copy(update={"found": Unforeseen("the check", LookupError("odd")).what})
    recorded = RECORDED.model_copy(update={"conformance": (odd.model_copy(update={"results": (ours,)}),)})
    assert exit_code(recorded, (), None, HERE) is ExitCode.INCOMPLETE
    told = "slow (controlled, gunicorn gthread) could not be checked in full, so it takes no rank"
    assert told in capsys.readouterr().err
