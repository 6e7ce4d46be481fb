"""The rooms of `/chat`: a channel of Litestar's for each, all in one process."""

from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Annotated, Any, Final

from litestar import WebSocket, websocket
from litestar.channels import ChannelsPlugin
from litestar.channels.backends.memory import MemoryChannelsBackend
from litestar.exceptions import WebSocketDisconnect, WebSocketException
from litestar.params import Parameter
from litestar.status_codes import WS_1003_UNSUPPORTED_DATA

channels_plugin: Final = ChannelsPlugin(MemoryChannelsBackend(), arbitrary_channels_allowed=True)


@websocket("/chat")
async def chat(
    socket: WebSocket[Any, Any, Any],
    channels: ChannelsPlugin,
    room: Annotated[str, Parameter(pattern=r"^[A-Za-z0-9-]{1,64}\Z")],
) -> None:
    await socket.accept()

    async def deliver(text: bytes) -> None:
        with suppress(OSError, WebSocketDisconnect):  # it has left, which `texts` is told
            await socket.send_text(text)

    # Without `join=False`, a member's end would wait until all that it was owed has been sent to it.
    async with channels.start_subscription(room) as member, member.run_in_background(deliver, join=False):
        async for text in texts(socket):
            channels.publish(text, room)


async def texts(socket: WebSocket[Any, Any, Any]) -> AsyncIterator[str]:
    """What a client sends until it leaves; `WebSocketException` 1003 where it is no text.

    Litestar's own `receive_text` takes a binary message for an empty text.
    """
    while (event := await socket.receive())["type"] == "websocket.receive":
        if event.get("text") is None:
            raise WebSocketException(detail="this takes text", code=WS_1003_UNSUPPORTED_DATA)
        yield event["text"]
