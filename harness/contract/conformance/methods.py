"""HEAD, and methods that the contract does not know."""

from typing import Final

from harness.contract.answers import EXCHANGES
from harness.contract.conformance.message import Closed, Response, ResponseParser, excerpt, request
from harness.contract.conformance.probe import Check, Probe, Wrong, short
from harness.model.app import Endpoint

_QUIET_S: Final = 0.2
"""How long a HEAD answer is watched for a body that must not come."""
_OK: Final = 200
_HEAD_STATUSES: Final = frozenset({_OK, 405})
_REFUSED: Final = frozenset({403, 404, 405, 501})
"""403 is what a protection against cross-site requests says before the router is asked."""


def _head(probe: Probe) -> str:
    statuses = {endpoint.value: _head_status(probe, endpoint) for endpoint in sorted(probe.endpoints)}
    return "no body, " + ", ".join(f"{name} {status}" for name, status in statuses.items())


def _head_status(probe: Probe, endpoint: Endpoint) -> int:
    path = "/feed?interval_ms=50" if endpoint is Endpoint.FEED else probe.question(endpoint).path
    with probe.connect() as connection:
        connection.send(request(probe.target, path, method="HEAD", close=True))
        answer, body = _cut_head(connection.receive_bytes(_QUIET_S))
    where = f"HEAD {short(path)}"
    if answer.status not in _HEAD_STATUSES:
        raise Wrong(f"{where}: status {answer.status or 'missing'}")
    if body:
        raise Wrong(f"{where}: a body of {len(body)} bytes, {excerpt(body)}")
    if answer.status == _OK and endpoint is not Endpoint.FEED:
        _expect_same_headers(where, answer, probe.get(path))
    return answer.status


def _cut_head(received: bytes) -> tuple[Response, bytes]:
    """Status and headers, and what came after them. A parser would await the body that HEAD does not have."""
    head, end_of_head, body = received.partition(b"\r\n\r\n")
    parser = ResponseParser()
    parser.feed(head + end_of_head)
    return (parser.complete[0] if parser.complete else parser.current), body


def _expect_same_headers(where: str, head: Response, get: Response) -> None:
    if head.header("content-type") != get.header("content-type"):
        raise Wrong(f"{where}: Content-Type {head.header('content-type')}, but GET has {get.header('content-type')}")
    if head.header("content-length") not in {get.header("content-length"), None}:
        raise Wrong(
            f"{where}: Content-Length {head.header('content-length')}, but GET has {get.header('content-length')}"
        )


def _after_head(probe: Probe) -> str:
    """Were there a body after a HEAD answer, it would be taken for the start of the next answer."""
    question = probe.question()
    with probe.connect() as connection:
        connection.send(request(probe.target, question.path, method="HEAD"))
        _, body = _cut_head(connection.receive_bytes(_QUIET_S))
        if body:
            raise Wrong(f"HEAD {short(question.path)}: a body of {len(body)} bytes, {excerpt(body)}")
        try:
            response = connection.exchange(probe.request(question))
        except Closed:
            return "closed after the HEAD answer"
    probe.expect_right(question, response)
    return "the next answer on the connection is right"


def _other_methods(probe: Probe) -> str:
    found: set[int] = set()
    for endpoint in sorted(probe.sound & EXCHANGES.keys()):
        for method, body in (("POST", b'{"id": 1}'), ("PUT", b'{"id": 1}'), ("DELETE", b""), ("BREW", b"")):
            question = probe.question(endpoint)
            with probe.connect() as connection:
                response = connection.exchange(request(probe.target, question.path, method=method, body=body))
                # Servers refuse a method that HTTP does not define before the app sees it.
                allowed = _REFUSED | {400} if method == "BREW" else _REFUSED
                if response.status not in allowed:
                    raise Wrong(f"{method} {short(question.path)}: {response}")
                found.add(response.status)
                try:
                    following = connection.exchange(probe.request(question))
                except Closed:
                    continue
            probe.expect_right(question, following)
    return f"refused with {', '.join(map(str, sorted(found)))}"


CHECKS: Final = (
    Check(
        name="HEAD",
        endpoint=None,
        expected="status 200 with the headers of GET, or 405; never a body",
        hint="leave HEAD to the framework, or answer 405; don't write a body for it",
        run=_head,
    ),
    Check(
        name="after HEAD",
        endpoint=None,
        expected="the connection usable after HEAD, or closed",
        hint="don't write a body for HEAD",
        run=_after_head,
    ),
    Check(
        name="other methods",
        endpoint=None,
        expected="405 (or 403, 404, 501) for methods other than GET, and the next answer on the connection right",
        hint="route the endpoints for GET only",
        run=_other_methods,
    ),
)
