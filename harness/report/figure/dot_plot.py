"""Writes a `DotPlot`: one row a subject, in words and with a mark for each value, whiskers for its interval."""

from collections.abc import Iterator

from markupsafe import Markup

from harness.printable import one_line
from harness.report.figure.spec import DotPlot, DotRow
from harness.report.figure.track import row_track, scale


def write_dot_plot(plot: DotPlot, name: str) -> Markup:
    """The plot as a list whose rows can be read without seeing the marks; `name` is that of its grid in the page."""
    ranked = any(row.rank for row in plot.rows)
    valued = any(row.value or row.interval for row in plot.rows)
    columns = "".join(word for word, there in ((" ranked", ranked), (" valued", valued)) if there)
    return Markup('<div class="dots{}"><div class="axis">{}</div><ul>{}</ul><p class="axis-label">{}</p></div>').format(
        columns,
        scale(name, plot.axis, plot),
        Markup("").join(_rows(plot, name)),
        plot.axis.label,
    )


def _rows(plot: DotPlot, name: str) -> Iterator[Markup]:
    """What shares a rank stands on one band."""
    above: int | None = None
    for row in plot.rows:
        tied = "" if row.tie_group is None else "tied" if row.tie_group == above else "tied first"
        above = row.tie_group
        yield Markup("<li{}>{}{}{}{}</li>").format(
            Markup(' class="{}"').format(tied) if tied else "",
            Markup('<span class="rank">{} </span>').format(row.rank) if row.rank else "",
            _name(row),
            Markup('<span class="note">{}</span>').format(one_line(row.note))
            if row.note
            else row_track(name, plot, row),
            Markup('<span class="value"><b>{}</b> <i>{}</i></span>').format(row.value, row.interval)
            if row.value or row.interval
            else "",
        )


def _name(row: DotRow) -> Markup:
    title = Markup('<a href="{}">{}</a>').format(row.href, one_line(row.title)) if row.href else one_line(row.title)
    return Markup('<span class="name"><b>{}</b> <i>{}</i></span>').format(title, one_line(row.detail))
