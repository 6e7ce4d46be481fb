"""The rooms of `/chat`, all in one process."""

import asyncio
import re
from typing import Any, Final

from starlette import status
from starlette.endpoints import WebSocketEndpoint
from starlette.exceptions import WebSocketException
from starlette.websockets import WebSocket, WebSocketDisconnect

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
                # It has left, or is being closed; what is gone is a RuntimeError to gunicorn's worker, too.
                except (WebSocketDisconnect, RuntimeError):
                    self.members.discard(member)


rooms: dict[str, Room] = {}


class Chat(WebSocketEndpoint):
    """One member of a room. What it sends that is no text ends it with code 1003, by Starlette itself."""

    encoding = "text"

    async def on_connect(self, websocket: WebSocket) -> None:
        self.name = websocket.query_params.get("room", "")
        if not ROOM_NAME.fullmatch(self.name):
            raise WebSocketException(status.WS_1008_POLICY_VIOLATION)
        await websocket.accept()
        self.room = rooms.setdefault(self.name, Room())
        self.room.members.add(websocket)

    async def on_receive(self, websocket: WebSocket, data: Any) -> None:
        await self.room.say(data)

    async def on_disconnect(self, websocket: WebSocket, close_code: int) -> None:
        self.room.members.discard(websocket)
        if not self.room.members and rooms.get(self.name) is self.room:
            del rooms[self.name]
