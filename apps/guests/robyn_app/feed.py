"""The events of `/feed`."""

import asyncio
import itertools
import json
import time
from collections.abc import AsyncIterator


async def numbered_events(interval_ms: int) -> AsyncIterator[str]:
    """Server-sent events without end: the first at once, then one per interval.

    Each is due at a fixed distance from the first, so that a late one does not delay those after it.
    """
    started_s = time.monotonic()
    for sequence in itertools.count(1):
        data = json.dumps({"sequence": sequence, "sent_at_ns": time.time_ns()})
        yield f"id: {sequence}\ndata: {data}\n\n"
        due_s = started_s + sequence * interval_ms / 1000
        await asyncio.sleep(due_s - time.monotonic())
