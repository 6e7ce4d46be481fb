"""A report is made of one judgement of the run: findings, claims and digest share it."""

import shutil
from pathlib import Path

import pytest

from harness.analysis import quantities
from harness.analysis.cells import JudgedCell, judge_cells
from harness.report import publish
from harness.results.records import RecordedRun

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
