"""Whether `/feed` sends numbered, timely events, and stops when the client leaves."""

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from harness.contract.conformance.message import Response, WireFault, request
from harness.contract.conformance.raw_connection import Connection
from harness.contract.conformance.server_under_test import Check, ServerUnderTest, Wrong, route_hint
from harness.contract.event_stream import cut_blocks, read_numbered
from harness.model.app import Endpoint

_OK: Final = 200
_EVENTS: Final = 8
_INTERVAL_MS: Final = 100
_EARLY_MS: Final = 20.0
"""An event may come that much before its time: timers and clocks are not exact."""
_LATE_MS: Final = 60.0
"""The median event may come that much after its time; single ones later, the host may be busy."""
_CLOCK_MS: Final = 5_000
"""How far `sent_at_ns` may lie from the clock of the server's host."""
_ATTEMPTS: Final = 3
"""One feed in so many has to be on time, its first event too: a busy host delays single ones, a wrong app all."""

_SPELLING: Final = 'write each event as "id: N\\ndata: {"sequence": N, "sent_at_ns": T}\\n\\n", with integers'

_SLOW_INTERVAL_MS: Final = 1_500
_AT_ONCE_S: Final = 1.0

_LEAVING_CLIENTS: Final = 40
"""More than any variant has threads for, so that a server that doesn't notice has none left."""
_LEAVING_INTERVAL_MS: Final = 20


@dataclass(frozen=True)
class _Event:
    number: int
    sequence: int
    sent_at_ns: int
    received_at_ns: int


def _status(server: ServerUnderTest) -> str:
    with _feed(server, _INTERVAL_MS) as (connection, response):
        if response.status != _OK:
            connection.glance()
            raise Wrong(f"GET /feed?interval_ms={_INTERVAL_MS}: {response}, where status {_OK} belongs")
    return f"status {_OK}"


def _headers(server: ServerUnderTest) -> str:
    with _feed(server, _INTERVAL_MS) as (_, response):
        pass
    if response.media_type != "text/event-stream":
        raise Wrong(f"Content-Type: {response.header('content-type')}", hint="send Content-Type: text/event-stream")
    if "no-store" not in (response.header("cache-control") or "").lower():
        raise Wrong(f"Cache-Control: {response.header('cache-control')}", hint="send Cache-Control: no-store")
    if response.header("content-length") is not None:
        raise Wrong("a Content-Length on an endless body", hint="stream the response instead of building it")
    return "text/event-stream, no-store"


def _first_event(server: ServerUnderTest) -> str:
    took_s: list[float] = []
    for _ in range(_ATTEMPTS):
        began = time.monotonic()
        with _feed(server, _SLOW_INTERVAL_MS) as (connection, response):
            _collect(connection, response, 1, _SLOW_INTERVAL_MS)
            took_s.append(time.monotonic() - began)
        if took_s[-1] <= _AT_ONCE_S:
            return f"after {took_s[-1] * 1000:.0f} ms"
    raise Wrong(
        f"the first event of a feed with an interval of {_SLOW_INTERVAL_MS} ms came after {min(took_s):.2f} s at the "
        "earliest"
    )


def _numbers(server: ServerUnderTest) -> str:
    events = _events(server)
    numbers = [event.number for event in events]
    if numbers != list(range(1, len(events) + 1)):
        raise Wrong(f"ids {numbers}")
    if [event.sequence for event in events] != numbers:
        raise Wrong(f"ids {numbers}, but sequences {[event.sequence for event in events]}")
    return f"1 to {numbers[-1]} without gaps"


def _schedule(server: ServerUnderTest) -> str:
    for _ in range(_ATTEMPTS - 1):
        try:
            return _on_schedule(_events(server), server.target.clock_ahead_ns)
        except Wrong:
            continue
    return _on_schedule(_events(server), server.target.clock_ahead_ns)


def _on_schedule(events: list[_Event], clock_ahead_ns: int) -> str:
    first = events[0]
    due_ms = [(event.number - first.number) * _INTERVAL_MS for event in events]
    sent_ms = [(event.sent_at_ns - first.sent_at_ns) / 1e6 for event in events]
    received_ms = [(event.received_at_ns - first.received_at_ns) / 1e6 for event in events]
    off_clock_ms = (first.sent_at_ns - clock_ahead_ns - first.received_at_ns) / 1e6
    if abs(off_clock_ms) > _CLOCK_MS:
        raise Wrong(f"sent_at_ns lies {off_clock_ms:.0f} ms from the host's clock", hint="send time.time_ns()")
    for what, times_ms in (("sent", sent_ms), ("received", received_ms)):
        off_ms = [time_ms - due for time_ms, due in zip(times_ms, due_ms, strict=True)]
        if min(off_ms) < -_EARLY_MS:
            raise Wrong(f"an event was {what} {-min(off_ms):.0f} ms before its time")
        if statistics.median(off_ms) > _LATE_MS:
            raise Wrong(f"events were {what} {statistics.median(off_ms):.0f} ms after their time (median)")
    return f"{len(events)} events, the last {sent_ms[-1] - due_ms[-1]:+.1f} ms off its time"


def _leaving(server: ServerUnderTest) -> str:
    """Half of the clients close, half are reset; each has received an event before."""
    for place in range(_LEAVING_CLIENTS):
        try:
            with _feed(server, _LEAVING_INTERVAL_MS, reset=place % 2 == 0) as (connection, response):
                _collect(connection, response, 1, _LEAVING_INTERVAL_MS)
        except WireFault as fault:
            raise Wrong(f"after {place} clients had left their feeds, the next got none: {fault}") from fault
    question = server.question(Endpoint.WAIT if Endpoint.WAIT in server.endpoints else None)
    try:
        server.ask(question)
    except WireFault as fault:
        raise Wrong(f"after {_LEAVING_CLIENTS} clients had left their feeds: {fault}") from fault
    return f"answers after {_LEAVING_CLIENTS} clients had left"


@contextmanager
def _feed(server: ServerUnderTest, interval_ms: int, *, reset: bool = True) -> Iterator[tuple[Connection, Response]]:
    """A feed whose headers have come.

    It is left with a reset, which a server that only writes notices at its next event; of an orderly close
    it would hear one event later.
    """
    with server.connect() as connection:
        connection.send(request(server.target, f"/feed?interval_ms={interval_ms}"))
        yield connection, connection.receive_head()
        if reset:
            connection.abort()


def _events(server: ServerUnderTest) -> list[_Event]:
    with _feed(server, _INTERVAL_MS) as (connection, response):
        return _collect(connection, response, _EVENTS, _INTERVAL_MS)


def _collect(connection: Connection, response: Response, count: int, interval_ms: int) -> list[_Event]:
    """The first `count` events, each with the time at which its last byte was received."""
    patience_s = connection.patience_s + count * interval_ms / 1000
    deadline = time.monotonic() + patience_s
    if response.status != _OK:
        raise Wrong(f"GET /feed: {response}, where status 200 belongs", hint=route_hint("GET /feed", response.status))
    events: list[_Event] = []
    position = 0
    while len(events) < count:
        blocks, rest = cut_blocks(response.body[position:])
        position = len(response.body) - len(rest)
        events += _read(blocks, time.time_ns())
        if len(events) < count and not connection.receive_body():
            raise Wrong(f"the feed ended after {len(events)} events", hint="stream until the client leaves")
        if len(events) < count and time.monotonic() > deadline:
            raise Wrong(f"{len(response.body)} bytes within {patience_s:g} s, and {len(events)} events in them")
    return events[:count]


def _read(blocks: list[bytes], received_at_ns: int) -> Iterator[_Event]:
    for block in blocks:
        try:
            event = read_numbered(block)
        except ValueError as error:
            raise Wrong(str(error), hint=_SPELLING) from error
        if event is not None:
            yield _Event(*event, received_at_ns)


PLAIN: Final = Check(
    name="status",
    endpoint=Endpoint.FEED,
    expected=f"status {_OK}",
    hint=route_hint("GET /feed"),
    run=_status,
    plain=True,
)

CHECKS: Final = (
    Check(
        name="headers",
        endpoint=Endpoint.FEED,
        expected="Content-Type text/event-stream, Cache-Control no-store, no Content-Length",
        hint="set the headers of the streaming response",
        run=_headers,
    ),
    Check(
        name="first event",
        endpoint=Endpoint.FEED,
        expected="the first event at once, not after the first interval",
        hint="send the event first and wait afterwards; flush it",
        run=_first_event,
    ),
    Check(
        name="numbers",
        endpoint=Endpoint.FEED,
        expected="events numbered from 1 without gaps, in the id and in the data",
        hint="count in the request's own generator, and send every event",
        run=_numbers,
        lengthy=True,
    ),
    Check(
        name="schedule",
        endpoint=Endpoint.FEED,
        expected="one event per interval, counted from the first, sent when it is due",
        hint="compute each event's time from the first one's, wait for it, and flush after each event",
        run=_schedule,
        lengthy=True,
    ),
    Check(
        name="leaving clients",
        endpoint=Endpoint.FEED,
        expected="a client that leaves frees what its feed held",
        hint="end the generator when a write fails or the server reports the disconnect",
        run=_leaving,
        lengthy=True,
    ),
)
