"""The rooms of `/chat`: a group of the channel layer for each."""

import re
from typing import Final, override
from urllib.parse import parse_qs

from channels.generic.websocket import AsyncWebsocketConsumer

ROOM_NAME: Final = re.compile(r"[A-Za-z0-9-]{1,64}")
UNSUPPORTED_DATA: Final = 1003


class ChatConsumer(AsyncWebsocketConsumer):
    """One member of a room. The layer puts each text into the queues of all members, which gives all one order."""

    room = ""

    @override
    async def connect(self) -> None:
        query = parse_qs(self.scope["query_string"].decode("ascii"))
        name = query.get("room", [""])[0]
        if not ROOM_NAME.fullmatch(name):
            await self.close()
            return
        self.room = name
        await self.channel_layer.group_add(name, self.channel_name)
        await self.accept()

    @override
    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if text_data is None:
            await self.close(UNSUPPORTED_DATA)
            return
        await self.channel_layer.group_send(self.room, {"type": "chat.message", "text": text_data})

    async def chat_message(self, event: dict[str, str]) -> None:
        """What the layer brings."""
        await self.send(text_data=event["text"])

    @override
    async def disconnect(self, code: int) -> None:
        if self.room:
            await self.channel_layer.group_discard(self.room, self.channel_name)
