"""The report in a real browser: it asks for nothing, fits and can be read, with scripts and without."""

from itertools import pairwise
from typing import Literal

import pytest
from playwright.sync_api import Browser

from tests.browser.pages import opened

MIN_CONTRAST = 4.5
"""WCAG 2.2, success criterion 1.4.3, for text of normal size."""

READABLE = (
    "h1",
    "main p",
    ".subtitle",
    "figcaption",
    "td b",
    "td i",
    "th",
    "nav a",
    ".invalid b",
    "svg text",
    "pre",
)
CONTRAST = """selector => {
  const rgb = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * x + .7152 * y + .0722 * z;
  };
  const ground = element => {
    for (let at = element; at; at = at.parentElement) {
      const [r, g, b, alpha = 1] = rgb(getComputedStyle(at).backgroundColor);
      if (alpha > 0) return [r, g, b];
    }
    return [255, 255, 255];
  };
  const shown = [...document.querySelectorAll(selector)].filter(each => each.getClientRects().length);
  return shown.map(each => {
    const style = getComputedStyle(each);
    const ink = light(rgb(each.closest("svg") ? style.fill : style.color)), paper = light(ground(each));
    return (Math.max(ink, paper) + .05) / (Math.min(ink, paper) + .05);
  });
}"""


def test_opening_it_logs_nothing_and_requests_nothing_but_the_file(browser: Browser, address: str) -> None:
    heard: list[str] = []
    requested: list[str] = []
    page = browser.new_context().new_page()
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("dialog", lambda dialog: (heard.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda request: requested.append(request.url))
    page.goto(address, wait_until="networkidle")
    page.mouse.wheel(0, 20_000)
    assert heard == []
    assert requested == [address]


@pytest.mark.parametrize("width", [320, 400, 768, 1280, 1920])
def test_the_page_never_scrolls_sideways(browser: Browser, address: str, width: int) -> None:
    page = opened(browser, address, width=width, whole=True)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width


def test_a_narrow_screen_gets_the_narrow_figures_at_a_readable_size(browser: Browser, address: str) -> None:
    page = opened(browser, address, width=400, whole=True)
    assert page.locator("figure .wide:visible").count() == 0
    assert page.locator("figure .narrow:visible").count() == page.locator("figure .narrow").count() > 0
    heights = "[...document.querySelectorAll('svg text')].map(e => e.getBoundingClientRect().height).filter(h => h)"
    smallest_px = page.evaluate(f"Math.min(...{heights})")
    assert smallest_px >= 9


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground_in_light_and_dark(
    browser: Browser, address: str, scheme: Literal["light", "dark"]
) -> None:
    page = opened(browser, address, scheme=scheme, whole=True)
    for selector in READABLE:
        ratios = page.evaluate(CONTRAST, selector)
        assert ratios, f"nothing is shown for {selector}"
        assert min(ratios) >= MIN_CONTRAST, f"{selector} has a contrast of {min(ratios):.2f} in {scheme}"


def test_the_dark_page_is_dark_and_the_light_page_light(browser: Browser, address: str) -> None:
    ground = "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number).reduce((a, b) => a + b) / 3"
    assert opened(browser, address, scheme="light").evaluate(ground) > 230
    assert opened(browser, address, scheme="dark").evaluate(ground) < 40


def test_without_scripts_everything_is_there_but_what_is_chosen(browser: Browser, address: str) -> None:
    bare = opened(browser, address, scripts=False, whole=True)
    assert bare.locator("#controls").is_hidden()
    assert bare.locator("main button").count() == 0
    page = opened(browser, address, whole=True)
    page.evaluate("document.querySelectorAll('.choice, .beside').forEach(each => each.remove())")
    assert bare.locator("main").inner_text() == page.locator("main").inner_text()


def test_headings_tables_and_figures_can_be_found_without_seeing_them(browser: Browser, address: str) -> None:
    page = opened(browser, address)
    assert page.locator("h1").count() == 1
    assert page.locator("main, nav, header, footer").count() == 4
    levels = [int(tag[1]) for tag in page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(h => h.tagName)")]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert page.locator("table:not(:has(caption))").count() == 0
    assert page.locator("th:not([scope])").count() == 0
    assert page.locator("figure:not(:has(figcaption))").count() == 0
    assert page.locator("svg:not([aria-labelledby]):not([aria-hidden])").count() == 0


def test_a_printed_page_is_black_on_white_with_its_tables_open(browser: Browser, address: str) -> None:
    page = opened(browser, address, width=718, scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 718
    assert page.locator("#headroom table").is_visible()
    assert page.locator("nav").is_hidden()
    assert page.locator("#controls").is_hidden()
