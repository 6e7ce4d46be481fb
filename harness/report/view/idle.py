"""The section on what an app costs when hardly anybody comes: CPU time per second, and per request."""

from dataclasses import dataclass
from typing import Final

from harness.model.app import Endpoint
from harness.model.cell import IDLE_RATE_RPS, Cell, Workload
from harness.model.findings import CellFinding, Estimate, Findings
from harness.report.figure.axes import zero_axis
from harness.report.figure.spec import Caption, DotPlot, DotRow
from harness.report.numbers import Reading, reading
from harness.report.view.cast import Cast, SubjectLabel
from harness.report.view.figure_rows import bounds_of, row_of
from harness.report.view.terms import INTERFACE_LEGEND, Lack, endpoints_under, lack_of_cpu

_US_PER_MS: Final = 1_000.0


@dataclass(frozen=True, slots=True)
class IdleRow:
    """One subject; the readings are None where it is invalid, or where they were not taken."""

    label: SubjectLabel
    server_ms_per_s: Reading | None
    """Milliseconds of CPU time in each second: a thousand are one CPU."""
    server_us: Reading | None
    """Microseconds per request."""
    loaded_us: Reading | None
    """The same at capacity."""
    database_ms_per_s: Reading | None
    lack: Lack | None


@dataclass(frozen=True, slots=True)
class EndpointIdle:
    """One endpoint's costs, cheapest first."""

    endpoint: str
    rows: tuple[IdleRow, ...]
    with_database: bool
    libraries: str
    """What the column on ORM, driver and serializer is headed with; empty where there is none."""
    plot: DotPlot | None


@dataclass(frozen=True, slots=True)
class IdleView:
    """Empty where the workload was not run."""

    rate_rps: str
    endpoints: tuple[EndpointIdle, ...]


def idle_view(findings: Findings, cast: Cast) -> IdleView:
    """What every cell of `idle` costs, beside what a request costs the same server at capacity."""
    at_capacity = {finding.cell: finding for finding in findings.cells if finding.cell.workload is Workload.CAPACITY}
    endpoints = endpoints_under(findings.cells, Workload.IDLE)
    return IdleView(
        f"{IDLE_RATE_RPS:g}", tuple(_endpoint(findings, cast, endpoint, at_capacity) for endpoint in endpoints)
    )


def _endpoint(findings: Findings, cast: Cast, endpoint: Endpoint, at_capacity: dict[Cell, CellFinding]) -> EndpointIdle:
    cells = sorted(
        (each for each in findings.cells if each.cell.workload is Workload.IDLE and each.cell.endpoint is endpoint),
        key=_cost,
    )
    loaded = {cell.subject: finding for cell, finding in at_capacity.items() if cell.endpoint is endpoint}
    rows = tuple(_row(each, loaded.get(each.cell.subject), cast) for each in cells)
    return EndpointIdle(
        endpoint.value,
        rows,
        any(row.database_ms_per_s for row in rows),
        cast.libraries_head(endpoint),
        _plot(cells, cast, endpoint.value),
    )


def _cost(finding: CellFinding) -> tuple[bool, float]:
    estimate = finding.server_cpu_us_per_s
    return not finding.valid, estimate.value if estimate else float("inf")


def _row(finding: CellFinding, loaded: CellFinding | None, cast: Cast) -> IdleRow:
    at_capacity = loaded.server_cpu_us_per_request if loaded and loaded.valid else None
    return IdleRow(
        label=cast.label(finding.cell.subject),
        server_ms_per_s=_reading(_in_ms(finding.server_cpu_us_per_s)),
        server_us=_reading(finding.server_cpu_us_per_request),
        loaded_us=_reading(at_capacity),
        database_ms_per_s=_reading(_in_ms(finding.database_cpu_us_per_s)),
        lack=lack_of_cpu(finding, finding.server_cpu_us_per_s),
    )


def _in_ms(estimate: Estimate | None) -> Estimate | None:
    if estimate is None:
        return None
    value, low, high = (each / _US_PER_MS for each in (estimate.value, estimate.low, estimate.high))
    return Estimate(value=value, low=low, high=high)


def _reading(estimate: Estimate | None) -> Reading | None:
    return reading(estimate) if estimate else None


def _dot_row(finding: CellFinding, cast: Cast) -> DotRow:
    cpu = finding.server_cpu_us_per_s
    return row_of(finding, _in_ms(cpu), lack_of_cpu(finding, cpu), "ms", cast)


def _plot(cells: list[CellFinding], cast: Cast, endpoint: str) -> DotPlot | None:
    rows = [_dot_row(finding, cast) for finding in cells]
    bounds = bounds_of(rows)
    if not bounds:
        return None
    return DotPlot(
        Caption(
            name=f"idle-{endpoint}",
            title=f"CPU time at {IDLE_RATE_RPS:g} requests/s on {endpoint}",
            description=f"Milliseconds of CPU time that the server takes in each second while {IDLE_RATE_RPS:g} "
            "requests arrive, for each subject, with 95 % intervals; the table below holds the same numbers.",
            text=f"CPU time of the server in each second, at {IDLE_RATE_RPS:g} requests/s.",
            legend=INTERFACE_LEGEND,
        ),
        zero_axis("ms of CPU per second, less is better", bounds),
        tuple(rows),
    )
