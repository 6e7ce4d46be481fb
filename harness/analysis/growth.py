"""What is kept of a throughput with more routes or processes, of all subjects that have both."""

from collections.abc import Iterator, Sequence
from math import log

from harness.analysis.cells import JudgedCell
from harness.analysis.estimates import THROUGHPUT
from harness.analysis.intervals import LogInterval
from harness.analysis.quantities import Quantities
from harness.model.cell import Cell, Workload
from harness.model.findings import Change

_GROWING = (Workload.ROUTES, Workload.WORKERS)


def changes(judged: Sequence[JudgedCell], quantities: Quantities) -> Iterator[Change]:
    """Each special subject against its original, where both are valid."""
    cells = {(each.cell.workload, each.cell.subject): each.cell for each in judged if each.cell.workload in _GROWING}
    for (workload, subject), cell in cells.items():
        base = cells.get((workload, subject.original))
        if subject.is_original or base is None:
            continue
        found = kept(quantities, cell, base)
        if found is not None:
            yield Change(subject=subject, workload=workload, kept=found.estimate())


def kept(quantities: Quantities, cell: Cell, base: Cell) -> LogInterval | None:
    """Logarithm of the share kept, for each process where they differ in that; None where either cell is invalid."""
    found = quantities.change(THROUGHPUT, cell, base)
    if found is None:
        return None
    times = cell.subject.workers / base.subject.workers
    return LogInterval(found.value - log(times), found.standard_error, found.df)
