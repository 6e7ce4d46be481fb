"""The rooms of `/chat`, all in one process."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from quart import Blueprint, abort, websocket

ROOM_NAME: Final = re.compile(r"[A-Za-z0-9-]{1,64}")
UNSUPPORTED_DATA: Final = 1003

type Owed = asyncio.Queue[str]
"""The texts that a member has not been sent yet."""

rooms: dict[str, set[Owed]] = {}
chat = Blueprint("chat", __name__)


@chat.websocket("/chat")
async def talk() -> None:
    """Serve one member of a room until it leaves, when Quart cancels this."""
    name = websocket.args.get("room", "")
    if not ROOM_NAME.fullmatch(name):
        abort(400, "room must be 1 to 64 letters, digits and hyphens")
    await websocket.accept()
    with joined(name) as (owed, members):
        delivery = asyncio.create_task(deliver(owed))
        try:
            while isinstance(text := await websocket.receive(), str):
                for each in members:
                    each.put_nowait(text)
        finally:
            delivery.cancel()
        await websocket.close(UNSUPPORTED_DATA)


async def deliver(owed: Owed) -> None:
    """Send a member what it is owed."""
    while True:
        await websocket.send(await owed.get())


@contextmanager
def joined(name: str) -> Iterator[tuple[Owed, set[Owed]]]:
    """What one more member of this room is owed, and what all are; the room is there as long as it has any."""
    members = rooms.setdefault(name, set())
    owed: Owed = asyncio.Queue()
    members.add(owed)
    try:
        yield owed, members
    finally:
        members.discard(owed)
        if not members and rooms.get(name) is members:
            del rooms[name]
