"""From the summaries of many runs to their history."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log
from typing import Final

import numpy as np

from harness.analysis.intervals import from_log
from harness.analysis.side_by_side import Kind
from harness.comparison.across import surplus_variance
from harness.comparison.conditions import differences, in_the_way
from harness.comparison.summarise import without_distrusted
from harness.history.change_points import MIN_RUNS, Stretch, change_points
from harness.history.levels import without_common
from harness.model.base import REVISION_SIGN
from harness.model.cell import Cell
from harness.model.claim import MORE_IS_BETTER, Metric
from harness.model.comparison import METRICS_OF, CellSummary, RunHead, RunSummary
from harness.model.history import Break, ChangePoint, History, HostHistory, Point, Series

_SERIES_OF: Final = ("host", "runtime", "profile")
"""The conditions that set histories apart; all others break one."""


def assemble(runs: Sequence[RunSummary]) -> History:
    """The histories of all hosts that these runs were made on. Runs of two revisions (`bench ab`) are left out."""
    by_host: dict[tuple[str, ...], list[RunSummary]] = defaultdict(list)
    for run in sorted(runs, key=lambda each: each.started_at):
        if run.cells and not any(REVISION_SIGN in cell.cell.subject.app for cell in run.cells):
            by_host[tuple(run.conditions.get(name, "unknown") for name in _SERIES_OF)].append(run)
    newest_first = sorted(by_host.items(), key=lambda item: item[1][-1].started_at, reverse=True)
    return History(hosts=tuple(_of_host(key, own) for key, own in newest_first))


def _of_host(key: tuple[str, ...], runs: Sequence[RunSummary]) -> HostHistory:
    breaks = tuple(
        Break(run=place, differences=found)
        for place, (before, after) in enumerate(pairwise(runs), start=1)
        if (found := differences(before.conditions, after.conditions))
    )
    gathered = _gather(runs)
    stretches = [_stretches(row.cell, breaks, len(runs)) for row in gathered]
    # Rows of one kind depend on the same conditions.
    kinds = {(Kind.of(row.cell), row.metric): own for row, own in zip(gathered, stretches, strict=True)}
    levels = {
        place: level
        for kind, own in kinds.items()
        for stretch in own
        for place, level in _levels(gathered, kind, stretch)
    }
    changes = _changes(gathered, levels, stretches)
    host, runtime, profile = key
    return HostHistory(
        host=host,
        runtime=runtime,
        profile=profile,
        runs=tuple(RunHead(**{name: getattr(run, name) for name in RunHead.model_fields}) for run in runs),
        breaks=breaks,
        series=tuple(
            Series(
                cell=row.cell,
                metric=row.metric,
                title=row.title,
                points=tuple(
                    Point(
                        run=run,
                        estimate=cell.figures[row.metric].estimate if row.metric in cell.figures else None,
                        level=from_log(levels[index, run]) if (index, run) in levels else None,
                        reason=cell.reasons[0] if cell.reasons else None,
                    )
                    for run, cell in row.cells.items()
                ),
                breaks=tuple(stretch.start for stretch in stretches[index][1:]),
                looked_at=any(
                    sum((index, run) in levels for run in stretch) >= 2 * MIN_RUNS for stretch in stretches[index]
                ),
                change_points=tuple(changes.get(index, ())),
            )
            for index, row in enumerate(gathered)
        ),
        needs_runs=2 * MIN_RUNS,
        longest_stretch=max((len(stretch) for own in stretches for stretch in own), default=0),
    )


def _stretches(cell: Cell, breaks: Sequence[Break], runs: int) -> list[range]:
    """The runs between which nothing changed that the cell depends on."""
    starts = [0, *(each.run for each in breaks if in_the_way(each.differences, cell))]
    return [range(start, end) for start, end in zip(starts, [*starts[1:], runs], strict=True)]


@dataclass(frozen=True)
class _Row:
    """One quantity of one cell, by the places of the runs that have it."""

    cell: Cell
    metric: Metric
    title: str
    cells: dict[int, CellSummary]

    def log(self, run: int) -> float:
        figure = self.cells[run].figures.get(self.metric) if run in self.cells else None
        return log(figure.estimate.value) if figure else float("nan")

    def variance(self, run: int) -> float:
        """Beside the other apps of the run."""
        figure = self.cells[run].figures[self.metric]
        return (figure.relative_standard_error or figure.estimate.log_standard_error or 0.0) ** 2


def _gather(runs: Sequence[RunSummary]) -> list[_Row]:
    rows: dict[tuple[str, Metric], _Row] = {}
    for place, run in enumerate(runs):
        for cell in without_distrusted(run).cells:
            for metric in METRICS_OF.get(cell.cell.workload, ()):
                if metric in cell.figures or cell.reasons:
                    row = rows.setdefault((cell.cell.key, metric), _Row(cell.cell, metric, cell.title, {}))
                    row.cells[place] = cell
    return list(rows.values())


def _levels(rows: Sequence[_Row], kind: tuple[Kind, Metric], stretch: range) -> Iterator[tuple[tuple[int, int], float]]:
    """For each row of a kind and each run of a stretch, the logarithm without what moved all apps alike."""
    own = [index for index, row in enumerate(rows) if (Kind.of(row.cell), row.metric) == kind]
    table = np.array([[rows[index].log(run) for run in stretch] for index in own])
    measured = np.isfinite(table)
    own = [index for index, some in zip(own, measured.any(axis=1), strict=True) if some]
    used = [run for run, some in zip(stretch, measured.any(axis=0), strict=True) if some]
    if not own or not used:
        return
    left = without_common(table[measured.any(axis=1)][:, measured.any(axis=0)])
    if left is None:
        return
    for index, of_row in zip(own, left, strict=True):
        for run, value in zip(used, of_row, strict=True):
            if np.isfinite(value):
                yield (index, run), float(value)


def _changes(
    rows: Sequence[_Row],
    levels: dict[tuple[int, int], float],
    stretches: Sequence[Sequence[range]],
) -> dict[int, list[ChangePoint]]:
    known = [
        (index, [run for run in stretch if (index, run) in levels])
        for index, own in enumerate(stretches)
        for stretch in own
    ]
    surplus = {metric: _surplus(rows, levels, known, metric) for metric in Metric}
    prepared = [
        Stretch(
            values=np.array([levels[index, run] for run in places]),
            variances=np.array([rows[index].variance(run) + surplus[rows[index].metric] for run in places]),
        )
        for index, places in known
    ]
    found: dict[int, list[ChangePoint]] = defaultdict(list)
    for each in change_points(prepared):
        index, places = known[each.stretch]
        more = each.change.value > 0
        found[index].append(
            ChangePoint(run=places[each.place], ratio=each.ratio, better=more is (rows[index].metric in MORE_IS_BETTER))
        )
    return found


def _surplus(
    rows: Sequence[_Row],
    levels: dict[tuple[int, int], float],
    known: Sequence[tuple[int, list[int]]],
    metric: Metric,
) -> float:
    """Variance from run to run beyond the intervals', from neighbouring runs: a change moves few of them."""
    points = [
        (
            (levels[index, after] - levels[index, before]) ** 2,
            rows[index].variance(before) + rows[index].variance(after),
        )
        for index, places in known
        if rows[index].metric is metric
        for before, after in pairwise(places)
    ]
    return surplus_variance(points) / 2
