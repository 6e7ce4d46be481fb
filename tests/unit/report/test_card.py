"""An app's card says what was counted as it is, each reason whole, and what stands in brackets."""

import re
from dataclasses import replace

import pytest

from harness.report.card.app_card import CardRow
from harness.report.card.facts import Known
from harness.report.markup import html, markdown
from harness.report.page import compose
from harness.report.view.terms import Lack
from tests.unit.report.part_of_a_page import sections_of
from tests.unit.report.standard_run import standard_run

RUN, FINDINGS, CLAIMS, STARTS = standard_run()
WITHOUT_DEPENDENCIES = FINDINGS.model_copy(
    update={"footprints": tuple(each.model_copy(update={"dependencies": ()}) for each in FINDINGS.footprints)}
)
PAGE = compose(RUN, WITHOUT_DEPENDENCIES, CLAIMS, STARTS, ())


def test_of_what_was_counted_zero_is_a_number_like_any_other() -> None:
    section = sections_of(PAGE, "deployments")
    rows = re.findall(r"<tr>\s*<th[^>]*><a[^>]*>Framework dependencies</a>.*?</tr>", section, re.DOTALL)
    cells = [re.sub(r"\s+", " ", cell).strip() for row in rows for cell in re.findall("<td>(.*?)</td>", row, re.DOTALL)]
    assert {*cells} == {"<b>0</b>"}
    (told,) = [texts for what, _, _, texts in PAGE.beside.rows if what == "Framework dependencies"]
    assert {*told} == {"0", ""}


def test_brackets_of_starts_are_called_their_range_where_those_of_other_figures_are_intervals() -> None:
    told = "95 % intervals; of start-up, import and memory, lowest to highest start"
    assert f"With {told}" in sections_of(PAGE, "deployments")
    assert f"In brackets stand {told}." in html(PAGE)
    assert f"In brackets: {told}." in markdown(PAGE)


@pytest.mark.parametrize(("times", "folded"), [(1, False), (20, True)])
def test_why_there_is_no_figure_is_told_whole_and_folded_where_it_is_long(times: int, *, folded: bool) -> None:
    why = "the server answered <late> and then " * times + "it went away."
    row = CardRow("Capacity on json", "requests/s", "capacity", (Known(None, lack=Lack("invalid", why)),))
    cards = {app: replace(card, labels=card.labels[:1], rows=(row,)) for app, card in PAGE.cards.items()}
    section = sections_of(replace(PAGE, cards=cards), "deployments")
    (cell,) = {*re.findall('<td class="invalid">(.*?)</td>', section, re.DOTALL)}
    assert why.replace("<late>", "&lt;late&gt;") in cell
    assert ("<details><summary><b>invalid</b></summary>" in cell) is folded
