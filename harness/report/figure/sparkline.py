"""Draws a `Sparkline`: a line with a dot at its end, intervals as an area, gaps where runs can't be compared."""

from itertools import pairwise
from typing import Final

from harness.report.figure.canvas import Canvas, Layout, Pen, colour, fill, stroke
from harness.report.figure.spec import Sparkline, Tone

_HEIGHT_PX: Final = 40.0
_EDGE_PX: Final = 6.0
_WIDTH_SHARE: Final = 0.5
"""Of a figure's usual width: it stands in a row beside other things."""
_ROOM: Final = 0.08


def draw_sparkline(spark: Sparkline, layout: Layout) -> Canvas:
    """The line in the given layout. Its value axis begins where the values do: it shows change, not size."""
    width = layout.width_px * _WIDTH_SHARE
    canvas = Canvas(width, _HEIGHT_PX)
    axes = canvas.plot(_EDGE_PX, _EDGE_PX, width - 2 * _EDGE_PX, _HEIGHT_PX - 2 * _EDGE_PX)
    lows, highs = [low for _, low, _ in spark.estimates], [high for _, _, high in spark.estimates]
    room = (max(highs) - min(lows)) * _ROOM or abs(max(highs)) * _ROOM or 1.0
    axes.set_ylim(min(lows) - room, max(highs) + room)
    axes.set_xlim(0, max(1, len(spark.estimates) - 1))
    for begin, end in pairwise((0, *spark.breaks, len(spark.estimates))):
        places = list(range(begin, end))
        values = [value for value, _, _ in spark.estimates[begin:end]]
        fill(axes, [*places, *reversed(places)], [*lows[begin:end], *reversed(highs[begin:end])], Tone.BAND)
        stroke(axes, places, values, Pen(Tone.INK, 1.6))
    last = len(spark.estimates) - 1
    axes.plot([last], [spark.estimates[last][0]], "o", markersize=5, color=colour(Tone.INK), clip_on=False)
    return canvas
