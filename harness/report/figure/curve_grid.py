"""Draws a `CurveGrid`: a panel a subject, each with its curve before the range of all."""

import math
from dataclasses import dataclass
from typing import Final

from matplotlib.axes import Axes

from harness.report.figure.canvas import (
    Anchor,
    Canvas,
    Layout,
    Lettering,
    Pen,
    colour,
    fill,
    grid_lines,
    shortened,
    stroke,
)
from harness.report.figure.spec import CurveGrid, CurvePanel, Tone

_GAP_PX: Final = 14.0
_LEFT_PX: Final = 44.0
_RIGHT_PX: Final = 6.0
_HEAD_PX: Final = 34.0
_PLOT_PX: Final = 108.0
_FOOT_PX: Final = 24.0
_LABEL_PX: Final = 22.0
_TITLE: Final = Lettering(12, bold=True)
_DETAIL: Final = Lettering(10, Tone.MUTED)
_LABEL: Final = Lettering(11, Tone.MUTED)
_INTERVAL_PX: Final = 4.0
_GRID_LINE: Final = Pen(Tone.RULE, 0.7)
_TITLE_PX_PER_CHARACTER: Final = 8.0
_DETAIL_PX_PER_CHARACTER: Final = 5.6


@dataclass(frozen=True, slots=True)
class _Box:
    """A panel's place: the upper left corner and the width, in pixels."""

    left: float
    top: float
    width: float
    first_of_row: bool

    @property
    def plot_top(self) -> float:
        """Where the panel's plot begins, below its title."""
        return self.top + _HEAD_PX


def draw_curve_grid(grid: CurveGrid, layout: Layout) -> Canvas:
    """The grid in the given layout: four panels abreast where there is room, otherwise two."""
    columns = 2 if layout.stacked else 4
    rows = math.ceil(len(grid.panels) / columns)
    width = (layout.width_px - _LEFT_PX - _GAP_PX * (columns - 1) - _RIGHT_PX) / columns
    panel_height = _HEAD_PX + _PLOT_PX + _FOOT_PX
    canvas = Canvas(layout.width_px, rows * panel_height + _LABEL_PX)
    for index, panel in enumerate(grid.panels):
        row, column = divmod(index, columns)
        left = _LEFT_PX + column * (width + _GAP_PX)
        _draw_panel(canvas, grid, panel, _Box(left, row * panel_height, width, first_of_row=column == 0))
    canvas.text(layout.width_px / 2, rows * panel_height + _LABEL_PX - 8, grid.place_label, _LABEL, "center")
    return canvas


def _draw_panel(canvas: Canvas, grid: CurveGrid, panel: CurvePanel, box: _Box) -> None:
    canvas.text(box.left, box.top + 14, shortened(panel.title, int(box.width / _TITLE_PX_PER_CHARACTER)), _TITLE)
    canvas.text(box.left, box.top + 27, shortened(panel.detail, int(box.width / _DETAIL_PX_PER_CHARACTER)), _DETAIL)
    axes = canvas.plot(box.left, box.plot_top, box.width, _PLOT_PX)
    if grid.value_axis.log:
        axes.set_yscale("log")
    axes.set_ylim(grid.value_axis.low, grid.value_axis.high)
    axes.set_xlim(grid.places[0].at, grid.places[-1].at)
    if grid.range_of_all:
        places, lows, highs = zip(*grid.range_of_all, strict=True)
        fill(axes, [*places, *reversed(places)], [*lows, *reversed(highs)], Tone.BAND)
    _draw_grid_lines(axes, grid)
    _write_ticks(canvas, grid, box)
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


def _write_ticks(canvas: Canvas, grid: CurveGrid, box: _Box) -> None:
    for tick in grid.value_axis.ticks if box.first_of_row else ():
        y = box.plot_top + _PLOT_PX * (1 - grid.value_axis.share(tick.at))
        canvas.text(box.left - 5, y + 3.5, tick.text, _DETAIL, "right")
    first, last = grid.places[0], grid.places[-1]
    for tick in grid.places:
        x = box.left + box.width * (tick.at - first.at) / (last.at - first.at)
        anchor: Anchor = "right" if tick is last else "center"
        canvas.text(x, box.plot_top + _PLOT_PX + 13, tick.text, _DETAIL, anchor)


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
