"""Requests that try to make the server fail, leak, run foreign code, or change the data."""

from functools import partial
from itertools import zip_longest
from typing import Final

from harness.contract import dataset
from harness.contract.conformance.corpus import CORPUS, Hostile
from harness.contract.conformance.leaks import leak_in
from harness.contract.conformance.message import Response, WireFault, request
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
from harness.contract.strict_json import parsed_json
from harness.model.app import Endpoint

_OK: Final = 200
_ALLOWED: Final = frozenset({_OK, 400, 404, 422})
_TOO_LONG: Final = _ALLOWED | {413, 414, 431}
_OVERLONG_BYTES: Final = (5_000, 100_000, 1_000_000)
_SHOWN: Final = 3
"""So many offences are told; they mostly have one cause."""

_PARAMETERS: Final = {
    Endpoint.DB: "id",
    Endpoint.QUERIES: "ids",
    Endpoint.WAIT: "ms",
    Endpoint.FEED: "interval_ms",
}
_FEED_INTERVALS_MS: Final = range(10, 60_001)
_SAMPLE: Final = (1, 2, 4_711, dataset.WORLD_ROWS)


def _parameters(server: ServerUnderTest, endpoint: Endpoint) -> str:
    server.shown_before = server.shown_before or _shown(server)
    offences: list[str] = []
    broken = 0
    for hostile in CORPUS:
        path = f"/{endpoint.value}?{hostile.query(_PARAMETERS[endpoint])}"
        try:
            offence = _offence(server, endpoint, path, hostile)
        except WireFault as fault:
            offence = str(fault)
            broken += 1
        if offence:
            offences.append(f"GET {path[:70]}: {offence}")
        if broken == _SHOWN:  # The server hangs or is gone: the other values would tell no more.
            break
    if offences:
        more = f" (and {len(offences) - _SHOWN} more)" if len(offences) > _SHOWN else ""
        raise Wrong("; ".join(offences[:_SHOWN]) + more)
    return f"{len(CORPUS)} hostile values refused, or read as the integer they spell"


def _offence(server: ServerUnderTest, endpoint: Endpoint, path: str, hostile: Hostile) -> str | None:
    """What is wrong with the answer to one hostile request."""
    response = _answer(server, endpoint, path)
    if response.header("x-injected") is not None:
        return "the value became a header of the response"
    if leak := leak_in(response):
        return f"status {response.status}, and the body shows {leak}"
    if response.status == _OK and not _is_reading(server, endpoint, path, hostile, response):
        return f"{response}, where a refusal or the row of that integer belongs"
    return None if response.status in _ALLOWED else str(response)


def _answer(server: ServerUnderTest, endpoint: Endpoint, path: str) -> Response:
    with server.connect() as connection:
        connection.send(request(server.target, path))
        response = connection.receive_head()
        if endpoint is Endpoint.FEED and response.status == _OK:
            return response
        return connection.receive()


def _is_reading(server: ServerUnderTest, endpoint: Endpoint, path: str, hostile: Hostile, response: Response) -> bool:
    """Whether the response is right for an integer that the value may be read as."""
    for reading in hostile.readings:
        match endpoint, reading:
            case Endpoint.QUERIES, ids:
                question = Question(endpoint, path, ids)
            case Endpoint.FEED, (interval_ms,):
                return interval_ms in _FEED_INTERVALS_MS
            case _, (number,):
                question = Question(endpoint, path, number)
            case _:
                continue
        if server.is_right(question, response.body):
            return True
    return False


def _overlong(server: ServerUnderTest) -> str:
    found = []
    for length in _OVERLONG_BYTES:
        try:
            response = server.get("/hello?" + "a" * length)
        except WireFault:
            found.append("closed")
        else:
            if response.status not in _TOO_LONG:
                raise Wrong(f"a target of {length} bytes: {response}")
            found.append(str(response.status))
        server.ask(server.question())
    lengths = ", ".join(f"{length:,}" for length in _OVERLONG_BYTES)
    return f"targets of {lengths} bytes: {', '.join(found)}"


def _data_unchanged(server: ServerUnderTest) -> str:
    """Each statement in the corpus that changes data would change or remove all rows of a table.

    What the server shows is compared with what it showed before, right or wrong: that is judged elsewhere.
    """
    if not server.shown_before:
        raise NotApplicable("no endpoint that reads the database was sent hostile parameters")
    before = {path: shown for path, shown in server.shown_before.items() if shown is not None}
    if not before:
        raise NotApplicable("the rows could not be read before the hostile requests either")
    now = _shown(server)
    for path, shown in before.items():
        if now[path] != shown:
            raise Wrong(f"GET {short(path)}: {_first_change(shown, now[path])}")
    return "the rows are as they were"


def _shown(server: ServerUnderTest) -> dict[str, object]:
    """What the endpoints that read the database say, whatever the spelling; None where nothing can be made of it."""
    asked: list[Question] = []
    if Endpoint.DB in server.endpoints:
        asked += map(ask_row, _SAMPLE)
    elif Endpoint.QUERIES in server.endpoints:
        asked.append(ask_rows(_SAMPLE))
    if Endpoint.FORTUNES in server.endpoints:
        asked.append(server.question(Endpoint.FORTUNES))
    return {question.path: _meaning(server, question) for question in asked}


def _meaning(server: ServerUnderTest, question: Question) -> object:
    try:
        response = server.get(question.path)
        if response.status != _OK:
            return None
        if question.endpoint is Endpoint.FORTUNES:
            return fortune_rows(response.body) or None
        return parsed_json(response.body)
    except (WireFault, ValueError):
        return None


def _first_change(before: object, now: object) -> str:
    if isinstance(before, list) and isinstance(now, list):
        pairs = enumerate(zip_longest(before, now), start=1)
        place, (was, found) = next((place, pair) for place, pair in pairs if pair[0] != pair[1])
        return f"row {place} of {len(now)} is {found}, where it was {was} before the hostile requests"
    return f"now {'nothing' if now is None else now}, where it was {before} before the hostile requests"


CHECKS: Final = (
    *(
        Check(
            name="hostile parameter",
            endpoint=endpoint,
            expected=(
                "400, 404 or 422, or the right answer for the integer that the value spells; "
                "never 5xx, a stack trace, or what the value says run as SQL or markup"
            ),
            hint=(
                "parse the parameter with int() and catch ValueError; pass it to SQL as a bound parameter; "
                "keep it out of error pages, or escaped"
            ),
            run=partial(_parameters, endpoint=endpoint),
        )
        for endpoint in _PARAMETERS
    ),
    Check(
        name="data unchanged",
        endpoint=None,
        expected="the tables as they were before the hostile requests",
        hint="pass values to SQL as bound parameters only",
        run=_data_unchanged,
    ),
    Check(
        name="overlong target",
        endpoint=None,
        expected="a 4xx status, the right answer or the end of the connection, and a server that goes on answering",
        hint="leave the limits of the server's HTTP parser on",
        run=_overlong,
    ),
)
