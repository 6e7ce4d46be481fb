"""One test for each app: its mean CPU time per request in B against A, over all of its endpoints.

Dozens of lines, each with its own test and a correction for them all, find little. What a maintainer asks is whether
the app became slower; so that is tested once: the logarithm of the server's CPU time per request, B over A, is formed
in each round for each cell of capacity, averaged over the cells, and its mean over rounds held against zero. CPU time
is what a busy host distorts least, and rounds are what is replicated: fresh processes, the windows of both interleaved.
The second copy of one side, by which a run tests itself, counts as well: of two fresh processes a round that side is
known better, which saves a quarter of the rounds. Over several apps, Holm's procedure keeps the chance of even one
false alarm. All else stands beside it, with intervals.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

import scipy

from harness.analysis.quantities import ByKind
from harness.analysis.table import from_log
from harness.claims.holm import holm
from harness.comparison.group_sequential import Repeated, repeated
from harness.model.app_change import AppChange, AppOutcome, Beside
from harness.model.cell import Cell, Kind, Subject, Workload
from harness.model.claim import AS_MET, Metric
from harness.model.comparison import METRICS_OF
from harness.model.findings import Estimate
from harness.model.plan import SequentialTest

PRIMARY: Final = Metric.SERVER_CPU
BESIDE: Final = (
    Metric.THROUGHPUT,
    Metric.P50,
    Metric.P99,
    Metric.MEMORY_IDLE,
    Metric.MEMORY_LOADED,
    Metric.START,
)
POWER: Final = 0.90
"""What would have been seen is what such runs find with this chance."""

_WORKLOADS: Final = frozenset({Workload.CAPACITY, Workload.LATENCY, Workload.FOOTPRINT})

type CellPair = tuple[Cell, Cell]
"""The same cell before and after the change: in A and in B."""


def app_change(
    named: AppChange,
    pairs: Sequence[CellPair],
    quantities: Mapping[Metric, ByKind],
    test: SequentialTest,
    *,
    apps: int = 1,
) -> AppChange:
    """What the rounds say of one app, by itself: not yet whether it is told apart.

    Args:
        named: The app, with nothing said of it.
        pairs: Its cells in A and B.
        quantities: What was estimated of the valid cells.
        test: When it was looked.
        apps: How many are tested at once: what would have been seen is seen after the correction for their number.
    """
    found = _over_cells(PRIMARY, pairs, quantities, test)
    if found is None:
        return named
    cpu, cells = found
    reach = cpu.reach(test.alpha / apps)
    power = float(scipy.special.stdtrit(cpu.df, POWER)) * cpu.standard_error
    return named.model_copy(
        update={
            "outcome": AppOutcome.UNDECIDED,
            "reason": None,
            "cpu": _estimate(cpu, test.alpha),
            "p_value": cpu.p_value,
            "detectable": from_log(reach + power) - 1,
            "cells": cells,
            "planned": sum(_has(PRIMARY, b) for _, b in pairs),
            "rounds": cpu.rounds,
            "beside": tuple(_beside(pairs, quantities, test)),
        }
    )


def decided(apps: Sequence[AppChange], test: SequentialTest) -> tuple[AppChange, ...]:
    """The apps with what is decided of each, corrected for their number."""
    tested = [each for each in apps if each.outcome is AppOutcome.UNDECIDED]
    rejected = holm([each.p_value or 0.0 for each in tested], test.alpha)
    outcomes = {
        each.app: _outcome(each, test, is_apart=is_apart) for each, is_apart in zip(tested, rejected, strict=True)
    }
    return tuple(each.model_copy(update={"outcome": outcomes.get(each.app, each.outcome)}) for each in apps)


def _outcome(app: AppChange, test: SequentialTest, *, is_apart: bool) -> AppOutcome:
    assert app.cpu is not None  # noqa: S101 - what is tested has a ratio
    if is_apart:
        return AppOutcome.SLOWER if app.cpu.value > 1 else AppOutcome.FASTER
    return AppOutcome.NOT_SLOWER if app.cpu.high < 1 + test.detect else AppOutcome.UNDECIDED


def _over_cells(
    metric: Metric, pairs: Iterable[CellPair], quantities: Mapping[Metric, ByKind], test: SequentialTest
) -> tuple[Repeated, int] | None:
    """The mean of a quantity's logarithm, B over A, over those of an app's cells that have it in both; and how many."""
    by_cell: list[dict[int, float]] = []
    inflation = 1.0
    for a, b in pairs:
        if not _has(metric, b):
            continue
        side_by_side = quantities[metric].get(Kind.of(b))
        if side_by_side is None or not {a.subject, b.subject} <= set(side_by_side.subjects):
            continue
        sides = [_copies(cell.subject, side_by_side.subjects) for cell in (b, a)]
        by_cell.append(side_by_side.log_ratios_by_round(*sides))
        inflation = max(inflation, side_by_side.table.inflation)
    if not by_cell:
        return None
    shared = sorted(set.intersection(*map(set, by_cell)))
    by_round = [(index, sum(each[index] for each in by_cell) / len(by_cell)) for index in shared]
    found = repeated(by_round, test.looks, inflation=inflation)
    return (found, len(by_cell)) if found else None


def _has(metric: Metric, cell: Cell) -> bool:
    return cell.workload in _WORKLOADS and metric in METRICS_OF[cell.workload]


def _copies(subject: Subject, measured: Collection[Subject]) -> list[Subject]:
    """The subject, and its second copy where the run has one."""
    twin = subject.model_copy(update={"twin": True})
    return [subject, *([twin] if twin in measured else [])]


def _beside(pairs: Sequence[CellPair], quantities: Mapping[Metric, ByKind], test: SequentialTest) -> Iterator[Beside]:
    """The other quantities; of a latency of which nothing is known of the server alone, as it was met."""
    for metric in BESIDE:
        for known in filter(None, (metric, AS_MET.get(metric))):
            if found := _over_cells(known, pairs, quantities, test):
                yield Beside(metric=known, ratio=_estimate(found[0], test.alpha), cells=found[1])
                break


def _estimate(found: Repeated, alpha: float) -> Estimate:
    reach = found.reach(alpha)
    return Estimate(value=from_log(found.value), low=from_log(found.value - reach), high=from_log(found.value + reach))
