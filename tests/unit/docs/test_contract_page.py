"""docs/contract.md is made from the contract, and what it shows as right and wrong is judged as apps are."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from harness.contract import dataset
from harness.contract.answers import EXCHANGES
from harness.contract.conformance.suite import CHECKS
from harness.contract.conformance.wait import MAX_WAIT_MS
from harness.contract.event_stream import INTERVALS_MS, cut_blocks, read_numbered
from harness.model.app import Endpoint

DOCS = Path(__file__).parents[3] / "docs"


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("contract_page", DOCS / "contract.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_what_the_contract_says_now(maker: ModuleType) -> None:
    assert maker.PAGE.read_text(encoding="utf-8") == maker.page(), "stale: run `python docs/contract.py`"


@pytest.mark.parametrize("endpoint", EXCHANGES)
def test_what_is_shown_is_judged_as_it_is_shown(maker: ModuleType, endpoint: Endpoint) -> None:
    (example,) = (each for each in maker.EXAMPLES if each.endpoint is endpoint)

    def is_right(body: bytes) -> bool:
        exchange = EXCHANGES[endpoint]("127.0.0.1", 8000, 1)
        return exchange.is_right(example.key, body) or exchange.is_right_otherwise(example.key, exchange.status, body)

    assert [body for body in example.right if not is_right(body)] == []
    assert [body for body in example.wrong if is_right(body)] == []
    assert example.right
    assert example.wrong
    assert re.search(rf"### `(GET|POST) {re.escape(example.target)}`", maker.page())


def test_the_events_shown_are_the_bytes_that_are_read(maker: ModuleType) -> None:
    events = maker.EVENT + maker.EVENT_TWO
    blocks, rest = cut_blocks(events)
    assert rest == b""
    assert [read_numbered(block)[:2] for block in blocks] == [(1, 1), (2, 2)]
    assert events.decode().rstrip() in maker.page()


def test_every_check_and_every_refused_query_stands_in_the_page(maker: ModuleType) -> None:
    page = maker.page()
    for check in CHECKS:
        place = f"`/{check.endpoint.value}`" if check.endpoint else "all"
        assert f"| {place} | {check.name} | {check.expected} |" in page
    for endpoint, queries in maker.MALFORMED.items():
        for query in queries:
            assert f"`/{endpoint.value}{query}`" in page


@pytest.mark.parametrize(
    "told",
    [
        f"| 0 | `{dataset.ADDED_FORTUNE}` |",
        f"each request adds `(0, {dataset.ADDED_FORTUNE!r})`",
        "`Content-Type: text/event-stream`, `Cache-Control: no-store`, no `Content-Length`",
        "A parameter that the contract does not know changes nothing: `/hello?unused=1` is `/hello`.",
        f"Milliseconds, an integer from 0 to {MAX_WAIT_MS:,}",
        f"N is an integer from {INTERVALS_MS[0]:,} to {INTERVALS_MS[-1]:,}.",
        f"`/wait?ms={MAX_WAIT_MS + 1}`",
        f"`/feed?interval_ms={INTERVALS_MS[-1] + 1}`",
    ],
)
def test_what_is_looked_for_is_told_with_the_judges_own_figures(maker: ModuleType, told: str) -> None:
    assert told in " ".join(maker.page().split())
