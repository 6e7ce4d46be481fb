"""Whether the rows really come from PostgreSQL, by one SELECT each: the server's own count says so."""

from collections.abc import Sequence
from typing import Final

from harness.contract.conformance.server_under_test import (
    Check,
    NotApplicable,
    Question,
    ServerUnderTest,
    Wrong,
    ask_row,
    ask_rows,
    short,
)
from harness.model.app import Endpoint

_REPEATS: Final = 4
"""The same request more than once, so that a cache has a chance to show itself."""


def _selects_per_request(server: ServerUnderTest, questions: Sequence[Question], expected: int) -> str:
    for question in questions:
        server.get(question.path)
        before = _executed(server)
        for _ in range(_REPEATS):
            server.get(question.path)  # whose answer other checks judge
        executed = _executed(server) - before
        if executed != expected * _REPEATS:
            raise Wrong(
                f"{executed / _REPEATS:g} SELECTs per request to {short(question.path)}", hint=_hint(executed, expected)
            )
    return f"{expected} for each of {len(questions) * _REPEATS} requests"


def _executed(server: ServerUnderTest) -> int:
    executed = None if server.statements is None else server.statements()
    if executed is None:
        raise NotApplicable("this PostgreSQL does not count statements (pg_stat_statements is not installed)")
    return executed


def _hint(executed: int, expected: int) -> str:
    if executed == 0:
        return "read the rows from PostgreSQL in each request: no cache, no computed answer"
    if executed < expected * _REPEATS:
        return "run one SELECT per id and request: no IN list, no join, no cache, no deduplication"
    return "run no SELECT on the tables beside those that the contract names"


def _db(server: ServerUnderTest) -> str:
    return _selects_per_request(server, [ask_row(1), ask_row(4711)], 1)


def _queries(server: ServerUnderTest) -> str:
    distinct = ask_rows(server.random.sample(range(1, 1001), 20))
    repeated = ask_rows([5, 6] * 10)
    return _selects_per_request(server, [distinct, repeated], 20)


def _fortunes(server: ServerUnderTest) -> str:
    return _selects_per_request(server, [server.question(Endpoint.FORTUNES)], 1)


CHECKS: Final = (
    Check(
        name="SQL statements",
        endpoint=Endpoint.DB,
        expected="one SELECT per request",
        hint="select the row in each request",
        run=_db,
    ),
    Check(
        name="SQL statements",
        endpoint=Endpoint.QUERIES,
        expected="one SELECT per id, for repeated ids too",
        hint="select each row on its own, in the order of the ids",
        run=_queries,
    ),
    Check(
        name="SQL statements",
        endpoint=Endpoint.FORTUNES,
        expected="one SELECT per request",
        hint="select all fortunes at once in each request",
        run=_fortunes,
    ),
)
