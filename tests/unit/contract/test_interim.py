"""Interim responses are read over, however they come; the final one is the answer."""

import pytest

from harness.contract.conformance.message import Closed, ResponseParser, WireFault
from harness.contract.interim import cut_interim, is_interim

HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
FINAL = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nhi"


@pytest.mark.parametrize(
    ("received", "count", "rest"),
    [
        (HINTS + FINAL, 1, FINAL),
        (CONTINUE + HINTS + FINAL[:5], 2, FINAL[:5]),
        (CONTINUE, 1, b""),
        (b"HTTP/1.1 102\r\n\r\n", 1, b""),
        (HINTS[:-1], 0, HINTS[:-1]),
        (FINAL + HINTS, 0, FINAL + HINTS),
        (b"HTTP/1.1 101 Switching Protocols\r\n\r\n", 0, b"HTTP/1.1 101 Switching Protocols\r\n\r\n"),
        (b"", 0, b""),
    ],
    ids=["one", "two", "alone", "no reason", "cut short", "after the answer", "another protocol", "nothing"],
)
def test_interim_responses_are_cut_off_the_front(received: bytes, count: int, rest: bytes) -> None:
    assert cut_interim(received) == (count, rest)


def test_which_statuses_are_interim() -> None:
    assert [status for status in range(90, 210) if is_interim(status)] == [100, *range(102, 200)]


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_the_answer_is_the_final_response_and_tells_what_came_before_it(size: int) -> None:
    data = (HINTS + CONTINUE + FINAL) + (HINTS + FINAL)
    parser = ResponseParser()
    for at in range(0, len(data), size):
        parser.feed(data[at : at + size])
    first, second = parser.complete
    assert (first.status, first.body, first.interim) == (200, b"hi", [103, 100])
    assert (second.status, second.body, second.interim) == (200, b"hi", [103])
    assert first.header("link") is None


def test_the_head_that_is_awaited_is_that_of_the_final_response() -> None:
    parser = ResponseParser()
    parser.feed(HINTS)
    assert not parser.head_seen
    assert not parser.complete
    assert not parser.idle
    parser.feed(FINAL[:-2])
    assert parser.head_seen
    assert parser.current.status == 200


def test_a_connection_that_ends_after_an_interim_response_has_given_no_answer() -> None:
    parser = ResponseParser()
    parser.feed(HINTS)
    with pytest.raises(WireFault, match="no final response after 103") as fault:
        parser.end()
    assert not isinstance(fault.value, Closed)


def test_a_change_of_protocol_is_an_answer_and_no_exception_of_the_parser() -> None:
    parser = ResponseParser()
    parser.feed(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n")
    (response,) = parser.complete
    assert response.status == 101
    with pytest.raises(WireFault, match="another protocol"):
        parser.feed(FINAL)
