"""Server-sent events are read as a browser reads them."""

import pytest

from harness.contract.conformance.event_stream import ServerSentEvent, cut_event

EVENT = ServerSentEvent("1", '{"sequence": 1}')


@pytest.mark.parametrize(
    "body",
    [
        b'id: 1\ndata: {"sequence": 1}\n\n',
        b'data: {"sequence": 1}\nid: 1\n\n',
        b'id:1\r\ndata:{"sequence": 1}\r\n\r\n',
        b': a comment\nretry: 1000\nid: 1\ndata: {"sequence": 1}\n\n',
    ],
    ids=["id first", "data first", "carriage returns, no spaces", "comment and retry"],
)
def test_the_spelling_of_an_event_does_not_matter(body: bytes) -> None:
    assert cut_event(body, 0) == (EVENT, len(body))


def test_an_event_is_awaited_until_its_empty_line() -> None:
    assert cut_event(b'id: 1\ndata: {"sequence": 1}\n', 0) is None


def test_events_are_cut_one_after_the_other() -> None:
    body = b"id: 1\ndata: a\n\nid: 2\ndata: b\ndata: c\n\n"
    first = cut_event(body, 0)
    assert first is not None
    assert first[0] == ServerSentEvent("1", "a")
    assert cut_event(body, first[1]) == (ServerSentEvent("2", "b\nc"), len(body))


def test_a_ping_is_no_event() -> None:
    assert cut_event(b": ping\n\n", 0) == (None, 8)
