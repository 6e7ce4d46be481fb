"""The rooms of `/chat`, all in one process."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from blacksheep import WebSocket, WebSocketError

ROOM_NAME: Final = re.compile(r"[A-Za-z0-9-]{1,64}")


class Room:
    """Those who hear each other."""

    def __init__(self) -> None:
        self.members: set[WebSocket] = set()
        self._turn = asyncio.Lock()

    async def say(self, text: str) -> None:
        """Send a text to all members, one text after the other, so that all get them in the same order."""
        async with self._turn:
            for member in tuple(self.members):
                try:
                    await member.send_text(text)
                # It has left, or is being closed: the first is BlackSheep's, the others are its server's.
                except (WebSocketError, OSError, RuntimeError):
                    self.members.discard(member)


rooms: dict[str, Room] = {}


@contextmanager
def joined(name: str, websocket: WebSocket) -> Iterator[Room]:
    """The room of this name, with one more member for so long; it is there as long as it has any."""
    room = rooms.setdefault(name, Room())
    room.members.add(websocket)
    try:
        yield room
    finally:
        room.members.discard(websocket)
        if not room.members and rooms.get(name) is room:
            del rooms[name]
