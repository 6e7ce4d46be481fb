"""HEAD, and methods that the contract does not know."""

from dataclasses import replace
from typing import Final

from harness.contract.answers import EXCHANGES
from harness.contract.conformance.deviations import NO_ANSWER, Deviations, expect_no_leak, otherwise
from harness.contract.conformance.message import Closed, Response, ResponseParser, WireFault, excerpt, request
from harness.contract.conformance.raw_connection import Connection
from harness.contract.conformance.server_under_test import (
    Check,
    Deviation,
    NotApplicable,
    Question,
    ServerUnderTest,
    Wrong,
    short,
)
from harness.contract.interim import cut_interim
from harness.model.app import Endpoint

_POSTED: Final = frozenset({Endpoint.ORDERS})
"""Endpoints that are asked by POST."""
_NOT_GOT: Final = _POSTED | {Endpoint.CHAT}
"""Endpoints that are not asked by GET alone."""
_QUIET_S: Final = 0.2
"""How long a HEAD answer is watched for a body that must not come."""
_OK: Final = 200
_ERROR: Final = 500
HEAD_STATUSES: Final = frozenset({_OK, 405})
REFUSED: Final = frozenset({403, 404, 405, 501})
"""403 is what a protection against cross-site requests says before the router is asked."""
_NO_METHOD: Final = frozenset({*NO_ANSWER, 501})
"""How servers say that a method is none of theirs, as the contract has it or otherwise."""
_NO_ERROR: Final = frozenset({*range(200, 300), *_NO_METHOD})
_SAME_HEADERS: Final = (
    "answer HEAD by the route for GET, with its headers, and have framework or server leave out the body; or answer 405"
)


def _head(server: ServerUnderTest) -> str:
    asked = sorted(server.sound - _NOT_GOT)
    if not asked:
        raise NotApplicable("the app has no endpoint that is asked by GET and answers rightly")
    deviations = Deviations()
    statuses: dict[str, int] = {}
    for endpoint in asked:
        with deviations.gathered():
            statuses[endpoint.value] = _head_status(server, endpoint)
    deviations.tell()
    return "no body, " + ", ".join(f"{name} {status}" for name, status in statuses.items())


def _head_status(server: ServerUnderTest, endpoint: Endpoint) -> int:
    path = "/feed?interval_ms=50" if endpoint is Endpoint.FEED else server.question(endpoint).path
    enough = _has_body if endpoint is Endpoint.FEED else None  # Whoever sends its body sends it without end.
    with server.connect() as connection:
        connection.send(request(server.target, path, method="HEAD", close=True))
        answer, body = _cut_head(connection.receive_bytes(_QUIET_S, enough))
    where = f"HEAD {short(path)}"
    expect_no_leak(where, replace(answer, body=body))
    if answer.status not in HEAD_STATUSES:
        found = f"{where}: status {answer.status or 'missing'}"
        raise otherwise(found, answer, hint=_head_hint(answer.status), excused=_NO_ERROR)
    if body:
        server.body_after = server.body_after or where
        _expect_no_body(where, body)
    if answer.status == _OK and endpoint is not Endpoint.FEED:
        _expect_same_headers(where, answer, server.get(path))
    return answer.status


def _has_body(received: bytes) -> bool:
    return bool(_cut_head(received)[1])


def _head_hint(status: int) -> str | None:
    """What to change where HEAD is neither answered nor refused with 405; None where a status tells nothing of it."""
    if not status:
        return None
    if status >= _ERROR and status not in REFUSED:
        return "read the app's log for the error; HEAD has to be answered as GET is, without a body, or with 405"
    return (
        "the usual cause is a route for GET alone, so that the framework finds none for HEAD: have the routes take "
        "HEAD as well, as the framework's documentation tells, or answer 405; write no body for it"
    )


def _cut_head(received: bytes) -> tuple[Response, bytes]:
    """Status and headers, and what came after them. A parser would await the body that HEAD does not have."""
    _, final = cut_interim(received)
    head, end_of_head, body = final.partition(b"\r\n\r\n")
    parser = ResponseParser()
    parser.feed(head + end_of_head)
    return (parser.complete[0] if parser.complete else parser.current), body


def _expect_same_headers(where: str, head: Response, get: Response) -> None:
    if head.header("content-type") != get.header("content-type"):
        raise Deviation(
            f"{where}: Content-Type {head.header('content-type')}, but GET has {get.header('content-type')}",
            hint=_SAME_HEADERS,
        )
    if head.header("content-length") not in {get.header("content-length"), None}:
        raise Deviation(
            f"{where}: Content-Length {head.header('content-length')}, but GET has {get.header('content-length')}",
            hint=_SAME_HEADERS,
        )


def _after_head(server: ServerUnderTest) -> str:
    """Were there a body after a HEAD answer, it would be taken for the start of the next answer."""
    if server.body_after:
        raise NotApplicable(f"the body after {server.body_after}, told already, stands before the next answer")
    question = server.question()
    where = f"HEAD {short(question.path)}"
    deviations = Deviations()
    response: Response | None = None
    with server.connect() as connection:
        connection.send(request(server.target, question.path, method="HEAD"))
        answer, body = _cut_head(connection.receive_bytes(_QUIET_S))
        expect_no_leak(where, replace(answer, body=body))
        with deviations.gathered():
            _expect_no_body(where, body)
        with deviations.gathered():
            try:
                response = _next_answer(connection, server.request(question))
            except WireFault as fault:
                raise Deviation(str(fault)) from fault
    if response is not None:
        server.expect_right(question, response)
    deviations.tell()
    return "the next answer on the connection is right" if response else "closed after the HEAD answer"


def _expect_no_body(where: str, body: bytes) -> None:
    if body:
        raise Deviation(f"{where}: a body of {len(body)} bytes, {excerpt(body)}")


def _next_answer(connection: Connection, asked: bytes) -> Response | None:
    """What is answered to one more request on a connection; None where it was closed before."""
    try:
        return connection.exchange(asked)
    except Closed:
        return None


def _other_methods(server: ServerUnderTest) -> str:
    deviations = Deviations()
    found: set[int] = set()
    for endpoint in sorted(server.sound & EXCHANGES.keys()):
        other = "GET" if endpoint in _POSTED else "POST"
        for method, body in (
            (other, b"" if other == "GET" else b'{"id": 1}'),
            ("PUT", b'{"id": 1}'),
            ("DELETE", b""),
            ("BREW", b""),
        ):
            with deviations.gathered():
                found.add(_refusal(server, server.question(endpoint), method, body))
    deviations.tell()
    return f"refused with {', '.join(map(str, sorted(found)))}"


def _refusal(server: ServerUnderTest, question: Question, method: str, body: bytes) -> int:
    """The status that a method is refused with; what follows on the connection has to be right however it is met."""
    where = f"{method} {short(question.path)}"
    with server.connect() as connection:
        response = connection.exchange(request(server.target, question.path, method=method, body=body))
        expect_no_leak(where, response)
        # Servers refuse a method that HTTP does not define before the app sees it.
        allowed = REFUSED | {400} if method == "BREW" else REFUSED
        wrong: Wrong | None = None
        if response.status not in allowed:
            excused = {response.status} if server.is_answered(question, response) else _NO_METHOD
            hint = _other_hint(response, question.endpoint)
            wrong = otherwise(f"{where}: {response}", response, hint=hint, excused=excused)
        if wrong is not None and not isinstance(wrong, Deviation):
            raise wrong
        following = _next_answer(connection, server.request(question))
    if following is not None:
        server.expect_right(question, following)
    if wrong is not None:
        raise wrong
    return response.status


def _other_hint(response: Response, endpoint: Endpoint) -> str:
    """What to change where a method is not refused: it was answered, or led to an error."""
    alone = "POST alone" if endpoint in _POSTED else "GET (and HEAD) alone"
    read = "read the app's log for the error, and " if response.status >= _ERROR else ""
    return f"{read}route /{endpoint.value} for {alone}: the framework then refuses other methods"


CHECKS: Final = (
    Check(
        name="HEAD",
        endpoint=None,
        expected="status 200 with the headers of GET, or 405; never a body",
        hint="leave HEAD to the framework, or answer 405; don't write a body for it",
        run=_head,
        may_deviate=True,
    ),
    Check(
        name="after HEAD",
        endpoint=None,
        expected="the connection usable after HEAD, or closed",
        hint="don't write a body for HEAD",
        run=_after_head,
        may_deviate=True,
    ),
    Check(
        name="other methods",
        endpoint=None,
        expected="405 (or 403, 404, 501) for methods other than GET, and the next answer on the connection right",
        hint="read the body of a request that is refused, or close the connection: what is left of it is taken for the "
        "next request",
        run=_other_methods,
        may_deviate=True,
    ),
)
