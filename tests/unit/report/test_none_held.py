"""A report of feeds of which nobody was held says 0, and draws no mark where a logarithmic axis has no place."""

import re

from harness.analysis.analyse import analyse
from harness.claims.evaluate import evaluate
from harness.claims.read import ARTICLE, read_claims
from harness.report.page import compose
from harness.report.view.cast import Cast
from harness.report.view.crowds import FEEDS, crowds_view
from tests.unit.analysis.fed import fed
from tests.unit.analysis.simulate import subject
from tests.unit.report.part_of_a_page import sections_of

RUN = fed({subject("many"): [100, 100, 100], subject("none"): [0, 0, 0]})
CAST = Cast(RUN.run)


def test_the_table_says_zero_and_none_in_any_round() -> None:
    many, none = crowds_view(analyse(RUN).feeds, FEEDS, CAST).rows
    assert many.held is not None
    assert many.held.value == "100"
    for shown in (none.held, none.served, none.delivered_percent):
        assert shown is not None
        assert (shown.value, shown.interval) == ("0", "none in any round")
        assert shown.with_unit("subscribers") == "0\N{NO-BREAK SPACE}subscribers (none in any round)"


def test_the_plot_keeps_its_line_without_a_mark() -> None:
    plot = crowds_view(analyse(RUN).feeds, FEEDS, CAST).plot
    assert plot is not None
    assert [(row.value, row.note, len(row.marks)) for row in plot.rows] == [
        ("100", "", 1),
        ("0", "none in any round", 0),
    ]
    assert plot.axis.low > 50


def test_no_section_shows_what_stands_for_none() -> None:
    findings = analyse(RUN)
    claims = evaluate(read_claims(ARTICLE), RUN, findings)
    page = sections_of(compose(RUN.run, findings, claims, RUN.starts, ()), "feeds")
    section = page.partition('id="feeds"')[2].partition("</section>")[0]
    assert section.count("none in any round") >= 3
    assert not re.search(r"\b0\.5\d*\b|\b0\.0\d*\b", re.sub(r"<svg.*?</svg>", "", section, flags=re.DOTALL))
