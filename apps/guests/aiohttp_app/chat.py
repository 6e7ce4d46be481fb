"""The rooms of `/chat`, all in one process."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from aiohttp import WSCloseCode, WSMsgType, web

ROOM_NAME: Final = re.compile(r"[A-Za-z0-9-]{1,64}")


class Room:
    """Those who hear each other."""

    def __init__(self) -> None:
        self.members: set[web.WebSocketResponse] = set()
        self._turn = asyncio.Lock()

    async def say(self, text: str) -> None:
        """Send a text to all members, one text after the other, so that all get them in the same order."""
        async with self._turn:
            for member in tuple(self.members):
                try:
                    await member.send_str(text)
                except ConnectionResetError:  # it has left, or is being closed
                    self.members.discard(member)


rooms: dict[str, Room] = {}


async def chat(request: web.Request) -> web.WebSocketResponse:
    """Serve one member of a room until it leaves."""
    name = request.query.get("room", "")
    if not ROOM_NAME.fullmatch(name):
        raise web.HTTPBadRequest(text="room must be 1 to 64 letters, digits and hyphens")
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    with joined(name, socket) as room:
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                await room.say(message.data)
            elif message.type is WSMsgType.BINARY:
                await socket.close(code=WSCloseCode.UNSUPPORTED_DATA)
    return socket


@contextmanager
def joined(name: str, socket: web.WebSocketResponse) -> Iterator[Room]:
    """The room of this name, with one more member for so long; it is there as long as it has any."""
    room = rooms.setdefault(name, Room())
    room.members.add(socket)
    try:
        yield room
    finally:
        room.members.discard(socket)
        if not room.members and rooms.get(name) is room:
            del rooms[name]
