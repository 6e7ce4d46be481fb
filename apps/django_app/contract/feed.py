"""The events of `/feed`: without end, the first at once, then one per interval.

Each is due at a fixed distance from the first, so that a late one does not delay those after it.
"""

import asyncio
import itertools
import json
import time
from collections.abc import AsyncIterator, Iterator


def numbered_events(interval_ms: int) -> Iterator[str]:
    """The events for WSGI, which has no word for a client that left.

    The server finds out when it can't send an event, and then closes this generator and has its thread back.
    """
    started_s = time.monotonic()
    for sequence in itertools.count(1):
        yield _event(sequence)
        time.sleep(max(0, _due_s(started_s, sequence, interval_ms) - time.monotonic()))


async def numbered_events_async(interval_ms: int) -> AsyncIterator[str]:
    """The events for ASGI. Django cancels the wait when the client leaves."""
    started_s = time.monotonic()
    for sequence in itertools.count(1):
        yield _event(sequence)
        await asyncio.sleep(_due_s(started_s, sequence, interval_ms) - time.monotonic())


def _event(sequence: int) -> str:
    data = json.dumps({"sequence": sequence, "sent_at_ns": time.time_ns()})
    return f"id: {sequence}\ndata: {data}\n\n"


def _due_s(started_s: float, sequence: int, interval_ms: int) -> float:
    return started_s + sequence * interval_ms / 1000
