"""A declared deviation excuses what a framework may do otherwise, and nothing else that the same check finds."""

import json
import re
import socket
from collections.abc import Callable, Mapping
from typing import NamedTuple
from urllib.parse import parse_qs

import pytest

from harness.contract.answers import world_row
from harness.contract.conformance import check, paths
from harness.contract.conformance.suite import CHECKS, DEVIATIONS
from harness.model.app import Endpoint
from harness.model.conformance import CheckResult, Outcome, Target
from tests.unit.contract.raw_server import server

REASON = "so it is, https://example.org/issues/1"
TRACE = b"Traceback (most recent call last):"
SCRIPT = "/%3Cscript%3Ealert(1)%3C/script%3E"

type Answer = Callable[[str], bytes]
"""The bytes that answer a request with this target."""
type Changes = Mapping[str, bytes | Answer]
"""What is answered otherwise, by method, and target or path where it is of one only: `GET /.env`."""


def page(status: str, body: bytes = b"", kind: str = "text/plain", *, sent: bool = True) -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + (body if sent else b"")


def right(target: str, method: str = "GET") -> bytes:
    """The right answer of an app that has /hello and /db."""
    path, _, query = target.partition("?")
    if path not in {"/hello", "/db"}:
        return page("404 Not Found")
    if method not in {"GET", "HEAD"}:
        return page("405 Method Not Allowed")
    if path == "/hello":
        return page("200 OK", b"Hello, World!", sent=method == "GET")
    row = json.dumps(world_row(int(parse_qs(query)["id"][0]))).encode()
    return page("200 OK", row, "application/json", sent=method == "GET")


def found(name: str, changes: Changes, *, declared: bool = True) -> tuple[CheckResult, list[str]]:
    """What a check says of an app that is right but for some changes, and all that was asked for."""
    asked: list[str] = []

    def answer(method: str, target: str) -> bytes:
        asked.append(target)
        path = target.partition("?")[0]
        keys = (f"{method} {target}", f"{method} {path}", method)
        otherwise = next((changes[each] for each in keys if each in changes), None)
        if otherwise is None:
            return right(target, method)
        return otherwise if isinstance(otherwise, bytes) else otherwise(target)

    def serve(connection: socket.socket, _: int) -> None:
        held = b""
        while received := connection.recv(65_536):
            held += received
            while b"\r\n\r\n" in held:
                head, _, held = held.partition(b"\r\n\r\n")
                told = re.search(rb"Content-Length: (\d+)", head)
                held = held[int(told[1]) if told else 0 :]
                method, target, *_ = head.decode().split(" ")
                connection.sendall(answer(method, target))

    (meant,) = (each for each in CHECKS if each.name == name)
    with server(serve) as port:
        target = Target(host="127.0.0.1", port=port, deviates={meant.key: REASON} if declared else {})
        report = check(target, [Endpoint.HELLO, Endpoint.DB], statements=None, checks=[meant], patience_s=1.0)
    (result,) = report.results
    return result, asked


def in_turn(*answers: Answer) -> Answer:
    """Each answer once, and the last from then on."""
    left = list(answers)

    def answer(target: str) -> bytes:
        return (left.pop(0) if left[1:] else left[0])(target)

    return answer


def silent(_: str) -> bytes:
    return b""


def closing(_: str) -> bytes:
    raise ConnectionAbortedError


def refusing(_: str) -> bytes:
    return page("400 Bad Request")


def failing(_: str) -> bytes:
    return page("500 Internal Server Error")


def swapping() -> Answer:
    """Answers two requests that came at once in the wrong order."""
    held: list[bytes] = []

    def answer(target: str) -> bytes:
        held.insert(0, right(target))
        if len(held) == 1:
            return b""
        both = b"".join(held)
        held.clear()
        return both

    return answer


class Case(NamedTuple):
    check: str
    changes: Changes
    found: str


ANY_CASE = {"GET /HELLO": right("/hello")}
GET_ALONE = {"HEAD": page("404 Not Found")}

EXCUSED = (
    Case("unknown path", ANY_CASE, "GET /HELLO: status 200, Hello, World!, where status 404 belongs"),
    Case("unknown path", {f"GET {path}": right("/hello") for path in paths._LIKE_HELLO}, r"; .*; .* \(and 1 more\)$"),
    Case("unknown path", {"GET /HELLO": page("301 Moved Permanently"), "GET /.env": page("403 Forbidden")}, "301.*403"),
    Case("percent-encoding", {"GET /db": refusing}, r"id=%37: status 400.*; GET /db\?%69d=7: status 400"),
    Case("percent-encoding", {"GET /%68ello": refusing}, "GET /%68ello: status 400"),
    Case("pipelined requests", {"GET /db": in_turn(right, silent)}, "after 1 of 6 pipelined requests: "),
    Case("pipelined requests", {"GET /db": closing}, "closed the connection|the connection broke"),
    Case("pipelined requests", {"GET /db": in_turn(right, refusing)}, "status 400"),
    Case("HEAD", GET_ALONE, "HEAD /db.*: status 404; HEAD /hello: status 404"),
    Case("HEAD", {"HEAD": right}, "HEAD /db.*: a body of .*; HEAD /hello: a body of 13 bytes, Hello, World!"),
    Case("HEAD", {"HEAD": page("200 OK", kind="text/html")}, "Content-Type text/html, but GET has"),
    Case("HEAD", {"HEAD": page("501 Not Implemented")}, "status 501"),
    Case("after HEAD", {"HEAD": right}, "HEAD /db.*: a body of"),
    Case("after HEAD", {"GET /db": b"}"}, "bytes that are not HTTP"),
    Case("other methods", dict.fromkeys(("POST", "PUT", "DELETE"), right), r"POST /db.*: status 200.*\(and 3 more\)$"),
    Case("other methods", {"POST": page("302 Found"), "PUT": page("422 No")}, "POST /db.*: status 302.*PUT /db"),
)

NEVER_EXCUSED = (
    Case("unknown path", {"GET /HELLO": page("200 OK", b"welcome")}, "GET /HELLO: status 200, welcome"),
    Case("unknown path", {"GET /.env": page("200 OK", b"KEY=1")}, "^GET /.env: status 200, KEY=1, where"),
    Case("unknown path", {"GET /.git/config": right("/hello")}, "^GET /.git/config: status 200"),
    Case("unknown path", {f"GET {SCRIPT}": page("404 No", b"<script>alert(1)", "text/html")}, "a browser would run"),
    Case("unknown path", {"GET /../../../etc/passwd": page("200 OK", b"root:x:0:0:")}, "status 200, root:x:0:0:"),
    Case("unknown path", {"GET /%00": failing}, "^GET /%00: status 500"),
    Case("unknown path", {"GET /%zz": page("404 Not Found", TRACE)}, "a stack trace"),
    Case("unknown path", {"GET /HELLO": failing}, "^GET /HELLO: status 500"),
    Case("percent-encoding", {"GET /db?id=%37": right("/db?id=8")}, '"id": 8.*belongs$'),
    Case("percent-encoding", {"GET /db?id=%37": refusing, "GET /db?%69d=7": right("/db?id=8")}, '"id": 8.*belongs$'),
    Case("percent-encoding", {"GET /db": failing}, "status 500"),
    Case("percent-encoding", {"GET /db": page("400 Bad Request", TRACE)}, "a stack trace"),
    Case("pipelined requests", {"GET /db": swapping()}, "the body is .*, where .* belongs"),
    Case("pipelined requests", {"GET /db": in_turn(right, refusing, lambda _: right("/hello"))}, "the body is Hello"),
    Case("pipelined requests", {"GET /db": in_turn(right, failing)}, "status 500"),
    Case("pipelined requests", {"GET /db": in_turn(right, lambda _: b"}")}, "after 1 of 6.*not HTTP"),
    Case("HEAD", {"HEAD /db": page("404 Not Found"), "HEAD /hello": page("500 Error")}, "^HEAD /hello: status 500"),
    Case("HEAD", {"HEAD": page("404 Not Found", TRACE)}, "^HEAD /db.*: status 404, and the body shows a stack trace"),
    Case("after HEAD", {"HEAD": right, "GET /db": right("/db?id=1")}, "the body is .*, where .* belongs"),
    Case("after HEAD", {"HEAD": page("404 Not Found", TRACE)}, "a stack trace"),
    Case("other methods", {"POST": page("200 OK", b"welcome")}, "^POST /db.*: status 200, welcome"),
    Case("other methods", {"POST": page("400 No"), "DELETE /hello": failing}, "^DELETE /hello: status 500"),
    Case("other methods", {"PUT": page("405 Method Not Allowed", TRACE)}, "^PUT /db.*a stack trace"),
    Case("other methods", {"POST": page("400 No") + right("/hello")}, "^GET /db.*: the body is Hello, World!"),
    Case(
        "overlong target", {"GET /hello": lambda target: (failing if target[4_000:] else right)(target)}, "status 500"
    ),
)


def named(case: Case) -> str:
    return f"{case.check}: {case.found}"


@pytest.mark.parametrize("case", EXCUSED, ids=named)
def test_what_does_no_harm_deviates_as_declared_and_else_fails_with_how_to_declare_it(case: Case) -> None:
    told, _ = found(case.check, case.changes)
    assert (told.outcome, told.declared, told.hint) == (Outcome.DEVIATES, REASON, None), told.found
    assert re.search(case.found, told.found), told.found


@pytest.mark.parametrize("case", NEVER_EXCUSED, ids=named)
def test_what_does_harm_fails_whatever_is_declared(case: Case) -> None:
    told, _ = found(case.check, case.changes)
    assert (told.outcome, told.declared) == (Outcome.FAILED, None), told.found
    assert re.search(case.found, told.found), told.found
    key = case.check.replace(" ", "-")
    assert (f"that `{key}` is declared under `deviates` does not excuse this" in str(told.hint)) is (key in DEVIATIONS)


def test_a_line_to_declare_is_offered_for_what_may_be_declared_alone() -> None:
    offer = '[tool.bench.deviates] unknown-path = "what it does, https://..."'
    told, _ = found("unknown path", ANY_CASE, declared=False)
    assert told.outcome is Outcome.FAILED
    assert str(told.hint).endswith(offer)
    told, _ = found("unknown path", {**ANY_CASE, "GET /%00": failing}, declared=False)
    assert told.outcome is Outcome.FAILED
    assert offer not in str(told.hint)


def test_no_path_is_left_out_after_one_that_deviates() -> None:
    _, asked = found("unknown path", ANY_CASE)
    assert asked == [*paths.UNKNOWN, *paths._NO_TEXT, "/hello"], "and then whether the server still answers"


@pytest.mark.parametrize("name", [each.name for each in CHECKS if each.may_deviate])
def test_what_is_declared_and_not_done_passes(name: str) -> None:
    told, _ = found(name, {})
    assert told.outcome is Outcome.PASSED, told.found


def test_a_feed_without_end_after_head_is_a_body() -> None:
    """As of a server that sends whatever the app gives, where the app streams all the same."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"

    def serve(connection: socket.socket, _: int) -> None:
        if b" /feed?" not in connection.recv(65_536):
            connection.sendall(right("/hello"))
            return
        connection.sendall(head)
        connection.settimeout(0.05)
        while True:
            connection.sendall(b"id: 1\n\n")
            try:
                if not connection.recv(1):
                    return
            except TimeoutError:
                continue

    (meant,) = (each for each in CHECKS if each.name == "HEAD")
    with server(serve) as port:
        target = Target(host="127.0.0.1", port=port, deviates={"head": REASON})
        (told,) = check(target, [Endpoint.FEED], statements=None, checks=[meant], patience_s=1.0).results
    assert told.outcome is Outcome.DEVIATES, told.found
    assert told.found.startswith("HEAD /feed?interval_ms=50: a body of ")
