"""No column is cut off unseen: the list of runs fits a usual window, and what is wider scrolls and says so."""

from itertools import product
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from harness.history.assemble import assemble
from harness.model.app import Endpoint
from harness.model.cell import Workload
from harness.model.history import RunDigest
from harness.model.verdict import Verdict
from harness.report.markup import document
from harness.report.view.history import index_view
from tests.browser.pages import opened
from tests.unit.history.test_change_points import summaries
from tests.waiting import eventually

SAYS = "Scroll sideways for more columns"
LIST = "Table: all runs"
HOST = "AMD EPYC 9B14 96-Core Processor, 192 CPUs, 1,511 GiB, kernel 6 [0123456789ab]"

APPS = ("Bottle", "Django", "FastAPI", "Flask", "Pyramid", "Sanic", "Starlette", "Tornado", "bare ASGI", "bare WSGI")

SCROLLING = """
[...document.querySelectorAll('.scroll')]
  .filter(box => box.checkVisibility())
  .map(box => ({
    table: box.getAttribute('aria-label'),
    scrolls: box.scrollWidth > box.clientWidth,
    says: getComputedStyle(box, '::before').content.replaceAll('"', ''),
  }))
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A list whose rows have all that a row can have."""
    runs = [
        run.model_copy(
            update={
                "name": f"20260921T1645{place:02}Z-standard-5c13bf",
                "revision": f"{'9b58e00d31' * 4}+changes",
                "conditions": {**run.conditions, "host": HOST},
            }
        )
        for place, run in enumerate(summaries(3, {}, runs=3))
    ]
    digests = [
        RunDigest(
            summary=run,
            apps=APPS,
            endpoints=tuple(Endpoint),
            workloads=tuple(Workload),
            finished=False,
            rounds_planned=12,
            cells=214,
            cells_valid=198,
            verdicts={Verdict.SUPPORTED: 12, Verdict.REFUTED: 17, Verdict.INCONCLUSIVE: 14},
            two_revisions=True,
            harness_version="0",
        )
        for run in runs
    ]
    page = tmp_path_factory.mktemp("reports") / "index.html"
    view = index_view(digests, [], assemble(runs))
    page.write_text(document("index.html.jinja", view, title="Runs"), encoding="utf-8")
    return page.as_uri()


def cut_off(page: Page) -> list[str]:
    """The cells of the list that reach beyond the box that it stands in, or beyond the window."""
    found: list[str] = page.get_by_role("region", name=LIST).evaluate(
        """box => {
          const edge = Math.min(box.getBoundingClientRect().right, document.documentElement.clientWidth) + 0.5;
          return [...box.querySelectorAll('th, td')]
            .filter(cell => cell.getBoundingClientRect().right > edge || cell.scrollWidth > cell.clientWidth + 1)
            .map(cell => cell.innerText);
        }"""
    )
    return found


def all_say_whether_they_scroll(page: Page) -> bool:
    """What scrolls is known to style sheets from the next frame on, which a busy host may be late with."""
    return eventually(
        lambda: all(each["scrolls"] is (each["says"] == SAYS) for each in page.evaluate(SCROLLING)),
        "every table says whether it scrolls",
    )


@pytest.mark.parametrize(("width", "scheme"), [*product((1280, 1300, 1600), ("light", "dark"))])
def test_every_column_of_the_list_is_within_a_usual_window(
    browser: Browser, address: str, width: int, scheme: str
) -> None:
    page = opened(browser, address, width=width, scheme="dark" if scheme == "dark" else "light")
    assert cut_off(page) == []
    assert "with changes" in page.inner_text("main"), "the row is as wide as it gets"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_in_a_narrow_window_the_list_scrolls_and_says_so(browser: Browser, address: str, scheme: str) -> None:
    page = opened(browser, address, width=400, scheme="dark" if scheme == "dark" else "light")
    assert cut_off(page) != []
    assert all_say_whether_they_scroll(page)
    said = {each["table"]: each["says"] for each in page.evaluate(SCROLLING)}
    assert said[LIST] == SAYS
    region = page.get_by_role("region", name=LIST)
    region.focus()
    region.evaluate("box => box.scrollLeft = box.scrollWidth")
    host = region.locator("td").filter(has_text=HOST).first
    assert host.evaluate("cell => cell.getBoundingClientRect().right <= document.documentElement.clientWidth")


@pytest.mark.parametrize("width", [400, 1000])
def test_each_table_of_a_report_says_that_it_scrolls_where_it_does(
    browser: Browser, report_file: Path, width: int
) -> None:
    page = opened(browser, report_file.as_uri(), width=width, whole=True)
    assert all_say_whether_they_scroll(page)
    tables = page.evaluate(SCROLLING)
    assert {each["scrolls"] for each in tables} == {True, False}, "there are both"
