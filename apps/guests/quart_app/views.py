"""The endpoints of the HTTP contract."""

import asyncio
from contextlib import AbstractAsyncContextManager
from operator import itemgetter
from typing import Any, Final

from psycopg import AsyncConnection
from quart import Blueprint, Response, abort, current_app, make_response, render_template
from quart_schema import validate_request

from database import find_world, find_worlds, list_fortunes
from feed import numbered_events
from items import list_items
from models import Order
from orders import accept_order
from parameters import bounded_integer, integer, integers

ADDED_FORTUNE: Final = (0, "Fortune favours the row that was added last.")

contract = Blueprint("contract", __name__)


def database_connection() -> AbstractAsyncContextManager[AsyncConnection]:
    """A connection for the length of a `with` block; status 503 where the app was started without a database."""
    pool = current_app.extensions["database"]
    if pool is None:
        abort(503, "DATABASE_URL is not set")
    return pool.connection()


@contract.get("/hello")
async def hello() -> Response:
    return Response("Hello, World!", mimetype="text/plain")


@contract.get("/json")
async def json_message() -> dict[str, Any]:
    return {"message": "Hello, World!"}


@contract.get("/items")
async def items() -> dict[str, Any]:
    count = bounded_integer("count", 1, 100)
    factor = bounded_integer("factor", 1, 1_000_000)
    return {"items": list_items(count, factor)}


@contract.post("/orders")
@validate_request(Order)
async def orders(data: Order) -> tuple[dict[str, Any], int]:
    return accept_order(data), 201


@contract.get("/db")
async def db() -> dict[str, Any]:
    world_id = integer("id")
    async with database_connection() as connection:
        world = await find_world(connection, world_id)
    if world is None:
        abort(404)
    return world


@contract.get("/queries")
async def queries() -> list[Any]:
    world_ids = integers("ids", most=500)
    async with database_connection() as connection:
        worlds = await find_worlds(connection, world_ids)
    if worlds is None:
        abort(404)
    return worlds


@contract.get("/fortunes")
async def fortunes() -> str:
    async with database_connection() as connection:
        rows = await list_fortunes(connection)
    rows.append(ADDED_FORTUNE)
    rows.sort(key=itemgetter(1))
    return await render_template("fortunes.html", fortunes=rows)


@contract.get("/wait")
async def wait() -> dict[str, Any]:
    wait_ms = bounded_integer("ms", 0, 10_000)
    await asyncio.sleep(wait_ms / 1000)
    return {"waited": wait_ms}


@contract.get("/feed")
async def feed() -> Response:
    interval_ms = bounded_integer("interval_ms", 10, 60_000)
    headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
    response = await make_response(numbered_events(interval_ms), headers)
    response.timeout = None  # Quart ends an answer after a minute otherwise
    return response
