"""From the summaries of many runs to their history."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log
from typing import Final

import numpy as np

from harness.analysis.table import LARGEST_LOG, Array
from harness.comparison.conditions import differences, in_the_way
from harness.comparison.distrust import without_distrusted
from harness.comparison.from_run_to_run import surplus_variance
from harness.comparison.taken_cpus import without_taken
from harness.comparison.uncompared import uncompared
from harness.history.apart import has_an_app_twice, why_apart
from harness.history.change_points import MIN_RUNS, Stretch, change_points
from harness.history.levels import without_common
from harness.model.cell import Cell, Kind
from harness.model.claim import MORE_IS_BETTER, Metric
from harness.model.comparison import METRICS_OF, CellSummary, Figure, RunHead, RunSummary
from harness.model.history import Break, ChangePoint, History, HostHistory, Point, RunApart, Series

_SERIES_OF: Final = ("host", "runtime", "profile")
"""The conditions that set histories apart; all others break one."""


def assemble(runs: Sequence[RunSummary]) -> History:
    """The histories of all hosts that these runs were made on, and the runs that no series has a value of."""
    in_order = sorted(runs, key=lambda each: each.started_at)
    by_host: dict[tuple[str, ...], list[RunSummary]] = defaultdict(list)
    for run in in_order:
        if run.cells and not has_an_app_twice(run):
            by_host[tuple(run.conditions.get(name, "unknown") for name in _SERIES_OF)].append(run)
    newest_first = sorted(by_host.items(), key=lambda item: item[1][-1].started_at, reverse=True)
    return History(
        hosts=tuple(_of_host(key, own) for key, own in newest_first),
        apart=tuple(
            RunApart(run_id=run.run_id, name=run.name, reason=reason) for run in in_order if (reason := why_apart(run))
        ),
    )


def _of_host(key: tuple[str, ...], runs: Sequence[RunSummary]) -> HostHistory:
    breaks = tuple(
        Break(run=place, differences=found)
        for place, (before, after) in enumerate(pairwise(runs), start=1)
        if (found := differences(before.conditions, after.conditions))
    )
    gathered = _gather(runs)
    stretches = [_stretches(row.cell, breaks, len(runs)) for row in gathered]
    levels = _levels(gathered, stretches, len(runs))
    known = np.isfinite(levels)
    values = np.exp(np.minimum(levels, LARGEST_LOG)).tolist()
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
                        level=values[index][run] if known[index, run] else None,
                        reason=cell.reasons[0] if cell.reasons else None,
                        unmeasured=cell.unmeasured,
                    )
                    for run, cell in row.cells.items()
                ),
                breaks=tuple(stretch.start for stretch in stretches[index][1:]),
                looked_at=any(known[index, stretch].sum() >= 2 * MIN_RUNS for stretch in stretches[index]),
                change_points=tuple(changes.get(index, ())),
            )
            for index, row in enumerate(gathered)
        ),
        needs_runs=2 * MIN_RUNS,
        longest_stretch=max((len(stretch) for own in stretches for stretch in own), default=0),
        uncompared=uncompared(cell.cell for run in runs for cell in run.cells),
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

    def logs(self, runs: int) -> Array:
        """Of its values, NaN where it has none."""
        found = np.full(runs, np.nan)
        for run, figure in self._figures():
            found[run] = log(figure.estimate.value)
        return found

    def variances(self, runs: int) -> Array:
        """Of the logarithms, beside the other apps of the run."""
        found = np.full(runs, np.nan)
        for run, figure in self._figures():
            found[run] = (figure.relative_standard_error or figure.estimate.log_standard_error or 0.0) ** 2
        return found

    def _figures(self) -> Iterator[tuple[int, Figure]]:
        for run, cell in self.cells.items():
            if figure := cell.figures.get(self.metric):
                yield run, figure


def _gather(runs: Sequence[RunSummary]) -> list[_Row]:
    rows: dict[tuple[str, Metric], _Row] = {}
    for place, run in enumerate(runs):
        for cell in without_distrusted(run).cells:
            key = cell.cell.key
            for metric in METRICS_OF.get(cell.cell.workload, ()):
                if metric in cell.figures or cell.lack:
                    row = rows.setdefault((key, metric), _Row(cell.cell, metric, cell.title, {}))
                    row.cells[place] = without_taken(cell, metric)
    return list(rows.values())


def _levels(rows: Sequence[_Row], stretches: Sequence[Sequence[range]], runs: int) -> Array:
    """The logarithms of each row (down) in each run (across) without what moved all apps alike; NaN where unknown."""
    levels = np.full((len(rows), runs), np.nan)
    by_kind: dict[tuple[Kind, Metric], list[int]] = defaultdict(list)
    for index, row in enumerate(rows):
        by_kind[Kind.of(row.cell), row.metric].append(index)
    for own in by_kind.values():
        table = np.array([rows[index].logs(runs) for index in own])
        for stretch in stretches[own[-1]]:  # Rows of one kind depend on the same conditions.
            measured = np.isfinite(table[:, stretch])
            some, used = np.flatnonzero(measured.any(axis=1)), np.flatnonzero(measured.any(axis=0))
            if not len(some) or not len(used):
                continue
            left = without_common(table[:, stretch][np.ix_(some, used)])
            if left is not None:
                levels[np.ix_(np.array(own)[some], stretch.start + used)] = left
    return levels


def _changes(rows: Sequence[_Row], levels: Array, stretches: Sequence[Sequence[range]]) -> dict[int, list[ChangePoint]]:
    variances = np.array([row.variances(levels.shape[1]) for row in rows]).reshape(levels.shape)
    known = [
        (index, stretch.start + np.flatnonzero(np.isfinite(levels[index, stretch])))
        for index, own in enumerate(stretches)
        for stretch in own
    ]
    surplus = {
        metric: _surplus(
            [(levels[index, runs], variances[index, runs]) for index, runs in known if rows[index].metric is metric]
        )
        for metric in Metric
    }
    prepared = [
        Stretch(levels[index, runs], variances[index, runs] + surplus[rows[index].metric]) for index, runs in known
    ]
    found: dict[int, list[ChangePoint]] = defaultdict(list)
    for each in change_points(prepared):
        index, runs = known[each.stretch]
        more = each.change.value > 0
        found[index].append(
            ChangePoint(
                run=int(runs[each.place]),
                ratio=each.change.ratio,
                better=more is (rows[index].metric in MORE_IS_BETTER),
            )
        )
    return found


def _surplus(known: Sequence[tuple[Array, Array]]) -> float:
    """Variance from run to run beyond the intervals', from neighbouring runs: a change moves few of them.

    `known` are the levels of each stretch, with their variances.
    """
    points = [
        point
        for levels, variances in known
        for point in zip((np.diff(levels) ** 2).tolist(), (variances[:-1] + variances[1:]).tolist(), strict=True)
    ]
    return surplus_variance(points) / 2
