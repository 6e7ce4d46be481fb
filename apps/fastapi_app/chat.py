"""The rooms of `/chat`, all in one process."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import WebSocket, WebSocketDisconnect, WebSocketException, status


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
                # It has left, or is being closed; what is gone is a RuntimeError to gunicorn's worker, too.
                except (WebSocketDisconnect, RuntimeError):
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


async def received_text(websocket: WebSocket) -> str:
    """The next message; `WebSocketException` 1003 where it is none of text."""
    try:
        text = await websocket.receive_text()
    except KeyError:
        text = None
    if text is None:  # Where there are bytes, a server may leave `text` out or have None there.
        raise WebSocketException(status.WS_1003_UNSUPPORTED_DATA)
    return text
