"""A matplotlib figure measured in pixels, whose colours are the tones of the page."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Final, Literal

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure as MplFigure

from harness.printable import printable
from harness.report.figure.spec import Mark, Shape, Tone

_POINTS_PER_INCH: Final = 72
"""One point is one unit of the SVG's view box, so that at natural size one pixel is one point."""

_NO_METADATA: Final = {"Date": None, "Creator": None, "Format": None, "Type": None}
_STAND_IN: Final = {tone: f"#0101{index:02x}" for index, tone in enumerate(Tone, start=1)}
_MARKERS: Final = {
    Shape.DOT: "o",
    Shape.RING: "o",
    Shape.DIAMOND: "D",
    Shape.SQUARE: "s",
    Shape.TRIANGLE: "^",
    Shape.DOWN: "v",
    Shape.CROSS: "X",
}
_MARK_SIZE: Final = 7.0

type Anchor = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True)
class Layout:
    """How wide the figure is, and whether names stand beside the plot or above each row."""

    name: str
    width_px: int
    stacked: bool


WIDE: Final = Layout("wide", 720, stacked=False)
NARROW: Final = Layout("narrow", 344, stacked=True)
LAYOUTS: Final = (WIDE, NARROW)


@dataclass(frozen=True, slots=True)
class Pen:
    """How a line is drawn."""

    tone: Tone
    width_px: float
    dashed: bool = False
    alpha: float | None = None


@dataclass(frozen=True, slots=True)
class Lettering:
    """How words are written."""

    size_px: float
    tone: Tone = Tone.INK
    bold: bool = False


def colour(tone: Tone) -> str:
    """The stand-in under which `tone` is drawn; `harness.report.figure.svg` replaces it by a CSS variable."""
    return _STAND_IN[tone]


def tone_of_colour() -> dict[str, Tone]:
    """Stand-in colour -> tone."""
    return {stand_in: tone for tone, stand_in in _STAND_IN.items()}


def grid_lines(places: Sequence[float], low: float, high: float) -> tuple[list[float], list[float]]:
    """All lines of a grid as one broken line: along an axis their `places`, across it from `low` to `high`."""
    along = [value for place in places for value in (place, place, math.nan)]
    across = [value for _ in places for value in (low, high, math.nan)]
    return along, across


def shortened(text: str, limit: int) -> str:
    """`text` made safe to draw on one line of at most `limit` characters."""
    line = printable(" ".join(text.split()))
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def stroke(axes: Axes, xs: Sequence[float], ys: Sequence[float], pen: Pen) -> None:
    """Draw a line through the points; NaN lifts the pen. Lines end inside the plot, so nothing is clipped."""
    axes.plot(
        xs,
        ys,
        color=colour(pen.tone),
        linewidth=pen.width_px,
        linestyle=(0, (4, 3)) if pen.dashed else "solid",
        alpha=pen.alpha,
        solid_capstyle="butt",
        clip_on=False,
    )


def fill(axes: Axes, xs: Sequence[float], ys: Sequence[float], tone: Tone) -> None:
    """Fill the polygon of the points."""
    axes.fill(xs, ys, color=colour(tone), linewidth=0, clip_on=False)


class Canvas:
    """A drawing surface of so many pixels, the origin in the upper left corner."""

    def __init__(self, width_px: float, height_px: float) -> None:
        self._width, self._height = width_px, height_px
        self._figure = MplFigure(figsize=(width_px / _POINTS_PER_INCH, height_px / _POINTS_PER_INCH))
        self.hover: dict[str, str] = {}
        """Group id -> the text that a browser shows for it."""

    def plot(self, left: float, top: float, width: float, height: float) -> Axes:
        """Axes without frame or ticks at a place in pixels."""
        axes = self._figure.add_axes(
            (left / self._width, 1 - (top + height) / self._height, width / self._width, height / self._height)
        )
        axes.set_axis_off()
        axes.patch.set_alpha(0)
        return axes

    def text(self, x: float, y: float, words: str, lettering: Lettering, anchor: Anchor = "left") -> None:
        """Words whose baseline begins, is centred or ends at (x, y)."""
        self._figure.text(
            x / self._width,
            1 - y / self._height,
            words,
            color=colour(lettering.tone),
            fontsize=lettering.size_px,
            fontweight="bold" if lettering.bold else "normal",
            ha=anchor,
            va="baseline",
            parse_math=False,  # a dollar sign in a name is a dollar sign
        )

    def point(self, axes: Axes, mark: Mark, x: float, y: float) -> None:
        """A mark at a place of the plot."""
        gid = f"mark-{len(self.hover)}"
        self.hover[gid] = mark.hover
        ink = colour(mark.tone)
        axes.plot(
            [x],
            [y],
            marker=_MARKERS[mark.shape],
            markersize=_MARK_SIZE,
            markerfacecolor=colour(Tone.PAPER) if mark.shape is Shape.RING else ink,
            markeredgecolor=ink,
            markeredgewidth=1.6 if mark.shape is Shape.RING else 0,
            linestyle="none",
            gid=gid,
            clip_on=False,
        )

    def svg(self) -> str:
        """The drawing as matplotlib writes it."""
        out = StringIO()
        with mpl.rc_context(
            {
                "svg.fonttype": "none",  # text stays text: it can be read out, searched and follows the page's font
                "svg.hashsalt": "framework-referee",  # the same figure gives the same bytes
            }
        ):
            self._figure.savefig(out, format="svg", transparent=True, metadata=_NO_METADATA)
        return out.getvalue()
