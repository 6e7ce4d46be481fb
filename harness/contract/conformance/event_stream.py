"""The events in a `text/event-stream` body, read as a browser reads them.

Source of the format: WHATWG HTML, "Server-sent events", section "Interpreting an event stream". Fields may
come in any order, and comments may stand between them.
"""

import re
from dataclasses import dataclass
from typing import Final

_LINE_END: Final = re.compile(r"\r\n|\n|\r")
_BLOCK_END: Final = re.compile(rb"\r\n\r\n|\n\n|\r\r")


@dataclass(frozen=True)
class ServerSentEvent:
    """One event."""

    id: str | None
    data: str


def cut_event(body: bytes, start: int) -> tuple[ServerSentEvent | None, int] | None:
    """The block that begins at `start` and the position after it.

    None where the block is not complete yet; the event is None where the block holds only comments.
    """
    end = _BLOCK_END.search(body, start)
    if end is None:
        return None
    event_id: str | None = None
    data: list[str] = []
    for line in _LINE_END.split(body[start : end.start()].decode(errors="replace")):
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "id":
            event_id = value
        elif name == "data":
            data.append(value)
    return (ServerSentEvent(event_id, "\n".join(data)) if data else None), end.end()
