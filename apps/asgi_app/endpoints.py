"""The endpoints of the HTTP contract: each takes the scope, `receive` and `send` of one request."""

import asyncio
from http import HTTPStatus
from operator import itemgetter
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader
from psycopg_pool import AsyncConnectionPool

from database import find_world, find_worlds, list_fortunes
from feed import numbered_events
from items import list_items
from orders import WrongOrderError, accept_order
from parameters import bounded_integer, integer, integers
from posted import posted_json
from responses import HTML, TEXT, HTTPError, Receive, Scope, Send, send_body, send_json

ADDED_FORTUNE: Final = (0, "Fortune favours the row that was added last.")

templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, auto_reload=False
)


async def hello(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send_body(send, TEXT, b"Hello, World!")


async def json_message(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send_json(send, {"message": "Hello, World!"})


async def items(scope: Scope, _receive: Receive, send: Send) -> None:
    count = bounded_integer(scope, "count", 1, 100)
    factor = bounded_integer(scope, "factor", 1, 1_000_000)
    await send_json(send, {"items": list_items(count, factor)})


async def orders(_scope: Scope, receive: Receive, send: Send) -> None:
    try:
        answer = accept_order(await posted_json(receive))
    except WrongOrderError as error:
        raise HTTPError(HTTPStatus.BAD_REQUEST, str(error)) from None
    await send_json(send, answer, HTTPStatus.CREATED)


async def db(scope: Scope, _receive: Receive, send: Send) -> None:
    world_id = integer(scope, "id")
    async with database_pool(scope).connection() as connection:
        world = await find_world(connection, world_id)
    if world is None:
        raise HTTPError(HTTPStatus.NOT_FOUND)
    await send_json(send, world)


async def queries(scope: Scope, _receive: Receive, send: Send) -> None:
    world_ids = integers(scope, "ids", most=500)
    async with database_pool(scope).connection() as connection:
        worlds = await find_worlds(connection, world_ids)
    if worlds is None:
        raise HTTPError(HTTPStatus.NOT_FOUND)
    await send_json(send, worlds)


async def fortunes(scope: Scope, _receive: Receive, send: Send) -> None:
    async with database_pool(scope).connection() as connection:
        rows = await list_fortunes(connection)
    rows.append(ADDED_FORTUNE)
    rows.sort(key=itemgetter(1))
    page = templates.get_template("fortunes.html").render(fortunes=rows)
    await send_body(send, HTML, page.encode())


async def wait(scope: Scope, _receive: Receive, send: Send) -> None:
    wait_ms = bounded_integer(scope, "ms", 0, 10_000)
    await asyncio.sleep(wait_ms / 1000)
    await send_json(send, {"waited": wait_ms})


async def feed(scope: Scope, receive: Receive, send: Send) -> None:
    interval_ms = bounded_integer(scope, "interval_ms", 10, 60_000)
    headers = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    sending = asyncio.create_task(_send_events(send, interval_ms))
    try:
        while (await receive())["type"] != "http.disconnect":
            pass
    finally:
        sending.cancel()


async def _send_events(send: Send, interval_ms: int) -> None:
    async for event in numbered_events(interval_ms):
        await send({"type": "http.response.body", "body": event.encode(), "more_body": True})


def database_pool(scope: Scope) -> AsyncConnectionPool:
    """The worker's pool; `HTTPError` 503 where the app was started without a database."""
    pool: AsyncConnectionPool | None = scope["state"]["pool"]
    if pool is None:
        raise HTTPError(HTTPStatus.SERVICE_UNAVAILABLE, "DATABASE_URL is not set")
    return pool
