"""The stored sample run stays readable, and its report can be rebuilt on any machine."""

import shutil
from pathlib import Path

from harness.analysis.analyse import analyse
from harness.report.publish import publish
from harness.results.folder import read_run

SAMPLE = Path(__file__).parents[3] / "reports" / "sample"


def test_the_sample_of_schema_version_1_is_read_and_analysed() -> None:
    recorded = read_run(SAMPLE)
    assert recorded.run.schema_version == 1
    findings = analyse(recorded)
    assert {cell.cell.key for cell in findings.cells} == {cell.key for cell in recorded.run.plan.cells}
    assert all(cell.throughput_rps for cell in findings.cells if cell.valid)


def test_its_report_is_rebuilt_from_its_raw_records_alone(tmp_path: Path) -> None:
    for name in ("run.json", "windows.jsonl"):
        shutil.copy(SAMPLE / name, tmp_path)
    page = publish(tmp_path).read_text()
    assert "Flask" in page
    assert (tmp_path / "data.csv").is_file()
    assert (tmp_path / "summary.md").is_file()
