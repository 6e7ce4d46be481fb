"""The report's views: one at a time by address, without scripts, and the first screen of them all."""

from typing import Literal

import pytest
from playwright.sync_api import Browser, Page

from harness.model.cell import Subject
from harness.model.plan import ProfileName
from harness.report.numbers import TIMES, reading
from harness.report.view.ratios import RatioBook
from harness.report.write import write_report
from tests.browser.pages import opened
from tests.unit.report.sample import HOSTILE_TITLE, Sample
from tests.unit.report.standard_run import standard_run

VIEWS = ("summary", "verdicts", "capacity", "latency", "connections", "cost", "trust", "apps")
SCREEN_PX = {1280: 1_000, 400: 1_000}
MOST_SCREENS = 4
SPARE_PX = 40
"""Of a card: fonts differ from machine to machine, and a name may take one more line."""
SHOWN = "[...document.querySelectorAll('.view')].filter(each => each.checkVisibility()).map(each => each.id)"
HEIGHTS = "all => Math.round(all.reduce((sum, each) => sum + each.getBoundingClientRect().height, 0))"
BOTTOM = "each => Math.round(each.getBoundingClientRect().bottom + scrollY)"
LOST = """() => {
  const lost = [];
  for (const link of new Set([...document.querySelectorAll('main a, nav a')].map(each => each.hash).filter(Boolean))) {
    location.hash = link;
    const target = document.getElementById(decodeURIComponent(link.slice(1)));
    if (!target.checkVisibility({ contentVisibilityAuto: true })) lost.push(link);
  }
  return lost;
}"""


def shown(page: Page) -> list[str]:
    found: list[str] = page.evaluate(SHOWN)
    return found


@pytest.mark.parametrize("scripts", [True, False])
def test_an_address_opens_one_view_and_a_link_leads_to_what_it_names(
    browser: Browser, address: str, *, scripts: bool
) -> None:
    page = opened(browser, address, scripts=scripts)
    assert shown(page) == ["summary"]
    for view in VIEWS:
        page.locator(f"nav a[href='#{view}']").click()
        assert shown(page) == [view]
    page.locator("nav a[href='#all']").click()
    assert shown(page) == list(VIEWS)
    assert page.evaluate(LOST) == []
    within = opened(browser, f"{address}#headroom", scripts=scripts)
    assert shown(within) == ["trust"]
    assert within.locator("#table-headroom").is_visible(), "what is folded opens for the link that leads there"


def test_the_view_that_is_shown_is_named_in_the_navigation(browser: Browser, address: str) -> None:
    page = opened(browser, f"{address}#overhead")
    assert page.locator("nav [aria-current=page]").all_inner_texts() == ["Cost"]
    page.goto(address + "#all")
    assert page.locator("nav [aria-current=page]").all_inner_texts() == ["All on one page"]


def test_no_view_is_higher_than_four_screens(browser: Browser, address: str) -> None:
    page = opened(browser, address)
    for view in VIEWS:
        page.goto(f"{address}#{view}")
        assert page.evaluate("document.scrollingElement.scrollHeight") <= MOST_SCREENS * SCREEN_PX[1280], view


@pytest.mark.parametrize("width", [1280, 400])
@pytest.mark.parametrize("kind", ["light", "dark", "bare", "forced"])
def test_the_first_screen_holds_picture_verdicts_and_grade(
    browser: Browser, address: str, width: int, kind: Literal["light", "dark", "bare", "forced"]
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": SCREEN_PX[width]},
        color_scheme="dark" if kind == "dark" else "light",
        java_script_enabled=kind != "bare",
        forced_colors="active" if kind == "forced" else "none",
    )
    page = context.new_page()
    page.goto(address)
    for part in (".strip", ".told .grade", ".doubt", ".chips", ".pictures .dots:visible li:first-child"):
        assert page.locator(part).first.evaluate(BOTTOM) <= SCREEN_PX[width], part
    rows = page.locator(".pictures .dots li:visible")
    assert rows.count() >= 7
    beyond = {1280: 0, 400: 120}[width]  # on a telephone the last rows may be a thumb's move away
    further = rows.filter(has_text=HOSTILE_TITLE).evaluate_all(HEIGHTS)  # an app of the sample's beside the article's
    assert rows.last.evaluate(BOTTOM) - further <= SCREEN_PX[width] + beyond
    assert page.locator(".pictures .dots li svg:visible").first.bounding_box() is not None


@pytest.mark.parametrize("scripts", [True, False])
def test_chips_choose_the_picture_by_keyboard_and_without_scripts(
    browser: Browser, address: str, *, scripts: bool
) -> None:
    page = opened(browser, address, scripts=scripts)
    heading = page.locator(".pictures h2:visible")
    assert heading.inner_text() == "Capacity on db, requests per second"
    page.locator("#on-db").focus()
    page.keyboard.press("ArrowLeft")
    assert heading.inner_text() == "Capacity on json, requests per second"
    page.locator("label[for=as-latency]").click()
    assert heading.inner_text().startswith("P99 as met on json, in ms")
    page.locator("label[for=as-cpu]").click()
    assert heading.inner_text() == "Server CPU per request on json, in µs"
    page.locator("label[for=on-hello]").click()
    page.locator("label[for=as-latency]").click()
    assert "was not measured on hello" in page.locator(".pictures strong:visible").all_inner_texts()[-1]


def test_a_verdict_leads_to_its_claims_and_a_row_opens_what_decides_it(browser: Browser, address: str) -> None:
    page = opened(browser, address)
    page.locator(".told .strip a", has_text="refuted").click()
    assert shown(page) == ["verdicts"]
    row = page.locator("#claims-refuted .claim").first
    assert not row.locator("figure").first.is_visible()
    row.locator(":scope > summary").press("Enter")
    assert row.locator("figure").first.is_visible()
    assert page.locator(".fold > summary:visible").count() == 2, "not run, and not testable"


def test_print_and_a_browser_without_style_show_every_view(browser: Browser, address: str) -> None:
    page = opened(browser, f"{address}#cost")
    page.emulate_media(media="print")
    assert shown(page) == list(VIEWS)
    unseen = (
        "[...document.querySelectorAll('main :is(table, figure, h2, h3, h4, pre)')]"
        ".filter(each => !each.checkVisibility({ contentVisibilityAuto: true }) && !each.closest('.beside'))"
        ".filter(each => !each.closest('.pictures'))"
        ".map(each => each.id || each.textContent.trim().slice(0, 40))"
    )
    assert page.evaluate(unseen) == []
    assert page.locator(".told .grade a").is_visible()
    page.emulate_media(media="screen")
    page.evaluate("document.querySelector('style').remove()")
    assert shown(page) == list(VIEWS)


def test_a_name_leads_to_the_apps_card_and_two_apps_stand_side_by_side(browser: Browser, address: str) -> None:
    page = opened(browser, address)
    page.locator(".pictures .dots li:visible a", has_text="Flask").click()
    assert page.url.endswith("#app-flask")
    assert [card.get_attribute("id") for card in page.locator(".card:visible").all()] == ["app-flask"]
    assert page.locator("#table-app-flask").is_visible()
    card = page.locator("#app-flask").bounding_box()
    assert card is not None
    assert card["height"] <= SCREEN_PX[1280]
    claims = page.locator("#app-flask .strip li:visible").all_inner_texts()
    assert claims
    assert not [each for each in claims if "not run" in each]
    assert page.locator("#app-flask summary:visible", has_text="not run").count() == 1
    page.locator("nav a[href='#apps']").click()
    page.locator("#beside-a").select_option("sanic/default")
    page.locator("#beside-b").select_option("sanic/controlled")
    row = page.locator("#beside-table tbody tr", has_text="Capacity on hello")
    below, above = (Subject(app="sanic", variant=variant) for variant in ("default", "controlled"))
    ratio = RatioBook(Sample().build()[1].comparisons).between("capacity-hello", below, above)
    assert ratio is not None
    shown_ratio = f"{reading(ratio).value}{TIMES} ({reading(ratio).interval})"
    assert row.locator("td").all_inner_texts()[2:] == ["Sanic (controlled, uvicorn)", shown_ratio]
    again = opened(browser, page.url)
    assert again.locator("#beside-table").inner_text() == page.locator("#beside-table").inner_text()


def test_what_is_counted_from_different_baselines_is_told_and_not_compared(browser: Browser, address: str) -> None:
    page = opened(browser, f"{address}?a=flask/controlled&b=fastapi/controlled#apps")
    added = page.locator("#beside-table tbody tr", has_text="CPU added to the baseline on hello")
    one, other, better, ratio = added.locator("td").all_inner_texts()
    assert (better, ratio) == ("different baselines", "")
    assert "|" not in one + other
    page.locator("#beside-b").select_option("django/controlled")
    assert added.locator("td").all_inner_texts()[2] == "Flask (controlled, gunicorn gthread)"


@pytest.fixture(scope="module")
def standards(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """Reports of two standard runs: of the sample, and of all workloads on all deployments that there are."""
    some = write_report(tmp_path_factory.mktemp("some"), *Sample(ProfileName.STANDARD, with_hostile=False).build())
    return some.as_uri(), write_report(tmp_path_factory.mktemp("all"), *standard_run()).as_uri()


def test_no_view_of_a_standard_run_is_higher_than_four_screens_or_hides_a_column(
    browser: Browser, standards: tuple[str, str]
) -> None:
    page = opened(browser, standards[1])
    heights_px = {}
    for view in VIEWS:
        page.goto(f"{standards[1]}#{view}")
        heights_px[view] = page.evaluate("document.scrollingElement.scrollHeight")
    assert {view: px for view, px in heights_px.items() if px > MOST_SCREENS * SCREEN_PX[1280]} == {}
    whole = opened(browser, standards[1], whole=True)
    beyond = "all => all.filter(e => e.scrollWidth > e.clientWidth).map(e => e.querySelector('table').id)"
    assert whole.locator(".scroll").evaluate_all(beyond) == []


def test_a_link_into_a_folded_section_opens_it(browser: Browser, address: str) -> None:
    page = opened(browser, f"{address}#cost")
    assert not page.locator("#table-footprint").is_visible()
    assert "started for other loads" in page.locator("#footprint summary span").inner_text()
    page.locator("#cost .within a", has_text="Memory and start-up").click()
    assert page.locator("#table-footprint").is_visible()


def test_two_frameworks_stand_side_by_side_before_any_is_chosen(browser: Browser, address: str) -> None:
    page = opened(browser, f"{address}#apps")
    sides = [page.locator(f"#beside-{side}").input_value().split("/")[0] for side in "ab"]
    assert len({*sides}) == 2
    assert not {*sides} & {"asgi", "wsgi", "starlette"}


def too_high(page: Page, address: str, what: str) -> dict[str, float]:
    """Of the apps' cards those in which this part is higher than a screen."""
    names = [card.removeprefix("app-") for card in page.locator(".card").evaluate_all("all => all.map(e => e.id)")]
    heights_px = {}
    for name in names:
        page.goto(f"{address}#app-{name}")
        part = page.locator(what.format(name=name))
        assert part.is_visible()
        heights_px[name] = part.evaluate("each => each.getBoundingClientRect().height")
    assert {"django", "flask", "fastapi", "sanic"} <= {*names}
    return {name: height for name, height in heights_px.items() if height > SCREEN_PX[1280] - SPARE_PX}


def test_the_card_of_each_app_of_a_standard_run_fits_a_screen(browser: Browser, standards: tuple[str, str]) -> None:
    assert too_high(opened(browser, standards[0]), standards[0], "#app-{name}") == {}


def test_the_figures_of_each_app_fit_a_screen_whatever_was_measured(
    browser: Browser, standards: tuple[str, str]
) -> None:
    page = opened(browser, standards[1])
    assert too_high(page, standards[1], "#table-app-{name}") == {}
    page.goto(f"{standards[1]}#app-django")
    figures = page.locator("#table-app-django")
    assert figures.locator("thead th").count() == 5, "four deployments"
    assert figures.locator("tbody tr").count() > 30
    assert figures.evaluate("each => each.parentElement.scrollWidth <= each.parentElement.clientWidth")
