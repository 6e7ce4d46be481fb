"""Whether the rows really come from PostgreSQL, by one SELECT each: the server's own count says so.

A statement may be executed for show, and its row computed all the same: so a row is changed, asked for, and restored.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from harness.contract import dataset
from harness.contract.answers import world_row
from harness.contract.conformance.message import Response
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
from harness.contract.fortunes_page import fortune_rows
from harness.contract.strict_json import is_json_of
from harness.model.app import Endpoint

_UNCOUNTED: Final = "this PostgreSQL does not count statements (pg_stat_statements is not installed)"
_REPEATS: Final = 4
"""The same request more than once, so that a cache has a chance to show itself."""
_CHANGED: Final = 4711
_OTHER_NUMBER: Final = dataset.random_number(_CHANGED) % 10_000 + 1
_CHANGED_FORTUNE: Final = 7
_OTHER_MESSAGE: Final = "Changed while you asked."


def _selects_per_request(server: ServerUnderTest, questions: Sequence[Question], expected: int) -> str:
    if server.statements is None or server.statements() is None:
        return _statement_in_each(server, questions)
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
    executed = server.statements() if server.statements else None
    if executed is None:
        raise NotApplicable(_UNCOUNTED)
    return executed


def _statement_in_each(server: ServerUnderTest, questions: Sequence[Question]) -> str:
    """Whether there was any, which every PostgreSQL tells, where none is counted: counting takes time in a run."""
    for question in questions:
        server.get(question.path)
        without = 0
        for _ in range(_REPEATS):
            before, opened = _used(server), server.connections and server.connections()
            server.get(question.path)
            used = _used(server).items() - before.items()
            # One that was opened for the request may be closed already.
            without += not used and opened == (server.connections and server.connections())
        if without:
            what = f"no statement in PostgreSQL for {without} of {_REPEATS} requests to {short(question.path)}"
            raise Wrong(what, hint=_hint(0, 1))
    return f"a statement or more for each of {len(questions) * _REPEATS} requests"


def _used(server: ServerUnderTest) -> Mapping[str, str]:
    used = None if server.activity is None else server.activity()
    if used is None:
        raise NotApplicable(_UNCOUNTED)
    return used


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


def _changed_row(server: ServerUnderTest) -> str:
    row = {"id": _CHANGED, "randomNumber": _OTHER_NUMBER}
    question = ask_row(_CHANGED)
    with _changed(server, question):
        response = server.answer(question)
    return _shows_change(
        f"GET /db?id={_CHANGED}", response, is_json_of(row, response.body), f"number is {_OTHER_NUMBER}"
    )


def _changed_rows(server: ServerUnderTest) -> str:
    question = ask_rows([1, _CHANGED, 2])
    rows = [world_row(1), {"id": _CHANGED, "randomNumber": _OTHER_NUMBER}, world_row(2)]
    with _changed(server, question):
        response = server.answer(question)
    shown = is_json_of(rows, response.body)
    return _shows_change(f"GET {question.path}", response, shown, f"number of {_CHANGED} is {_OTHER_NUMBER}")


def _changed_fortune(server: ServerUnderTest) -> str:
    question = server.question(Endpoint.FORTUNES)
    with _changed(server, question):
        response = server.answer(question)
    shown = (str(_CHANGED_FORTUNE), _OTHER_MESSAGE) in fortune_rows(response.body)
    return _shows_change("GET /fortunes", response, shown, f"message of {_CHANGED_FORTUNE} is '{_OTHER_MESSAGE}'")


@contextmanager
def _changed(server: ServerUnderTest, question: Question) -> Iterator[None]:
    """While this lasts, a row of each table is another one than it was as the same question was asked before."""
    server.answer(question)  # whoever keeps what was answered keeps the row as it was
    if server.change is None or not server.change(_rewritten(_OTHER_NUMBER, _OTHER_MESSAGE)):
        raise NotApplicable("the rows of this PostgreSQL are not the harness's to change")
    try:
        yield
    finally:
        server.change(_rewritten(dataset.random_number(_CHANGED), dataset.FORTUNES[_CHANGED_FORTUNE - 1]))


def _rewritten(number: int, message: str) -> str:
    return (
        f"UPDATE world SET random_number = {number} WHERE id = {_CHANGED}; "  # noqa: S608 - values of ours
        f"UPDATE fortune SET message = '{message}' WHERE id = {_CHANGED_FORTUNE}"
    )


def _shows_change(asked: str, response: Response, shown: bool, now: str) -> str:  # noqa: FBT001 - of one use
    if not (response.succeeded and shown):
        raise Wrong(f"{asked}, while its {now} in PostgreSQL: {response}")
    return f"its {now}, as in PostgreSQL at that moment"


CHECKS: Final = (
    Check(
        name="SQL statements",
        endpoint=Endpoint.DB,
        expected="one SELECT per request",
        hint="select the row in each request",
        run=_db,
        alone=True,
    ),
    Check(
        name="SQL statements",
        endpoint=Endpoint.QUERIES,
        expected="one SELECT per id, for repeated ids too",
        hint="select each row on its own, in the order of the ids",
        run=_queries,
        alone=True,
    ),
    Check(
        name="SQL statements",
        endpoint=Endpoint.FORTUNES,
        expected="one SELECT per request",
        hint="select all fortunes at once in each request",
        run=_fortunes,
        alone=True,
    ),
    *(
        Check(
            name="changed row",
            endpoint=endpoint,
            expected="the row as it stands in PostgreSQL when it is asked for, though another than a moment before",
            hint=_hint(0, 1),
            run=run,
            alone=True,
        )
        for endpoint, run in (
            (Endpoint.DB, _changed_row),
            (Endpoint.QUERIES, _changed_rows),
            (Endpoint.FORTUNES, _changed_fortune),
        )
    ),
)
