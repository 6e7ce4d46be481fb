"""The list of runs and a comparison in a real browser, as the report is tested."""

import pytest
from playwright.sync_api import Browser

from harness.comparison.across import compare
from harness.comparison.app_test import decided
from harness.history.assemble import assemble
from harness.model.app import Endpoint
from harness.model.cell import Workload
from harness.model.history import RunDigest, UnreadRun
from harness.model.plan import SequentialTest
from harness.model.verdict import Verdict
from harness.report.markup import document
from harness.report.publish import publish_comparison
from harness.report.view.history import index_view
from tests.browser.pages import opened
from tests.browser.test_report import CONTRAST, MIN_CONTRAST
from tests.unit.comparison.simulated import a_run
from tests.unit.comparison.test_app_test import an_app
from tests.unit.history.test_change_points import summaries

HOSTILE = "<img src=x onerror=alert(1)>"
APPS = ("Django", "FastAPI", HOSTILE)
PAGES = ("index", "comparison")


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("reports")
    runs = summaries(3, {7: 1.2}, runs=14)
    runs = [
        run.model_copy(update={"conditions": {**run.conditions, "interpreter": HOSTILE if place > 10 else "i"}})
        for place, run in enumerate(runs)
    ]
    digests = [
        RunDigest(
            summary=run,
            apps=APPS,
            endpoints=tuple(Endpoint),
            workloads=tuple(Workload),
            finished=True,
            rounds_planned=5,
            cells=len(run.cells),
            cells_valid=len(run.cells),
            verdicts={Verdict.SUPPORTED: 2},
            two_revisions=False,
            harness_version="0",
        )
        for run in runs
    ]
    view = index_view(digests, [UnreadRun(name=HOSTILE, reason=HOSTILE)], assemble(runs))
    index = folder / "index.html"
    index.write_text(document("index.html.jinja", view, title="Runs"), encoding="utf-8")
    found = compare(a_run(1), a_run(2, times={"app3": 1.2, "app5": 0.8}))
    test = SequentialTest(looks=(4, 8))
    apps = decided([an_app(0.01), an_app(0.5, app="two").model_copy(update={"b": HOSTILE})], test)
    changes = {"app_changes": (HOSTILE,), "apps": apps, "test": test}
    comparison = publish_comparison(folder / "comparison.html", found.model_copy(update=changes))
    return {"index": index.as_uri(), "comparison": comparison.as_uri()}


@pytest.mark.parametrize("page_name", PAGES)
def test_opening_it_logs_nothing_and_requests_nothing_but_the_file(
    browser: Browser, addresses: dict[str, str], page_name: str
) -> None:
    heard: list[str] = []
    requested: list[str] = []
    page = browser.new_context().new_page()
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("dialog", lambda dialog: (heard.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda request: requested.append(request.url))
    page.goto(addresses[page_name], wait_until="networkidle")
    page.mouse.wheel(0, 20_000)
    assert heard == []
    assert requested == [addresses[page_name]]
    assert HOSTILE in page.inner_text("body")


@pytest.mark.parametrize("page_name", PAGES)
@pytest.mark.parametrize("width", [320, 400, 768, 1280])
def test_the_page_never_scrolls_sideways(
    browser: Browser, addresses: dict[str, str], page_name: str, width: int
) -> None:
    page = opened(browser, addresses[page_name], width=width)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width


@pytest.mark.parametrize("page_name", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_the_paper(
    browser: Browser, addresses: dict[str, str], page_name: str, scheme: str
) -> None:
    page = opened(browser, addresses[page_name], scheme="dark" if scheme == "dark" else "light")
    for selector in ("h1", "main p", "td", "td small", "th", "nav a", "svg text", "figcaption"):
        contrasts = page.evaluate(CONTRAST, selector)
        assert min(contrasts, default=MIN_CONTRAST) >= MIN_CONTRAST, selector


def test_each_figure_stands_beside_a_table_with_its_values(browser: Browser, addresses: dict[str, str]) -> None:
    for address in addresses.values():
        page = opened(browser, address)
        assert page.locator("figure").count() > 0
        assert page.locator("figure + details table").count() == page.locator("figure").count()


def test_the_change_and_the_break_are_told_in_words(browser: Browser, addresses: dict[str, str]) -> None:
    text = opened(browser, addresses["index"]).inner_text("main")
    assert "app3" in text
    assert "worse" in text
    assert "Where conditions changed" in text
