"""Why a run is in no series of its host."""

from collections.abc import Sequence
from typing import Final

from harness.comparison.distrust import without_distrusted
from harness.comparison.uncompared import uncompared, uncompared_words
from harness.model.base import BY_VARIANT, REVISION_SIGN, WITH
from harness.model.comparison import METRICS_OF, CellSummary, RunSummary

_ONCE: Final = "and a series has each app of a run once"


def has_an_app_twice(run: RunSummary) -> bool:
    """Whether apps are in it more than once: in two revisions, or on several interpreters."""
    return bool(_revisions(run))


def why_apart(run: RunSummary) -> str:
    """Why no series has a value of this run; empty where one has."""
    if revisions := _revisions(run):
        several_pythons = ";" in run.conditions.get("interpreter", "")
        if not several_pythons or any(each.startswith((WITH, BY_VARIANT)) for each in revisions):
            return f"it compares two revisions side by side, {_ONCE}"
        return f"it measures apps on several interpreters side by side, {_ONCE}"
    if any(cell.figures for cell in without_distrusted(run).cells):
        return ""
    if run.distrust:
        return f"it can't be trusted: {run.distrust}"
    comparable = [cell for cell in run.cells if cell.cell.workload in METRICS_OF]
    if comparable:
        return _why_none_of(comparable)
    others = uncompared_words(uncompared(cell.cell for cell in run.cells))
    return f"it measures only {others}" if others else "nothing was measured"


def _why_none_of(cells: Sequence[CellSummary]) -> str:
    """Why none of these has a figure."""
    left = {cell.unmeasured for cell in cells}
    if len(left) == 1 and (word := left.pop()):
        return f"every cell of it is {word}"
    reasons = [reason for cell in cells for reason in cell.reasons]
    return f"no cell of it is valid: {reasons[0]}" if reasons else "too little was measured of every cell"


def _revisions(run: RunSummary) -> set[str]:
    """What stands behind the names of apps that are in it more than once."""
    names = {cell.cell.subject.app for cell in run.cells}
    return {name.partition(REVISION_SIGN)[2] for name in names if REVISION_SIGN in name}
