"""What no server can have is no figure: it is refused with its line, and never written."""

from pathlib import Path

import pytest

from harness.comparison.summarise import summarise
from harness.history.file import HistoryError, append, read
from harness.model.claim import Metric
from harness.model.run import Start
from tests.unit.comparison.recorded import a_recorded_run, with_footprints


@pytest.mark.parametrize("value", ["0.0", "-1.0", "1e-300", "1e300", "NaN", "Infinity"])
def test_a_figure_that_has_no_logarithm_is_refused_with_its_line(tmp_path: Path, value: str) -> None:
    file = tmp_path / "history.jsonl"
    append(file, summarise(a_recorded_run(), "run"))
    first, *others = file.read_text().splitlines(keepends=True)
    before, after = first.split('"estimate":{"value":', 1)
    file.write_text(before + f'"estimate":{{"value":{value},' + after.split(",", 1)[1] + "".join(others))
    with pytest.raises(HistoryError, match=r"line 1: cell\.figures\.\w+\.estimate"):
        read(file)


def test_a_start_that_took_no_time_is_left_out_of_what_is_kept(tmp_path: Path) -> None:
    recorded = with_footprints(a_recorded_run())
    at_once: list[Start] = [each.model_copy(update={"start_s": 1e-300}) for each in recorded.starts]
    summary = summarise(recorded.model_copy(update={"starts": tuple(at_once)}), "run")
    kept = {metric for cell in summary.cells for metric in cell.figures}
    assert Metric.IMPORT in kept
    assert Metric.START not in kept
    append(tmp_path / "history.jsonl", summary)
    assert [run.run_id for run in read(tmp_path / "history.jsonl")] == [summary.run_id]
