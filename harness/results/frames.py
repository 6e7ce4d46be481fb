"""pandas frames of a run, and the data files that a report offers for download."""

from io import BytesIO
from typing import Final

import pandas as pd

from harness.histogram import Histogram
from harness.model.app import Libraries
from harness.model.cell import Workload
from harness.model.crowds.crowd import CrowdReport
from harness.model.run import Window
from harness.model.window import Failure, WindowReport
from harness.results.records import RecordedRun
from harness.results.run_folders import CSV_FILE, PARQUET_FILE

WITHOUT_WINDOWS: Final = frozenset({Workload.FOOTPRINT})
"""The workloads that have no row, since they are of starts."""

_QUANTILES: Final = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "p999": 0.999, "max": 1.0}
_NS_PER_US: Final = 1e3
_NS_PER_S: Final = 1e9

_OF_CROWDS: Final = ("asked", "held", "served", "due", "delivered", "late", "missing")
"""Of a feed or a chat: subscribers or members, and the events or messages due to them."""

type _Value = str | int | float | bool | None


def window_frame(recorded: RecordedRun) -> pd.DataFrame:
    """One row per window, warm-up and lost ones included, with flat columns whose names end in the unit.

    What could not be had is missing (NaN or None), never 0. Shares are of one CPU: 1.0 is one CPU fully used.
    """
    cells = {cell.key: cell for cell in recorded.run.plan.cells}
    deployments = {each.subject: each for each in recorded.run.deployments}
    rows: list[dict[str, _Value]] = []
    for window in recorded.windows:
        cell = cells.get(window.cell)
        row: dict[str, _Value] = {
            "round": window.round_index,
            "sequence": window.sequence,
            "kind": window.kind.value,
            "started_at": window.started_at.isoformat(),
            "cell": window.cell,
        }
        if cell is not None:
            deployed = deployments.get(cell.subject.original)
            row |= {
                "app": cell.subject.app,
                "variant": cell.subject.variant,
                "twin": cell.subject.twin,
                "endpoint": cell.endpoint.value,
                "workload": cell.workload.value,
                "connections": cell.connections,
                "rate_rule": cell.rate.value if cell.rate else None,
                "interpreter": deployed.interpreter.words if deployed else None,
                **(deployed.libraries if deployed else Libraries()).model_dump(),
            }
        rows.append(row | _asked(window) | _load(window.report) | _crowd(window.crowd) | _consumption(window))
    return pd.DataFrame(rows, columns=_COLUMNS)


def data_files(recorded: RecordedRun) -> dict[str, bytes]:
    """`data.csv` and `data.parquet`, the frame of `window_frame`, by their names."""
    frame = window_frame(recorded)
    parquet = BytesIO()
    frame.to_parquet(parquet, index=False, compression="zstd")
    csv = frame.to_csv(index=False, float_format="%.6g", lineterminator="\n")
    return {CSV_FILE: csv.encode(), PARQUET_FILE: parquet.getvalue()}


def _asked(window: Window) -> dict[str, _Value]:
    asked: dict[str, _Value] = {"lost": window.lost}
    if window.spec is not None:
        asked |= {"mode": window.spec.mode.value, "offered_rps": window.spec.rate_rps}
    return asked


def _load(report: WindowReport | None) -> dict[str, _Value]:
    if report is None:
        return {}
    seconds = report.duration_ns / _NS_PER_S
    row: dict[str, _Value] = {
        "duration_s": seconds,
        "responses": report.responses,
        "failures": sum(report.failures.values()),
        "reconnects": report.reconnects,
        "interim_responses": report.interim_responses,
        "throughput_rps": report.responses / seconds,
        "offered_requests": report.offered,
        "completed_in_time": report.completed_in_time,
        "generator_cpu_share": report.generator_cpu_ns / report.duration_ns,
        "generator_run_delay_share": report.generator_run_delay_ns / report.duration_ns,
    }
    row |= {f"failures_{kind.value}": report.failures.get(kind, 0) for kind in Failure}
    if report.responses:
        row["latency_mean_us"] = report.latency_sum_ns / report.responses / _NS_PER_US
    for prefix, encoded in (
        ("latency", report.latency),
        ("service_time", report.service_time),
        ("schedule_lag", report.schedule_lag),
    ):
        row |= _quantiles(prefix, encoded)
    return row


def _crowd(report: CrowdReport | None) -> dict[str, _Value]:
    if report is None:
        return {}
    counts: dict[str, _Value] = {name: getattr(report, name) for name in _OF_CROWDS}
    return {"duration_s": report.duration_ns / _NS_PER_S} | counts | _quantiles("lag", report.lag)


def _quantiles(prefix: str, encoded: str | None) -> dict[str, _Value]:
    histogram = Histogram.decode(encoded) if encoded else None
    if histogram is None or not histogram.total:
        return {}
    values = histogram.values_at(tuple(_QUANTILES.values()))
    return {f"{prefix}_{name}_us": value / _NS_PER_US for name, value in zip(_QUANTILES, values, strict=True)}


def _consumption(window: Window) -> dict[str, _Value]:
    row: dict[str, _Value] = {}
    if window.speed is not None:
        row |= {"speed_work_us": window.speed.work_ns / _NS_PER_US, "speed_samples": window.speed.samples}
    report, meter = window.report, window.meter
    if meter is None:
        return row
    row |= {
        "server_cpu_share": meter.server_cpu_ns / meter.elapsed_ns,
        "database_cpu_share": _share(meter.database_cpu_ns, meter.elapsed_ns),
        "steal_s": meter.steal_ns / _NS_PER_S,
        "throttled_s": meter.throttled_ns / _NS_PER_S,
        "meter_late_share": _share(meter.late_ns, meter.elapsed_ns),
    }
    if report is not None and report.responses:
        # Meter and report have clocks of their own; as rates, the two fit together.
        requests_us = report.responses * meter.elapsed_ns / report.duration_ns * _NS_PER_US
        row["server_cpu_us_per_request"] = meter.server_cpu_ns / requests_us
        row["database_cpu_us_per_request"] = _share(meter.database_cpu_ns, requests_us)
    return row


def _share(part: float | None, whole: float) -> float | None:
    return None if part is None else part / whole


_COLUMNS: Final = [
    *("round", "sequence", "kind", "started_at", "cell", "app", "variant", "twin", "interpreter"),
    *("endpoint", "workload"),
    *Libraries.model_fields,
    *("connections", "rate_rule", "mode", "offered_rps", "lost", "duration_s", "responses", "failures"),
    *(f"failures_{kind.value}" for kind in Failure),
    *("reconnects", "interim_responses", "throughput_rps", "offered_requests", "completed_in_time", "latency_mean_us"),
    *(f"{prefix}_{name}_us" for prefix in ("latency", "service_time", "schedule_lag") for name in _QUANTILES),
    *_OF_CROWDS,
    *(f"lag_{name}_us" for name in _QUANTILES),
    *("server_cpu_share", "server_cpu_us_per_request", "database_cpu_share", "database_cpu_us_per_request"),
    *("generator_cpu_share", "generator_run_delay_share", "steal_s", "throttled_s", "meter_late_share"),
    *("speed_work_us", "speed_samples"),
]
"""Fixed, so that an all-missing column is still there and runs can be stacked."""
