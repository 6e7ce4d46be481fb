"""One row of a value axis as an SVG that stretches with its column: grid, intervals, marks.

Places are percentages of the row's width, so one drawing fits every window, needs no script and no style attribute.
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from markupsafe import Markup

from harness.printable import printable
from harness.report.figure.spec import Axis, DotPlot, DotRow, Lane, Mark, Shape, Tick, Tone

_LOWER: Final = {Lane.UPPER: "-20%", Lane.MIDDLE: "", Lane.LOWER: "20%"}
"""Than the middle of the row, from which the style sheet counts."""
_EDGE: Final = 0.2
"""So near to an end of the axis, a reference's words begin or end at it."""
_NARROWEST_PX: Final = 105
"""Of a track in a table on a telephone."""
_PX_PER_CHARACTER: Final = 6.2
_NAMES: Final = {shape: shape.name.lower() for shape in Shape}
_FORMS: Final = {
    Shape.DOT: '<circle id="dot" r="4"/>',
    Shape.RING: '<circle id="ring" r="3.4"/>',
    Shape.DIAMOND: '<path id="diamond" d="M0-5 5 0 0 5-5 0z"/>',
    Shape.SQUARE: '<path id="square" d="M-3.7-3.7h7.4v7.4h-7.4z"/>',
    Shape.TRIANGLE: '<path id="triangle" d="M0-5 4.7 3.6h-9.4z"/>',
    Shape.DOWN: '<path id="down" d="M0 5 4.7-3.6h-9.4z"/>',
    Shape.CROSS: '<path id="cross" d="M-4-4 4 4M4-4-4 4"/>',
}

FORMS: Final = Markup('<svg class="forms" aria-hidden="true"><defs>{}</defs></svg>').format(
    Markup("").join(Markup(form) for form in _FORMS.values())  # noqa: S704 - written here
)
"""The forms of all marks, which stand once in the page."""


def grid(name: str, axis: Axis, figure: DotPlot | None = None) -> Markup:
    """The lines behind every row, under `name`: those of the axis, and a figure's margin and reference."""
    lines = [Markup('<rect x="{}%"/>').format(percent(axis.share(tick.at))) for tick in axis.ticks]
    return Markup('<g id="{}" class="grid">{}{}</g>').format(
        name, _behind(axis, figure) if figure is not None else "", Markup("").join(lines)
    )


def _behind(axis: Axis, figure: DotPlot) -> Markup:
    """A figure's margin and reference line."""
    margin = reference = Markup("")
    if figure.margin is not None:
        low, high = (_within(axis, bound) for bound in figure.margin)
        margin = Markup('<rect class="margin" x="{}%" width="{}%" height="100%"/>').format(
            percent(low), percent(high - low)
        )
    if figure.reference is not None:
        at = percent(_within(axis, figure.reference.at))
        reference = Markup('<line class="reference" x1="{0}%" x2="{0}%" y2="100%"/>').format(at)
    return margin + reference


def scale(name: str, axis: Axis, figure: DotPlot | None = None) -> Markup:
    """The head of a column of tracks: the labels of its axis. It holds the grid that the rows refer to."""
    reference = figure.reference if figure is not None else None
    base = 29 if reference else 13
    crowded = _crowded(axis)
    labels = [
        Markup('<text x="{}%" y="{}"{}>{}</text>').format(
            percent(axis.share(tick.at)), base, Markup(' class="crowded"') if tick in crowded else "", tick.text
        )
        for tick in axis.ticks
    ]
    if reference is not None:
        at = _within(axis, reference.at)
        anchor = " start" if at < _EDGE else " end" if at > 1 - _EDGE else ""
        labels.append(
            Markup('<text class="reference{}" x="{}%" y="11">{}</text>').format(anchor, percent(at), reference.text)
        )
    return Markup('<svg class="scale{}" aria-hidden="true"><defs>{}</defs>{}</svg>').format(
        " tall" if reference else "", grid(name, axis, figure), Markup("").join(labels)
    )


def _crowded(axis: Axis) -> list[Tick]:
    """The ticks whose labels would touch the one before on the narrowest track: the page leaves them out there."""
    crowded, free_from = [], -math.inf
    for tick in axis.ticks:
        middle, half = axis.share(tick.at) * _NARROWEST_PX, len(tick.text) * _PX_PER_CHARACTER / 2
        if middle - half < free_from:
            crowded.append(tick)
        else:
            free_from = middle + half + _PX_PER_CHARACTER
    return crowded


def row_track(grid_name: str, figure: DotPlot, row: DotRow) -> Markup:
    """The marks of one of a figure's rows before the grid of that name. What they say stands in words beside them.

    Under the pointer a mark tells what it reads where others stand beside it: of one alone, its row has told that.
    """
    told = len(row.marks) > 1 or not row.value
    tone = _tone(row)
    return Markup('<svg{} aria-hidden="true"><use href="#{}"/>{}{}</svg>').format(
        _classed(tone),
        grid_name,
        _link(figure.axis, row.marks) if row.linked else "",
        Markup("").join(part for mark in row.marks for part in _drawn(figure.axis, mark, tone, told=told)),
    )


def lone_track(figure: DotPlot, row: DotRow) -> Markup:
    """A row that stands alone: only the figure's margin and reference are behind it."""
    tone = _tone(row)
    parts = [
        _behind(figure.axis, figure),
        *(part for mark in row.marks for part in _drawn(figure.axis, mark, tone, told=False)),
    ]
    return Markup('<svg{} aria-hidden="true">{}</svg>').format(_classed(tone), Markup("").join(parts))


def _tone(row: DotRow) -> Tone | None:
    """That of most of its marks, which the row has; a mark of another one has its own."""
    return next(iter(Counter(mark.tone for mark in row.marks).most_common(1)), (None,))[0]


def _classed(tone: Tone | None) -> Markup:
    return Markup(' class="{}"').format(tone.value) if tone else Markup("")


def _link(axis: Axis, marks: Sequence[Mark]) -> Markup:
    places = sorted(_within(axis, mark.value) for mark in marks)
    if not places:
        return Markup("")
    return Markup('<line class="link" x1="{}%" x2="{}%"/>').format(percent(places[0]), percent(places[-1]))


def _drawn(axis: Axis, mark: Mark, of_row: Tone | None, *, told: bool) -> Iterator[Markup]:
    """Whiskers end at the edge of the plot where the interval goes on beyond it."""
    low, high = _within(axis, mark.low), _within(axis, mark.high)
    y = _LOWER[mark.lane]
    tone = _classed(mark.tone if mark.tone is not of_row else None)
    if low < high:
        yield Markup('<line{} x1="{}%" x2="{}%"{}/>').format(
            tone,
            percent(low),
            percent(high),
            Markup(' y1="{0}" y2="{0}"').format(y) if y else "",
        )
    yield Markup('<use href="#{}"{} x="{}%"{}{}').format(
        _NAMES[mark.shape],
        tone,
        percent(_within(axis, mark.value)),
        Markup(' y="{}"').format(y) if y else "",
        Markup("><title>{}</title></use>").format(printable(mark.hover)) if told and mark.hover else Markup("/>"),
    )


def _within(axis: Axis, value: float) -> float:
    """A share between the ends of the axis, where a logarithm has no place for zero either."""
    if axis.log and value <= 0:
        return 0.0
    return min(1.0, max(0.0, axis.share(value)))


def percent(share: float) -> str:
    """A share as the number of a percentage, to a twentieth of a pixel of a usual column."""
    return f"{share * 100:.1f}".removesuffix(".0")
