"""The HTTP contract on BlackSheep."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import suppress
from operator import itemgetter
from pathlib import Path
from typing import Final

from blacksheep import (
    Application,
    FromJSON,
    Request,
    Response,
    WebSocket,
    WebSocketDisconnectError,
    get,
    json,
    post,
    text,
    ws,
)
from blacksheep.exceptions import BadRequest, HTTPException, NotFound
from blacksheep.server.bindings import InvalidRequestBody
from blacksheep.server.rendering.jinja2 import JinjaRenderer
from blacksheep.server.responses import view
from blacksheep.server.sse import ServerSentEventsResponse
from blacksheep.settings.html import html_settings
from jinja2 import FileSystemLoader
from psycopg_pool import AsyncConnectionPool
from pydantic import ValidationError

from chat import ROOM_NAME, joined
from database import find_world, find_worlds, list_fortunes, open_pool
from feed import numbered_events
from items import list_items
from models import Order
from orders import accept_order

ADDED_FORTUNE: Final = (0, "Fortune favours the row that was added last.")
MOST_IDS: Final = 500
UNSUPPORTED_DATA: Final = 1003
POLICY_VIOLATION: Final = 1008

html_settings.use(JinjaRenderer(FileSystemLoader(Path(__file__).parent / "templates")))
app = Application()


@app.lifespan
async def hold_pool(app: Application) -> AsyncIterator[None]:
    """Keep the database pool open while the worker serves."""
    async with open_pool(os.environ.get("DATABASE_URL")) as pool:
        if pool is not None:
            app.services.register(AsyncConnectionPool, instance=pool)
        yield


@app.exception_handler(InvalidRequestBody)
async def refuse_body(_app: Application, _request: Request, error: InvalidRequestBody) -> Response:
    """Say what is wrong, as BlackSheep does, but without the client's values: not all of them can be sent back."""
    cause = error.__cause__
    if not isinstance(cause, ValidationError):
        return json({"error": "the body is no JSON"}, status=400)
    return json({"errors": [{"at": each["loc"], "error": each["msg"]} for each in cause.errors()]}, status=400)


@app.exception_handler(RecursionError)
async def refuse_depth(_app: Application, _request: Request, _error: RecursionError) -> Response:
    """JSON that is nested too deep is the client's mistake; BlackSheep by itself says it was the server's."""
    return text("the body is nested too deep", status=400)


def add_extra_route(number: int) -> None:
    """A route beside the contract's own, to see what a long routing table costs."""

    @get(f"/extra/{number}")
    async def extra() -> Response:
        return text(f"extra {number}")


for extra_number in range(int(os.environ.get("EXTRA_ROUTES", "0"))):
    add_extra_route(extra_number)


@get("/hello")
async def hello() -> Response:
    return text("Hello, World!")


@get("/json")
async def json_message() -> Response:
    return json({"message": "Hello, World!"})


@get("/items")
async def items(count: int, factor: int) -> Response:
    return json({"items": list_items(within("count", count, 1, 100), within("factor", factor, 1, 1_000_000))})


@post("/orders")
async def orders(order: FromJSON[Order]) -> Response:
    return json(accept_order(order.value), status=201)


@get("/db")
async def db(id: int) -> Response:  # noqa: A002 - the parameter's name is the query's
    async with database_pool().connection() as connection:
        world = await find_world(connection, id)
    if world is None:
        raise NotFound
    return json(world)


@get("/queries")
async def queries(ids: str) -> Response:
    world_ids = integers("ids", ids, MOST_IDS)
    async with database_pool().connection() as connection:
        worlds = await find_worlds(connection, world_ids)
    if worlds is None:
        raise NotFound
    return json(worlds)


@get("/fortunes")
async def fortunes() -> Response:
    async with database_pool().connection() as connection:
        rows = await list_fortunes(connection)
    rows.append(ADDED_FORTUNE)
    rows.sort(key=itemgetter(1))
    return view("fortunes", {"fortunes": rows})


@get("/wait")
async def wait(ms: int) -> Response:
    await asyncio.sleep(within("ms", ms, 0, 10_000) / 1000)
    return json({"waited": ms})


@get("/feed")
async def feed(interval_ms: int) -> Response:
    within("interval_ms", interval_ms, 10, 60_000)
    return ServerSentEventsResponse(lambda: numbered_events(interval_ms), headers=[(b"Cache-Control", b"no-store")])


@ws("/chat")
async def chat(websocket: WebSocket) -> None:
    name = websocket.query.get("room", [""])[0]
    if not ROOM_NAME.fullmatch(name):
        await websocket.close(POLICY_VIOLATION)
        return
    await websocket.accept()
    with joined(name, websocket) as room, suppress(WebSocketDisconnectError):
        while (said := (await websocket.receive()).get("text")) is not None:
            await room.say(said)
        await websocket.close(UNSUPPORTED_DATA)


def database_pool() -> AsyncConnectionPool:
    """The worker's pool; status 503 where the app was started without a database."""
    if AsyncConnectionPool not in app.services:
        raise HTTPException(503, "DATABASE_URL is not set")
    return app.services.resolve(AsyncConnectionPool)


def within(name: str, value: int, low: int, high: int) -> int:
    """The parameter; `BadRequest` where it does not lie between the two."""
    if not low <= value <= high:
        raise BadRequest(f"{name} must lie between {low} and {high}")
    return value


def integers(name: str, value: str, most: int) -> list[int]:
    """The integers between the commas, 1 to `most` of them; `BadRequest` where it is no such list."""
    texts = value.split(",")
    if len(texts) > most:
        raise BadRequest(f"{name} must hold at most {most} integers")
    try:
        return [int(each) for each in texts]
    except ValueError:
        raise BadRequest(f"{name} must be integers with commas between them") from None
