"""What the searches for a highest rate have tried, of a run that goes on."""

from collections import defaultdict
from collections.abc import Iterable

from harness.model.cell import Cell
from harness.model.run import Window, WindowKind
from harness.plan.limit_search import Trial, keeps

type Trials = defaultdict[str, list[Trial]]
"""By the cell's key, in the order in which they were measured."""


def trials_of_cells(windows: Iterable[Window], cells: Iterable[Cell]) -> Trials:
    """From the windows that a run has."""
    by_key = {cell.key: cell for cell in cells}
    found: Trials = defaultdict(list)
    for window in sorted(windows, key=lambda each: each.sequence):
        if window.kind is WindowKind.MEASURED and (trial := trial_of(window, by_key[window.cell])):
            found[window.cell].append(trial)
    return found


def trial_of(window: Window, cell: Cell) -> Trial | None:
    """What one window tells; None of a cell whose rate is not searched, and where nothing was measured."""
    if cell.limit_ms is None or window.report is None or window.spec is None or window.spec.rate_rps is None:
        return None
    return Trial(window.spec.rate_rps, keeps(window.report, cell.limit_ms))
