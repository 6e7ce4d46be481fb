"""The endpoints of the HTTP contract."""

import asyncio
from contextlib import suppress
from operator import itemgetter
from typing import Any, Final

import aiohttp_jinja2
from aiohttp import web
from psycopg_pool import AsyncConnectionPool

from database import find_world, find_worlds, list_fortunes
from feed import numbered_events
from items import list_items
from orders import WrongOrderError, accept_order
from parameters import bounded_integer, integer, integers

ADDED_FORTUNE: Final = (0, "Fortune favours the row that was added last.")
POOL: Final = web.AppKey[AsyncConnectionPool | None]("pool")

routes = web.RouteTableDef()


@routes.get("/hello")
async def hello(_request: web.Request) -> web.Response:
    return web.Response(text="Hello, World!")


@routes.get("/json")
async def json_message(_request: web.Request) -> web.Response:
    return web.json_response({"message": "Hello, World!"})


@routes.get("/items")
async def items(request: web.Request) -> web.Response:
    count = bounded_integer(request, "count", 1, 100)
    factor = bounded_integer(request, "factor", 1, 1_000_000)
    return web.json_response({"items": list_items(count, factor)})


@routes.post("/orders")
async def orders(request: web.Request) -> web.Response:
    try:
        answer = accept_order(await request.json())
    except WrongOrderError as error:
        raise web.HTTPBadRequest(text=str(error)) from None
    except (ValueError, RecursionError):
        raise web.HTTPBadRequest(text="the body is no JSON") from None
    return web.json_response(answer, status=201)


@routes.get("/db")
async def db(request: web.Request) -> web.Response:
    world_id = integer(request, "id")
    async with database_pool(request).connection() as connection:
        world = await find_world(connection, world_id)
    if world is None:
        raise web.HTTPNotFound
    return web.json_response(world)


@routes.get("/queries")
async def queries(request: web.Request) -> web.Response:
    world_ids = integers(request, "ids", most=500)
    async with database_pool(request).connection() as connection:
        worlds = await find_worlds(connection, world_ids)
    if worlds is None:
        raise web.HTTPNotFound
    return web.json_response(worlds)


@routes.get("/fortunes")
@aiohttp_jinja2.template("fortunes.html")
async def fortunes(request: web.Request) -> dict[str, Any]:
    async with database_pool(request).connection() as connection:
        rows = await list_fortunes(connection)
    rows.append(ADDED_FORTUNE)
    rows.sort(key=itemgetter(1))
    return {"fortunes": rows}


@routes.get("/wait")
async def wait(request: web.Request) -> web.Response:
    wait_ms = bounded_integer(request, "ms", 0, 10_000)
    await asyncio.sleep(wait_ms / 1000)
    return web.json_response({"waited": wait_ms})


@routes.get("/feed", allow_head=False)  # the handler of GET would answer HEAD too, and has no end
async def feed(request: web.Request) -> web.StreamResponse:
    interval_ms = bounded_integer(request, "interval_ms", 10, 60_000)
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    await response.prepare(request)
    with suppress(ConnectionResetError):
        async for event in numbered_events(interval_ms):
            await response.write(event.encode())
    return response


def database_pool(request: web.Request) -> AsyncConnectionPool:
    """The worker's pool; `HTTPServiceUnavailable` where the app was started without a database."""
    pool = request.app[POOL]
    if pool is None:
        raise web.HTTPServiceUnavailable(text="DATABASE_URL is not set")
    return pool
