"""The last lines of an app's log stand where it is at fault for an invalid cell, and nowhere else."""

from pathlib import Path

import pytest

from harness.analysis.analyse import analyse
from harness.model.cell import Subject
from harness.model.run import Start
from harness.model.window import Failure
from harness.report.file_names import APP_LOGS_FILE
from harness.report.publish import publish
from harness.report.view.app_logs import app_logs
from harness.report.view.cast import Cast
from harness.report.view.deployments import deployments_view
from harness.results.folder import RunWriter
from harness.results.records import RecordedRun
from tests.unit.analysis.simulate import Simulation, started, subject
from tests.unit.results.sample import deployment

BAD, GOOD = subject("bad"), subject("good")
SOUND = Simulation({BAD: 9_000, GOOD: 9_000}, rounds=2, deployments=(deployment(BAD), deployment(GOOD))).recorded()
LOG = "Traceback (most recent call last):\nKeyError: 'ids'"


def failing(who: Subject, log: str | None, fault: str | None = None, **report: object) -> RecordedRun:
    """In the first round; what it wrote is recorded with its start."""
    windows = tuple(
        each.model_copy(update={"report": each.report.model_copy(update=report)})
        if each.report and each.cell.startswith(f"{who.key}:") and each.round_index == 0
        else each
        for each in SOUND.windows
    )
    again: Start = started(who, 0, log_excerpt=log, fault=fault)
    return SOUND.model_copy(update={"windows": windows, "starts": (*SOUND.starts, again)})


MANY = {"failures": {Failure.STATUS: 755}, "statuses": {500: 755}}
CASES = {
    "many failed": (failing(BAD, LOG, **MANY), LOG),
    "it wrote nothing": (failing(BAD, "", **MANY), "(it wrote nothing)"),
    "one was wrong": (failing(BAD, LOG, failures={Failure.WRONG_BODY: 1}), LOG),
    "one failed, and it is valid": (failing(BAD, LOG, failures={Failure.TIMEOUT: 1}), None),
    "the generator's fault": (failing(BAD, LOG, generator_cpu_ns=10**12), None),
    "no log was kept": (failing(BAD, None, **MANY), None),
}


@pytest.mark.parametrize(("recorded", "log"), CASES.values(), ids=CASES)
def test_a_log_is_told_where_its_app_is_at_fault(recorded: RecordedRun, log: str | None) -> None:
    findings = analyse(recorded)
    text = app_logs(findings, recorded.starts, Cast(recorded.run))
    page = deployments_view(recorded.run, findings, recorded.starts, (), Cast(recorded.run)).apps[0]
    (card,) = page.cards
    if log is None:
        assert text == ""
        assert (card.logs, card.logs_file) == ((), "")
        return
    assert text.count("== ") == 1
    assert text.endswith(f", round 1: requests of it failed under load\n\n{log}\n")
    assert text.count(log) == 1
    (kept,) = card.logs
    assert (kept.when, kept.text, card.logs_file) == ("round 1", log, APP_LOGS_FILE)


def test_what_an_app_wrote_steers_no_terminal() -> None:
    recorded = failing(BAD, "\x1b[2J\N{RIGHT-TO-LEFT OVERRIDE}gone", **MANY)
    text = app_logs(analyse(recorded), recorded.starts, Cast(recorded.run))
    assert "\x1b" not in text
    assert r"\x1b[2J\u202egone" in text


def test_the_run_folder_has_the_file_as_long_as_somebody_is_at_fault(tmp_path: Path) -> None:
    recorded = failing(BAD, LOG, **MANY)
    writer = RunWriter.create(tmp_path, recorded.run)
    for record in (*recorded.starts, *recorded.windows):
        writer.append(record)
    writer.close()
    page = publish(writer.folder).read_text(encoding="utf-8")
    assert f"<code>{APP_LOGS_FILE}</code> in the run's folder" in page
    assert "In round 1: requests of it failed under load" in page
    assert LOG in (writer.folder / APP_LOGS_FILE).read_text(encoding="utf-8")
    (writer.folder / "windows.jsonl").write_text(
        "".join(f"{each.model_dump_json()}\n" for each in SOUND.windows), encoding="utf-8"
    )
    publish(writer.folder)
    assert not (writer.folder / APP_LOGS_FILE).exists()
