"""The rooms of `/chat`, all in one process."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from parameters import text_of
from responses import Receive, Scope, Send

ROOM_NAME: Final = re.compile(r"[A-Za-z0-9-]{1,64}")
UNSUPPORTED_DATA: Final = 1003
POLICY_VIOLATION: Final = 1008


class Room:
    """Those who hear each other."""

    def __init__(self) -> None:
        self.members: set[Send] = set()
        self._turn = asyncio.Lock()

    async def say(self, text: str) -> None:
        """Send a text to all members, one text after the other, so that all get them in the same order."""
        async with self._turn:
            for send in tuple(self.members):
                try:
                    await send({"type": "websocket.send", "text": text})
                # The first is what ASGI has where a client has left, the second what gunicorn's worker does on uvloop.
                except (OSError, RuntimeError):
                    self.members.discard(send)


rooms: dict[str, Room] = {}


@contextmanager
def joined(name: str, send: Send) -> Iterator[Room]:
    """The room of this name, with one more member for so long; it is there as long as it has any."""
    room = rooms.setdefault(name, Room())
    room.members.add(send)
    try:
        yield room
    finally:
        room.members.discard(send)
        if not room.members and rooms.get(name) is room:
            del rooms[name]


async def chat(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve one member of a room until it leaves. To close before accepting is to refuse, with status 403."""
    await receive()
    name = text_of(scope, "room")
    if not ROOM_NAME.fullmatch(name):
        await send({"type": "websocket.close", "code": POLICY_VIOLATION})
        return
    await send({"type": "websocket.accept"})
    with joined(name, send) as room:
        while (message := await receive())["type"] != "websocket.disconnect":
            text = message.get("text")
            if text is None:
                await send({"type": "websocket.close", "code": UNSUPPORTED_DATA})
                return
            await room.say(text)
