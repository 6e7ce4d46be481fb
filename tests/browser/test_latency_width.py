"""Tables of latency, which have most columns of all, fit a screen of 1280 pixels."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from harness.model.app import Libraries
from harness.model.cell import Workload
from harness.model.findings import CellFinding
from harness.model.plan import ProfileName
from harness.report.write import write_report
from tests.browser.pages import opened
from tests.unit.report.sample import Sample

TABLES = ".scroll:has(> table[id^=table-latency-])"


@pytest.fixture(scope="module")
def page(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """Of a run at all three rates that knows the server's latencies, and with what its apps read rows."""
    run, findings, claims, starts = Sample(profile=ProfileName.STANDARD, with_hostile=False).build()
    cells = tuple(
        each.model_copy(update={"percentiles_of_server": (each.percentiles[0], each.percentiles[2])})
        if isinstance(each, CellFinding) and each.cell.workload is Workload.LATENCY
        else each
        for each in findings.cells
    )
    libraries = Libraries(orm="Django ORM", driver="psycopg 3", serializer="json")
    deployments = tuple(each.model_copy(update={"libraries": libraries}) for each in run.deployments)
    file = write_report(
        tmp_path_factory.mktemp("run"),
        run.model_copy(update={"deployments": deployments}),
        findings.model_copy(update={"cells": cells}),
        claims,
        starts,
    )
    page = opened(browser, file.as_uri(), whole=True)
    yield page
    page.close()


def test_no_column_is_out_of_sight(page: Page) -> None:
    tables = page.locator(TABLES)
    assert tables.count() == 6
    beyond = tables.evaluate_all(
        "boxes => boxes.map(box => [box.querySelector('table').id, box.scrollWidth - box.clientWidth])"
    )
    assert [each for each in beyond if each[1] > 0] == []


@pytest.mark.parametrize("rate", ["half", "high"])
def test_a_rate_stands_with_the_load_that_it_is_and_sorts_by_number(page: Page, rate: str) -> None:
    table = page.locator(f"#table-latency-json-{rate}")
    head = table.locator("thead th").filter(has_text="Offered requests/s, and load")
    column = head.evaluate("cell => cell.cellIndex") + 1
    head.locator("button").click()
    cells = table.locator(f"tbody tr > :nth-child({column}):has(small)")
    shown = [float(text.replace(",", "")) for text in cells.locator("b").all_inner_texts()]
    assert shown == sorted(shown)
    assert len(shown) > 5
    assert all(text.endswith("%") for text in cells.locator("small").all_inner_texts())
