"""Draws curves with matplotlib, once for a wide and once for a narrow page."""

from markupsafe import Markup

from harness.report.figure.canvas import LAYOUTS, Layout
from harness.report.figure.curve_grid import draw_curve_grid
from harness.report.figure.spec import CurveGrid
from harness.report.figure.style_sheet import StyleSheet
from harness.report.figure.svg import inline_svg


def drawn(figure: CurveGrid, number: int, styles: StyleSheet) -> Markup:
    """Both layouts of `figure`; the style sheet shows the one that fits and hides the other from everyone."""
    return Markup("\n").join(
        Markup('<div class="{}">{}</div>').format(
            layout.name, _svg(figure, layout, f"{layout.name[0]}{number}", styles)
        )
        for layout in LAYOUTS
    )


def _svg(figure: CurveGrid, layout: Layout, prefix: str, styles: StyleSheet) -> Markup:
    canvas = draw_curve_grid(figure, layout)
    return Markup(  # noqa: S704 - serialised by ElementTree, which escapes every text
        inline_svg(
            canvas.svg(),
            prefix=prefix,
            title=figure.caption.title,
            description=figure.caption.description,
            styles=styles,
        )
    )
