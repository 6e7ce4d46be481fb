"""Events that come with the end of their feed have come."""

import pytest

from harness.load.crowds.feed import _Audience
from harness.model.crowds.feed import FeedSpec
from harness.model.window import Failure
from tests.unit.load.one_connection import NOW_NS, one_connection

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
END = b"0\r\n\r\n"
SPEC = FeedSpec(host="127.0.0.1", port=1, subscribers=1, duration_s=1)


def event(number: int) -> bytes:
    text = b'id: %d\ndata: {"sequence": %d, "sent_at_ns": 1}\n\n' % (number, number)
    return b"%x\r\n%s\r\n" % (len(text), text)


@pytest.mark.parametrize(
    ("reads", "came"),
    [
        ((HEAD, event(1), event(2) + END), 2),
        ((HEAD + event(1) + event(2), END), 2),
        ((HEAD + event(1) + event(2) + END,), 2),
        ((HEAD + event(1) + END,), 1),
        ((HEAD + END,), 0),
    ],
)
def test_what_came_in_the_same_read_counts(reads: tuple[bytes, ...], came: int) -> None:
    with one_connection(lambda engine: _Audience(engine, SPEC)) as (audience, connection):
        for read in reads:
            audience._take(connection, read, NOW_NS)
        (subscriber,) = audience.visitors
        assert audience._came[1::3] == list(range(1, came + 1))
        assert bool(subscriber.first_ns) == bool(came)
        assert subscriber.ended_ns
        assert audience.is_in()
        assert audience._failures == {Failure.CLOSED_EARLY: 1}
        assert audience._first_failure is not None
        assert audience._first_failure.startswith("closed_early: the feed ended by itself")
