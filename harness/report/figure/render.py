"""From a figure's description to the markup of its SVG, once for a wide and once for a narrow page."""

from markupsafe import Markup

from harness.report.figure.canvas import LAYOUTS, Canvas, Layout
from harness.report.figure.curve_grid import draw_curve_grid
from harness.report.figure.dot_plot import draw_dot_plot
from harness.report.figure.series_grid import draw_series_grid
from harness.report.figure.spec import CurveGrid, DotPlot, Figure, SeriesGrid
from harness.report.figure.style_sheet import StyleSheet
from harness.report.figure.svg import inline_svg


class Renderer:
    """Draws the figures of one page. What it drew needs the rules of `styles` in the page's style sheet."""

    def __init__(self) -> None:
        self.styles = StyleSheet()
        self._drawn = 0

    def render(self, figure: Figure) -> Markup:
        """Both layouts of `figure`; the style sheet shows the one that fits and hides the other from everyone."""
        self._drawn += 1
        return Markup("\n").join(
            Markup('<div class="{}">{}</div>').format(layout.name, self._svg(figure, layout)) for layout in LAYOUTS
        )

    def _svg(self, figure: Figure, layout: Layout) -> Markup:
        canvas = _draw(figure, layout)
        caption = figure.caption
        return Markup(  # noqa: S704 - serialised by ElementTree, which escapes every text
            inline_svg(
                canvas.svg(),
                prefix=f"{layout.name[0]}{self._drawn}",
                title=caption.title,
                description=caption.description,
                hover=canvas.hover,
                styles=self.styles,
            )
        )


def _draw(figure: Figure, layout: Layout) -> Canvas:
    match figure:
        case DotPlot():
            return draw_dot_plot(figure, layout)
        case CurveGrid():
            return draw_curve_grid(figure, layout)
        case SeriesGrid():
            return draw_series_grid(figure, layout)
