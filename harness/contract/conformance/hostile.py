"""Requests that try to make the server fail, leak, run foreign code, or change the data.

To refuse such a request is right, whoever does it and however: the framework, the app, or a firewall before them. Where
harmless requests are refused as well (a limit of requests, a client shut out), refusals tell nothing of the app.
"""

from collections.abc import Iterator
from functools import partial
from itertools import zip_longest
from typing import Final, NamedTuple

from harness.contract import dataset
from harness.contract.conformance.corpus import CORPUS, Hostile
from harness.contract.conformance.message import Late, Response, WireFault, request
from harness.contract.conformance.right import what_to_mend
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
from harness.contract.conformance.wait import MAX_WAIT_MS
from harness.contract.event_stream import INTERVALS_MS
from harness.contract.fortunes_page import fortune_rows
from harness.contract.items import MAX_FACTOR
from harness.contract.leaks import ECHO, leak_in
from harness.contract.strict_json import parsed_json
from harness.model.app import Endpoint

_OK: Final = 200
_REFUSALS: Final = range(400, 500)
_OF_THE_VALUE: Final = frozenset({_OK, 400, 404, 422})
"""What an app says of a value. Any other status may come of who asks, or of how often."""
_TURNED_AWAY: Final = frozenset({401, 403, 407, 429, 503})
_SERVER_ERROR: Final = 500
_OVERLONG_BYTES: Final = (5_000, 100_000, 1_000_000)
_SHOWN: Final = 3
"""So many offences are told; they mostly have one cause."""

_PARAMETERS: Final = {
    Endpoint.ITEMS: "factor",
    Endpoint.DB: "id",
    Endpoint.QUERIES: "ids",
    Endpoint.WAIT: "ms",
    Endpoint.FEED: "interval_ms",
}
_BESIDE: Final = {Endpoint.ITEMS: "count=1&"}
"""What else the endpoint has to be asked, without harm."""
_REFUSED_HOW: Final = {
    Endpoint.ITEMS: f"refuse what is not 1 to {MAX_FACTOR:,}",
    Endpoint.DB: "pass it to SQL as a bound parameter",
    Endpoint.QUERIES: "pass it to SQL as a bound parameter",
    Endpoint.WAIT: f"refuse what is not 0 to {MAX_WAIT_MS:,}, before anything waits",
    Endpoint.FEED: f"refuse what is not {INTERVALS_MS[0]:,} to {INTERVALS_MS[-1]:,}",
}
_HARMLESS_FEED: Final = "/feed?interval_ms=1000"
_TURNED_AWAY_HINT: Final = "switch off what limits or shuts out clients while the app is checked and measured"
_SAMPLE: Final = (1, 2, 4_711, dataset.WORLD_ROWS)


class _Offence(NamedTuple):
    """What is wrong with the answer to one hostile request."""

    said: str
    refutes: bool
    """As in `CheckResult`: the value ran as SQL, or broke something."""
    hint: str | None = None
    """What to change, where that has nothing to do with the value: other checks have found it too."""


def _parameters(server: ServerUnderTest, endpoint: Endpoint) -> str:
    server.shown_before = server.shown_before or _shown(server)
    offences: list[_Offence] = []
    broken = 0
    for tried, hostile in enumerate(CORPUS, start=1):
        offence: _Offence | None
        path = f"/{endpoint.value}?{_BESIDE.get(endpoint, '')}{hostile.query(_PARAMETERS[endpoint])}"
        try:
            response = _answer(server, endpoint, path)
        except WireFault as fault:
            offence = _Offence(str(fault), refutes=_is_its_doing(server, endpoint, path, fault))
            broken += 1
        else:
            if response.status not in _OF_THE_VALUE and (why := _turned_away(server, endpoint)):
                raise _failure(offences, f"after {tried} hostile values, {why}", _TURNED_AWAY_HINT)
            offence = _offence(server, endpoint, path, hostile, response)
        if offence:
            offences.append(offence._replace(said=f"GET {path[:70]}: {offence.said}"))
        if broken == _SHOWN:  # The server hangs or is gone: the other values would tell no more.
            break
    if offences:
        raise _failure(offences)
    return f"{len(CORPUS)} hostile values refused, or read as the integer they spell"


def _is_its_doing(server: ServerUnderTest, endpoint: Endpoint, path: str, fault: WireFault) -> bool:
    """Whether the value has the server sleep or ended it, and not a host that stood still: then it does so again."""
    try:
        _answer(server, endpoint, path)
    except Late:
        return isinstance(fault, Late) or not server.answers()
    except WireFault:
        return not server.answers()
    return False


def _failure(offences: list[_Offence], end: str | None = None, hint: str | None = None) -> Wrong:
    """What is worst comes first."""
    told = [offence.said for offence in sorted(offences, key=lambda offence: not offence.refutes)]
    more = f" (and {len(told) - _SHOWN} more)" if len(told) > _SHOWN else ""
    found = "; ".join(told[:_SHOWN]) + more
    hint = hint or (offences[0].hint if len({offence.hint for offence in offences}) == 1 else None)
    return Wrong("; ".join(filter(None, (found, end))), hint=hint, refutes=any(offence.refutes for offence in offences))


def _offence(
    server: ServerUnderTest, endpoint: Endpoint, path: str, hostile: Hostile, response: Response
) -> _Offence | None:
    if response.header("x-injected") is not None:
        return _Offence("the value became a header of the response", refutes=False)
    if leak := leak_in(response):
        return _Offence(f"status {response.status}, and the body shows {leak}", refutes=leak != ECHO)
    if response.status == _OK:
        if _is_reading(server, endpoint, path, hostile, response):
            return None
        said = f"{response}, where a refusal or the right answer for that integer belongs"
        return _Offence(said, _has_a_row(response.body), _known_mistake(server, endpoint, path, hostile, response))
    if response.status in _REFUSALS:
        return None
    return _Offence(str(response), refutes=response.status >= _SERVER_ERROR)


def _has_a_row(body: bytes) -> bool:
    """Whether it shows anything of the table."""
    try:
        found = parsed_json(body)
    except ValueError:
        return False
    rows = found if isinstance(found, list) else [found]
    return any(isinstance(row, dict) and row.get("randomNumber") is not None for row in rows)


def _turned_away(server: ServerUnderTest, endpoint: Endpoint) -> str | None:
    """What a request without harm is refused with; None where it is not."""
    path = _HARMLESS_FEED if endpoint is Endpoint.FEED else server.question(endpoint).path
    try:
        response = _answer(server, endpoint, path)
    except WireFault:
        return None
    return f"GET {short(path)}: {response}" if response.status in _TURNED_AWAY else None


def _answer(server: ServerUnderTest, endpoint: Endpoint, path: str) -> Response:
    with server.connect() as connection:
        connection.send(request(server.target, path))
        response = connection.receive_head()
        if endpoint is Endpoint.FEED and response.status == _OK:
            return response
        return connection.receive()


def _known_mistake(
    server: ServerUnderTest, endpoint: Endpoint, path: str, hostile: Hostile, response: Response
) -> str | None:
    """What to change in an answer that is right but for a mistake which harmless requests show as well."""
    if endpoint not in server.faulty:
        return None
    asked = _readings(endpoint, path, hostile)
    return next(filter(None, (what_to_mend(endpoint, question.key, response) for question in asked)), None)


def _is_reading(server: ServerUnderTest, endpoint: Endpoint, path: str, hostile: Hostile, response: Response) -> bool:
    """Whether the response is right for an integer that the value may be read as."""
    if endpoint is Endpoint.FEED:
        return any(interval_ms in INTERVALS_MS for interval_ms, *others in hostile.readings if not others)
    return any(server.is_right(question, response.body) for question in _readings(endpoint, path, hostile))


def _readings(endpoint: Endpoint, path: str, hostile: Hostile) -> Iterator[Question]:
    """The requests without harm that this one may be read as."""
    for reading in hostile.readings:
        match endpoint, reading:
            case ((Endpoint.DB | Endpoint.QUERIES), ids) if not all(1 <= each <= dataset.WORLD_ROWS for each in ids):
                continue  # There is no such row, whatever is answered.
            case Endpoint.QUERIES, ids:
                yield Question(endpoint, path, ids)
            case Endpoint.ITEMS, (factor,) if 1 <= factor <= MAX_FACTOR:
                yield Question(endpoint, path, (1, factor))
            case ((Endpoint.DB | Endpoint.WAIT), (number,)):
                yield Question(endpoint, path, number)


def _overlong(server: ServerUnderTest) -> str:
    found = []
    for length in _OVERLONG_BYTES:
        question = Question(Endpoint.HELLO, "/hello?" + "a" * length, None)
        try:
            response = server.answer(question)
        except WireFault:
            found.append("closed")
        else:
            _expect_outlived(server, question, response, f"a target of {length} bytes")
            found.append(str(response.status))
        server.ask(server.question())
    lengths = ", ".join(f"{length:,}" for length in _OVERLONG_BYTES)
    return f"targets of {lengths} bytes: {', '.join(found)}"


def _expect_outlived(server: ServerUnderTest, question: Question, response: Response, what: str) -> None:
    if leak := leak_in(response):
        raise Wrong(f"{what}: status {response.status}, and the body shows {leak}")
    if response.status == _OK and question.endpoint in server.sound:
        server.expect_right(question, response)
    elif response.status != _OK and response.status not in _REFUSALS:
        raise Wrong(f"{what}: {response}")


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
    if None in now.values():  # A host that stood still keeps an answer from coming once.
        now = _shown(server)
    for path, shown in before.items():
        if now[path] == shown:
            continue
        if now[path] is None and (why := _unreadable(server, path)):
            raise NotApplicable(f"the rows can't be read any more: GET {short(path)}: {why}")
        raise Wrong(f"GET {short(path)}: {_first_change(shown, now[path])}", refutes=True)
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


def _unreadable(server: ServerUnderTest, path: str) -> str | None:
    """Why the server does not say what the tables hold; None where it says something."""
    try:
        response = server.get(path)
    except WireFault as fault:
        return str(fault)
    return str(response) if response.status in _TURNED_AWAY else None


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
                "a 4xx status, or the right answer for the integer that the value spells; "
                "never 5xx, a stack trace, or what the value says run as SQL or markup"
            ),
            hint="parse the parameter with int() and catch ValueError, and TypeError where one that is given twice is "
            f"a list; {_REFUSED_HOW[endpoint]}; keep it out of error pages, or escaped",
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
