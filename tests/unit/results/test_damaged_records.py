"""Harm that no validation of fields would find is named by file and line too."""

import base64
import json
import zlib
from pathlib import Path

import pytest

from harness.histogram import Histogram
from harness.model.errors import RunFolderError
from harness.model.run import Window
from harness.results.folder import RunWriter, read_run
from harness.results.run_folders import HEADER_FILE, RECORDS_FILE
from tests.unit.analysis.fed import feed_report
from tests.unit.analysis.simulate import EMPTY_REPORT
from tests.unit.results.sample import FLASK_JSON, run_of, window_of

WHOLE = Histogram().encode()
OTHER_RANGE = base64.b64encode(
    (outer := base64.b64decode(WHOLE))[:8] + zlib.compress(zlib.decompress(outer[8:])[:16] + b"\0" * 24)
).decode()


def refusal(folder: Path) -> str:
    with pytest.raises(RunFolderError) as raised:
        read_run(folder)
    assert raised.value.hint
    return raised.value.what


@pytest.mark.parametrize(
    ("histogram", "why"),
    [
        ("", "no encoded HdrHistogram"),
        ("not base64", "no encoded HdrHistogram"),
        (WHOLE[:-4], "no encoded HdrHistogram"),
        (WHOLE[:20] + "AAAA" + WHOLE[24:], "no encoded HdrHistogram"),
        (base64.b64encode(b"\0" * 40).decode(), "no encoded HdrHistogram"),
        (OTHER_RANGE, "HdrHistogram"),
    ],
)
@pytest.mark.parametrize("field", ["latency", "service_time", "schedule_lag", "lag"])
def test_a_histogram_that_can_not_be_decoded_is_named_by_its_line(
    tmp_path: Path, field: str, histogram: str, why: str
) -> None:
    writer = RunWriter.create(tmp_path, run_of())
    writer.append(window_of(FLASK_JSON))
    writer.append(_window(field, histogram))
    writer.close()
    said = refusal(writer.folder)
    assert f"{RECORDS_FILE}, line 2: {field}: " in said
    assert why in said


@pytest.mark.parametrize("field", ["latency", "service_time", "schedule_lag", "lag"])
def test_one_that_can_be_decoded_is_let_through(tmp_path: Path, field: str) -> None:
    writer = RunWriter.create(tmp_path, run_of())
    writer.append(_window(field, WHOLE))
    writer.close()
    assert len(read_run(writer.folder).windows) == 1


@pytest.mark.parametrize("log", ["", "not base64", "aGVsbG8=", WHOLE])
def test_an_arrival_log_that_can_not_be_decoded_is_named_by_its_line(tmp_path: Path, log: str) -> None:
    writer = RunWriter.create(tmp_path, run_of())
    writer.append(_window("arrivals", log))
    writer.close()
    assert f"{RECORDS_FILE}, line 1: arrivals: this is no encoded arrival log" in refusal(writer.folder)


@pytest.mark.parametrize("name", [HEADER_FILE, RECORDS_FILE])
def test_brackets_without_end_are_no_bug_of_ours(tmp_path: Path, name: str) -> None:
    writer = RunWriter.create(tmp_path, run_of())
    writer.close()
    (writer.folder / name).write_bytes(b"[" * 100_000 + b"\n")
    assert name in refusal(writer.folder)


def _window(field: str, histogram: str) -> Window:
    if field == "lag":
        return window_of(FLASK_JSON, sequence=1, spec=None, feed=feed_report(1, lag=histogram))
    report = EMPTY_REPORT.model_copy(update={"latency": WHOLE, field: histogram})
    return window_of(FLASK_JSON, sequence=1, report=report)


@pytest.mark.parametrize("who", ["server", "generator"])
def test_a_run_on_no_cpu_is_refused(tmp_path: Path, who: str) -> None:
    writer = RunWriter.create(tmp_path, run_of())
    writer.close()
    header = json.loads((writer.folder / HEADER_FILE).read_text())
    header["plan"]["cpus"][who] = []
    (writer.folder / HEADER_FILE).write_text(json.dumps(header))
    what = refusal(writer.folder)
    assert HEADER_FILE in what
    assert f"plan.cpus.{who}" in what
