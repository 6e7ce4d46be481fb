"""The course of a run on stderr: a live bar on a terminal, plain lines elsewhere."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from harness.cli.output import shown, tell
from harness.measure import progress

stderr: Final = Console(stderr=True)

PLAIN_EVERY_S: Final = 30.0
"""How often a plain line tells the remaining time."""

_TELLING: Final = 0.1
"""From this share of the announced time on, a run's own course tells how fast this host is."""


def announced(seconds: float) -> str:
    """The time that a plan announces, and what it holds for."""
    return f"about {_clock(seconds)} in all on a calm host; a slow or busy one takes longer"


def _clock(seconds: float) -> str:
    return str(timedelta(seconds=round(seconds)))


class _Remaining:
    """Announced seconds still to come, scaled by how the run has kept to its announcement so far."""

    def __init__(self) -> None:
        self.total_s = 0.0
        self.done_s = 0.0
        self._began_s = 0.0

    def begin(self, total_s: float) -> None:
        """What is announced begins now: that environments had to be made before is no part of the pace."""
        self.total_s = total_s
        self._began_s = time.monotonic()

    def text(self) -> str:
        if not self.total_s:
            return ""
        share, left_s = self.done_s / self.total_s, self.total_s - self.done_s
        if share <= _TELLING:
            return f"{100 * share:.0f} %, {_clock(left_s)} to go on a calm host"
        pace = (time.monotonic() - self._began_s) / self.done_s
        return f"{100 * share:.0f} %, {_clock(left_s * pace)} to go at this pace"


class _Live:
    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._task = bar.add_task("starting", total=None, left="")
        self._remaining = _Remaining()

    def total(self, seconds: float) -> None:
        self._remaining.begin(seconds)
        self._bar.update(self._task, total=seconds, left=self._remaining.text())

    def stage(self, text: str) -> None:
        self._bar.update(self._task, description=shown(text))

    def advance(self, seconds: float) -> None:
        self._remaining.done_s += seconds
        self._bar.update(self._task, advance=seconds, left=self._remaining.text())

    def trouble(self, text: str) -> None:
        tell(f"! {text}")


class _Plain:
    def __init__(self) -> None:
        self._remaining = _Remaining()
        self._said = time.monotonic()

    def total(self, seconds: float) -> None:
        self._remaining.begin(seconds)
        tell(announced(seconds))

    def stage(self, text: str) -> None:
        tell(text)
        self._said = time.monotonic()

    def advance(self, seconds: float) -> None:
        self._remaining.done_s += seconds
        if time.monotonic() - self._said >= PLAIN_EVERY_S:
            tell(f"  {self._remaining.text()}")
            self._said = time.monotonic()

    def trouble(self, text: str) -> None:
        tell(f"! {text}")


@contextmanager
def watched() -> Iterator[progress.Progress]:
    """A progress display that fits where stderr goes."""
    if not sys.stderr.isatty():
        yield _Plain()
        return
    said = TextColumn("{task.description}", markup=False)
    columns = (said, BarColumn(), TextColumn("{task.fields[left]}"), TimeElapsedColumn())
    # Twice a second: drawing runs on the generator's CPU.
    # What goes to stdout comes above the bar where both are the same terminal, and stays out of its way elsewhere.
    above = sys.stdout.isatty()
    with Progress(*columns, console=stderr, refresh_per_second=2, redirect_stdout=above) as bar:
        yield _Live(bar)
