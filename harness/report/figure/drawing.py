"""Draws curves with matplotlib, once for a wide and once for a narrow page."""

from markupsafe import Markup

from harness.report.figure.canvas import LAYOUTS, Canvas, Layout
from harness.report.figure.curve_grid import draw_curve_grid
from harness.report.figure.series_grid import draw_series_grid
from harness.report.figure.spec import CurveGrid, SeriesGrid
from harness.report.figure.style_sheet import StyleSheet
from harness.report.figure.svg import inline_svg


def drawn(figure: CurveGrid | SeriesGrid, number: int, styles: StyleSheet) -> Markup:
    """Both layouts of `figure`; the style sheet shows the one that fits and hides the other from everyone."""
    return Markup("\n").join(
        Markup('<div class="{}">{}</div>').format(
            layout.name, _svg(figure, layout, f"{layout.name[0]}{number}", styles)
        )
        for layout in LAYOUTS
    )


def _svg(figure: CurveGrid | SeriesGrid, layout: Layout, prefix: str, styles: StyleSheet) -> Markup:
    canvas = _draw(figure, layout)
    return Markup(  # noqa: S704 - serialised by ElementTree, which escapes every text
        inline_svg(
            canvas.svg(),
            prefix=prefix,
            title=figure.caption.title,
            description=figure.caption.description,
            hover=canvas.hover,
            styles=styles,
        )
    )


def _draw(figure: CurveGrid | SeriesGrid, layout: Layout) -> Canvas:
    match figure:
        case CurveGrid():
            return draw_curve_grid(figure, layout)
        case SeriesGrid():
            return draw_series_grid(figure, layout)
