"""How the bytes of an answer are read: every way of framing, and every way of getting it wrong."""

import pytest

from harness.contract.conformance.message import Closed, Framing, Response, ResponseParser, WireFault, request
from harness.model.conformance import Target

OK = b"HTTP/1.1 200 OK\r\n"


def test_an_answer_is_the_same_whole_or_byte_by_byte() -> None:
    data = OK + b"Content-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"
    whole, bytewise = ResponseParser(), ResponseParser()
    whole.feed(data)
    for at in range(len(data)):
        bytewise.feed(data[at : at + 1])
    assert whole.complete == bytewise.complete
    (response,) = whole.complete
    assert (response.status, response.body, response.framing) == (200, b"hello", Framing.LENGTH)


def test_chunks_are_joined() -> None:
    parser = ResponseParser()
    parser.feed(OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n")
    (response,) = parser.complete
    assert (response.body, response.framing) == (b"hello", Framing.CHUNKED)


def test_answers_in_one_packet_are_cut_apart() -> None:
    parser = ResponseParser()
    parser.feed((OK + b"Content-Length: 1\r\n\r\na") + (OK + b"Content-Length: 1\r\n\r\nb"))
    assert [response.body for response in parser.complete] == [b"a", b"b"]


def test_without_a_length_the_body_ends_with_the_connection() -> None:
    parser = ResponseParser()
    parser.feed(OK + b"Connection: close\r\n\r\nhello")
    assert parser.head_seen
    assert not parser.complete
    response = parser.end()
    assert (response.body, response.framing, response.closes) == (b"hello", Framing.CLOSE, True)


def test_space_around_a_value_is_no_part_of_it() -> None:
    parser = ResponseParser()
    parser.feed(OK + b"Connection:  close \t\r\nContent-Encoding: identity \r\nContent-Length: 5\r\n\r\nhello")
    (response,) = parser.complete
    assert (response.closes, response.coding) == (True, None)


def test_a_body_shorter_than_its_length_is_told_with_both_figures() -> None:
    parser = ResponseParser()
    parser.feed(OK + b"Content-Length: 9\r\n\r\nhello")
    with pytest.raises(WireFault, match="5 body bytes received of 9"):
        parser.end()


def test_a_connection_closed_between_answers_is_told_apart_from_a_broken_answer() -> None:
    untouched, begun = ResponseParser(), ResponseParser()
    with pytest.raises(Closed):
        untouched.end()
    begun.feed(OK)
    with pytest.raises(WireFault, match="headers incomplete") as fault:
        begun.end()
    assert not isinstance(fault.value, Closed)


def test_bytes_after_an_answer_are_a_fault_only_of_what_follows() -> None:
    parser = ResponseParser()
    parser.feed(OK + b"Content-Length: 2\r\n\r\nhello")
    assert parser.complete.popleft().body == b"he"
    assert not parser.idle
    with pytest.raises(WireFault, match="not HTTP"):
        parser.feed(b"more")


def test_what_is_not_http_is_shown() -> None:
    with pytest.raises(WireFault, match="220 mail server ready"):
        ResponseParser().feed(b"220 mail server ready\r\n")


@pytest.mark.parametrize(
    ("value", "media_type", "charset"),
    [
        ("text/html; charset=utf-8", "text/html", "utf-8"),
        ('Text/HTML;Charset="UTF-8"', "text/html", "utf-8"),
        ("application/json", "application/json", None),
    ],
)
def test_a_content_type_is_read_whatever_its_spelling(value: str, media_type: str, charset: str | None) -> None:
    response = Response(headers=[("content-type", value)])
    assert (response.media_type, response.charset) == (media_type, charset)


def test_a_repeated_header_counts_with_all_its_values() -> None:
    response = Response(headers=[("cache-control", "no-cache"), ("cache-control", "no-store")])
    assert response.header("cache-control") == "no-cache, no-store"
    assert response.header("etag") is None


def test_a_request_is_sent_as_it_stands() -> None:
    target = Target(host="127.0.0.1", port=8000)
    data = request(target, "/db?id=%00", method="POST", close=True, body=b"{}")
    head, _, body = data.partition(b"\r\n\r\n")
    assert head.startswith(b"POST /db?id=%00 HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n")
    assert b"\r\nConnection: close\r\n" in head
    assert head.endswith(b"\r\nContent-Length: 2")
    assert body == b"{}"
