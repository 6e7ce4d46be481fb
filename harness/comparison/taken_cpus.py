"""Throughputs that say what the host left for a server: they differ by what others did, and not by the app."""

from dataclasses import dataclass
from typing import Final

from harness.model.claim import Metric
from harness.model.comparison import CellSummary
from harness.model.validity import Bound


@dataclass(frozen=True)
class TakenWords:
    """What is said of a capacity of which it is not sure that it is the server's own, in parts of a sentence."""

    of_one: str
    of_several: str
    so: str


TAKEN: Final = {
    Bound.OTHERS: TakenWords(
        of_one="others had the server's CPU",
        of_several="others had the server's CPU",
        so="capacity and rank there say what the host left for the server and not what it answers on a CPU of its own",
    ),
    Bound.UNCLEAR: TakenWords(
        of_one="the server waited while others had CPUs of the run",
        of_several="servers waited while others had CPUs of the run",
        so="capacity and rank there may say what the host left for the server",
    ),
}
"""By what limited a saturating cell: those of a host whose CPUs others had, or may have had."""


def why_taken(cell: CellSummary, metric: Metric) -> str:
    """Why this quantity of a cell may be the host's doing; empty where it is not.

    CPU time per request is the server's own, whatever others had of its CPU.
    """
    words = TAKEN.get(cell.bound)
    if words is None or metric is not Metric.THROUGHPUT or not cell.cell.workload.saturates:
        return ""
    return f"{words.of_one}: {words.so}"


def taken_in(a: CellSummary, b: CellSummary, metric: Metric) -> str:
    """The same of a cell in two runs, with the name of the run."""
    in_a, in_b = why_taken(a, metric), why_taken(b, metric)
    if in_a and in_a == in_b:
        return f"in A and B: {in_a}"
    return "; ".join(f"in {name}: {why}" for name, why in (("A", in_a), ("B", in_b)) if why)


def without_taken(cell: CellSummary, metric: Metric) -> CellSummary:
    """The cell as this quantity of it can be followed over runs: without figures where it can't, with the reason."""
    why = why_taken(cell, metric)
    return cell.model_copy(update={"figures": {}, "reasons": (why,)}) if why and metric in cell.figures else cell
