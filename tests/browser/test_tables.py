"""Sorting, filtering and the choice of a baseline, by keyboard, with the state in the address."""

from pathlib import Path

from playwright.sync_api import Browser, Locator, Page

from harness.report.numbers import TIMES, inverse, reading
from tests.browser.pages import opened
from tests.unit.report.sample import Sample

CAPACITY = "#table-capacity-hello"
LATENCY = "#table-latency-json-common"


def head(page: Page, table: str, words: str) -> Locator:
    return page.locator(f"{table} thead th").filter(has_text=words)


def names(page: Page, table: str) -> list[str]:
    """The visible rows' names and deployments, in the order of the page."""
    return [" ".join(text.split()) for text in page.locator(f"{table} tbody th:visible").all_inner_texts()]


def numbers(page: Page, table: str, column: int) -> list[float]:
    texts = page.locator(f"{table} tbody tr > :nth-child({column}) b").all_inner_texts()
    return [float(text.replace(",", "").rstrip(TIMES)) for text in texts if text != "invalid"]


def press(page: Page, target: Locator, key: str) -> None:
    target.focus()
    page.keyboard.press(key)


def test_a_column_sorts_by_keyboard_up_then_down_then_as_written(browser: Browser, address: str) -> None:
    page = opened(browser, address, whole=True)
    written = names(page, CAPACITY)
    column = head(page, CAPACITY, "requests/s")
    press(page, column.locator("button"), "Enter")
    values = numbers(page, CAPACITY, 3)
    assert values == sorted(values)
    assert column.get_attribute("aria-sort") == "ascending"
    assert page.locator("#said").inner_text() == "Sorted by requests/s: ascending."
    press(page, column.locator("button"), "Space")
    values = numbers(page, CAPACITY, 3)
    assert values == sorted(values, reverse=True)
    assert column.get_attribute("aria-sort") == "descending"
    press(page, column.locator("button"), "Enter")
    assert names(page, CAPACITY) == written != sorted(written)
    assert page.locator("[aria-sort]").count() == 0


def test_an_invalid_cell_stays_last_whichever_way_the_column_is_sorted(browser: Browser, address: str) -> None:
    page = opened(browser, address, whole=True)
    for _ in range(2):
        head(page, "#table-capacity-db", "requests/s").locator("button").click()
        assert "invalid" in page.locator("#table-capacity-db tbody tr").last.inner_text()


def test_names_sort_as_words(browser: Browser, address: str) -> None:
    page = opened(browser, address, whole=True)
    head(page, CAPACITY, "App").locator("button").click()
    titles = [name.lower() for name in names(page, CAPACITY) if name[0].isalpha()]
    assert titles == sorted(titles)


def test_the_filter_keeps_the_rows_that_fit_and_says_how_many_there_are(browser: Browser, address: str) -> None:
    page = opened(browser, address, whole=True)
    page.locator("#filter").fill("flask, uvicorn fastapi")
    assert {name.split()[0] for name in names(page, CAPACITY)} == {"Flask", "FastAPI"}
    assert {name.split()[0] for name in names(page, LATENCY)} == {"Flask", "FastAPI"}
    assert "(3 of 13 rows shown)" in page.locator(f"{CAPACITY} caption").inner_text()
    assert "rows shown" in page.locator("#said").inner_text()
    assert page.locator("#table-host-checks tbody tr:visible").count() == 3, "a table of other things stays whole"
    page.locator("#filter").fill("asgi layer")
    assert [name.split()[0] for name in names(page, CAPACITY)] == ["Starlette"]


def test_a_chosen_baseline_shows_the_ratios_that_the_run_holds(browser: Browser, address: str) -> None:
    _, findings, _, _ = Sample().build()
    page = opened(browser, address, whole=True)
    chosen = "tornado/default"
    page.locator("#baseline").select_option(chosen)
    assert "of Tornado" in page.locator(f"{CAPACITY} thead").inner_text()
    compared = 0
    for each in findings.comparisons:
        if each.workload.value != "capacity" or chosen not in {each.a.key, each.b.key} or each.b.twin:
            continue
        other, ratio = (each.a, each.ratio) if each.b.key == chosen else (each.b, inverse(each.ratio))
        row = page.locator(f'#table-capacity-{each.endpoint.value} tr:has(th[data-subject="{other.key}"])')
        shown = reading(ratio)
        assert row.locator("td[data-ratio] b").inner_text() == shown.value + TIMES
        assert row.locator("td[data-ratio] i").inner_text() == shown.interval
        compared += 1
    assert compared >= 3
    assert "Ratio to Tornado" in page.locator("#table-overview caption").inner_text()
    own = page.locator(f'{CAPACITY} tr:has(th[data-subject="{chosen}"]) td[data-ratio]')
    assert own.inner_text() == "baseline"
    page.locator("#baseline").select_option("")
    assert "Ratio to the best" in page.locator("#table-overview caption").inner_text()
    assert "of the best" in page.locator(f"{CAPACITY} thead").inner_text()


def test_the_state_stands_in_the_address_and_comes_back_from_it(browser: Browser, address: str) -> None:
    page = opened(browser, address, whole=True)
    page.locator("#filter").fill("controlled")
    page.locator("#baseline").select_option("wsgi/controlled")
    head(page, CAPACITY, "requests/s").locator("button").click()
    head(page, LATENCY, "p50").locator("button").click(click_count=2)
    again = opened(browser, page.url.removesuffix("#all"), whole=True)
    assert again.url == page.url != f"{address}#all"
    assert again.locator("#filter").input_value() == "controlled"
    assert again.locator("#baseline").input_value() == "wsgi/controlled"
    for table in (CAPACITY, LATENCY):
        assert again.locator(table).inner_text() == page.locator(table).inner_text()
    assert again.locator("[aria-sort]").count() == 2
    again.locator("#reset").click()
    assert again.url == f"{address}#all"
    assert again.locator("main").inner_text() == opened(browser, address, whole=True).locator("main").inner_text()


def test_a_link_to_a_section_keeps_the_state(browser: Browser, address: str) -> None:
    page = opened(browser, f"{address}?show=flask")
    assert page.locator("#controls").get_attribute("open") is not None, "what is filtered is not hidden"
    page.locator("nav a[href='#latency']").click()
    assert page.url == f"{address}?show=flask#latency"
    assert names(page, LATENCY)[0].startswith("Flask")


def test_a_row_without_a_heading_moves_with_the_row_above_it(browser: Browser, report_file: Path) -> None:
    page = opened(browser, report_file.as_uri(), whole=True)
    rows = page.locator("#table-footprint tbody tr")
    written = rows.all_inner_texts()
    pairs = {written[at - 1] for at, text in enumerate(written) if text.startswith("failed")}
    assert pairs, "the sample has a start that failed"
    head(page, "#table-footprint", "Idle").locator("button").click()
    head(page, "#table-footprint", "Idle").locator("button").click()
    after = rows.all_inner_texts()
    assert after != written
    assert {after[at - 1] for at, text in enumerate(after) if text.startswith("failed")} == pairs


def test_the_matrix_has_the_choice_of_a_baseline_beside_it(browser: Browser, address: str) -> None:
    page = opened(browser, address)
    page.locator("#baseline-here").select_option("tornado/default")
    assert "Ratio to Tornado" in page.locator("#table-overview caption").inner_text()
    assert page.locator("#baseline").input_value() == "tornado/default"
    assert opened(browser, page.url).locator("#baseline-here").input_value() == "tornado/default"
