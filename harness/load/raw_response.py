"""Reading the raw bytes of a response that did not come as it should."""

import re
from typing import Final

from harness.model.window import Failure

_EXCERPT_CHARACTERS: Final = 200
_STATUS: Final = re.compile("[1-9][0-9]{2}")
_CODED: Final = re.compile(rb"\r\nContent-Encoding:[ \t]*(?!identity)([\w-]+)", re.IGNORECASE)


def excerpt(response: bytes) -> str:
    """Status line and start of the body, as far as they came; of a body in a content coding, that it is in one."""
    head, _, body = response.partition(b"\r\n\r\n")
    status_line = head.partition(b"\r\n")[0]
    if coded := _CODED.search(head):
        return f"{status_line.decode('latin-1')} (a body in Content-Encoding: {coded[1].decode('latin-1')}, unasked)"
    return b" ".join(filter(None, (status_line, body)))[:_EXCERPT_CHARACTERS].decode("latin-1")


def status_of(told: str) -> int | None:
    """The status in an excerpt; None where it has none."""
    status = told.split(" ", 2)[1:2]
    return int(status[0]) if status and _STATUS.fullmatch(status[0]) else None


def is_unframed(received: bytes) -> bool:
    """Whether this is a response that ends where the connection ends (RFC 9112, 6.3, case 8)."""
    head, separator, _ = received.lower().partition(b"\r\n\r\n")
    return bool(separator) and b"\r\ncontent-length:" not in head and b"\r\ntransfer-encoding:" not in head


def unreadable(received: bytes, error: Exception) -> tuple[Failure, str]:
    """What a response counts as that the parser could not go on with, and what is to be told of it."""
    if received.split(b" ", 2)[1:2] == [b"101"]:  # It goes on in another protocol, which nobody asked for.
        return Failure.STATUS, excerpt(received)
    return Failure.MALFORMED, f"{error}: {excerpt(received)}"
