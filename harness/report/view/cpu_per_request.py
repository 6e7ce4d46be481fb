"""The section on CPU time per request, of the server and of the database."""

from dataclasses import dataclass
from typing import Final

from harness.digits import significant
from harness.model.app import Endpoint
from harness.model.cell import Subject, Workload
from harness.model.findings import CellFinding, Estimate, Findings
from harness.report.figure.axes import zero_axis
from harness.report.figure.spec import Caption, DotPlot, DotRow, LegendEntry, Mark, Shape, Tone
from harness.report.numbers import NOTHING, Reading, reading
from harness.report.view.cast import Cast, SubjectLabel
from harness.report.view.figure_rows import bounds_of, row_without
from harness.report.view.ratios import RatioBook, cpu_ratios_name
from harness.report.view.terms import INTERFACE_LEGEND, Lack, endpoints_under, is_capacity, lack_of_cpu, tone

MICROSECONDS: Final = "µs"
_DATABASE_LEGEND: Final = LegendEntry(Shape.DIAMOND, Tone.MUTED, "database")


@dataclass(frozen=True, slots=True)
class CpuRow:
    """What one request costs."""

    label: SubjectLabel
    server: Reading | None
    ratio: Reading | None
    """To the framework that takes least, formed within rounds; None for that one, and where there is none."""
    least: bool
    database: Reading | None
    cpus_busy: str
    """CPUs' worth of time that the server used under full load."""
    lack: Lack | None


@dataclass(frozen=True, slots=True)
class EndpointCpu:
    """One endpoint's costs, cheapest first."""

    endpoint: str
    rows: tuple[CpuRow, ...]
    ratios: str
    """What its ratios are called in the book of ratios."""
    libraries: str
    """Head of the column that says what reads rows and writes JSON; empty where there is none."""
    plot: DotPlot | None


@dataclass(frozen=True, slots=True)
class CpuView:
    """CPU time per request by endpoint."""

    endpoints: tuple[EndpointCpu, ...]


def cpu_view(findings: Findings, book: RatioBook, cast: Cast) -> CpuView:
    """CPU time per request of every capacity cell."""
    endpoints = endpoints_under(findings.cells, Workload.CAPACITY)
    return CpuView(tuple(_endpoint(findings, book, cast, endpoint) for endpoint in endpoints))


def _endpoint(findings: Findings, book: RatioBook, cast: Cast, endpoint: Endpoint) -> EndpointCpu:
    cells = sorted((finding for finding in findings.cells if is_capacity(finding, endpoint)), key=_cost)
    ratios = cpu_ratios_name(endpoint)
    competing = (each for each in cells if each.valid and cast.label(each.cell.subject).is_framework)
    least = next((each.cell.subject for each in competing if each.server_cpu_us_per_request), None)

    def to_least(subject: Subject) -> Estimate | None:
        return book.between(ratios, subject, least) if least else None

    rows = tuple(
        _row(finding, cast, to_least(finding.cell.subject), least=finding.cell.subject == least) for finding in cells
    )
    return EndpointCpu(endpoint.value, rows, ratios, cast.libraries_head(endpoint), _plot(cells, cast, endpoint))


def _cost(finding: CellFinding) -> tuple[bool, float]:
    estimate = finding.server_cpu_us_per_request
    return not finding.valid, estimate.value if estimate else float("inf")


def _row(finding: CellFinding, cast: Cast, ratio: Estimate | None, *, least: bool) -> CpuRow:
    server, database = finding.server_cpu_us_per_request, finding.database_cpu_us_per_request
    share = finding.server_cpu_share
    return CpuRow(
        label=cast.label(finding.cell.subject),
        server=reading(server) if server else None,
        ratio=reading(ratio) if ratio else None,
        least=least,
        database=reading(database) if database else None,
        cpus_busy=significant(share, 2) if share is not None else NOTHING,
        lack=lack_of_cpu(finding, server),
    )


def _plot(cells: list[CellFinding], cast: Cast, endpoint: Endpoint) -> DotPlot | None:
    rows = [_dot_row(finding, cast) for finding in cells if finding.cell.subject.is_original]
    bounds = bounds_of(rows)
    if not bounds:
        return None
    with_database = any(len(row.marks) > 1 for row in rows)
    return DotPlot(
        Caption(
            name=f"cpu-{endpoint.value}",
            title=f"CPU time per request on {endpoint.value}",
            description="Microseconds of CPU time that the server and the database spend on one request, for each "
            "subject, with 95 % intervals; the table below holds the same numbers.",
            text="Server CPU time per request" + (", and the database's beside it." if with_database else "."),
            legend=(*INTERFACE_LEGEND, _DATABASE_LEGEND) if with_database else INTERFACE_LEGEND,
        ),
        zero_axis("µs of CPU per request, less is better", bounds),
        tuple(rows),
    )


def _dot_row(finding: CellFinding, cast: Cast) -> DotRow:
    label = cast.label(finding.cell.subject)
    server, database = finding.server_cpu_us_per_request, finding.database_cpu_us_per_request
    if not finding.valid or server is None:
        return row_without(finding, lack_of_cpu(finding, server), cast)
    shown = reading(server)
    shape = Shape.DOT if label.is_framework else Shape.RING
    marks = [_mark(server, shape, tone(label))]
    if database is not None and database.value > 0:
        marks.append(_mark(database, Shape.DIAMOND, Tone.MUTED))
    return DotRow(
        label.title,
        label.deployment,
        tuple(marks),
        value=shown.value,
        interval=shown.interval_beside,
        href=label.href,
        key=label.key,
    )


def _mark(estimate: Estimate, shape: Shape, colour: Tone) -> Mark:
    """Its row has both readings in words."""
    return Mark(estimate.value, estimate.low, estimate.high, shape, colour)
