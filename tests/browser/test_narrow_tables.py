"""Tables on a telephone: no chart, the name of each row in sight, and the page itself never scrolls sideways."""

import re

from playwright.sync_api import Browser

from tests.browser.pages import opened

STAYS = """() => [...document.querySelectorAll('.scroll')].flatMap(frame => {
  const row = frame.querySelector('tbody th[scope=row]')?.closest('tr');
  if (!frame.checkVisibility() || !row || frame.scrollWidth <= frame.clientWidth) return [];
  frame.scrollLeft = frame.scrollWidth;
  const left = frame.getBoundingClientRect().left;
  const name = row.querySelector('th[scope=row]');
  const head = frame.querySelector('thead').rows[0].cells[name.cellIndex];
  const lefts = [name, head].map(each => Math.round(each.getBoundingClientRect().left - left));
  return [[frame.querySelector('table').id, ...lefts]];
})"""


def test_a_narrow_table_shows_numbers_and_keeps_the_names_while_it_scrolls(browser: Browser, address: str) -> None:
    page = opened(browser, address, width=400, whole=True)
    assert page.locator(".plot:visible").count() == 0
    scrolled = page.evaluate(STAYS)
    assert len(scrolled) > 3
    assert [each for each in scrolled if each[1:] != [0, 0]] == []
    assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") == 0
    wide = opened(browser, address, whole=True)
    assert wide.locator("td.plot:visible").count() > 0


def test_what_stands_beside_the_first_picture_keeps_its_headings_on_a_telephone(browser: Browser, address: str) -> None:
    page = opened(browser, address, width=400)
    heights = {each.inner_text(): each.bounding_box() for each in page.locator(".told h2").all()}
    assert {*heights} == {"Claims", "Can it be trusted?"}
    assert all(box and box["height"] > 10 and box["width"] > 30 for box in heights.values())


def test_where_a_chart_is_hidden_nothing_is_said_of_what_it_draws(browser: Browser, address: str) -> None:
    below = [
        opened(browser, address, width=width, whole=True).locator(".scroll + figcaption").all_inner_texts()
        for width in (1280, 400)
    ]
    drawn = re.compile("[Dd]ots?|bars?|axis|cross")
    wide, narrow = ([text for text in texts if drawn.search(text)] for texts in below)
    assert wide
    assert narrow == []
    assert any("A rank is one more" in text for text in below[1]), "which stands in the tables"
