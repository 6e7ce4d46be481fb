"""Rows of dot plots in which each subject has one figure."""

from collections.abc import Sequence

from harness.model.findings import CellFinding, Estimate
from harness.report.figure.spec import DotRow, Mark
from harness.report.numbers import reading
from harness.report.view.cast import Cast
from harness.report.view.terms import NOT_KNOWN, Lack, shape, tone


def row_of(finding: CellFinding, figure: Estimate | None, lacking: Lack | None, unit: str, cast: Cast) -> DotRow:
    """A subject with its figure and interval, or with why it has none; `unit` stands in the words for the pointer."""
    label = cast.label(finding.cell.subject)
    if not finding.valid or figure is None:
        return row_without(finding, lacking, cast)
    shown = reading(figure)
    hover = shown.with_unit(unit)
    return DotRow(
        label.title,
        label.deployment,
        (Mark(figure.value, figure.low, figure.high, shape(label), tone(label), hover),),
        value=shown.value,
        interval=shown.interval_beside,
        href=label.href,
        key=label.key,
    )


def row_without(finding: CellFinding, lacking: Lack | None, cast: Cast) -> DotRow:
    """A subject that has no figure, and why."""
    label = cast.label(finding.cell.subject)
    note = lacking.text if lacking else NOT_KNOWN
    return DotRow(title=label.title, detail=label.deployment, href=label.href, key=label.key, note=note)


def bounds_of(rows: Sequence[DotRow]) -> list[float]:
    """What an axis has to hold of some rows."""
    return [bound for row in rows for mark in row.marks for bound in (mark.low, mark.value, mark.high)]
