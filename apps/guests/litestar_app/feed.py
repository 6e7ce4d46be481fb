"""The events of `/feed`."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator

from litestar.response import ServerSentEventMessage
from litestar.serialization import encode_json

from models import FeedEvent


async def numbered_events(interval_ms: int) -> AsyncIterator[ServerSentEventMessage]:
    """Events without end: the first at once, then one per interval.

    Each is due at a fixed distance from the first, so that a late one does not delay those after it.
    """
    started_s = time.monotonic()
    for sequence in itertools.count(1):
        event = FeedEvent(sequence=sequence, sent_at_ns=time.time_ns())
        yield ServerSentEventMessage(data=encode_json(event), id=sequence)
        due_s = started_s + sequence * interval_ms / 1000
        await asyncio.sleep(due_s - time.monotonic())
