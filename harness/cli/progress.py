"""The course of a run on stderr: a live bar on a terminal, plain lines elsewhere."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

import click
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from harness.cli.output import stderr
from harness.mask import masked
from harness.measure import progress

PLAIN_EVERY_S: Final = 30.0
"""How often a plain line tells the remaining time."""


class _Remaining:
    """Announced seconds still to come, scaled by how the run has kept to its announcement so far."""

    def __init__(self) -> None:
        self.total_s = 0.0
        self.done_s = 0.0
        self._began = time.monotonic()

    def text(self) -> str:
        if not self.total_s:
            return ""
        pace = (time.monotonic() - self._began) / self.done_s if self.done_s > 0.1 * self.total_s else 1.0
        left = timedelta(seconds=round((self.total_s - self.done_s) * pace))
        return f"{100 * self.done_s / self.total_s:.0f} %, {left} to go"


class _Live:
    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._task = bar.add_task("starting", total=None, left="")
        self._remaining = _Remaining()

    def total(self, seconds: float) -> None:
        self._remaining.total_s = seconds
        self._bar.update(self._task, total=seconds)

    def stage(self, text: str) -> None:
        self._bar.update(self._task, description=masked(text))

    def advance(self, seconds: float) -> None:
        self._remaining.done_s += seconds
        self._bar.update(self._task, advance=seconds, left=self._remaining.text())

    def trouble(self, text: str) -> None:
        self._bar.console.print(f"! {masked(text)}", markup=False, highlight=False)


class _Plain:
    def __init__(self) -> None:
        self._remaining = _Remaining()
        self._said = time.monotonic()

    def total(self, seconds: float) -> None:
        self._remaining.total_s = seconds
        click.echo(f"about {timedelta(seconds=round(seconds))} in all", err=True)

    def stage(self, text: str) -> None:
        click.echo(masked(text), err=True)
        self._said = time.monotonic()

    def advance(self, seconds: float) -> None:
        self._remaining.done_s += seconds
        if time.monotonic() - self._said >= PLAIN_EVERY_S:
            click.echo(f"  {self._remaining.text()}", err=True)
            self._said = time.monotonic()

    def trouble(self, text: str) -> None:
        click.echo(f"! {masked(text)}", err=True)


@contextmanager
def watched() -> Iterator[progress.Progress]:
    """A progress display that fits where stderr goes."""
    if not sys.stderr.isatty():
        yield _Plain()
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[left]}"), TimeElapsedColumn())
    # Twice a second: drawing runs on the generator's CPU.
    with Progress(*columns, console=stderr, refresh_per_second=2) as bar:
        yield _Live(bar)
