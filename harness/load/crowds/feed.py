"""One window of a feed: chunks go through the engine's parser, and what is kept of each event is its number."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Final, override

import numpy as np
from httptools import HttpParserError, HttpParserUpgrade

from harness.contract.event_stream import NumberedEvent, cut_blocks, read_numbered
from harness.contract.exchange import Exchange
from harness.load.connection import Connection
from harness.load.crowds.accounts import Stretch
from harness.load.crowds.crowd import Course, Crowd, Visitor, hold
from harness.load.engine import Engine
from harness.load.raw_response import excerpt, unreadable
from harness.model.crowds.feed import FeedReport, FeedSpec
from harness.model.window import Failure
from harness.model.window import Phase as WindowPhase

_NS_PER_S: Final = 1_000_000_000
_NS_PER_MS: Final = 1_000_000
_END_OF_HEAD: Final = b"\r\n\r\n"


def run_feed(engine: Engine, spec: FeedSpec, announce: Callable[[WindowPhase], None]) -> FeedReport:
    """Hold a subscriber on each of the engine's connections for one window.

    Raises:
        OSError: the host's name can't be resolved.
    """
    audience = _Audience(engine, spec)
    return audience.report(hold(engine, spec, audience, _Subscription(spec), announce))


class _Subscription(Exchange[None]):
    """`GET /feed?interval_ms=N`."""

    content_type = "text/event-stream"

    def __init__(self, spec: FeedSpec) -> None:
        super().__init__(spec.host, spec.port, 0)
        self._request = self._get(f"/feed?interval_ms={spec.interval_ms}")

    @override
    def next_request(self) -> tuple[bytes, None]:
        return self._request, None

    @override
    def is_right(self, key: None, body: bytes) -> bool:
        raise TypeError("a feed is judged event by event")


class _Subscriber(Visitor):
    __slots__ = ("number",)

    def __init__(self, place: int) -> None:
        super().__init__(place)
        self.number = 0
        """Of its last event."""


class _Audience(Crowd[_Subscriber]):
    """All subscribers of a window."""

    def __init__(self, engine: Engine, spec: FeedSpec) -> None:
        super().__init__(engine, spec, _Subscriber)
        self._interval_ns = spec.interval_ms * _NS_PER_MS
        self._disordered = 0
        self._unreadable = 0

    @override
    def _take(self, connection: Connection, data: bytes, now_ns: int) -> None:
        subscriber = self._visitors[connection]
        try:
            connection.feed(data)
        except (HttpParserError, HttpParserUpgrade) as error:
            self._turned_away(connection, *unreadable(data, error))
            return
        if not subscriber.first_ns and not self._begins(connection, data, now_ns):
            return
        blocks, connection.body = cut_blocks(connection.body)
        for block in blocks:
            try:
                event = read_numbered(block)
            except ValueError as error:
                self._unreadable += 1
                if not subscriber.first_ns:
                    self._turned_away(connection, Failure.WRONG_BODY, str(error))
                    return
                self._note(Failure.WRONG_BODY, str(error))
            else:
                if event is not None:
                    self._event(subscriber, event, now_ns)
        if connection.complete:
            self._ended(connection, f"the feed ended by itself: {excerpt(data)}")

    def _begins(self, connection: Connection, data: bytes, now_ns: int) -> bool:
        """Whether this is the start of a feed; if not, what belongs to that has been done."""
        connection.received += data
        count, rest = connection.read_over_interim(connection.received)
        if count:
            self.interim(count, now_ns)
            if rest:
                self._take(connection, rest, now_ns)
            return False
        if _END_OF_HEAD in connection.received and connection.status() != HTTPStatus.OK:
            self._turned_away(connection, Failure.STATUS, excerpt(connection.received))
            return False
        return True

    def _event(self, subscriber: _Subscriber, event: NumberedEvent, now_ns: int) -> None:
        found = event.sequence
        if found != subscriber.number + 1 or event.number != found:
            self._disordered += 1
        subscriber.number = found
        self._came += (subscriber.place, found, now_ns)
        if not subscriber.first_ns:
            self._admit(subscriber, now_ns)

    def report(self, course: Course) -> FeedReport:
        """Account for every subscriber and every event."""
        events = np.array(self._came, dtype=np.int64).reshape(-1, 3)
        limit_ns = int(self._spec.limit_s * _NS_PER_S)
        stretch = Stretch(course.opens_ns, course.closes_ns, self._interval_ns, limit_ns)
        accounts = stretch.accounts(events, len(self._visitors))
        return FeedReport(**self._counts(course, accounts), disordered=self._disordered, unreadable=self._unreadable)
