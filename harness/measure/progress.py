"""What a run tells whoever watches."""

from collections.abc import Callable, Iterable
from typing import Final, Protocol

from harness.host.endings import Ending, not_ended
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


class Progress(Protocol):
    """Receives the course of a run. Nothing that is measured may depend on it."""

    def announced(self, left_s: float, told: str) -> None:
        """It begins, and takes so long; `told` is how that is known."""

    def stage(self, text: str) -> None:
        """What is going on now, such as `round 2 of 4: warming up`."""

    def left(self, done_s: float, left_s: float) -> None:
        """It has lasted so long, and lasts so much longer as far as can be told."""

    def moved(self, done_s: float, left_s: float) -> None:
        """The same, where its end is no longer the one that was told."""

    def trouble(self, text: str) -> None:
        """Something went wrong that the run survives."""


class Silent:
    """Watches nothing."""

    def announced(self, left_s: float, told: str) -> None:
        """Ignore it."""

    def stage(self, text: str) -> None:
        """Ignore it."""

    def left(self, done_s: float, left_s: float) -> None:
        """Ignore it."""

    def moved(self, done_s: float, left_s: float) -> None:
        """Ignore it."""

    def trouble(self, text: str) -> None:
        """Ignore it."""


def end_or_tell(trouble: Callable[[str], object], *endings: Ending) -> None:
    """What can't be ended is told, and costs nothing that is measured; the runtime tries it again at its own end."""
    for error in not_ended(*endings):
        trouble(error.what)


def measuring_words(cells: Iterable[Cell]) -> str:
    """`measuring capacity and latency`: what is measured by the windows of these cells, and nothing else."""
    there = {cell.workload for cell in cells}
    *others, last = dict.fromkeys(words for workload, words in _WORDS.items() if workload in there)
    return f"measuring {', '.join(others)} and {last}" if others else f"measuring {last}"
