"""The course of a run on stderr: a live bar on a terminal, plain lines elsewhere."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from types import FrameType
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from harness.cli.output import shown, tell
from harness.measure import progress
from harness.model.course import Course

stderr: Final = Console(stderr=True)

PLAIN_EVERY_S: Final = 30.0
"""How often a plain line tells the remaining time."""


def announced(seconds: float, told: str) -> str:
    """The time that a plan announces, and how that is known."""
    return f"about {clock(seconds)} in all, {told}"


def taken(took: Course, announced_s: float, since_resumed_s: float | None = None) -> str:
    """How long a run took, as its report has it, and what was announced of that."""
    report_s = took.report.total_s if took.report else 0.0
    told = f"it took {clock(took.measured_s)}, and its report {clock(report_s)}"
    if since_resumed_s is None:
        return f"{told}; {clock(announced_s)} was announced for both"
    return f"{told}; since it was resumed, {clock(since_resumed_s)} went by, and {clock(announced_s)} was announced"


def clock(seconds: float) -> str:
    """Hours, minutes and seconds."""
    return str(timedelta(seconds=round(seconds)))


def _left(done_s: float, left_s: float) -> str:
    return f"{100 * done_s / max(done_s + left_s, 1e-9):.0f} %, {clock(left_s)} to go"


def _moved(done_s: float, left_s: float) -> str:
    return f"now about {clock(done_s + left_s)} in all, {clock(left_s)} of it to go, as it has gone so far"


class _Live:
    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._task = bar.add_task("starting", total=None, left="")

    def announced(self, left_s: float, told: str) -> None:
        self.left(0.0, left_s)
        tell(announced(left_s, told))

    def stage(self, text: str) -> None:
        self._bar.update(self._task, description=shown(text))

    def left(self, done_s: float, left_s: float) -> None:
        self._bar.update(self._task, total=done_s + left_s, completed=done_s, left=_left(done_s, left_s))

    def moved(self, done_s: float, left_s: float) -> None:
        tell(_moved(done_s, left_s))

    def trouble(self, text: str) -> None:
        tell(f"! {text}")


class _Plain:
    def __init__(self) -> None:
        self._said_s = time.monotonic()

    def announced(self, left_s: float, told: str) -> None:
        tell(announced(left_s, told))

    def stage(self, text: str) -> None:
        self._tell(text)

    def left(self, done_s: float, left_s: float) -> None:
        if time.monotonic() - self._said_s >= PLAIN_EVERY_S:
            self._tell(f"  {_left(done_s, left_s)}")

    def moved(self, done_s: float, left_s: float) -> None:
        self._tell(_moved(done_s, left_s))

    def trouble(self, text: str) -> None:
        tell(f"! {text}")

    def _tell(self, text: str) -> None:
        tell(text)
        self._said_s = time.monotonic()


def announce_interrupts() -> None:
    """Have Ctrl-C and SIGTERM break off what is under way, and say at once that this takes a moment.

    A Ctrl-C that the caller has this process ignore stays ignored.
    """
    signal.signal(signal.SIGTERM, _break_off)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _break_off)


def _break_off(number: int, frame: FrameType | None) -> None:
    with suppress(OSError):
        os.write(2, b"\ninterrupted: ending what was started, which takes some seconds\n")  # in the midst of any other
    signal.default_int_handler(number, frame)


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
