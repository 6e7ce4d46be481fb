"""Draws a `CurveGrid`: a panel a subject, each with its curve before the range of all."""

from typing import Final

from matplotlib.axes import Axes

from harness.report.figure.canvas import Canvas, Layout, Pen, colour, fill, grid_lines, stroke
from harness.report.figure.panels import Panel, laid_out
from harness.report.figure.spec import CurveGrid, CurvePanel, Tone

_INTERVAL_PX: Final = 4.0
_GRID_LINE: Final = Pen(Tone.RULE, 0.7)


def draw_curve_grid(grid: CurveGrid, layout: Layout) -> Canvas:
    """The grid in the given layout."""
    canvas, places = laid_out(len(grid.panels), layout, grid.place_label)
    for panel, place in zip(grid.panels, places, strict=True):
        _draw_panel(grid, panel, place)
    return canvas


def _draw_panel(grid: CurveGrid, panel: CurvePanel, box: Panel) -> None:
    box.head(panel.title, panel.detail)
    axes = box.axes()
    if grid.value_axis.log:
        axes.set_yscale("log")
    axes.set_ylim(grid.value_axis.low, grid.value_axis.high)
    axes.set_xlim(grid.places[0].at, grid.places[-1].at)
    if grid.range_of_all:
        places, lows, highs = zip(*grid.range_of_all, strict=True)
        fill(axes, [*places, *reversed(places)], [*lows, *reversed(highs)], Tone.BAND)
    _draw_grid_lines(axes, grid)
    _write_ticks(grid, box)
    xs, ys = zip(*panel.points, strict=True)
    stroke(axes, xs, ys, Pen(panel.tone, 2))
    for place, low, high in panel.intervals:
        stroke(axes, [place, place], [low, high], Pen(panel.tone, _INTERVAL_PX, alpha=0.55))
    if panel.marked is not None:
        _draw_marked(axes, panel, panel.marked)


def _draw_grid_lines(axes: Axes, grid: CurveGrid) -> None:
    places = [tick.at for tick in grid.places]
    xs, ys = grid_lines(places, grid.value_axis.low, grid.value_axis.high)
    stroke(axes, xs, ys, _GRID_LINE)
    ys, xs = grid_lines([tick.at for tick in grid.value_axis.ticks], places[0], places[-1])
    stroke(axes, xs, ys, _GRID_LINE)


def _write_ticks(grid: CurveGrid, box: Panel) -> None:
    box.value_ticks(grid.value_axis)
    first, last = grid.places[0], grid.places[-1]
    for tick in grid.places:
        box.tick((tick.at - first.at) / (last.at - first.at), tick, "right" if tick is last else "center")


def _draw_marked(axes: Axes, panel: CurvePanel, marked: tuple[float, float]) -> None:
    place, value = marked
    axes.plot([place], [value], "o", markersize=6, color=colour(panel.tone), clip_on=False)
    axes.annotate(
        panel.marked_text,
        (place, value),
        xytext=(-6, 5),
        textcoords="offset points",
        ha="right",
        fontsize=11,
        color=colour(Tone.INK),
        parse_math=False,
    )
