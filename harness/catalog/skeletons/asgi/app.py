"""The first two endpoints of the HTTP contract, on bare ASGI until the framework's routes stand here."""

import json
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

type Message = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]
type Answer = tuple[bytes, bytes]


async def hello() -> Answer:
    """`GET /hello`."""
    return b"text/plain; charset=utf-8", b"Hello, World!"


async def json_message() -> Answer:
    """`GET /json`, serialised anew for each request."""
    return b"application/json", json.dumps({"message": "Hello, World!"}).encode()


async def extra() -> Answer:
    """One of the routes beside the contract's own, to see what a long routing table costs."""
    return b"text/plain; charset=utf-8", b"extra"


ROUTES: dict[str, Callable[[], Awaitable[Answer]]] = {
    **{f"/extra/{number}": extra for number in range(int(os.environ.get("EXTRA_ROUTES", "0")))},
    "/hello": hello,
    "/json": json_message,
}


async def app(scope: Message, receive: Receive, send: Send) -> None:
    """Serve one connection scope (ASGI 3): the worker's lifespan, or one request."""
    if scope["type"] == "lifespan":
        for stage in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{stage}.complete"})
        return
    endpoint = ROUTES.get(scope["path"])
    if endpoint is None:
        status, (content_type, body) = 404, (b"text/plain; charset=utf-8", b"Not Found")
    elif scope["method"] != "GET":
        status, (content_type, body) = 405, (b"text/plain; charset=utf-8", b"")
    else:
        status, (content_type, body) = 200, await endpoint()
    headers = [(b"content-type", content_type), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
