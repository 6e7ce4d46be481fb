"""Percentiles of latency, and the curves of them."""

import math
from collections.abc import Sequence
from typing import Final

from harness.claims.no_value import why_no_percentile
from harness.digits import significant
from harness.model.findings import CellFinding, Estimate
from harness.model.latency_figure import Latency, LatencyFigure
from harness.report.figure.axes import log_axis
from harness.report.figure.spec import Caption, CurveGrid, CurvePanel, Tick
from harness.report.numbers import NBSP, spaced
from harness.report.view.cast import Cast
from harness.report.view.terms import INTERFACE_LEGEND, NOT_KNOWN, Lack, lack, tone

MS_PER_US: Final = 1e-3

_MARKED_QUANTILE: Final = 0.99
_LABEL: Final = "share of requests answered within so many ms, in %"
_AXIS_QUANTILES: Final = (0.0, 0.9, 0.99, 0.999)
_CURVE_QUANTILES: Final = tuple(1 - 10 ** (-step / 12) for step in range(37))
"""Twelve places a decade, from the fastest request to the slowest in a thousand."""
_QUANTILE_TOLERANCE: Final = 1e-6


def nines(quantile: float) -> float:
    """The place of a quantile on an axis on which 90 %, 99 % and 99.9 % are equally far apart."""
    return -math.log10(1 - quantile)


def p99(finding: CellFinding) -> Estimate | None:
    """The 99th percentile as met, in microseconds."""
    return percentile(finding, LatencyFigure(latency=Latency.AS_MET, quantile=_MARKED_QUANTILE))


def percentile(finding: CellFinding, figure: LatencyFigure) -> Estimate | None:
    """A figure of latency in microseconds; None where there were too few requests for it."""
    known = finding.percentiles_of_server if figure.latency is Latency.OF_SERVER else finding.percentiles
    return next((each.us for each in known if abs(each.quantile - figure.quantile) < _QUANTILE_TOLERANCE), None)


def lack_of_percentile(finding: CellFinding, figure: LatencyFigure) -> Lack | None:
    """Why a cell has no such figure; None of one that has."""
    if not finding.valid or percentile(finding, figure) is not None:
        return lack(finding)
    return Lack(NOT_KNOWN, spaced(why_no_percentile([finding], figure)))


def curve_grid(cells: Sequence[CellFinding], cast: Cast, name: str, what: str) -> CurveGrid | None:
    """One panel for each valid cell in the order given; None where there is none.

    Args:
        cells: Cells of one kind.
        cast: Names.
        name: The figure's, unique in the report.
        what: What the latencies are of, such as `on json at the common rate`.
    """
    drawn = [each for each in cells if each.valid and each.cell.subject.is_original and len(_points(each)) > 1]
    if not drawn:
        return None
    panels = tuple(_panel(finding, cast) for finding in drawn)
    values = [milliseconds for panel in panels for _, milliseconds in panel.points]
    curves = [_points(finding) for finding in drawn]
    return CurveGrid(
        caption=Caption(
            name=name,
            title=f"Latency percentiles {what}",
            description="One panel for each subject: latency in milliseconds against the share of requests answered "
            "within it, both on logarithmic axes; the table below holds the percentiles.",
            text="Latency in milliseconds (logarithmic) against the share of requests answered within it; each step "
            "to the right leaves a tenth of the requests over. The dot is p99. The shaded area spans the curves of all "
            "valid subjects. An invalid cell has no curve. Curves are of all rounds' requests together; their "
            "intervals stand in the table.",
            legend=INTERFACE_LEGEND[:3],
        ),
        panels=panels,
        places=tuple(Tick(nines(quantile), f"{quantile * 100:g}") for quantile in _AXIS_QUANTILES),
        place_label=_LABEL,
        value_axis=log_axis("milliseconds", values),
        range_of_all=_range_of_all(curves),
    )


def _points(finding: CellFinding) -> tuple[tuple[float, float], ...]:
    known = [(point.quantile, point.us * MS_PER_US) for point in finding.curve if point.us > 0]
    if not known:
        return ()
    reached = known[-1][0] + _QUANTILE_TOLERANCE
    return tuple((quantile, value_at(known, quantile)) for quantile in _CURVE_QUANTILES if quantile <= reached)


def _panel(finding: CellFinding, cast: Cast) -> CurvePanel:
    label, points = cast.label(finding.cell.subject), _points(finding)
    reached = points[-1][0] >= _MARKED_QUANTILE
    at_marked = value_at(points, _MARKED_QUANTILE)
    return CurvePanel(
        title=label.title,
        detail=label.deployment,
        tone=tone(label),
        points=tuple((nines(quantile), milliseconds) for quantile, milliseconds in points),
        marked=(nines(_MARKED_QUANTILE), at_marked) if reached else None,
        marked_text=f"{significant(at_marked)}{NBSP}ms" if reached else "",
    )


def value_at(points: Sequence[tuple[float, float]], quantile: float) -> float:
    """The value of the first point at or above `quantile`; the last one's beyond the curve's end.

    No interpolation: between two points of a merged histogram's curve nothing is known.
    """
    return next((value for at, value in points if at >= quantile - _QUANTILE_TOLERANCE), points[-1][1])


def _range_of_all(
    curves: Sequence[Sequence[tuple[float, float]]],
) -> tuple[tuple[float, float, float], ...]:
    if len(curves) < 2:  # noqa: PLR2004 - a range needs two
        return ()
    spans = []
    for quantile in _CURVE_QUANTILES:
        values = [value_at(curve, quantile) for curve in curves]
        spans.append((nines(quantile), min(values), max(values)))
    return tuple(spans)
