"""The rooms of `/chat`, all in one process."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from sanic import Blueprint, Request, Websocket
from sanic.exceptions import BadRequest, ServerError, WebsocketClosed

ROOM_NAME: Final = re.compile(r"[A-Za-z0-9-]{1,64}")
UNSUPPORTED_DATA: Final = 1003
POLICY_VIOLATION: Final = 1008


class Room:
    """Those who hear each other."""

    def __init__(self) -> None:
        self.members: set[Websocket] = set()
        self._turn = asyncio.Lock()

    async def say(self, text: str) -> None:
        """Send a text to all members, one text after the other, so that all get them in the same order."""
        async with self._turn:
            for member in tuple(self.members):
                try:
                    await member.send(text)
                # Sanic's own server raises the first two where the client has left, an ASGI server the third.
                except (WebsocketClosed, ServerError, OSError):
                    self.members.discard(member)


rooms: dict[str, Room] = {}
blueprint = Blueprint("chat")


@blueprint.on_request
async def refuse_wrong_room(request: Request) -> None:
    """Before the handshake is answered; on ASGI Sanic can answer it in one way only, so the handler closes instead."""
    if not request.app.asgi and not is_room(request):
        raise BadRequest("room must be 1 to 64 letters, digits and hyphens")


@blueprint.websocket("/chat")
async def chat(request: Request, ws: Websocket) -> None:
    """Serve one member of a room until it leaves."""
    if not is_room(request):
        await close(request, ws, POLICY_VIOLATION)
        return
    with joined(request.args.get("room"), ws) as room:
        while isinstance(text := await ws.recv(), str):
            await room.say(text)
    # No text: bytes; on ASGI also None, where the client has left, or a server spells bytes so that Sanic misses them.
    await close(request, ws, UNSUPPORTED_DATA)


def is_room(request: Request) -> bool:
    """Whether a room may be called as the client calls it."""
    return ROOM_NAME.fullmatch(request.args.get("room", "")) is not None


@contextmanager
def joined(name: str, ws: Websocket) -> Iterator[Room]:
    """The room of this name, with one more member for so long; it is there as long as it has any."""
    room = rooms.setdefault(name, Room())
    room.members.add(ws)
    try:
        yield room
    finally:
        room.members.discard(ws)
        if not room.members and rooms.get(name) is room:
            del rooms[name]


async def close(request: Request, ws: Websocket, code: int) -> None:
    """Close with a code of the app's. On ASGI, `ws.close` does nothing, and the server closes with 1000 in the end."""
    if request.app.asgi:
        with suppress(OSError, RuntimeError):  # it has left
            await request.transport.send({"type": "websocket.close", "code": code})
    else:
        await ws.close(code)
