"""A matplotlib figure measured in pixels, whose colours are the tones of the page.

What is drawn belongs to the figure itself: axes of matplotlib's own, which place ticks and frames that no figure here
has, take ten times as long as all that stands in them.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from typing import Final, Literal

import matplotlib as mpl
from matplotlib.figure import Figure as MplFigure
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon
from matplotlib.transforms import IdentityTransform

from harness.printable import one_line
from harness.report.figure.spec import Tone

_POINTS_PER_INCH: Final = 72
"""One point is one unit of the SVG's view box, so that at natural size one pixel is one point."""

_NO_METADATA: Final = {"Date": None, "Creator": None, "Format": None, "Type": None}
_STAND_IN: Final = {tone: f"#0101{index:02x}" for index, tone in enumerate(Tone, start=1)}
_PIXELS: Final = IdentityTransform()

NAMED: Final = "named:"
"""Begins the id of what was drawn under a name, in matplotlib's document."""

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
    alpha: float | None = None


@dataclass(frozen=True, slots=True)
class Lettering:
    """How words are written."""

    size_px: float
    tone: Tone = Tone.INK
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Again:
    """What has a name, drawn once more so far to the right and down from where it was drawn first."""

    name: str
    right_px: float
    down_px: float
    within: str
    """The name of what it is drawn behind and belongs to; empty where to nothing."""


def colour(tone: Tone) -> str:
    """The stand-in under which `tone` is drawn; `harness.report.figure.svg` replaces it by a CSS variable."""
    return _STAND_IN[tone]


def tone_of_colour() -> dict[str, Tone]:
    """Stand-in colour -> tone."""
    return {stand_in: tone for tone, stand_in in _STAND_IN.items()}


def grid_lines(places: Iterable[float], low: float, high: float) -> tuple[list[float], list[float]]:
    """All lines of a grid as one broken line: along an axis their `places`, across it from `low` to `high`."""
    along = [value for place in places for value in (place, place, math.nan)]
    return along, [low, high, math.nan] * (len(along) // 3)


def shortened(text: str, limit: int) -> str:
    """`text` made safe to draw on one line of at most `limit` characters."""
    line = one_line(text)
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


class Canvas:
    """A drawing surface of so many pixels, the origin in the upper left corner."""

    def __init__(self, width_px: float, height_px: float) -> None:
        self._width, self._height = width_px, height_px
        self.again: list[Again] = []
        self._name = ""
        self._figure = MplFigure(
            figsize=(width_px / _POINTS_PER_INCH, height_px / _POINTS_PER_INCH), dpi=_POINTS_PER_INCH
        )

    @contextmanager
    def named(self, name: str) -> Iterator[None]:
        """What is drawn meanwhile can be drawn again by its name, on this canvas or another one of the page."""
        self._name = name
        yield
        self._name = ""

    def draw_again(self, name: str, right_px: float, down_px: float) -> None:
        """Draw what has that name once more, so far from where it was drawn first."""
        self.again.append(Again(name, right_px, down_px, self._name))

    @property
    def _gid(self) -> str | None:
        return NAMED + self._name if self._name else None

    def text(self, x: float, y: float, words: str, lettering: Lettering, anchor: Anchor = "left") -> None:
        """Words whose baseline begins, is centred or ends at (x, y)."""
        self._figure.text(
            x,
            self._height - y,
            words,
            transform=_PIXELS,
            color=colour(lettering.tone),
            fontsize=lettering.size_px,
            fontweight="bold" if lettering.bold else "normal",
            ha=anchor,
            va="baseline",
            parse_math=False,  # a dollar sign in a name is a dollar sign
            gid=self._gid,
        )

    def line(self, xs: Sequence[float], ys: Sequence[float], pen: Pen) -> None:
        """A line through the points; NaN lifts the pen."""
        self._figure.add_artist(
            Line2D(
                xs,
                [self._height - y for y in ys],
                transform=_PIXELS,
                color=colour(pen.tone),
                linewidth=pen.width_px,
                alpha=pen.alpha,
                solid_capstyle="butt",
                gid=self._gid,
            )
        )

    def area(self, points: Iterable[tuple[float, float]], tone: Tone) -> None:
        """The polygon of the points, filled."""
        corners = [(x, self._height - y) for x, y in points]
        self._figure.add_artist(Polygon(corners, transform=_PIXELS, color=colour(tone), linewidth=0, gid=self._gid))

    def dot(self, x: float, y: float, size_px: float, tone: Tone) -> None:
        """A filled dot: a line of no length with round ends."""
        self._figure.add_artist(
            Line2D(
                [x, x],
                [self._height - y] * 2,
                transform=_PIXELS,
                color=colour(tone),
                linewidth=size_px,
                solid_capstyle="round",
                gid=self._gid,
            )
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
