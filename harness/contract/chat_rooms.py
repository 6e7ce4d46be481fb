"""The rooms of `WebSocket /chat`: what they are called, and what is said in them."""

import re
from typing import Final

MAX_ROOM: Final = 64
"""Characters of a room's name."""

MAX_TEXT_BYTES: Final = 4_096
"""Of a message in UTF-8. Nothing is said of what is longer, and no client sends it."""

UNSUPPORTED_DATA: Final = 1003
"""The close code (RFC 6455, 7.4.1) of who sent what is no text."""

POLICY_VIOLATION: Final = 1008
"""The close code of who asked for what is no room, where that is said after the handshake."""

_NAME: Final = re.compile(rf"[A-Za-z0-9-]{{1,{MAX_ROOM}}}")


def target_of(room: str) -> str:
    """What is asked for to become a member of the room.

    Raises:
        ValueError: No room may be called so.
    """
    if not _NAME.fullmatch(room):
        raise ValueError(f"no room can be called {room!r}")
    return f"/chat?room={room}"
