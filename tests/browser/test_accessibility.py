"""The report against the rules of axe-core, and by keyboard."""

from typing import Literal

import pytest
from playwright.sync_api import Browser

from tests.browser.pages import against_axe, opened

type Scheme = Literal["light", "dark"]


CONTRAST = "color-contrast"
"""The rule that takes four fifths of all that axe-core takes."""
COLOURS = """[...document.querySelectorAll('body, body *')].map(each => {
  const style = getComputedStyle(each);
  const size = parseFloat(style.fontSize);
  return [
    each.tagName, style.color, style.backgroundColor, style.backgroundImage, style.opacity, style.fill,
    size >= 24 || (size >= 18.66 && style.fontWeight >= 700),
  ].join(' ');
})"""
"""Of every element, what its contrast depends on: its colours, and whether its text is large (WCAG 2.2, 1.4.3)."""


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (400, "dark")])
def test_axe_finds_no_violation(browser: Browser, address: str, width: int, scheme: Scheme) -> None:
    page = opened(browser, address, width=width, scheme=scheme, whole=True)
    found = against_axe(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "dark"), (400, "light")])
def test_axe_finds_no_violation_beside_contrast_which_no_width_changes(
    browser: Browser, address: str, width: int, scheme: Scheme
) -> None:
    page = opened(browser, address, width=width, scheme=scheme, whole=True)
    found = against_axe(page, without=CONTRAST)
    assert found.violations_count == 0, found.generate_report()
    other = opened(browser, address, width=1680 - width, scheme=scheme, whole=True)
    assert page.evaluate(COLOURS) == other.evaluate(COLOURS)


def test_axe_finds_no_violation_in_a_changed_view(browser: Browser, address: str) -> None:
    page = opened(browser, f"{address}?show=sanic&baseline=asgi/controlled&sort=capacity-hello:2:down")
    found = against_axe(page)
    assert found.violations_count == 0, found.generate_report()


def test_axe_finds_what_is_wrong(browser: Browser, address: str) -> None:
    page = opened(browser, address, whole=True)
    page.evaluate("document.querySelector('label[for=baseline]').remove()")
    found = against_axe(page, "select-name")
    assert [each["id"] for each in found.response["violations"]] == ["select-name"]


def test_the_first_tab_stop_leads_past_the_navigation(browser: Browser, address: str) -> None:
    page = opened(browser, address)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_the_focus_can_be_seen_wherever_it_stands(browser: Browser, address: str) -> None:
    page = opened(browser, address, whole=True)
    page.locator("nav a").first.focus()
    seen = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        tag, width_px, style = page.evaluate(
            "[document.activeElement].map(e => [e.tagName, getComputedStyle(e)])"
            ".map(([tag, style]) => [tag, parseFloat(style.outlineWidth), style.outlineStyle])[0]"
        )
        seen.add(tag)
        assert style == "solid", tag
        assert width_px >= 2, tag
    assert {"A", "INPUT", "SELECT", "BUTTON"} <= seen


def test_nothing_moves_for_those_who_asked_for_no_motion(browser: Browser, address: str) -> None:
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.goto(address)
    moving = "[...document.querySelectorAll('*')].filter(e => { const s = getComputedStyle(e); return "
    moving += "parseFloat(s.transitionDuration) > 0 || parseFloat(s.animationDuration) > 0"
    moving += " || s.scrollBehavior === 'smooth' })"
    assert page.evaluate(f"{moving}.length") == 0
