"""The events of `/feed`."""

import itertools
import json
import time
from collections.abc import Iterator


def numbered_events(interval_ms: int) -> Iterator[str]:
    """Server-sent events without end: the first at once, then one per interval.

    Each is due at a fixed distance from the first, so that a late one does not delay those after it. WSGI has no word
    for a client that left: the server finds out when it can't send an event, and closes this generator.
    """
    started_s = time.monotonic()
    for sequence in itertools.count(1):
        data = json.dumps({"sequence": sequence, "sent_at_ns": time.time_ns()})
        yield f"id: {sequence}\ndata: {data}\n\n"
        due_s = started_s + sequence * interval_ms / 1000
        time.sleep(max(0, due_s - time.monotonic()))
