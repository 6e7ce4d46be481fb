"""Where an address or a filter finds nothing, the page says so, and how to go on."""

from playwright.sync_api import Browser

from tests.browser.pages import opened


def test_a_misspelt_address_is_named_and_the_views_are_listed(browser: Browser, address: str) -> None:
    page = opened(browser, f"{address}#capactiy")
    told = page.locator("#lost")
    assert told.inner_text().startswith("This report has no “capactiy”. Its views: Summary, Verdicts, Capacity,")
    assert page.locator("#summary").is_visible()
    told.locator("a", has_text="Capacity").click()
    assert page.locator("#capacity").is_visible()
    assert told.count() == 0
    page.goto(f"{address}#app-%3Cb%3Eflsk")
    assert "no “app-<b>flsk”" in told.inner_text(), "what the address says is text"
    page.goto(f"{address}#app-flask")
    assert told.count() == 0
    assert opened(browser, address).locator("#lost").count() == 0


def test_a_filter_that_no_row_fits_is_named_and_can_be_cleared(browser: Browser, address: str) -> None:
    page = opened(browser, f"{address}?show=flsk#capacity")
    frame = page.locator(".scroll:has(> #table-capacity-hello)")
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    assert "Nothing matches “flsk”." in frame.inner_text()
    frame.locator(".nothing button").click()
    assert page.url == f"{address}#capacity"
    assert page.locator("#filter").input_value() == ""
    assert page.locator(".nothing").count() == 0
    assert page.locator("#table-capacity-hello tbody tr:visible").count() > 0
    page.locator("#filter").fill("flask")
    assert page.locator("#table-capacity-hello + .nothing").count() == 0


def test_the_first_picture_keeps_the_rows_that_fit_as_tables_do(browser: Browser, address: str) -> None:
    page = opened(browser, address)
    rows = page.locator(".pictures li:visible .name b")
    everybody = rows.all_inner_texts()
    page.locator("#controls summary").click()
    page.locator("#filter").fill("flask, sanic")
    assert {*rows.all_inner_texts()} == {"Flask", "Sanic"}
    page.locator("#filter").fill("native")
    assert {*rows.all_inner_texts()} == {"Sanic", "Tornado"}, "by a word that stands in no picture"
    page.locator("#filter").fill("flsk")
    told = page.locator(".pictures .nothing:visible")
    assert "Nothing matches “flsk”." in told.inner_text()
    told.locator("button").click()
    assert rows.all_inner_texts() == everybody


def test_a_band_begins_at_the_first_of_its_rows_that_is_shown(browser: Browser, address: str) -> None:
    """Bottle and Tornado share a rank: whichever is left stands on a band of its own, and not on that above."""
    page = opened(browser, f"{address}#capacity")
    begins = "all => all.map(each => each.matches('.tied.first'))"
    for shown in ("bottle controlled", "tornado"):
        page.locator("#filter").evaluate("(field, text) => { field.value = text; }", shown)
        page.locator("#filter").dispatch_event("input")
        rows = page.locator("#table-capacity-hello tbody tr:not([hidden])")
        assert rows.evaluate_all(begins) == [True], shown
        drawn = page.locator(".of-hello .as-capacity .dots li:not([hidden])")
        assert drawn.evaluate_all(begins) == [True], shown
