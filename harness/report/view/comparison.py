"""The page of a comparison: what changed, drawn and in tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from harness.claims.verdict_sentences import METRICS
from harness.comparison.app_sentences import PER_REQUEST, level_words, percent
from harness.comparison.sentences import (
    Row,
    apart_rows,
    compared_changes,
    early,
    legend,
    notes,
    rows,
    side_words,
    verdict,
    whole_rows,
)
from harness.model.app_change import AppOutcome
from harness.model.claim import Metric
from harness.model.comparison import MARKS, Change, Outcome, RunComparison
from harness.model.findings import Estimate
from harness.model.naming import capitalised, cell_words
from harness.report.figure.axes import ratio_axis
from harness.report.figure.spec import Caption, DotPlot, DotRow, LegendEntry, Mark, ReferenceLine, Shape, Tone
from harness.report.numbers import TIMES, reading

_ROWS: Final = 16
"""So many of a metric's rows are drawn, those that are farthest apart first; the table has all."""
_FARTHEST: Final = 10.0
"""A ratio that lies farther from 1 is drawn there."""
_SHAPES: Final = {
    Outcome.REGRESSION: Shape.DOWN,
    Outcome.WORSE: Shape.DOWN,
    Outcome.BETTER: Shape.TRIANGLE,
    Outcome.TIED: Shape.RING,
}
_LEGEND: Final = (
    LegendEntry(Shape.TRIANGLE, Tone.NATIVE, "better"),
    LegendEntry(Shape.DOWN, Tone.BAD, "worse"),
    LegendEntry(Shape.RING, Tone.MUTED, "not told apart"),
)


@dataclass(frozen=True, slots=True)
class MetricChanges:
    """One metric, or the apps as wholes: the figure and the table."""

    anchor: str
    heading: str
    plot: DotPlot
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class ComparisonView:
    """The whole page."""

    verdict: str
    early: str
    """What is to be known of a verdict that came before the last round; empty where none did."""
    a: str
    b: str
    notes: tuple[str, ...]
    whole: MetricChanges | None
    """Each app as a whole; None where the two are of different runs, or no app could be tested."""
    metrics: tuple[MetricChanges, ...]
    apart: tuple[Row, ...]
    legend: tuple[tuple[str, str], ...]


def comparison_view(found: RunComparison) -> ComparisonView:
    """What a comparison found, for a reader."""
    by_metric = {metric: [each for each in compared_changes(found) if each.metric is metric] for metric in Metric}
    ties = {margins.metric: margins.tie for margins in found.margins}
    return ComparisonView(
        verdict=verdict(found),
        early=early(found),
        a=side_words(found.a),
        b=side_words(found.b),
        notes=notes(found),
        whole=_whole(found),
        metrics=tuple(
            MetricChanges(
                anchor=metric.value.replace("_", "-"),
                heading=capitalised(METRICS[metric].name),
                plot=_plot(metric, changes, ties[metric]),
                rows=tuple(rows(changes)),
            )
            for metric, changes in by_metric.items()
            if changes
        ),
        apart=tuple(apart_rows(found)),
        legend=tuple(legend(rows(compared_changes(found)), apart_rows(found)).items()),
    )


def _whole(found: RunComparison) -> MetricChanges | None:
    """What is tested of each app, with what stands beside it."""
    table = whole_rows(found)
    if not table or found.test is None:
        return None
    drawn = [(app, PER_REQUEST, app.cpu, app.outcome) for app in found.apps if app.cpu]
    beside = [
        (app, METRICS[each.metric].name, each.ratio, AppOutcome.UNDECIDED) for app in found.apps for each in app.beside
    ]
    by_app = sorted([*drawn, *beside], key=lambda each: found.apps.index(each[0]))
    detect = found.test.detect
    bounds = [_on_axis(bound) for _, _, ratio, _ in by_app for bound in (ratio.low, ratio.high)]
    plot = DotPlot(
        Caption(
            name="whole",
            title="Each app, B over A",
            description="The ratio of each quantity, the mean over the app's cells, with its interval.",
            text=f"B over A, the mean over all cells of an app, with {level_words(found.test)} intervals that hold "
            f"whatever ended the run. Tested is {PER_REQUEST}; the band is a difference of {percent(detect)}.",
            legend=(*_LEGEND[:2], LegendEntry(Shape.RING, Tone.MUTED, "not told apart, or not tested")),
        ),
        ratio_axis("B over A", [1 + detect, 1 / (1 + detect), *bounds]),
        tuple(
            DotRow(
                app.b,
                quantity,
                (_mark(ratio, *_looks(outcome), f"{app.b}, {quantity}: {words}"),),
                value=f"{reading(ratio).value}{TIMES}",
                interval=reading(ratio).interval_beside,
            )
            for app, quantity, ratio, outcome in by_app
            for words in [reading(ratio).with_unit(TIMES)]
        ),
        reference=ReferenceLine(1.0, "as in A"),
        margin=(1 / (1 + detect), 1 + detect),
    )
    return MetricChanges(anchor="whole", heading="Each app as a whole", plot=plot, rows=tuple(table))


def _mark(ratio: Estimate, shape: Shape, tone: Tone, hover: str) -> Mark:
    return Mark(_on_axis(ratio.value), _on_axis(ratio.low), _on_axis(ratio.high), shape, tone, hover)


def _on_axis(ratio: float) -> float:
    """As far as an axis reaches: after two rounds, an interval may end at any number. Its ends are told beside it."""
    return min(max(ratio, 1 / _FARTHEST), _FARTHEST)


def _looks(outcome: AppOutcome) -> tuple[Shape, Tone]:
    if outcome is AppOutcome.SLOWER:
        return Shape.DOWN, Tone.BAD
    return (Shape.TRIANGLE, Tone.NATIVE) if outcome is AppOutcome.FASTER else (Shape.RING, Tone.MUTED)


def _plot(metric: Metric, changes: Sequence[Change], tie: float) -> DotPlot:
    drawn = [(each, each.ratio) for each in changes[:_ROWS] if each.ratio]
    bounds = [_on_axis(bound) for _, ratio in drawn for bound in (ratio.low, ratio.high)]
    words = METRICS[metric].name
    return DotPlot(
        Caption(
            name=f"changes-{metric.value.replace('_', '-')}",
            title=f"{capitalised(words)}, B over A",
            description="The ratio of each cell with its 95 % interval; the table below has all of them.",
            text=f"{capitalised(words)} in B over that in A, with 95 % intervals; the band is the tie margin."
            + (f" The {_ROWS} that are farthest apart." if len(changes) > _ROWS else ""),
            legend=_LEGEND,
        ),
        ratio_axis(f"{words}, B over A", [1 + tie, 1 / (1 + tie), *bounds]),
        tuple(
            DotRow(
                each.title,
                f"{each.cell.subject.variant}, {cell_words(each.cell)}",
                (
                    _mark(
                        ratio,
                        _SHAPES[each.outcome],
                        _tone(each.outcome),
                        f"{each.title}: {reading(ratio).with_unit(TIMES)}, {each.outcome.value}",
                    ),
                ),
                rank=MARKS[each.outcome],
                value=f"{reading(ratio).value}{TIMES}",
                interval=reading(ratio).interval_beside,
            )
            for each, ratio in drawn
        ),
        reference=ReferenceLine(1.0, "as in A"),
        margin=(1 / (1 + tie), 1 + tie),
    )


def _tone(outcome: Outcome) -> Tone:
    if outcome is Outcome.TIED:
        return Tone.MUTED
    return Tone.NATIVE if outcome is Outcome.BETTER else Tone.BAD
