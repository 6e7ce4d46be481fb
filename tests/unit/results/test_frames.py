from io import BytesIO

import numpy as np
import pandas as pd
import pytest

from harness.histogram import Histogram
from harness.model.app import Libraries
from harness.model.cell import Cell, RateRule, Subject, Workload
from harness.model.run import WindowKind
from harness.model.window import Failure, ProcessMeter, SpeedReading, WindowReport
from harness.results.frames import data_files, window_frame
from harness.results.records import RecordedRun
from harness.results.run_folders import CSV_FILE, PARQUET_FILE
from tests.unit.results.sample import FLASK_JSON, deployment, run_of, window_of

LATENCY = FLASK_JSON.model_copy(update={"workload": Workload.LATENCY, "rate": RateRule.COMMON})


def report(latencies_ms: list[float], **more: object) -> WindowReport:
    histogram = Histogram()
    histogram.record_many((np.array(latencies_ms) * 1e6).astype(np.int64))
    fields = {
        "duration_ns": 500_000_000, "responses": len(latencies_ms), "reconnects": 0, "latency": histogram.encode(),
        "latency_sum_ns": int(sum(latencies_ms) * 1e6), "generator_cpu_ns": 250_000_000,
        "generator_run_delay_ns": 5_000_000, "requests_total": 0, "responses_total": 0,
    }  # fmt: skip
    return WindowReport.model_validate(fields | more)


@pytest.fixture
def recorded() -> RecordedRun:
    meter = ProcessMeter(elapsed_ns=1_000_000_000, server_cpu_ns=800_000_000, steal_ns=0)
    speed = SpeedReading(samples=25, work_ns=12_500.0)
    answered = report([1.0] * 98 + [9.0] * 2, failures={Failure.STATUS: 3})
    windows = (
        window_of(FLASK_JSON, report=answered, meter=meter, speed=speed),
        window_of(FLASK_JSON, sequence=1, kind=WindowKind.WARM, report=report([])),
        window_of(LATENCY, sequence=2, lost="the server ended", rate_rps=100.0),
    )
    return RecordedRun(run=run_of((FLASK_JSON, LATENCY)), windows=windows, starts=(), rounds_complete=0)


def test_each_window_is_a_row_in_units_that_its_columns_name(recorded: RecordedRun) -> None:
    row = window_frame(recorded).iloc[0]
    assert (row["app"], row["variant"], row["endpoint"], row["workload"]) == ("flask", "controlled", "json", "capacity")
    assert row["throughput_rps"] == 200
    assert row["latency_p50_us"] == pytest.approx(1000, rel=1e-3)
    assert row["latency_p99_us"] == pytest.approx(9000, rel=1e-3)
    assert row["latency_mean_us"] == pytest.approx(1160)
    assert row["failures_status"] == 3
    assert row["generator_cpu_share"] == 0.5
    assert row["generator_run_delay_share"] == 0.01
    assert (row["speed_work_us"], row["speed_samples"]) == (12.5, 25)
    # 0.8 s of CPU time in a second with 200 requests, though the window lasted half as long as the meter ran.
    assert row["server_cpu_us_per_request"] == pytest.approx(4000)


def test_what_read_rows_and_wrote_json_is_in_every_row_of_its_app(recorded: RecordedRun) -> None:
    flask = deployment(FLASK_JSON.subject).model_copy(update={"libraries": Libraries(orm="none", driver="psycopg 3")})
    run = recorded.run.model_copy(update={"deployments": (flask,)})
    frame = window_frame(recorded.model_copy(update={"run": run}))
    assert set(frame["orm"]) == {"none"}
    assert set(frame["driver"]) == {"psycopg 3"}
    assert frame["serializer"].isna().all()
    assert window_frame(recorded)["orm"].isna().all(), "a run from before it was recorded"


def test_what_could_not_be_had_is_missing_and_not_zero(recorded: RecordedRun) -> None:
    frame = window_frame(recorded)
    measured, empty, lost = (frame.iloc[place] for place in range(3))
    assert pd.isna(measured["database_cpu_share"])
    assert pd.isna(measured["schedule_lag_p99_us"])
    assert empty["throughput_rps"] == 0
    assert pd.isna(empty["latency_p99_us"])
    assert pd.isna(empty["server_cpu_share"])
    assert pd.isna(empty["speed_work_us"])
    assert lost["lost"] == "the server ended"
    assert lost["offered_rps"] == 100
    assert pd.isna(lost["throughput_rps"])
    assert pd.isna(lost["responses"])


def test_both_data_files_hold_the_same_frame(recorded: RecordedRun) -> None:
    files = data_files(recorded)
    csv, parquet = pd.read_csv(BytesIO(files[CSV_FILE])), pd.read_parquet(BytesIO(files[PARQUET_FILE]))
    assert list(csv.columns) == list(parquet.columns) == list(window_frame(recorded).columns)
    np.testing.assert_allclose(csv["latency_p99_us"], parquet["latency_p99_us"], rtol=1e-5)


def test_a_run_without_windows_has_all_columns_and_no_row() -> None:
    recorded = RecordedRun(run=run_of(), windows=(), starts=(), rounds_complete=0)
    assert pd.read_parquet(BytesIO(data_files(recorded)[PARQUET_FILE])).shape == (
        0,
        len(window_frame(recorded).columns),
    )


def test_a_window_of_a_cell_that_is_not_planned_keeps_its_key(recorded: RecordedRun) -> None:
    stray = Cell(
        subject=Subject(app="other", variant="v"),
        endpoint=FLASK_JSON.endpoint,
        workload=Workload.CAPACITY,
        connections=1,
    )
    frame = window_frame(recorded.model_copy(update={"windows": (window_of(stray),)}))
    assert frame.iloc[0]["cell"] == stray.key
    assert pd.isna(frame.iloc[0]["app"])
