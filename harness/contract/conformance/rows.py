"""Whether `/db` and `/queries` answer with the rows that were asked for."""

from collections.abc import Collection, Sequence
from typing import Final

from harness.contract import dataset
from harness.contract.conformance.message import request
from harness.contract.conformance.server_under_test import Check, ServerUnderTest, Wrong, ask_row, ask_rows, short
from harness.contract.conformance.wait import MAX_WAIT_MS
from harness.contract.event_stream import INTERVALS_MS
from harness.contract.items import MAX_COUNT, MAX_FACTOR
from harness.model.app import Endpoint

_RANDOM_ROWS: Final = 50
_ROW_S: Final = 0.05
"""What each row may take beyond the usual patience: 500 SELECTs one after another take long where a host is busy."""
NO_SUCH_ROW: Final = (0, dataset.WORLD_ROWS + 1, -1, 2**40)
"""Integers that are no row's id: answered with 404."""
_ABSENT: Final = frozenset({404})
_REJECTED: Final = frozenset({400, 422})

MALFORMED: Final[dict[Endpoint, tuple[str, ...]]] = {
    Endpoint.ITEMS: (
        "",
        "?count=3",
        "?factor=7",
        "?count=&factor=7",
        "?count=abc&factor=7",
        "?count=2.5&factor=7",
        "?count=0&factor=7",
        "?count=-1&factor=7",
        f"?count={MAX_COUNT + 1}&factor=7",
        "?count=3&factor=",
        "?count=3&factor=abc",
        "?count=3&factor=1.5",
        "?count=3&factor=0",
        f"?count=3&factor={MAX_FACTOR + 1}",
    ),
    Endpoint.DB: ("", "?", "?id", "?id=", "?id=abc", "?id=1.5", "?other=1"),
    Endpoint.QUERIES: ("", "?ids", "?ids=", "?ids=,", "?ids=abc", "?ids=1,,2", "?ids=1,abc", "?ids=1.5"),
    Endpoint.WAIT: ("", "?ms=", "?ms=abc", "?ms=-1", f"?ms={MAX_WAIT_MS + 1}", "?ms=nan"),
    Endpoint.FEED: (
        "",
        "?interval_ms=",
        "?interval_ms=abc",
        f"?interval_ms={INTERVALS_MS[0] - 1}",
        f"?interval_ms={INTERVALS_MS[-1] + 1}",
    ),
}
"""Queries that name no items, row, wait or interval: refused with 400 or 422."""


def _random_ids(server: ServerUnderTest) -> str:
    ids = [1, dataset.WORLD_ROWS, *server.random.sample(range(2, dataset.WORLD_ROWS), _RANDOM_ROWS)]
    for world_id in ids:
        server.ask(ask_row(world_id))
    return f"{len(ids)} distinct ids right, 1 and {dataset.WORLD_ROWS} among them"


def _id_lists(server: ServerUnderTest) -> str:
    def sample(count: int) -> list[int]:
        return server.random.sample(range(1, dataset.WORLD_ROWS + 1), count)

    lists: dict[str, Sequence[int]] = {
        "1 id": sample(1),
        "20 ids": sample(20),
        f"{dataset.MAX_QUERIES} ids": sample(dataset.MAX_QUERIES),
        "falling order": sorted(sample(20), reverse=True),
        "duplicates": [7, 7, 3, 7, 3],
        "extremes": [dataset.WORLD_ROWS, 1],
    }
    for name, ids in lists.items():
        question = ask_rows(ids)
        try:
            server.expect_right(question, server.get(question.path, more_s=_ROW_S * len(ids)))
        except Wrong as wrong:
            raise Wrong(f"{name}: {wrong.found}", hint=wrong.hint) from wrong
    return ", ".join(lists)


def _no_such_row(server: ServerUnderTest) -> str:
    return _expect_status(server, [f"/db?id={world_id}" for world_id in NO_SUCH_ROW], _ABSENT)


def _no_such_rows(server: ServerUnderTest) -> str:
    return _expect_status(server, [f"/queries?ids={ids}" for ids in ("0", f"1,{dataset.WORLD_ROWS + 1},2")], _ABSENT)


def _too_many_ids(server: ServerUnderTest) -> str:
    return _expect_status(server, [ask_rows([1] * (dataset.MAX_QUERIES + 1)).path], _REJECTED)


def _malformed(endpoint: Endpoint) -> Check:
    paths = [f"/{endpoint.value}{query}" for query in MALFORMED[endpoint]]
    return Check(
        name="malformed parameter",
        endpoint=endpoint,
        expected="status 400 or 422 where the parameter is missing, no integer, or out of range",
        hint="parse the parameter, and answer 400 where that fails or the value is out of range; where the framework "
        "itself answers 404 or 405 for one that is missing, give the handler a default to refuse",
        run=lambda server: _expect_status(server, paths, _REJECTED),
    )


def _expect_status(server: ServerUnderTest, paths: Sequence[str], allowed: Collection[int]) -> str:
    for path in paths:
        # Only the head is awaited: an app that accepts a wrong feed parameter sends an endless body.
        with server.connect() as connection:
            connection.send(request(server.target, path))
            response = connection.receive_head()
            if response.status not in allowed:
                connection.glance()
                right = " or ".join(map(str, sorted(allowed)))
                raise Wrong(f"GET {short(path)}: {response}, where status {right} belongs")
    return f"{len(paths)} requests answered with {' or '.join(map(str, sorted(allowed)))}"


CHECKS: Final = (
    Check(
        name="random ids",
        endpoint=Endpoint.DB,
        expected="for every id the row with that id, with integers as JSON numbers",
        hint="select the row by the request's own id; keep nothing between requests",
        run=_random_ids,
    ),
    Check(
        name="no such row",
        endpoint=Endpoint.DB,
        expected="status 404 for an integer that is no row's id",
        hint="answer 404 where the SELECT gives no row, also for integers beyond 32 bits",
        run=_no_such_row,
    ),
    Check(
        name="id lists",
        endpoint=Endpoint.QUERIES,
        expected="one row per id in the order asked for, duplicates repeated, 1 to 500 ids",
        hint="run one SELECT for each id in the order given; do not sort, group or deduplicate",
        run=_id_lists,
    ),
    Check(
        name="no such row",
        endpoint=Endpoint.QUERIES,
        expected="status 404 where any of the ids has no row",
        hint="answer 404 for the whole request when one SELECT gives no row",
        run=_no_such_rows,
    ),
    Check(
        name="too many ids",
        endpoint=Endpoint.QUERIES,
        expected="status 400 or 422 for more than 500 ids",
        hint="count the ids before the first SELECT",
        run=_too_many_ids,
    ),
    *map(_malformed, MALFORMED),
)
