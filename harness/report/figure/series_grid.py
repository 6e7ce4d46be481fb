"""Draws a `SeriesGrid`: values over the runs of a host, a panel a subject, a line a series."""

from typing import Final

from matplotlib.axes import Axes

from harness.report.figure.canvas import Anchor, Canvas, Layout, Pen, grid_lines, stroke
from harness.report.figure.panels import Panel, laid_out
from harness.report.figure.spec import Mark, SeriesGrid, SeriesLine, SeriesPanel, Shape, Tone

_GRID_LINE: Final = Pen(Tone.RULE, 0.7)
_BREAK: Final = Pen(Tone.MUTED, 1, dashed=True)
_LINE_PX: Final = 1.4
_ROOM: Final = 0.4
"""Beside the first and last run, in runs."""


def draw_series_grid(grid: SeriesGrid, layout: Layout) -> Canvas:
    """The grid in the given layout."""
    canvas, places = laid_out(len(grid.panels), layout, "runs, oldest first")
    for panel, place in zip(grid.panels, places, strict=True):
        _draw_panel(grid, panel, place)
    return canvas


def _draw_panel(grid: SeriesGrid, panel: SeriesPanel, place: Panel) -> None:
    place.head(panel.title, panel.detail)
    axes = place.axes()
    low, high = -_ROOM, grid.runs - 1 + _ROOM
    axes.set_xlim(low, high)
    axes.set_ylim(grid.axis.low, grid.axis.high)
    ys, xs = grid_lines([tick.at for tick in grid.axis.ticks], low, high)
    stroke(axes, xs, ys, _GRID_LINE)
    for at in grid.breaks:
        stroke(axes, [at - 0.5] * 2, [grid.axis.low, grid.axis.high], _BREAK)
    for line in panel.lines:
        _draw_line(panel, line, place, axes)
    place.value_ticks(grid.axis)
    for tick in grid.run_ticks:
        anchor: Anchor = "left" if tick is grid.run_ticks[0] else "right"
        place.tick((tick.at - low) / (high - low), tick, anchor)


def _draw_line(panel: SeriesPanel, line: SeriesLine, place: Panel, axes: Axes) -> None:
    xs: list[float] = []
    ys: list[float] = []
    for run, value in line.points:
        if xs and any(xs[-1] < at <= run for at in line.breaks):
            xs.append(float("nan"))  # What is before a break and after it is not one line.
            ys.append(float("nan"))
        xs.append(float(run))
        ys.append(value)
    stroke(axes, xs, ys, Pen(panel.tone, _LINE_PX, alpha=0.8))
    for run, value in line.points:
        if run in line.changed_at:
            mark = Mark(value, value, value, Shape.DIAMOND, Tone.INK, line.hover)
            place.canvas.point(axes, mark, float(run), value)
