"""Draws a `CurveGrid`: a panel a subject, each with its curve before the range of all."""

import math
from typing import Final

from harness.report.figure.canvas import NARROW, WIDE, Canvas, Lettering, Pen, grid_lines
from harness.report.figure.panels import Panel, laid_out
from harness.report.figure.spec import CurveGrid, CurvePanel, Tone

_INTERVAL_PX: Final = 4.0
_DOT_PX: Final = 6.0
_CHARACTER_PX: Final = 6.4
"""Of the widest font that a label of a place may be written in."""
_LEAST_SPACE_PX: Final = 2.0
_SPACE_PX: Final = 5.0
"""Between a curve and the words beside it."""
_GRID_LINE: Final = Pen(Tone.RULE, 0.7)
_MARKED: Final = Lettering(11)
_BEHIND: Final = "b"
_SCALE: Final = "s"


def draw_curve_grid(grid: CurveGrid) -> Canvas:
    """The grid on a wide page: what is behind all panels once, and each curve under its number."""
    canvas, boxes = laid_out([panel.detail for panel in grid.panels], WIDE, grid.place_label)
    for number, (panel, box) in enumerate(zip(grid.panels, boxes, strict=True)):
        plot = _Plot(grid, box)
        box.head(panel.title, panel.detail)
        if number == 0:
            with canvas.named(_BEHIND):
                plot.draw_behind()
            with canvas.named(_SCALE):
                box.value_ticks(grid.value_axis)
        elif box.first_of_row:
            canvas.draw_again(_SCALE, 0, box.top - boxes[0].top)
        with canvas.named(str(number)):
            if number:
                canvas.draw_again(_BEHIND, box.left - boxes[0].left, box.top - boxes[0].top)
            plot.draw(panel)
    return canvas


def draw_curve_grid_again(grid: CurveGrid) -> Canvas:
    """The grid on a narrow page: all that `draw_curve_grid` has drawn, at other places."""
    details = [panel.detail for panel in grid.panels]
    _, wide = laid_out(details, WIDE, grid.place_label)
    canvas, narrow = laid_out(details, NARROW, grid.place_label)
    for number, (panel, was, box) in enumerate(zip(grid.panels, wide, narrow, strict=True)):
        box.head(panel.title, panel.detail)
        if number == 0:
            canvas.draw_again(_BEHIND, 0, box.plot_top - was.plot_top)
        if box.first_of_row:
            canvas.draw_again(_SCALE, 0, box.plot_top - wide[0].plot_top)
        canvas.draw_again(str(number), box.left - was.left, box.plot_top - was.plot_top)
    return canvas


class _Plot:
    """A panel's plot: from places and values to pixels."""

    def __init__(self, grid: CurveGrid, box: Panel) -> None:
        self.grid, self.box = grid, box
        self.first, self.last = grid.places[0].at, grid.places[-1].at

    def x(self, place: float) -> float:
        return self.box.x(self._share(place))

    def y(self, value: float) -> float:
        """A logarithm has no place for zero: the line is broken there."""
        axis = self.grid.value_axis
        return self.box.y(axis.share(value)) if value > 0 or not axis.log else math.nan

    def draw_behind(self) -> None:
        """The range of all, the lines and the labels of the places, which are those of every panel."""
        grid, canvas = self.grid, self.box.canvas
        if grid.range_of_all:
            lows = [(self.x(place), self.y(low)) for place, low, _ in grid.range_of_all]
            highs = [(self.x(place), self.y(high)) for place, _, high in grid.range_of_all]
            canvas.area([*lows, *reversed(highs)], Tone.BAND)
        xs, ys = grid_lines([self.x(tick.at) for tick in grid.places], self.box.y(0), self.box.y(1))
        canvas.line(xs, ys, _GRID_LINE)
        ys, xs = grid_lines([self.y(tick.at) for tick in grid.value_axis.ticks], self.box.x(0), self.box.x(1))
        canvas.line(xs, ys, _GRID_LINE)
        self._label_places()

    def _label_places(self) -> None:
        """From the last one on, which ends at the edge; one that would touch the one behind it has its line only."""
        free_to = math.inf
        for tick in reversed(self.grid.places):
            last = tick is self.grid.places[-1]
            width = len(tick.text) * _CHARACTER_PX
            right = self.x(tick.at) + (0 if last else width / 2)
            if right <= free_to:
                self.box.tick(self._share(tick.at), tick, "right" if last else "center")
                free_to = right - width - _LEAST_SPACE_PX

    def draw(self, panel: CurvePanel) -> None:
        canvas = self.box.canvas
        canvas.line(
            [self.x(place) for place, _ in panel.points],
            [self.y(value) for _, value in panel.points],
            Pen(panel.tone, 2),
        )
        if panel.intervals:
            xs = [x for place, _, _ in panel.intervals for x in (self.x(place), self.x(place), math.nan)]
            ys = [y for _, low, high in panel.intervals for y in (self.y(low), self.y(high), math.nan)]
            canvas.line(xs, ys, Pen(panel.tone, _INTERVAL_PX, alpha=0.55))
        if panel.marked is not None:
            x, y = self.x(panel.marked[0]), self.y(panel.marked[1])
            canvas.dot(x, y, _DOT_PX, panel.tone)
            canvas.text(x - 6, self._beside_curve(panel, x), panel.marked_text, _MARKED, "right")

    def _beside_curve(self, panel: CurvePanel, right: float) -> float:
        """The baseline of words that end at the marked point: above the curve and its intervals, or below them."""
        left = right - 6 - len(panel.marked_text) * _CHARACTER_PX
        bounds = [*panel.points, *((place, bound) for place, *of_place in panel.intervals for bound in of_place)]
        beside = [self.y(value) for place, value in bounds if left <= self.x(place) <= right]
        beside = [y for y in beside if not math.isnan(y)]
        above = min(beside) - _SPACE_PX
        return above if above - _MARKED.size_px >= self.box.y(1) - _SPACE_PX else max(beside) + _MARKED.size_px

    def _share(self, place: float) -> float:
        return (place - self.first) / (self.last - self.first)
