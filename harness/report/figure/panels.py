"""Small multiples: where panels stand, and how each is headed."""

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from harness.printable import one_line
from harness.report.figure.canvas import Anchor, Canvas, Layout, Lettering, shortened
from harness.report.figure.spec import Axis, Tick, Tone

_WIDTH_PX: Final = 140.0
"""Of a plot in both layouts, so that what was drawn for the one serves for the other."""
_GAP_PX: Final = 14.0
_LEFT_PX: Final = 44.0
_RIGHT_PX: Final = 6.0
_HEAD_PX: Final = 34.0
"""With one line of details."""
_DETAIL_LINE_PX: Final = 12.0
_PLOT_PX: Final = 108.0
_FOOT_PX: Final = 24.0
_LABEL_PX: Final = 22.0
_TITLE: Final = Lettering(12, bold=True)
_DETAIL: Final = Lettering(10, Tone.MUTED)
_LABEL: Final = Lettering(11, Tone.MUTED)
_TITLE_PX_PER_CHARACTER: Final = 8.0
_DETAIL_PX_PER_CHARACTER: Final = 5.6


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel's place: the upper left corner, in pixels, and the width that its words may take."""

    canvas: Canvas
    left: float
    top: float
    head_px: float
    room: float
    first_of_row: bool

    @property
    def plot_top(self) -> float:
        """Where the plot begins, below the words above it."""
        return self.top + self.head_px

    def head(self, title: str, detail: str) -> None:
        """Write what the panel shows above it."""
        title = shortened(title, int(self.room / _TITLE_PX_PER_CHARACTER))
        self.canvas.text(self.left, self.top + 14, title, _TITLE)
        for number, line in enumerate(_detail_lines(detail, self.room)):
            self.canvas.text(self.left, self.top + 27 + number * _DETAIL_LINE_PX, line, _DETAIL)

    def x(self, share: float) -> float:
        """Of the way across the plot, from its left."""
        return self.left + _WIDTH_PX * share

    def y(self, share: float) -> float:
        """Of the way up the plot, from its foot."""
        return self.plot_top + _PLOT_PX * (1 - share)

    def value_ticks(self, axis: Axis) -> None:
        """Label the value axis."""
        for tick in axis.ticks:
            y = self.y(axis.share(tick.at))
            self.canvas.text(self.left - 5, y + 3.5, tick.text, _DETAIL, "right")

    def tick(self, share: float, tick: Tick, anchor: Anchor) -> None:
        """Label a place of the other axis, `share` of the way from left to right."""
        self.canvas.text(self.x(share), self.y(0) + 13, tick.text, _DETAIL, anchor)


def _detail_lines(detail: str, room: float) -> list[str]:
    characters = int(room / _DETAIL_PX_PER_CHARACTER)
    first, *others = textwrap.wrap(one_line(detail), characters) or [""]
    return [shortened(line, characters) for line in ([first, " ".join(others)] if others else [first])]


def laid_out(details: Sequence[str], layout: Layout, label: str) -> tuple[Canvas, list[Panel]]:
    """Places for panels with such details above them: four abreast where there is room, otherwise two.

    `label` stands below them all.
    """
    count = len(details)
    columns = 2 if layout.stacked else 4
    rows = math.ceil(count / columns)
    room = (layout.width_px - _LEFT_PX - _GAP_PX * (columns - 1) - _RIGHT_PX) / columns
    head_px = _HEAD_PX + _DETAIL_LINE_PX * (max(len(_detail_lines(detail, room)) for detail in details) - 1)
    height = head_px + _PLOT_PX + _FOOT_PX
    canvas = Canvas(layout.width_px, rows * height + _LABEL_PX)
    canvas.text(layout.width_px / 2, rows * height + _LABEL_PX - 8, label, _LABEL, "center")

    def place(index: int) -> Panel:
        row, column = divmod(index, columns)
        return Panel(
            canvas, _LEFT_PX + column * (room + _GAP_PX), row * height, head_px, room, first_of_row=column == 0
        )

    return canvas, [place(index) for index in range(count)]
