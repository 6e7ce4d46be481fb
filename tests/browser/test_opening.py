"""While a page opens, its script changes nothing that nobody has asked for, and no rule looks through all of it."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.pages import opened
from tests.browser.test_views import VIEWS

MARKUP = "view => document.getElementById(view).innerHTML"
LOOK = """view => {
  const links = [...document.querySelectorAll('nav a')].map(link => [link, getComputedStyle(link)]);
  return links.map(([link, style]) => [link.hash, style.color, style.fontWeight, style.borderBottomColor]);
}"""


def changed(page: Page, bare: Page) -> set[str]:
    """The views of the page that its script has changed."""
    return {view for view in VIEWS if page.evaluate(MARKUP, view) != bare.evaluate(MARKUP, view)}


def test_a_view_is_made_ready_once_it_is_shown(browser: Browser, address: str) -> None:
    page, bare = opened(browser, address), opened(browser, address, scripts=False)
    assert changed(page, bare) == {"summary", "apps"}, "the matrix, and what was hidden of two side by side"
    assert page.locator("#apps :is(thead button, #beside-table td)").count() == 0
    page.goto(f"{address}#capacity")
    assert changed(page, bare) == {"summary", "apps", "capacity"}
    assert page.locator("#capacity thead button").count() > 0
    page.goto(f"{address}#apps")
    assert page.locator("#beside-table td").count() > 0
    assert page.locator("#apps thead button").count() > 0
    page.goto(f"{address}#all")
    assert changed(page, bare) > {"capacity", "latency", "cost", "trust"}


def test_what_the_address_asks_for_is_done_in_every_view(browser: Browser, address: str) -> None:
    page = opened(browser, f"{address}?show=flask&baseline=sanic%2Fcontrolled#capacity")
    page.goto(page.url.replace("#capacity", "#cost"))
    rows = page.locator("#cost tbody th[data-subject]:visible")
    assert rows.count() > 0
    assert all("Flask" in text for text in rows.all_inner_texts())
    page.locator("#controls #reset").click()
    page.goto(f"{address}#all")
    assert page.locator("main").inner_text() == opened(browser, f"{address}#all").locator("main").inner_text()


@pytest.mark.parametrize("view", [*VIEWS, "all", "headroom", ""])
def test_the_view_that_is_shown_is_marked_the_same_with_scripts_and_without(
    browser: Browser, address: str, view: str
) -> None:
    looks = [opened(browser, f"{address}#{view}", scripts=scripts).evaluate(LOOK) for scripts in (True, False)]
    assert looks[0] == looks[1]
    assert len({tuple(look) for _, *look in looks[0]}) > 1


def test_no_rule_looks_through_the_whole_page_where_the_script_marks_what_is_shown(report_file: Path) -> None:
    style = re.findall("<style>(.*?)</style>", report_file.read_text(encoding="utf-8"), re.DOTALL)[0]
    rules = re.findall(r"[^\s,{}]*(?:body|html|:root)[^\s,{}]*", style)
    seeking = [rule for rule in rules if ":has(" in rule]
    assert len(seeking) >= len(VIEWS)
    assert [rule for rule in seeking if ".scripted" not in rule.split(":has(")[0]] == []
