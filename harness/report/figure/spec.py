"""What a figure shows, free of how it is drawn: views make these, `dot_plot` and `curve_grid` draw them."""

import math
from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Final


class Tone(StrEnum):
    """A colour by its meaning; the page's style sheet holds one value for light and one for dark."""

    INK = "ink"
    MUTED = "muted"
    RULE = "rule"
    BAND = "band"
    PAPER = "paper"
    WSGI = "wsgi"
    ASGI = "asgi"
    NATIVE = "native"
    GOOD = "good"
    BAD = "bad"


_OF_INTERFACES: Final = frozenset({Tone.WSGI, Tone.ASGI, Tone.NATIVE})


class Shape(StrEnum):
    """The form of a mark, so that no meaning rests on colour alone."""

    DOT = "●"
    RING = "○"
    DIAMOND = "◆"
    SQUARE = "■"
    TRIANGLE = "▲"
    DOWN = "▼"
    CROSS = "✕"


class Lane(Enum):
    """Where in its row a mark stands, so that several kinds of value don't cover each other."""

    UPPER = -1
    MIDDLE = 0
    LOWER = 1


@dataclass(frozen=True, slots=True)
class Tick:
    """A labelled place on an axis."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Axis:
    """A value axis. Whoever makes it answers for the choice between linear and logarithmic."""

    label: str
    low: float
    high: float
    ticks: tuple[Tick, ...]
    log: bool = False

    def share(self, value: float) -> float:
        """Where `value` lies between the ends of the axis, 0 to 1."""
        if self.log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    @property
    def note(self) -> str:
        """What the caption says about the scale."""
        if self.log:
            return "The axis is logarithmic: equal distances are equal ratios."
        return "The axis begins at zero." if self.low == 0 else ""


@dataclass(frozen=True, slots=True)
class Mark:
    """One value with its whiskers."""

    value: float
    low: float
    high: float
    shape: Shape
    tone: Tone
    hover: str = ""
    """The reading as text, without what its row says of it; browsers show it while the pointer rests on the mark."""
    lane: Lane = Lane.MIDDLE


@dataclass(frozen=True, slots=True)
class DotRow:
    """One subject's line. Without marks it stands in the plot with `note` in their place."""

    title: str
    detail: str
    marks: tuple[Mark, ...] = ()
    rank: str = ""
    value: str = ""
    interval: str = ""
    note: str = ""
    linked: bool = False
    """Draw a line through the marks: they are two states of one thing."""
    tie_group: int | None = None
    """Rows with the same number stand on one common band."""
    href: str = ""
    """Where the title leads; empty for nowhere."""
    key: str = ""
    """Of the subject, by which a table finds its row's marks."""


@dataclass(frozen=True, slots=True)
class ReferenceLine:
    """A value that the marks are read against."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """What a shape and a colour mean."""

    shape: Shape
    tone: Tone
    text: str


@dataclass(frozen=True, slots=True)
class Caption:
    """A figure's words: its name in the page, its title and description for those who can't see it."""

    name: str
    """Unique in the report; becomes part of the ids in the SVG."""
    title: str
    description: str
    text: str
    """The visible caption."""
    ranks: str = ""
    """What it says of ranks, which stand in a table too: it is read where the drawing is hidden."""
    legend: tuple[LegendEntry, ...] = ()

    def explaining(self, tones: Collection[Tone], shapes: Collection[Shape]) -> tuple[LegendEntry, ...]:
        """What of the legend is about something that is drawn: a colour of an interface, or else a form."""
        return tuple(
            each
            for each in self.legend
            if (each.tone in tones if each.tone in _OF_INTERFACES else each.shape in shapes)
        )


@dataclass(frozen=True, slots=True)
class DotPlot:
    """Rows of marks on one value axis."""

    caption: Caption
    axis: Axis
    rows: tuple[DotRow, ...]
    reference: ReferenceLine | None = None
    margin: tuple[float, float] | None = None
    """A shaded stretch of the axis, such as the tie margin around 1."""

    @property
    def legend(self) -> tuple[LegendEntry, ...]:
        """What explains the marks that it has."""
        marks = [mark for row in self.rows for mark in row.marks]
        return self.caption.explaining({mark.tone for mark in marks}, {mark.shape for mark in marks})


@dataclass(frozen=True, slots=True)
class CurvePanel:
    """One subject's curve. Its points are (place, value): the place is where on the x-axis the point stands."""

    title: str
    detail: str
    tone: Tone
    points: tuple[tuple[float, float], ...]
    marked: tuple[float, float] | None
    """The point whose value is written out."""
    marked_text: str = ""
    intervals: tuple[tuple[float, float, float], ...] = ()
    """(place, low, high) of points that have one."""


@dataclass(frozen=True, slots=True)
class CurveGrid:
    """Curves side by side on the same two axes, each before the range of all."""

    caption: Caption
    panels: tuple[CurvePanel, ...]
    places: tuple[Tick, ...]
    """The labelled places of the x-axis, from its one end to the other; whoever makes them answers for the scale."""
    place_label: str
    value_axis: Axis
    range_of_all: tuple[tuple[float, float, float], ...] = ()
    """(place, lowest, highest) over all panels."""

    @property
    def legend(self) -> tuple[LegendEntry, ...]:
        """What explains the curves that it has."""
        return self.caption.explaining({panel.tone for panel in self.panels}, ())


@dataclass(frozen=True, slots=True)
class SeriesLine:
    """One series: (place of the run, value) for each run that has it, and the places at which it changed."""

    points: tuple[tuple[int, float], ...]
    breaks: tuple[int, ...]
    """Runs before which conditions changed that it depends on: no line is drawn across."""
    changed_at: tuple[int, ...]
    hover: str


@dataclass(frozen=True, slots=True)
class SeriesPanel:
    """The series of one subject."""

    title: str
    detail: str
    tone: Tone
    lines: tuple[SeriesLine, ...]


@dataclass(frozen=True, slots=True)
class SeriesGrid:
    """Series over the same runs side by side, on the same value axis."""

    caption: Caption
    panels: tuple[SeriesPanel, ...]
    runs: int
    run_ticks: tuple[Tick, ...]
    """Their places are those of runs, from 0."""
    axis: Axis
    breaks: tuple[int, ...]
    """Those of any of its lines."""

    @property
    def legend(self) -> tuple[LegendEntry, ...]:
        """What explains the series that it has, and where they changed."""
        changed = any(line.changed_at for panel in self.panels for line in panel.lines)
        return self.caption.explaining({panel.tone for panel in self.panels}, {Shape.DIAMOND} if changed else ())


type Figure = DotPlot | CurveGrid | SeriesGrid
