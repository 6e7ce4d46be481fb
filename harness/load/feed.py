"""One window of a feed: open subscribers, hold them while events are counted, leave.

Each subscriber is one connection of the engine. Its answer has no end, so the bytes are taken here and not by the
engine: chunks go through the same parser, and what is kept of each event is its number and when it came. Everything
else is worked out when the window is over.
"""

import time
from collections import Counter, deque
from collections.abc import Callable
from http import HTTPStatus
from typing import Final, override

import numpy as np
from httptools import HttpParserError, HttpParserUpgrade

from harness.contract.event_stream import NumberedEvent, cut_blocks, read_numbered
from harness.contract.exchange import Exchange
from harness.load.accounts import Integers, Stretch
from harness.load.assignment import Assignment
from harness.load.connection import Connection, Phase
from harness.load.engine import Engine
from harness.load.generator_process import consumed
from harness.load.raw_response import excerpt, unreadable
from harness.load.tally import FIRST_FAILURE_CHARACTERS, Tally
from harness.model.feed import FeedReport, FeedSpec
from harness.model.window import Failure
from harness.model.window import Phase as WindowPhase

_NS_PER_S: Final = 1_000_000_000
_NS_PER_MS: Final = 1_000_000
_RECEIVE_BYTES: Final = 65_536
_END_OF_HEAD: Final = b"\r\n\r\n"
_STALL_CHECK_NS: Final = 50_000_000


def run_feed(engine: Engine, spec: FeedSpec, announce: Callable[[WindowPhase], None]) -> FeedReport:
    """Hold a subscriber on each of the engine's connections for one window.

    Raises:
        OSError: the host's name can't be resolved.
    """
    crowd = _Crowd(engine, spec)
    exchange = _Subscription(spec)
    timeout_ns = int((spec.opening_s + spec.lead_in_s + spec.duration_s + spec.limit_s) * _NS_PER_S)
    engine.begin(
        Assignment(spec.host, spec.port, exchange, crowd, crowd, keep_alive=False, timeout_ns=timeout_ns,
                   receive=crowd.receive)
    )  # fmt: skip
    began_ns = time.monotonic_ns()
    crowd.start(began_ns)
    engine.run(began_ns + int(spec.opening_s * _NS_PER_S), until=crowd.is_in)
    crowd.close_doors()
    opened_ns = time.monotonic_ns()
    opens_ns = opened_ns + int(spec.lead_in_s * _NS_PER_S)
    closes_ns = opens_ns + int(spec.duration_s * _NS_PER_S)
    engine.run(opens_ns)
    announce(WindowPhase(event="opened", at_ns=opens_ns))
    cpu_ns, delay_ns = consumed()
    engine.run(closes_ns)
    cpu_after_ns, delay_after_ns = consumed()
    announce(WindowPhase(event="closed", at_ns=closes_ns))
    engine.run(closes_ns + int(spec.limit_s * _NS_PER_S))
    engine.end(reset=True)
    return crowd.report(
        opening_ns=opened_ns - began_ns,
        opens_ns=opens_ns,
        closes_ns=closes_ns,
        generator_cpu_ns=cpu_after_ns - cpu_ns,
        generator_run_delay_ns=delay_after_ns - delay_ns,
    )


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


class _Subscriber:
    """What has become of one of them."""

    __slots__ = ("ended_ns", "first_ns", "number", "place")

    def __init__(self, place: int) -> None:
        self.place = place
        self.number = 0
        """Of its last event."""
        self.first_ns = 0
        """When its first event came; 0: none has."""
        self.ended_ns = 0
        """When its connection ended other than by our leaving; 0: it has not."""


class _Crowd(Tally):
    """All subscribers of a window: who is let in next, who has got what.

    It is the engine's pacing and tally in one, for here the two can't be told apart: an event lets in the next.
    """

    def __init__(self, engine: Engine, spec: FeedSpec) -> None:
        super().__init__()
        self._engine = engine
        self._spec = spec
        self._subscribers = {connection: _Subscriber(place) for place, connection in enumerate(engine.connections)}
        self._outside = deque(engine.connections)
        self._pending = 0
        self._doors_open = True
        self._last_news_ns = 0
        self._events: list[int] = []
        """Place of the subscriber, number of the event, and when it came, flat."""
        self._disordered = 0
        self._unreadable = 0
        self._interim = 0
        self._failures: Counter[Failure] = Counter()
        self._first_failure: str | None = None

    def start(self, now_ns: int) -> None:
        """Let the first ones in."""
        self._last_news_ns = now_ns
        self._let_in()
        self._engine.agenda.at(now_ns + _STALL_CHECK_NS, self._look_for_stall)

    def is_in(self) -> bool:
        """Whether nobody is waiting any more, or nobody comes in any more."""
        return not self._doors_open or not (self._outside or self._pending)

    def close_doors(self) -> None:
        """Let nobody in any more."""
        self._doors_open = False

    def receive(self, events: list[tuple[int, int]]) -> None:
        """Take what has come on these sockets."""
        by_fd, clock, opened = self._engine.by_fd, time.monotonic_ns, Phase.OPEN
        for fd, _ in events:
            connection = by_fd.get(fd)
            if connection is None:  # the timer
                continue
            if connection.phase is not opened:
                self._engine.opened(connection)
                continue
            try:
                data = connection.recv(_RECEIVE_BYTES)
            except BlockingIOError:
                continue
            except OSError as error:
                self._ended(connection, error.strerror or "")
                continue
            if data:
                self._take(connection, data, clock())
            else:
                self._ended(connection, "the server closed the connection")

    def _take(self, connection: Connection, data: bytes, now_ns: int) -> None:
        subscriber = self._subscribers[connection]
        try:
            connection.feed(data)
        except (HttpParserError, HttpParserUpgrade) as error:
            self._turned_away(connection, *unreadable(data, error))
            return
        if not subscriber.first_ns and not self._begins(connection, data, now_ns):
            return
        if connection.complete:
            self._ended(connection, f"the feed ended by itself: {excerpt(data)}")
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
        self._events += (subscriber.place, found, now_ns)
        if not subscriber.first_ns:
            subscriber.first_ns = self._last_news_ns = now_ns
            self._pending -= 1
            self._let_in()

    def _let_in(self) -> None:
        while self._doors_open and self._outside and self._pending < self._spec.pending:
            self._pending += 1
            self._engine.request(self._outside.popleft())

    def _look_for_stall(self) -> None:
        now_ns = time.monotonic_ns()
        if now_ns - self._last_news_ns > self._spec.stall_s * _NS_PER_S:
            self.close_doors()
        if self._doors_open:
            self._engine.agenda.at(now_ns + _STALL_CHECK_NS, self._look_for_stall)

    def _ended(self, connection: Connection, reason: str) -> None:
        """The server has closed a subscriber's connection."""
        subscriber = self._subscribers[connection]
        if subscriber.first_ns:
            subscriber.ended_ns = time.monotonic_ns()
            self._note(Failure.CLOSED_EARLY, reason)
            self._shut(connection)
        else:
            self._turned_away(connection, Failure.CLOSED_EARLY, f"{reason} {excerpt(connection.body)}")

    def _turned_away(self, connection: Connection, failure: Failure, reason: str) -> None:
        subscriber = self._subscribers[connection]
        subscriber.ended_ns = time.monotonic_ns()
        self._note(failure, reason)
        self._shut(connection)
        if not subscriber.first_ns:
            self._pending -= 1
            self._let_in()

    def _shut(self, connection: Connection) -> None:
        connection.sent_ns = 0
        self._engine.close(connection, reset=True)

    def _note(self, failure: Failure, reason: str) -> None:
        self._failures[failure] += 1
        self._first_failure = self._first_failure or f"{failure.value}: {reason}"[:FIRST_FAILURE_CHARACTERS]

    # What the engine asks of a pacing.

    def on_free(self, connection: Connection) -> None:
        """A connection could not be opened. It is not tried again: it has been refused."""
        subscriber = self._subscribers[connection]
        if not subscriber.ended_ns:
            subscriber.ended_ns = time.monotonic_ns()
            self._pending -= 1
            self._let_in()

    def forget(self, connection: Connection) -> None:
        """A connection is taken away."""

    def expire(self, due_before_ns: int) -> None:
        """Nobody is given up before the end."""

    def stop(self, at_ns: int) -> None:
        """Nothing is sent anyway."""

    def drained(self) -> bool:
        """A feed has no end to wait for."""
        return True

    # What the engine asks of a tally.

    @override
    def failed(self, failure: Failure, now_ns: int, intended_ns: int, excerpt: str) -> None:
        self._note(failure, excerpt)

    @override
    def reconnected(self, now_ns: int) -> None:
        """Nobody comes back."""

    @override
    def interim(self, count: int, now_ns: int) -> None:
        self._interim += count

    @override
    def offered(self, intended_ns: int) -> None:
        """There is no open loop here."""

    @override
    def _count(self, intended: Integers, sent: Integers, done: Integers) -> None:
        """No request has an answer that ends."""

    def report(
        self, *, opening_ns: int, opens_ns: int, closes_ns: int, generator_cpu_ns: int, generator_run_delay_ns: int
    ) -> FeedReport:
        """Account for every subscriber and every event."""
        events = np.array(self._events, dtype=np.int64).reshape(-1, 3)
        everybody = list(self._subscribers.values())
        stretch = Stretch(opens_ns, closes_ns, self._spec.interval_ms * _NS_PER_MS, int(self._spec.limit_s * _NS_PER_S))
        accounts = stretch.accounts(events, len(everybody))
        counts: Counter[str] = Counter()
        served = 0
        for subscriber in everybody:
            fate = _fate(subscriber, opens_ns, closes_ns)
            counts[fate] += 1
            served += fate == "held" and accounts.due[subscriber.place] == accounts.delivered[subscriber.place]
        untried = len(self._outside)
        return FeedReport(
            duration_ns=closes_ns - opens_ns,
            opening_ns=opening_ns,
            asked=len(everybody),
            held=counts["held"],
            served=served,
            dropped=counts["dropped"],
            late_comers=counts["late comer"],
            unanswered=counts["unanswered"] - untried,
            refused=counts["refused"],
            untried=untried,
            failures=dict(self._failures),
            first_failure=self._first_failure,
            due=int(accounts.due.sum()),
            delivered=int(accounts.delivered.sum()),
            late=int(accounts.late.sum()),
            missing=int((accounts.due - accounts.delivered - accounts.late).sum()),
            disordered=self._disordered,
            unreadable=self._unreadable,
            events_total=len(events),
            interim_responses=self._interim,
            lag=accounts.lag.encode(),
            generator_cpu_ns=generator_cpu_ns,
            generator_run_delay_ns=generator_run_delay_ns,
        )


def _fate(subscriber: _Subscriber, opens_ns: int, closes_ns: int) -> str:
    if not subscriber.first_ns:
        return "refused" if subscriber.ended_ns else "unanswered"
    if subscriber.ended_ns and subscriber.ended_ns < closes_ns:
        return "dropped"
    return "held" if subscriber.first_ns < opens_ns else "late comer"
