"""From a figure's description to its markup: rows and series as HTML, curves as a wide and a narrow SVG."""

from markupsafe import Markup

from harness.printable import printable
from harness.report.figure.dot_plot import write_dot_plot
from harness.report.figure.series_grid import write_series_grid
from harness.report.figure.spec import CurveGrid, DotPlot, DotRow, Figure, SeriesGrid
from harness.report.figure.style_sheet import StyleSheet
from harness.report.figure.track import lone_track, row_track, scale


class Renderer:
    """Draws the figures of one page. What it drew needs the rules of `styles` in the page's style sheet."""

    def __init__(self) -> None:
        self.styles = StyleSheet()
        self._drawn = 0
        self._charted: DotPlot | None = None
        self._tied_above: int | None = None

    def render(self, figure: Figure) -> Markup:
        """The markup of `figure`."""
        self._drawn += 1
        match figure:
            case DotPlot():
                return write_dot_plot(figure, f"g{self._drawn}")
            case SeriesGrid():
                return write_series_grid(figure, f"g{self._drawn}")
            case CurveGrid():
                from harness.report.figure.drawing import drawn  # noqa: PLC0415 - importing matplotlib takes as long as all else, and not every page has curves

                return drawn(figure, self._drawn, self.styles)

    def head(self, figure: DotPlot) -> Markup:
        """The scale of a table's column that holds the marks of `figure`; the rows that follow are drawn on it."""
        self._drawn += 1
        self._charted = figure
        self._tied_above = None
        return scale(f"g{self._drawn}", figure.axis, figure)

    def marks(self, key: str) -> Markup:
        """The marks of the subject of that key on the scale written last, or the note in their place.

        Where it has neither, the lines of the scale go on behind its row.
        """
        if self._charted is None:
            return Markup("")
        row = self._row(key) or DotRow("", "")
        if row.note:
            return Markup('<span class="note">{}</span>').format(printable(row.note))
        return row_track(f"g{self._drawn}", self._charted, row)

    def tie(self, key: str) -> str:
        """The class of that subject's line in the table: what shares a rank stands on one band."""
        row = self._row(key)
        group = row.tie_group if row else None
        first = group != self._tied_above
        self._tied_above = group
        return "" if group is None else "tied first" if first else "tied"

    def _row(self, key: str) -> DotRow | None:
        return next((row for row in self._charted.rows if row.key == key), None) if self._charted else None

    def small(self, figure: DotPlot) -> Markup:
        """The one row of `figure` by itself, without labels: what it says stands in words beside it."""
        return Markup("").join(lone_track(figure, row) for row in figure.rows)
