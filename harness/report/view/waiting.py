"""The section on requests that wait: how many each deployment has in flight, and how long the others stand in line."""

from collections.abc import Sequence
from dataclasses import dataclass

from harness.model.cell import WAIT_MS, Subject, Workload
from harness.model.findings import CellFinding, Estimate, Findings
from harness.report.figure.axes import log_axis
from harness.report.figure.spec import Caption, DotPlot, DotRow, Mark, ReferenceLine
from harness.report.numbers import Reading, reading
from harness.report.view.cast import Cast, SubjectLabel
from harness.report.view.terms import BOUND_WORDS, INTERFACE_LEGEND, INVALID, Lack, lack, reason, shape, tone


@dataclass(frozen=True, slots=True)
class WaitingCell:
    """One number of connections on one subject; the readings are None where it is invalid."""

    in_flight: Reading | None
    added: Reading | None
    """Mean time in line in milliseconds."""
    bound: str
    lack: Lack | None


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """One subject, with a cell for each number of connections; None where it was not run."""

    label: SubjectLabel
    cells: tuple[WaitingCell | None, ...]


@dataclass(frozen=True, slots=True)
class WaitingView:
    """Empty where no requests that wait were sent."""

    wait_ms: int
    connections: tuple[int, ...]
    plot: DotPlot | None
    rows: tuple[WaitingRow, ...]


def waiting_view(findings: Findings, cast: Cast) -> WaitingView:
    """Most in flight first, on the largest number of connections."""
    cells: dict[Subject, dict[int, CellFinding]] = {}
    for finding in findings.cells:
        if finding.cell.workload is Workload.WAITING:
            cells.setdefault(finding.cell.subject, {})[finding.cell.connections] = finding
    connections = tuple(sorted({number for each in cells.values() for number in each}))
    subjects = sorted(cells, key=lambda subject: -_most(cells[subject].get(connections[-1])))
    return WaitingView(
        wait_ms=WAIT_MS,
        connections=connections,
        plot=_plot([cells[subject].get(connections[-1]) for subject in subjects], cast, connections[-1])
        if connections
        else None,
        rows=tuple(
            WaitingRow(cast.label(subject), tuple(_cell(cells[subject].get(number)) for number in connections))
            for subject in subjects
        ),
    )


def _most(finding: CellFinding | None) -> float:
    return finding.in_flight.value if finding and finding.in_flight else 0.0


def _cell(finding: CellFinding | None) -> WaitingCell | None:
    if finding is None:
        return None
    if not finding.valid or finding.in_flight is None:
        return WaitingCell(None, None, "", lack(finding) or Lack(INVALID, reason(finding)))
    return WaitingCell(
        in_flight=reading(finding.in_flight),
        added=reading(added_ms(finding.in_flight, finding.cell.connections)),
        bound=BOUND_WORDS[finding.bound],
        lack=None,
    )


def added_ms(in_flight: Estimate, connections: int) -> Estimate:
    """How long a request stands in line on average, by Little's law: connections over throughput, less the wait."""

    def of(value: float) -> float:
        return max(0.0, (connections / value - 1) * WAIT_MS)

    return Estimate(value=of(in_flight.value), low=of(in_flight.high), high=of(in_flight.low))


def _plot(findings: Sequence[CellFinding | None], cast: Cast, connections: int) -> DotPlot | None:
    shown = [(each, each.in_flight) for each in findings if each and each.valid and each.in_flight]
    if not shown:
        return None
    bounds = [bound for _, value in shown for bound in (value.low, value.high)]
    return DotPlot(
        Caption(
            name="waiting",
            title=f"Requests in flight of {connections:,}",
            description=f"For each subject, how many of {connections:,} requests were waiting at a time, on a "
            "logarithmic axis; the table below holds the same numbers.",
            text=f"Requests that were waiting at a time, of {connections:,} sent, each on a connection of its own. "
            "What is not in flight stands in line before the server.",
            legend=INTERFACE_LEGEND,
        ),
        log_axis("requests in flight, more is better", [*bounds, float(connections)]),
        tuple(_row(finding, value, cast) for finding, value in shown),
        reference=ReferenceLine(connections, f"all {connections:,}"),
    )


def _row(finding: CellFinding, value: Estimate, cast: Cast) -> DotRow:
    label, shown = cast.label(finding.cell.subject), reading(value)
    mark = Mark(value.value, value.low, value.high, shape(label), tone(label), shown.with_unit(""))
    return DotRow(
        label.title,
        label.deployment,
        (mark,),
        value=shown.value,
        interval=shown.interval_beside,
        href=label.href,
        key=label.key,
    )
