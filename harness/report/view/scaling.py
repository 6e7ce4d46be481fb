"""The section on connections: how the throughput on one endpoint changes with the number of connections."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from harness.digits import significant
from harness.model.app import Endpoint
from harness.model.cell import Subject, Workload
from harness.model.findings import CellFinding, Findings
from harness.report.figure.axes import value_axis
from harness.report.figure.spec import Caption, CurveGrid, CurvePanel, Tick
from harness.report.numbers import NBSP, Reading, reading
from harness.report.view.cast import Cast, SubjectLabel
from harness.report.view.terms import INTERFACE_LEGEND, INVALID, Lack, lack, tone

_CLOSED_LOOP: Final = frozenset({Workload.CAPACITY, Workload.CONCURRENCY})
"""What differs in the number of connections alone."""

type Curve = dict[int, CellFinding]
"""Number of connections -> what was found with it."""


@dataclass(frozen=True, slots=True)
class ScalingCell:
    """One throughput; `value` is None where the cell lacks one."""

    value: Reading | None
    lack: Lack


@dataclass(frozen=True, slots=True)
class ScalingRow:
    """One subject's throughputs, in the order of `EndpointScaling.connections`."""

    label: SubjectLabel
    cells: tuple[ScalingCell | None, ...]
    """None where a cell was not run."""


@dataclass(frozen=True, slots=True)
class EndpointScaling:
    """All curves of one endpoint."""

    endpoint: str
    connections: tuple[int, ...]
    plot: CurveGrid | None
    rows: tuple[ScalingRow, ...]
    libraries: str
    """What the column on ORM, driver and serializer is headed with; empty where there is none."""


@dataclass(frozen=True, slots=True)
class ScalingView:
    """Endpoints that were loaded with several numbers of connections; empty where none was."""

    endpoints: tuple[EndpointScaling, ...]


def scaling_view(findings: Findings, cast: Cast) -> ScalingView:
    """Throughput by connections, highest first."""
    made = (_endpoint(findings, cast, endpoint) for endpoint in Endpoint)
    return ScalingView(tuple(each for each in made if each))


def _endpoint(findings: Findings, cast: Cast, endpoint: Endpoint) -> EndpointScaling | None:
    curves: dict[Subject, Curve] = {}
    for finding in findings.cells:
        cell = finding.cell
        if cell.endpoint is endpoint and cell.workload in _CLOSED_LOOP and cell.subject.is_original:
            curves.setdefault(cell.subject, {})[cell.connections] = finding
    curves = {subject: curve for subject, curve in curves.items() if len(curve) > 1}
    connections = sorted({number for curve in curves.values() for number in curve})
    if not curves:
        return None
    ordered = sorted(curves, key=lambda subject: -_highest(curves[subject]))
    return EndpointScaling(
        endpoint=endpoint.value,
        connections=tuple(connections),
        plot=_plot(curves, ordered, connections, cast, endpoint),
        rows=tuple(
            ScalingRow(cast.label(subject), tuple(_cell(curves[subject].get(number)) for number in connections))
            for subject in ordered
        ),
        libraries=cast.libraries_head(endpoint),
    )


def _highest(curve: Curve) -> float:
    return max((each.throughput_rps.value for each in curve.values() if each.valid and each.throughput_rps), default=0)


def _cell(finding: CellFinding | None) -> ScalingCell | None:
    if finding is None:
        return None
    shown = finding.throughput_rps if finding.valid else None
    return ScalingCell(reading(shown) if shown else None, lack(finding) or Lack(INVALID))


def _plot(
    curves: dict[Subject, Curve], ordered: Sequence[Subject], connections: Sequence[int], cast: Cast, endpoint: Endpoint
) -> CurveGrid | None:
    panels = [_panel(curves[subject], cast.label(subject), max(connections)) for subject in ordered]
    panels = [panel for panel in panels if len(panel.points) > 1]
    values = [value for panel in panels for _, *bounds in panel.intervals for value in bounds]
    if not values:
        return None
    axis = value_axis("requests per second", values)
    return CurveGrid(
        caption=Caption(
            name=f"scaling-{endpoint.value}",
            title=f"Throughput on {endpoint.value} by number of connections",
            description="One panel for each subject: requests per second against the number of connections; the table "
            "below holds the same numbers with their 95 % intervals.",
            text=f"Requests per second, upwards{'' if axis.log else ' from zero'}, against the number of connections, "
            f"{'both' if axis.log else 'which is'} logarithmic. Thick strokes are 95 % intervals; dot and number "
            "belong to the most connections with a valid figure. The shaded area spans all subjects.",
            legend=INTERFACE_LEGEND[:3],
        ),
        panels=tuple(panels),
        places=tuple(Tick(math.log2(number), str(number)) for number in connections),
        place_label="connections",
        value_axis=axis,
        range_of_all=_range(panels, connections),
    )


def _panel(curve: Curve, label: SubjectLabel, most: int) -> CurvePanel:
    known = [
        (math.log2(number), finding.throughput_rps)
        for number, finding in sorted(curve.items())
        if finding.valid and finding.throughput_rps
    ]
    last = known[-1] if known else None
    fewer = last is not None and last[0] < math.log2(most)
    at = f"{NBSP}at{NBSP}{2 ** last[0]:,.0f}" if last and fewer else ""
    return CurvePanel(
        title=label.title,
        detail=label.deployment,
        tone=tone(label),
        points=tuple((place, estimate.value) for place, estimate in known),
        intervals=tuple((place, estimate.low, estimate.high) for place, estimate in known),
        marked=(last[0], last[1].value) if last else None,
        marked_text=f"{significant(last[1].value)}{NBSP}/s{at}" if last else "",
    )


def _range(panels: Sequence[CurvePanel], connections: Sequence[int]) -> tuple[tuple[float, float, float], ...]:
    """Lowest and highest throughput at each number of connections."""
    spans = []
    for number in connections:
        place = math.log2(number)
        values = [value for panel in panels for at, value in panel.points if at == place]
        if values:
            spans.append((place, min(values), max(values)))
    return tuple(spans) if len(panels) > 1 else ()
