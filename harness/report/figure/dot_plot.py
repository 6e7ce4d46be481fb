"""Draws a `DotPlot`: one row a subject, a mark for each value, whiskers for its interval."""

from dataclasses import dataclass
from itertools import groupby
from typing import Final

from matplotlib.axes import Axes

from harness.report.figure.canvas import Canvas, Layout, Lettering, Pen, fill, grid_lines, shortened, stroke
from harness.report.figure.spec import DotPlot, DotRow, Tone

_TITLE: Final = Lettering(13, bold=True)
_VALUE: Final = Lettering(13)
_RANK: Final = Lettering(13, Tone.MUTED)
_SMALL: Final = Lettering(11, Tone.MUTED)
_NOTE: Final = Lettering(11, Tone.BAD)
_LANE: Final = 6.0
"""From the middle of a row to the marks above or below it, in pixels."""
_GRID_LINE: Final = Pen(Tone.RULE, 0.8)
_LINK: Final = Pen(Tone.RULE, 3)
_REFERENCE: Final = Pen(Tone.MUTED, 1.2, dashed=True)


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where things stand, in pixels."""

    row: float
    """Height of a row."""
    top: float
    """Above the first row, for the reference line's words."""
    foot: float
    """Below the last row, for tick labels and the axis label."""
    name_left: float
    plot_left: float
    plot_right: float
    title_base: float
    """From the row's top to the baseline of its title."""
    detail_base: float
    mark_at: float
    """From the row's top to the marks."""
    title_limit: int
    """In characters; so are the next two."""
    detail_limit: int
    note_limit: int


_BESIDE: Final = _Grid(
    row=38,
    top=22,
    foot=46,
    name_left=34,
    plot_left=250,
    plot_right=596,
    title_base=16,
    detail_base=30,
    mark_at=19,
    title_limit=24,
    detail_limit=35,
    note_limit=62,
)
_ABOVE: Final = _Grid(
    row=58,
    top=22,
    foot=46,
    name_left=30,
    plot_left=34,
    plot_right=334,
    title_base=15,
    detail_base=29,
    mark_at=43,
    title_limit=20,
    detail_limit=30,
    note_limit=48,
)


def draw_dot_plot(plot: DotPlot, layout: Layout) -> Canvas:
    """The plot in the given layout."""
    grid = _ABOVE if layout.stacked else _BESIDE
    height = grid.top + grid.row * len(plot.rows) + grid.foot
    canvas = Canvas(layout.width_px, height)
    backdrop = canvas.plot(0, 0, layout.width_px, height)
    backdrop.set_xlim(0, layout.width_px)
    backdrop.set_ylim(height, 0)
    _draw_tie_bands(backdrop, plot.rows, grid, layout)
    axes = _value_plot(canvas, plot, grid)
    _draw_scale(canvas, axes, plot, grid, height)
    for index, row in enumerate(plot.rows):
        _draw_words(canvas, row, grid, grid.top + index * grid.row, layout)
        _draw_marks(canvas, axes, plot, row, grid.row * index + grid.mark_at)
        if row.note:
            canvas.text(
                grid.plot_left,
                grid.top + index * grid.row + grid.mark_at + 4,
                shortened(row.note, grid.note_limit),
                _NOTE,
            )
    return canvas


def _draw_tie_bands(backdrop: Axes, rows: tuple[DotRow, ...], grid: _Grid, layout: Layout) -> None:
    """One band behind all rows of a tie: what shares a rank looks like one thing."""
    at = 0
    for group, members in groupby(rows, key=lambda row: row.tie_group):
        size = len(list(members))
        if group is not None and size > 1:
            top = grid.top + at * grid.row
            bottom = top + size * grid.row
            left, right = 2, layout.width_px - 2
            fill(backdrop, [left, right, right, left], [top + 2, top + 2, bottom - 2, bottom - 2], Tone.BAND)
        at += size


def _value_plot(canvas: Canvas, plot: DotPlot, grid: _Grid) -> Axes:
    height = grid.row * len(plot.rows)
    axes = canvas.plot(grid.plot_left, grid.top, grid.plot_right - grid.plot_left, height)
    if plot.axis.log:
        axes.set_xscale("log")
    axes.set_xlim(plot.axis.low, plot.axis.high)
    axes.set_ylim(height, 0)
    return axes


def _draw_scale(canvas: Canvas, axes: Axes, plot: DotPlot, grid: _Grid, height: float) -> None:
    bottom = grid.row * len(plot.rows)
    if plot.margin is not None:
        low, high = plot.margin
        fill(axes, [low, high, high, low], [0, 0, bottom, bottom], Tone.BAND)
    xs, ys = grid_lines([tick.at for tick in plot.axis.ticks], 0, bottom)
    stroke(axes, xs, ys, _GRID_LINE)
    for tick in plot.axis.ticks:
        x = grid.plot_left + plot.axis.share(tick.at) * (grid.plot_right - grid.plot_left)
        canvas.text(x, height - grid.foot + 16, tick.text, _SMALL, "center")
    middle = (grid.plot_left + grid.plot_right) / 2
    canvas.text(middle, height - 10, plot.axis.label, _SMALL, "center")
    if plot.reference is not None:
        stroke(axes, [plot.reference.at] * 2, [0, bottom], _REFERENCE)
        x = grid.plot_left + plot.axis.share(plot.reference.at) * (grid.plot_right - grid.plot_left)
        canvas.text(x, grid.top - 8, plot.reference.text, _SMALL, "center")


def _draw_words(canvas: Canvas, row: DotRow, grid: _Grid, top: float, layout: Layout) -> None:
    right = layout.width_px - 8
    if row.rank:
        canvas.text(grid.name_left - 8, top + grid.title_base, row.rank, _RANK, "right")
    canvas.text(grid.name_left, top + grid.title_base, shortened(row.title, grid.title_limit), _TITLE)
    detail = shortened(row.detail, grid.detail_limit)
    canvas.text(grid.name_left, top + grid.detail_base, detail, _SMALL)
    canvas.text(right, top + grid.title_base, row.value, _VALUE, "right")
    canvas.text(right, top + grid.detail_base, row.interval, _SMALL, "right")


def _draw_marks(canvas: Canvas, axes: Axes, plot: DotPlot, row: DotRow, y: float) -> None:
    if row.linked and len(row.marks) > 1:
        values = [mark.value for mark in row.marks]
        stroke(axes, values, [y] * len(values), _LINK)
    for mark in row.marks:
        canvas.mark(axes, mark, y + _LANE * mark.lane.value, plot.axis)
