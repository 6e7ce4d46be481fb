"""What a server, an app or a log wrote stays text; and where it would not, the page's policy stops it."""

from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.browser.pages import opened
from tests.unit.report.sample import HOSTILE_TITLE

SCRIPTS_OF_OURS = 3
"""The page's one script, and the two blocks of data beside it. Others have nothing in them."""
WITH_SOMETHING_IN_IT = "script:not(:empty)"


def listened(page: Page) -> tuple[list[str], list[str]]:
    """What will be heard from the page: dialogs that its scripts open, and what the browser logs."""
    dialogs: list[str] = []
    logged: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.on("console", lambda message: logged.append(message.text))
    return dialogs, logged


def test_hostile_texts_are_shown_and_not_obeyed(browser: Browser, address: str) -> None:
    page = opened(browser, address, whole=True)
    assert page.locator(WITH_SOMETHING_IN_IT).count() == SCRIPTS_OF_OURS
    assert page.locator("img, iframe, object").count() == 0
    assert page.locator("main").get_by_text(HOSTILE_TITLE).filter(visible=True).count() > 0
    assert "<script>alert(" in page.locator("#validity pre").inner_text()
    assert page.locator("a[href^='javascript']").count() == 0


def test_a_hostile_name_stays_text_where_the_script_places_it(browser: Browser, address: str) -> None:
    page = opened(browser, address, whole=True)
    dialogs, _ = listened(page)
    page.locator("#baseline").select_option(label=f"{HOSTILE_TITLE} (controlled, gunicorn gthread)")
    assert HOSTILE_TITLE in page.locator("#table-capacity-hello thead").inner_text()
    assert page.locator("img").count() == 0
    assert dialogs == []


def test_a_hostile_address_changes_nothing(browser: Browser, address: str) -> None:
    page = opened(browser, address)
    before = page.locator("main").inner_text()
    hostile = "?baseline=%3Cimg%20src=x%20onerror=alert(1)%3E&sort=capacity-hello:99:up&sort=__proto__:0:up&sort=x"
    dialogs, logged = listened(page)
    page.goto(address + hostile)
    assert page.locator("main").inner_text() == before
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.goto("about:blank")
    page.goto(address + "#%E0%A4%A")
    assert page.locator("#summary").is_visible()
    assert dialogs == logged == faults == []


def test_the_policy_stops_what_gets_past_the_escaping(browser: Browser, report_file: Path, tmp_path: Path) -> None:
    """The escaping is taken away from a finished report, as if a template had forgotten it."""
    broken = report_file.read_text(encoding="utf-8")
    for escaped, raw in (("&lt;", "<"), ("&gt;", ">"), ("&#34;", '"'), ("&quot;", '"')):
        broken = broken.replace(escaped, raw)
    broken = broken.replace("</main>", "<p id=late>late</p><style>#late { display: none }</style></main>")
    file = tmp_path / "broken.html"
    file.write_text(broken, encoding="utf-8")
    page = browser.new_context().new_page()
    dialogs, logged = listened(page)
    page.goto(file.as_uri(), wait_until="networkidle")
    assert page.locator(WITH_SOMETHING_IN_IT).count() > SCRIPTS_OF_OURS
    assert page.locator("img").count() > 0
    assert page.locator("#late").is_visible()
    assert dialogs == []
    assert any("script-src" in text for text in logged)
    assert any("style-src" in text for text in logged)
