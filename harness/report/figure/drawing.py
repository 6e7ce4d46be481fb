"""Draws curves with matplotlib, once for a wide and once for a narrow page."""

from markupsafe import Markup

from harness.report.figure.canvas import NARROW, WIDE
from harness.report.figure.curve_grid import draw_curve_grid, draw_curve_grid_again
from harness.report.figure.spec import CurveGrid
from harness.report.figure.style_sheet import StyleSheet
from harness.report.figure.svg import inline_svg


def drawn(figure: CurveGrid, number: int, styles: StyleSheet) -> Markup:
    """Both layouts of `figure`; the style sheet shows the one that fits and hides the other from everyone."""
    layouts = ((WIDE, draw_curve_grid(figure)), (NARROW, draw_curve_grid_again(figure)))
    return Markup("").join(
        Markup('<div class="{}">{}</div>').format(
            layout.name,
            Markup(  # noqa: S704 - serialised by ElementTree, which escapes every text
                inline_svg(
                    canvas.svg(),
                    canvas.again,
                    prefix=f"{layout.name[0]}{number}",
                    drawn_first=f"{WIDE.name[0]}{number}",
                    title=figure.caption.title,
                    description=figure.caption.description,
                    styles=styles,
                )
            ),
        )
        for layout, canvas in layouts
    )
