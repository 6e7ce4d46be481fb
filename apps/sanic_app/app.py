"""The HTTP contract on Sanic."""

import asyncio
import os
from operator import itemgetter
from pathlib import Path
from typing import Final

from psycopg_pool import AsyncConnectionPool
from sanic import HTTPResponse, Request, Sanic, json, text
from sanic.exceptions import BadRequest, NotFound, ServiceUnavailable
from sanic_ext.extensions.templating.extension import TemplatingExtension

from chat import blueprint as chat
from database import find_world, find_worlds, list_fortunes, open_pool
from feed import numbered_events
from items import list_items
from orders import WrongOrderError, accept_order
from parameters import bounded_integer, integer, integers

ADDED_FORTUNE: Final = (0, "Fortune favours the row that was added last.")

app = Sanic("sanic_app")
app.config.RESPONSE_TIMEOUT = 75  # seconds of silence on a response; a feed's interval may be 60
app.config.TEMPLATING_PATH_TO_TEMPLATES = Path(__file__).parent / "templates"
# Templates only: of the other extensions, dependency injection alone adds a signal handler to every request.
app.extend(extensions=[TemplatingExtension], built_in_extensions=False)


app.blueprint(chat)


@app.before_server_start
async def open_database(app: Sanic) -> None:
    """Open this worker's pool; without a database the endpoints that need none work all the same."""
    url = os.environ.get("DATABASE_URL")
    app.ctx.pool = await open_pool(url) if url else None


@app.after_server_stop
async def close_database(app: Sanic) -> None:
    """Close this worker's pool."""
    if app.ctx.pool:
        await app.ctx.pool.close()


def add_extra_route(number: int) -> None:
    """A route beside the contract's own, to see what a long routing table costs."""

    @app.get(f"/extra/{number}", name=f"extra_{number}")
    async def extra(_request: Request) -> HTTPResponse:
        return text(f"extra {number}")


for extra_number in range(int(os.environ.get("EXTRA_ROUTES", "0"))):
    add_extra_route(extra_number)


@app.get("/hello")
async def hello(_request: Request) -> HTTPResponse:
    return text("Hello, World!")


@app.get("/json")
async def json_message(_request: Request) -> HTTPResponse:
    return json({"message": "Hello, World!"})


@app.get("/items")
async def items(request: Request) -> HTTPResponse:
    count = bounded_integer(request, "count", 1, 100)
    factor = bounded_integer(request, "factor", 1, 1_000_000)
    return json({"items": list_items(count, factor)})


@app.post("/orders")
async def orders(request: Request) -> HTTPResponse:
    try:
        return json(accept_order(request.json), status=201)
    except WrongOrderError as error:
        raise BadRequest(str(error)) from None


@app.get("/db")
async def db(request: Request) -> HTTPResponse:
    world_id = integer(request, "id")
    async with database_pool(request).connection() as connection:
        world = await find_world(connection, world_id)
    if world is None:
        raise NotFound
    return json(world)


@app.get("/queries")
async def queries(request: Request) -> HTTPResponse:
    world_ids = integers(request, "ids", most=500)
    async with database_pool(request).connection() as connection:
        worlds = await find_worlds(connection, world_ids)
    if worlds is None:
        raise NotFound
    return json(worlds)


@app.get("/fortunes")
@app.ext.template("fortunes.html")
async def fortunes(request: Request) -> dict[str, list[tuple[int, str]]]:
    async with database_pool(request).connection() as connection:
        rows = await list_fortunes(connection)
    rows.append(ADDED_FORTUNE)
    rows.sort(key=itemgetter(1))
    return {"fortunes": rows}


@app.get("/wait")
async def wait(request: Request) -> HTTPResponse:
    wait_ms = bounded_integer(request, "ms", 0, 10_000)
    await asyncio.sleep(wait_ms / 1000)
    return json({"waited": wait_ms})


@app.get("/feed")
async def feed(request: Request) -> None:
    interval_ms = bounded_integer(request, "interval_ms", 10, 60_000)
    response = await request.respond(
        content_type="text/event-stream; charset=utf-8", headers={"Cache-Control": "no-store"}
    )
    sending = asyncio.create_task(send_events(response, interval_ms))
    try:
        # Sanic's own server cancels this handler when the client leaves; an ASGI server sends a message instead.
        if request.app.asgi:
            await asgi_disconnect(request)
        else:
            await sending
    finally:
        sending.cancel()


async def send_events(response: HTTPResponse, interval_ms: int) -> None:
    """Send events without end."""
    async for event in numbered_events(interval_ms):
        await response.send(event)


async def asgi_disconnect(request: Request) -> None:
    """Return when the client has left."""
    while (await request.transport.receive())["type"] != "http.disconnect":
        pass


def database_pool(request: Request) -> AsyncConnectionPool:
    """The worker's pool; `ServiceUnavailable` where the app was started without a database."""
    pool: AsyncConnectionPool | None = request.app.ctx.pool
    if pool is None:
        raise ServiceUnavailable("DATABASE_URL is not set")
    return pool
