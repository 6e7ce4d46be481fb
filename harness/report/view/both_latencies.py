"""The picture that latency begins with: p50 and p99 of each subject, of the server and as met."""

from collections.abc import Iterator, Sequence
from typing import Final

from harness.digits import significant
from harness.model.findings import CellFinding, Estimate
from harness.model.latency_figure import Latency, LatencyFigure
from harness.report.figure.axes import value_axis
from harness.report.figure.spec import Caption, DotPlot, DotRow, Lane, LegendEntry, Mark, Shape, Tone
from harness.report.numbers import NBSP, NOTHING
from harness.report.view.cast import Cast, SubjectLabel
from harness.report.view.curves import MS_PER_US, lack_of_percentile, percentile
from harness.report.view.figure_rows import bounds_of
from harness.report.view.terms import INTERFACE_LEGEND, NOT_KNOWN, tone

_QUANTILES: Final = (0.5, 0.99)
_SHAPES: Final = {
    (Latency.OF_SERVER, 0.5): Shape.DOT,
    (Latency.OF_SERVER, 0.99): Shape.DIAMOND,
    (Latency.AS_MET, 0.5): Shape.RING,
    (Latency.AS_MET, 0.99): Shape.CROSS,
}
_LANES: Final = {Latency.OF_SERVER: Lane.UPPER, Latency.AS_MET: Lane.LOWER}


def both_latencies(cells: Sequence[CellFinding], cast: Cast, name: str, what: str) -> DotPlot | None:
    """One row for each subject, in the order given; None where nothing is known of any.

    Args:
        cells: Cells of one kind.
        cast: Names.
        name: The figure's, unique in the report.
        what: What the latencies are of, such as `on json at the common rate`.
    """
    shown = [latency for latency in Latency if any(_known(finding, latency) for finding in cells)]
    shown.sort(key=lambda latency: latency is Latency.AS_MET)
    rows = tuple(
        _row(finding, cast.label(finding.cell.subject), shown) for finding in cells if finding.cell.subject.is_original
    )
    bounds = bounds_of(rows)
    if not bounds:
        return None
    told = " and ".join(latency.value for latency in shown)
    return DotPlot(
        caption=Caption(
            name=name,
            title=f"Latency: p50 and p99 {told}, {what}",
            description="Within which time half of the requests were answered, and 99 of 100, for each subject, with "
            "95 % intervals; the table below holds the same numbers.",
            text=_text(shown),
            legend=(
                *(
                    LegendEntry(
                        _SHAPES[latency, quantile],
                        Tone.MUTED if latency is Latency.AS_MET else Tone.INK,
                        LatencyFigure(latency=latency, quantile=quantile).name,
                    )
                    for latency in shown
                    for quantile in _QUANTILES
                ),
                *(INTERFACE_LEGEND[:3] if Latency.OF_SERVER in shown else ()),
            ),
        ),
        axis=value_axis("milliseconds, less is better", bounds),
        rows=rows,
    )


def _text(shown: Sequence[Latency]) -> str:
    text = "Marks are estimates, bars their 95 % intervals."
    if Latency.OF_SERVER not in shown:
        return text
    return f"{text} The upper line of each row is of the server, the lower one as it was met."


def _known(finding: CellFinding, latency: Latency) -> bool:
    return any(_estimate(finding, latency, quantile) for quantile in _QUANTILES)


def _estimate(finding: CellFinding, latency: Latency, quantile: float) -> Estimate | None:
    return percentile(finding, LatencyFigure(latency=latency, quantile=quantile)) if finding.valid else None


def _row(finding: CellFinding, label: SubjectLabel, shown: Sequence[Latency]) -> DotRow:
    marks = tuple(mark for latency in shown for mark in _marks(finding, label, latency, alone=len(shown) == 1))
    if not marks:
        lacking = lack_of_percentile(finding, LatencyFigure(latency=Latency.AS_MET, quantile=_QUANTILES[0]))
        note = lacking.text if lacking else NOT_KNOWN
        return DotRow(title=label.title, detail=label.deployment, href=label.href, key=label.key, note=note)
    first, *others = [_figures(finding, latency) for latency in shown]
    return DotRow(
        title=label.title,
        href=label.href,
        key=label.key,
        detail=label.deployment,
        marks=marks,
        value=first if first == NOTHING else f"{first}{NBSP}ms",
        interval="".join(f"{other} as met" for other in others) or Latency.AS_MET.value,
    )


def _figures(finding: CellFinding, latency: Latency) -> str:
    """`1.25 · 6.4`: p50 and p99."""
    if not _known(finding, latency):
        return NOTHING
    found = (_estimate(finding, latency, quantile) for quantile in _QUANTILES)
    return f"{NBSP}·{NBSP}".join(significant(each.value * MS_PER_US) if each else NOTHING for each in found)


def _marks(finding: CellFinding, label: SubjectLabel, latency: Latency, *, alone: bool) -> Iterator[Mark]:
    for quantile in _QUANTILES:
        estimate = _estimate(finding, latency, quantile)
        if estimate is None:
            continue
        value, low, high = (bound * MS_PER_US for bound in (estimate.value, estimate.low, estimate.high))
        yield Mark(
            value,
            low,
            high,
            shape=_SHAPES[latency, quantile],
            tone=Tone.MUTED if latency is Latency.AS_MET else tone(label),
            lane=Lane.MIDDLE if alone else _LANES[latency],
        )
