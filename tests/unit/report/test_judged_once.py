"""A report is made of one judgement of the run: findings, claims and digest share it."""

import shutil
from pathlib import Path

import pytest

from harness.analysis import quantities, side_by_side
from harness.analysis.cells import JudgedCell, judge_cells
from harness.analysis.intervals import LogInterval, single
from harness.analysis.moderation import Prior
from harness.analysis.table import Table
from harness.cli.report import report
from harness.report import publish
from harness.results import folder as run_folder
from harness.results.records import Record, RecordedRun, parse_once

SAMPLE = Path(__file__).parents[3] / "reports" / "sample"


def test_a_run_is_judged_once_for_all_of_its_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    judged: list[str] = []

    def judge(recorded: RecordedRun) -> list[JudgedCell]:
        judged.append(recorded.run.run_id)
        return judge_cells(recorded)

    monkeypatch.setattr(quantities, "judge_cells", judge)
    monkeypatch.setattr(publish, "write_report", lambda folder, *_, **__: folder)
    publish.publish(Path(shutil.copytree(SAMPLE, tmp_path / "sample")))
    assert len(judged) == 1


def test_a_run_is_read_once_for_its_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Path] = []

    def parse(content: bytes, file: Path) -> tuple[list[Record], int]:
        read.append(file)
        return parse_once(content, file)

    monkeypatch.setattr(run_folder, "parse_once", parse)
    monkeypatch.setattr(publish, "write_report", lambda folder, *_, **__: folder)
    report(str(shutil.copytree(SAMPLE, tmp_path / "sample")), None, (), open_=False)
    assert len(read) == 1


def test_a_value_is_estimated_once_however_often_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    estimated: list[int] = []

    def estimate(table: Table, prior: Prior, subject: int) -> LogInterval:
        estimated.append(subject)
        return single(table, prior, subject)

    monkeypatch.setattr(side_by_side, "single", estimate)
    of_kind = quantities.JudgedRun(run_folder.read_run(SAMPLE)).quantities.throughput
    told = [[each.value(subject) for each in of_kind.values() for subject in each.subjects] for _ in range(2)]
    assert told[0] == told[1]
    assert len(estimated) == len(told[0]) > 0
