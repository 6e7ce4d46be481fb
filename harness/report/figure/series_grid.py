"""Writes a `SeriesGrid`: values over the runs of a host, a panel a subject, a line a series.

A panel stretches with its column, so one drawing fits every window: lines are drawn on a square that is stretched, all
else at percentages of it.
"""

import math
from collections.abc import Iterable, Iterator
from typing import Final

from markupsafe import Markup

from harness.printable import one_line, printable
from harness.report.figure.spec import SeriesGrid, SeriesLine, SeriesPanel
from harness.report.figure.track import percent

_ROOM: Final = 0.4
"""Beside the first and last run, in runs."""
_SQUARE: Final = 1000
"""So many units wide and high is what the lines are drawn on: a third of a pixel each."""


def write_series_grid(grid: SeriesGrid, name: str) -> Markup:
    """The panels side by side; `name` is that of their common background in the page."""
    return Markup(
        '<div class="series"><svg class="forms" aria-hidden="true"><defs>{}</defs></svg>{}<p>{}</p></div>'
    ).format(
        _background(grid, name),
        Markup("").join(_panel(grid, panel, name) for panel in grid.panels),
        f"{grid.axis.label}; runs, oldest first",
    )


def _background(grid: SeriesGrid, name: str) -> Markup:
    """The lines of the axis, and a dashed one wherever conditions changed."""
    levels = (
        Markup('<line y1="{0}%" y2="{0}%" x2="100%"/>').format(percent(_down(grid, tick.at)))
        for tick in grid.axis.ticks
    )
    breaks = (
        Markup('<line class="break" x1="{0}%" x2="{0}%" y2="100%"/>').format(percent(_along(grid, run - 0.5)))
        for run in grid.breaks
    )
    return Markup('<g id="{}" class="grid">{}</g>').format(name, Markup("").join((*levels, *breaks)))


def _panel(grid: SeriesGrid, panel: SeriesPanel, name: str) -> Markup:
    return Markup(
        '<div class="panel"><b>{}</b> <small>{}</small>'
        '<svg aria-hidden="true"><use href="#{}"/>{}'
        '<svg class="{}" viewBox="0 0 {square} {square}" preserveAspectRatio="none">{}</svg>{}</svg>'
        '<small class="ends"><span>{}</span><span>{}</span></small></div>'
    ).format(
        one_line(panel.title),
        one_line(panel.detail),
        name,
        Markup("").join(
            Markup('<text x="-4" y="{}%" dy="3">{}</text>').format(percent(_down(grid, tick.at)), tick.text)
            for tick in grid.axis.ticks
        ),
        panel.tone.value,
        Markup("").join(Markup('<path d="{}"/>').format(_path(grid, line)) for line in panel.lines),
        Markup("").join(_changes(grid, panel.lines)),
        grid.run_ticks[0].text,
        grid.run_ticks[-1].text,
        square=_SQUARE,
    )


def _path(grid: SeriesGrid, line: SeriesLine) -> str:
    """What is before a break and after it is not one line."""
    drawn, last = "", math.inf
    for run, value in line.points:
        apart = last == math.inf or any(last < at <= run for at in line.breaks)
        drawn += f"{'M' if apart else ' '}{round(_along(grid, run) * _SQUARE)} {round(_down(grid, value) * _SQUARE)}"
        last = run
    return drawn


def _changes(grid: SeriesGrid, lines: Iterable[SeriesLine]) -> Iterator[Markup]:
    for line in lines:
        for run, value in line.points:
            if run in line.changed_at:
                yield Markup('<use href="#diamond" class="ink" x="{}%" y="{}%"><title>{}</title></use>').format(
                    percent(_along(grid, run)), percent(_down(grid, value)), printable(line.hover)
                )


def _along(grid: SeriesGrid, run: float) -> float:
    """From left to right, 0 to 1."""
    return (run + _ROOM) / (grid.runs - 1 + 2 * _ROOM)


def _down(grid: SeriesGrid, value: float) -> float:
    """From the top, 0 to 1."""
    return 1 - grid.axis.share(value)
