"""The section on generator headroom: how far each capacity lay below what the generator can do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from harness.analysis.gates import MAX_CEILING_SHARE
from harness.digits import fixed, significant
from harness.model.app import Endpoint
from harness.model.calibration import Ceiling
from harness.model.cell import Subject, Workload
from harness.model.findings import CellFinding, Estimate, Findings
from harness.model.run import Run
from harness.model.validity import GateName
from harness.report.figure.axes import zero_axis
from harness.report.figure.spec import Caption, DotPlot, DotRow, LegendEntry, Mark, ReferenceLine, Shape, Tone
from harness.report.numbers import Reading, percent, reading
from harness.report.view.cast import Cast, SubjectLabel
from harness.report.view.ratio_widths import is_taken_out
from harness.report.view.terms import Lack, endpoints_under, lack

_BUSY_RESPONDER_SHARE: Final = 0.9
"""From here on the responder's CPU counts as full, so the engine's true ceiling is higher than measured."""

_NEAR: Final = 1.1
"""Up to so many times what the calibration reached, the ceiling is that for all that matters."""

_SHAPES: Final = (Shape.DOT, Shape.SQUARE, Shape.DIAMOND, Shape.TRIANGLE, Shape.DOWN)


@dataclass(frozen=True, slots=True)
class HeadroomCell:
    """One capacity as a percentage of the ceiling."""

    share: Reading | None
    lack: Lack | None


@dataclass(frozen=True, slots=True)
class HeadroomRow:
    """One subject's shares, in the order of `HeadroomView.endpoints`."""

    label: SubjectLabel
    cells: tuple[HeadroomCell | None, ...]


@dataclass(frozen=True, slots=True)
class HeadroomView:
    """How close the generator came to being the limit; `ceiling` is empty where it was not calibrated."""

    ceiling: str
    calibrated: str
    """What was reached in the calibration, where the ceiling is higher; empty otherwise."""
    ceiling_cpu: str
    ceiling_windows: int
    responder_limited: bool
    endpoints: tuple[str, ...]
    rows: tuple[HeadroomRow, ...]
    plot: DotPlot | None
    as_counted: bool = False
    """Whether these capacities are others than those reported, of which the host's speed is taken out."""
    limit: str = percent(MAX_CEILING_SHARE)

    @property
    def caption(self) -> str:
        """Which capacities these are, and whose intervals."""
        told = "in per cent of the generator's ceiling, which counts as exact"
        if not self.as_counted:
            return f"Capacity {told}"
        return (
            f"Capacity as counted, {told}: that is what the generator had to do. Elsewhere the host's speed is "
            "taken out of capacities, so they differ; the intervals are as wide as there"
        )


def headroom_view(findings: Findings, run: Run, cast: Cast) -> HeadroomView:
    """The shares of the ceiling that the capacities reached."""
    ceiling = run.ceiling
    if ceiling is None:
        return HeadroomView("", "", "", 0, responder_limited=False, endpoints=(), rows=(), plot=None)
    cells = [finding for finding in findings.cells if finding.cell.workload is Workload.CAPACITY]
    endpoints = endpoints_under(findings.cells, Workload.CAPACITY)
    subjects = sorted(
        {finding.cell.subject.key: finding.cell.subject for finding in cells}.values(),
        key=lambda subject: -max((ceiling_share(each) or 0.0 for each in _of(cells, subject)), default=0.0),
    )
    rows = tuple(HeadroomRow(cast.label(subject), _cells(_of(cells, subject), endpoints)) for subject in subjects)
    return HeadroomView(
        ceiling=significant(ceiling_rps(run, ceiling)),
        calibrated=significant(ceiling.engine_rps) if is_above_calibration(run, ceiling) else "",
        ceiling_cpu=significant(ceiling.engine_cpu_us_per_request),
        ceiling_windows=ceiling.windows,
        responder_limited=ceiling.responder_cpu_share >= _BUSY_RESPONDER_SHARE,
        endpoints=tuple(endpoint.value for endpoint in endpoints),
        rows=rows,
        plot=_plot(cells, subjects, endpoints, cast),
        as_counted=is_taken_out(findings),
    )


def ceiling_rps(run: Run, ceiling: Ceiling) -> float:
    """The generator's ceiling that the gate holds capacities against."""
    return ceiling.attainable_rps(run.plan.cpus, run.generator.workers)


def is_above_calibration(run: Run, ceiling: Ceiling) -> bool:
    """Whether the ceiling is so much more than the calibration reached that it has to be said why."""
    return ceiling_rps(run, ceiling) > _NEAR * ceiling.engine_rps


def ceiling_share(finding: CellFinding) -> float | None:
    """What a cell used of the ceiling, as the gate found it: what is told of it and what is allowed are one figure."""
    return next((gate.value for gate in finding.gates if gate.name is GateName.GENERATOR_BOUND), None)


def _per_cent(finding: CellFinding) -> tuple[Estimate, float] | None:
    """A capacity, and the factor by which it and its interval become per cent of the ceiling."""
    throughput, share = finding.throughput_rps, ceiling_share(finding)
    return None if throughput is None or share is None else (throughput, 100 * share / throughput.value)


def _of(cells: Sequence[CellFinding], subject: Subject) -> list[CellFinding]:
    return [finding for finding in cells if finding.cell.subject.key == subject.key]


def _cells(cells: Sequence[CellFinding], endpoints: Sequence[Endpoint]) -> tuple[HeadroomCell | None, ...]:
    by_endpoint = {finding.cell.endpoint: finding for finding in cells}

    def cell(endpoint: Endpoint) -> HeadroomCell | None:
        finding = by_endpoint.get(endpoint)
        if finding is None:
            return None
        known = _per_cent(finding)
        return HeadroomCell(reading(*known) if known else None, lack(finding))

    return tuple(cell(endpoint) for endpoint in endpoints)


def _plot(
    cells: Sequence[CellFinding],
    subjects: Sequence[Subject],
    endpoints: Sequence[Endpoint],
    cast: Cast,
) -> DotPlot | None:
    shapes = dict(zip(endpoints, (_SHAPES * len(endpoints))[: len(endpoints)], strict=True))
    rows = tuple(
        _dot_row(_of(cells, subject), cast.label(subject), shapes) for subject in subjects if subject.is_original
    )
    if not rows:
        return None
    return DotPlot(
        Caption(
            name="headroom",
            title="Capacities as a share of the generator's ceiling",
            description="For each subject and endpoint, its capacity in per cent of the ceiling of the load generator, "
            f"and a line at {percent(MAX_CEILING_SHARE)}; the table below holds the same numbers.",
            text="A cross is a cell that a gate found invalid.",
            legend=tuple(LegendEntry(shapes[endpoint], Tone.INK, endpoint.value) for endpoint in endpoints),
        ),
        zero_axis("capacity in % of the generator's ceiling", [100.0]),
        rows,
        reference=ReferenceLine(MAX_CEILING_SHARE * 100, f"limit {percent(MAX_CEILING_SHARE)}"),
    )


def _dot_row(cells: Sequence[CellFinding], label: SubjectLabel, shapes: dict[Endpoint, Shape]) -> DotRow:
    marks = []
    for finding in cells:
        known = _per_cent(finding)
        if known is None:
            continue
        throughput, per_cent = known
        shown = reading(throughput, per_cent).with_unit("%")
        marks.append(
            Mark(
                value=throughput.value * per_cent,
                low=throughput.low * per_cent,
                high=throughput.high * per_cent,
                shape=shapes[finding.cell.endpoint] if finding.valid else Shape.CROSS,
                tone=Tone.INK if finding.valid else Tone.BAD,
                hover=f"{finding.cell.endpoint.value}: {shown}",
            )
        )
    highest = f"{fixed(max(mark.value for mark in marks), 0)} %" if marks else ""
    left = {finding.unmeasured for finding in cells}
    note = "" if marks else "invalid: no capacity" if None in left else " or ".join(filter(None, left))
    return DotRow(label.title, label.deployment, tuple(marks), value=highest, note=note, href=label.href, key=label.key)
