"""The section on the highest rate at which a limit on the p99 is kept."""

from dataclasses import dataclass

from harness.analysis.side_by_side import is_tied
from harness.model.app import Endpoint
from harness.model.cell import Subject, Workload
from harness.model.findings import TIE_MARGIN, CellFinding, Findings
from harness.report.figure.axes import zero_axis
from harness.report.figure.spec import Caption, DotPlot
from harness.report.numbers import NOTHING, Reading, percent, reading
from harness.report.view.cast import Cast, SubjectLabel
from harness.report.view.figure_rows import bounds_of, row_of
from harness.report.view.ratios import ShownRatio
from harness.report.view.terms import INTERFACE_LEGEND, Lack, lack


@dataclass(frozen=True, slots=True)
class LimitRow:
    """One subject; the readings are None where it is invalid."""

    label: SubjectLabel
    rate: Reading | None
    """Requests per second."""
    ratio: ShownRatio | None
    """To the highest; None for that one."""
    of_capacity: str
    """Which share it is of what the subject answers in closed loop."""
    lack: Lack | None


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit on one endpoint, the highest rate first."""

    slug: str
    endpoint: str
    limit_ms: str
    rows: tuple[LimitRow, ...]
    libraries: str
    """What the column on ORM, driver and serializer is headed with; empty where there is none."""
    plot: DotPlot | None


@dataclass(frozen=True, slots=True)
class LimitView:
    """Empty where the workload was not run."""

    limits: tuple[Limit, ...]


def limit_view(findings: Findings, cast: Cast) -> LimitView:
    """All limits, in the order of the plan."""
    cells = [finding for finding in findings.cells if finding.cell.workload is Workload.LIMIT]
    kinds = dict.fromkeys((finding.cell.endpoint, finding.cell.limit_ms or 0) for finding in cells)
    capacities = {
        (finding.cell.subject, finding.cell.endpoint): finding.throughput_rps.value
        for finding in findings.cells
        if finding.cell.workload is Workload.CAPACITY and finding.throughput_rps
    }
    return LimitView(
        tuple(
            _limit(
                [each for each in cells if (each.cell.endpoint, each.cell.limit_ms) == (endpoint, limit_ms)],
                cast,
                capacities,
            )
            for endpoint, limit_ms in kinds
        )
    )


def _limit(cells: list[CellFinding], cast: Cast, capacities: dict[tuple[Subject, Endpoint], float]) -> Limit:
    cells = sorted(cells, key=_rate, reverse=True)
    endpoint, limit_ms = cells[0].cell.endpoint.value, f"{cells[0].cell.limit_ms:,}"
    rows = tuple(_row(each, cast, capacities.get((each.cell.subject, each.cell.endpoint))) for each in cells)
    return Limit(
        f"limit-{endpoint}-{limit_ms}",
        endpoint,
        limit_ms,
        rows,
        cast.libraries_head(cells[0].cell.endpoint),
        _plot(cells, cast, endpoint, limit_ms),
    )


def _rate(finding: CellFinding) -> float:
    return finding.limit_rps.value if finding.limit_rps else 0.0


def _row(finding: CellFinding, cast: Cast, capacity_rps: float | None) -> LimitRow:
    rate, ratio = finding.limit_rps, finding.limit_to_highest
    return LimitRow(
        label=cast.label(finding.cell.subject),
        rate=reading(rate) if rate else None,
        ratio=ShownRatio(reading(ratio), is_tied(ratio, TIE_MARGIN)) if ratio else None,
        of_capacity=percent(rate.value / capacity_rps) if rate and capacity_rps else NOTHING,
        lack=lack(finding),
    )


def _plot(cells: list[CellFinding], cast: Cast, endpoint: str, limit_ms: str) -> DotPlot | None:
    rows = [row_of(finding, finding.limit_rps, lack(finding), "requests/s", cast) for finding in cells]
    bounds = bounds_of(rows)
    if not bounds:
        return None
    return DotPlot(
        Caption(
            name=f"limit-{endpoint}-{limit_ms}",
            title=f"Highest rate on {endpoint} with a p99 under {limit_ms} ms",
            description=f"Requests per second at which half of the windows have a p99 under {limit_ms} ms, for each "
            "subject, with 95 % intervals; the table below holds the same numbers.",
            text=f"The highest rate at which 99 of 100 requests are answered within {limit_ms} ms, as met.",
            legend=INTERFACE_LEGEND,
        ),
        zero_axis("requests/s, more is better", bounds),
        tuple(rows),
    )
