"""What a round measures, in the words of whoever watches it."""

from collections.abc import Iterable
from typing import Final

from harness.model.cell import SATURATING, Cell, Workload

_WORDS: Final = {
    **dict.fromkeys(sorted(SATURATING), "capacity"),
    Workload.LATENCY: "latency",
    Workload.IDLE: "servers that idle",
    Workload.LIMIT: "highest rates",
    Workload.WAITING: "requests that wait",
    Workload.FEED: "feeds",
    Workload.CHAT: "chats",
}


def measuring_words(cells: Iterable[Cell]) -> str:
    """`measuring capacity and latency`: what is measured by the windows of these cells, and nothing else."""
    there = {cell.workload for cell in cells}
    *others, last = dict.fromkeys(words for workload, words in _WORDS.items() if workload in there)
    return f"measuring {', '.join(others)} and {last}" if others else f"measuring {last}"
