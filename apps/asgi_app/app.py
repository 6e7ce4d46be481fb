"""The HTTP contract on bare ASGI 3, with no framework: the floor that frameworks are compared with."""

import os
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from psycopg_pool import PoolTimeout

import endpoints
from chat import chat
from database import open_pool
from responses import TEXT, HTTPError, Receive, Scope, Send, send_body

type Endpoint = Callable[[Scope, Receive, Send], Awaitable[None]]


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application."""
    if scope["type"] == "lifespan":
        await serve_lifespan(scope, receive, send)
    elif scope["type"] == "http":
        await serve_request(scope, receive, send)
    elif scope["type"] == "websocket":
        await serve_socket(scope, receive, send)
    else:
        raise NotImplementedError(f"no {scope['type']} here")


async def serve_lifespan(scope: Scope, receive: Receive, send: Send) -> None:
    """Hold the database pool open while the worker serves."""
    await receive()
    try:
        async with open_pool(os.environ.get("DATABASE_URL")) as pool:
            scope["state"]["pool"] = pool
            await send({"type": "lifespan.startup.complete"})
            await receive()
    except PoolTimeout as error:
        await send({"type": "lifespan.startup.failed", "message": str(error)})
    else:
        await send({"type": "lifespan.shutdown.complete"})


async def serve_request(scope: Scope, receive: Receive, send: Send) -> None:
    """Hand the request to its endpoint; errors become one line of text."""
    try:
        await find_endpoint(scope)(scope, receive, send)
    except HTTPError as error:
        await send_body(send, TEXT, error.detail.encode(), error.status, error.headers)


async def serve_socket(scope: Scope, receive: Receive, send: Send) -> None:
    """Hand the handshake to its endpoint, and refuse it where there is none."""
    endpoint = SOCKETS.get(scope["path"])
    if endpoint is None:
        await receive()
        await send({"type": "websocket.close"})
        return
    await endpoint(scope, receive, send)


def find_endpoint(scope: Scope) -> Endpoint:
    """The endpoint that the request asks for; `HTTPError` 404 or 405 where there is none."""
    endpoint = ROUTES.get(scope["path"])
    if endpoint is None:
        raise HTTPError(HTTPStatus.NOT_FOUND)
    allowed = METHODS.get(scope["path"], "GET")
    if scope["method"] != allowed:
        raise HTTPError(HTTPStatus.METHOD_NOT_ALLOWED, headers=[(b"allow", allowed.encode())])
    return endpoint


def extra_endpoint(number: int) -> Endpoint:
    """An endpoint beside the contract's own, to see what a long routing table costs."""
    body = f"extra {number}".encode()

    async def extra(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send_body(send, TEXT, body)

    return extra


ROUTES: dict[str, Endpoint] = {
    **{f"/extra/{number}": extra_endpoint(number) for number in range(int(os.environ.get("EXTRA_ROUTES", "0")))},
    "/hello": endpoints.hello,
    "/json": endpoints.json_message,
    "/items": endpoints.items,
    "/orders": endpoints.orders,
    "/db": endpoints.db,
    "/queries": endpoints.queries,
    "/fortunes": endpoints.fortunes,
    "/wait": endpoints.wait,
    "/feed": endpoints.feed,
}

SOCKETS: dict[str, Endpoint] = {"/chat": chat}
"""What is asked for by WebSocket."""

METHODS = {"/orders": "POST"}
"""What is not asked for by GET."""
