"""An endpoint that fails its plain request is one failure with one hint, whatever else would be asked of it."""

import socket
from collections import Counter
from collections.abc import Iterable

import pytest

from harness.contract.conformance import check
from harness.contract.conformance.message import Response, ResponseParser
from harness.contract.conformance.suite import CHECKS
from harness.model.app import Endpoint
from harness.model.conformance import CheckResult, ConformanceReport, Outcome, Target
from tests.unit.contract.raw_server import server

PAGE = (
    b'<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/">\n<html>\n'
    b"<head>\n<title>404 Not Found</title>\n<style>" + b"#powered_by { margin-top: 20px; }\n" * 18 + b"</style></html>"
)
RIGHT = {b"/hello": (b"text/plain", b"Hello, World!"), b"/json": (b"application/json", b'{"message": "Hello, World!"}')}
ALONE = {"status", "content type", "framing", "body", "other methods", "HEAD", "percent-encoding"}
"""The checks that are asked here: those of many clients at once and of hostile values take longer."""
FEW = [each for each in CHECKS if each.name in ALONE or each.endpoint in {Endpoint.FEED, Endpoint.CHAT}]


def serve(connection: socket.socket, known: Iterable[bytes]) -> None:
    """Answers what is known, and everything else by an error page; each body comes after its headers."""
    while asked := connection.recv(65_536):
        method, target, *_ = asked.split(b" ")
        path = target.partition(b"?")[0]
        found = path in known and method in {b"GET", b"HEAD"}
        kind, body = RIGHT[path] if found else (b"text/html;charset=utf-8", PAGE)
        status = b"200 OK" if found else b"405 Not Allowed" if path in known else b"404 Not Found"
        head = b"HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n" % (status, kind, len(body))
        connection.sendall(head)
        connection.sendall(b"" if method == b"HEAD" else body)


def checked(endpoints: Iterable[Endpoint], known: Iterable[bytes]) -> ConformanceReport:
    def one(connection: socket.socket, _: int) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        serve(connection, known)

    with server(one) as port:
        target = Target(host="127.0.0.1", port=port)
        return check(target, list(endpoints), statements=None, checks=FEW)


def of(results: Iterable[CheckResult], endpoint: Endpoint | None) -> Counter[Outcome]:
    return Counter(each.outcome for each in results if each.endpoint is endpoint)


@pytest.mark.parametrize("endpoint", Endpoint)
def test_the_plain_request_comes_first(endpoint: Endpoint) -> None:
    first, *others = [each for each in CHECKS if each.endpoint is endpoint]
    assert (first.plain, first.lengthy) == (True, False)
    assert not any(each.plain for each in others)


@pytest.mark.parametrize(
    ("missing", "found"),
    [
        (
            Endpoint.CHAT,
            "a right handshake failed: status 404, a page titled '404 Not Found', where status 101 belongs",
        ),
        (
            Endpoint.FEED,
            "GET /feed?interval_ms=100: status 404, a page titled '404 Not Found', where status 200 belongs",
        ),
        (Endpoint.FORTUNES, "GET /fortunes: status 404, a page titled '404 Not Found'"),
        (Endpoint.WAIT, "GET /wait: status 404, a page titled '404 Not Found'"),
        (Endpoint.ORDERS, "POST /orders: status 404, a page titled '404 Not Found'"),
    ],
)
def test_an_endpoint_that_is_missing_fails_once(missing: Endpoint, found: str) -> None:
    report = checked((Endpoint.HELLO, Endpoint.JSON, missing), RIGHT)
    (failure,) = report.failures
    assert failure.found == found
    assert f" /{missing.value}, or take it out of `endpoints` in the manifest" in str(failure.hint)
    assert "deviates" not in str(failure.hint)
    asked = sum(each.endpoint is missing for each in FEW)
    assert asked > 1
    assert of(report.results, missing) == {Outcome.FAILED: 1, Outcome.NOT_MADE: asked - 1}
    left = {each.found for each in report.results if each.outcome is Outcome.NOT_MADE}
    assert left == {f"/{missing.value} fails its plain request"}
    assert not report.conforms


def test_where_no_endpoint_answers_the_server_is_asked_nothing_more() -> None:
    report = checked((Endpoint.HELLO, Endpoint.JSON), ())
    assert [each.check for each in report.failures] == ["status", "status"]
    assert set(of(report.results, None)) == {Outcome.NOT_MADE}


def test_no_deviation_is_offered_where_every_endpoint_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RIGHT, b"/hello", (b"text/plain", b"Hello, world"))
    report = checked((Endpoint.HELLO,), (b"/hello",))
    assert {"body", "percent-encoding"} <= {each.check for each in report.failures}
    assert not [each for each in report.failures if "deviates" in str(each.hint)]


def test_what_is_logged_during_a_failed_check_is_told_apart_from_all_else() -> None:
    """The log grows with each connection, and each check makes some."""
    log: list[str] = []
    found: list[tuple[str, str]] = []

    def one(connection: socket.socket, number: int) -> None:
        log.append(f"client {number}")
        serve(connection, RIGHT)

    with server(one) as port:
        report = check(
            Target(host="127.0.0.1", port=port),
            [Endpoint.HELLO, Endpoint.JSON, Endpoint.ORDERS],
            statements=None,
            checks=FEW,
            log=lambda: "\n".join(log),
            on_failure=lambda before, after: found.append((before, after)),
        )
    assert len(report.failures) == 1
    ((before, after),) = found
    assert before
    assert after.startswith(f"{before}\n")
    assert after != "\n".join(log), "what came later"


@pytest.mark.parametrize(
    ("kind", "body", "said"),
    [
        ("text/plain", b"", "status 404, no body"),
        ("text/plain", b"No such\n  page.", "status 404, No such page."),
        ("text/plain", "nö".encode() * 500, f"status 404, {'nö' * 40}..."),
        ("text/html", PAGE, "status 404, a page titled '404 Not Found'"),
        ("text/html", b"<title> </title>", "status 404, <title> </title>"),
        ("text/html", b"<p>Gone</p>", "status 404, <p>Gone</p>"),
        ("image/png", b"\x89PNG\r\n\x1a\n\x00" + bytes(1_500), "status 404, 1,509 bytes of image/png"),
        ("", b"\xff\xfe", "status 404, 2 bytes of an unnamed type"),
        ("text/plain", b"\x1b[2J", "status 404, 4 bytes of text/plain"),
    ],
)
def test_a_wrong_answer_is_told_by_what_came(kind: str, body: bytes, said: str) -> None:
    assert str(Response(404, [("content-type", kind)], body)) == said


def test_a_compressed_body_is_told_by_its_length_and_coding() -> None:
    headers = [("content-type", "text/html; charset=utf-8"), ("content-encoding", "gzip")]
    assert str(Response(404, headers, b"plain")) == "status 404, 5 bytes of text/html gzip"


def test_a_body_that_is_still_to_come_is_not_called_none() -> None:
    parser = ResponseParser()
    parser.feed(b"HTTP/1.1 404 Not Found\r\nContent-Length: 7\r\n\r\n")
    assert str(parser.current) == "status 404, a body that did not come at once"
    parser.feed(b"nothing")
    assert str(parser.complete[0]) == "status 404, nothing"
