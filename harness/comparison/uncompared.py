"""What was measured and is not compared: it is named, with the reason."""

from collections.abc import Collection, Iterable
from itertools import groupby

from harness.model.cell import Cell
from harness.model.comparison import NOT_COMPARED, Uncompared


def uncompared(cells: Iterable[Cell]) -> tuple[Uncompared, ...]:
    """The workloads among these cells of which nothing is compared."""
    measured = {cell.workload for cell in cells}
    return tuple(Uncompared(workload=each, reason=why) for each, why in NOT_COMPARED.items() if each in measured)


def uncompared_words(found: Collection[Uncompared]) -> str:
    """As a part of a sentence: `feed and chat, since ...`; empty where there are none."""
    return "; ".join(
        f"{' and '.join(each.workload.value for each in alike)}, since {reason}"
        for reason, alike in groupby(found, key=lambda each: each.reason)
    )
