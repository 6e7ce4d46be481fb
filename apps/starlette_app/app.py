"""The HTTP contract on Starlette."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from operator import itemgetter
from pathlib import Path
from typing import Final, TypedDict

from psycopg_pool import AsyncConnectionPool
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.templating import Jinja2Templates

from chat import Chat
from database import find_world, find_worlds, list_fortunes, open_pool
from feed import numbered_events
from items import list_items
from orders import WrongOrderError, accept_order
from parameters import bounded_integer, integer, integers

ADDED_FORTUNE: Final = (0, "Fortune favours the row that was added last.")

templates = Jinja2Templates(directory=Path(__file__).parent / "templates")


class State(TypedDict):
    """What the lifespan shares with the requests."""

    pool: AsyncConnectionPool | None


@asynccontextmanager
async def lifespan(_app: Starlette) -> AsyncIterator[State]:
    """Hold the database pool open while the worker serves."""
    async with open_pool(os.environ.get("DATABASE_URL")) as pool:
        yield {"pool": pool}


def database_pool(request: Request) -> AsyncConnectionPool:
    """The worker's pool; `HTTPException` 503 where the app was started without a database."""
    pool: AsyncConnectionPool | None = request.state.pool
    if pool is None:
        raise HTTPException(503, "DATABASE_URL is not set")
    return pool


async def hello(_request: Request) -> Response:
    return PlainTextResponse("Hello, World!")


async def json_message(_request: Request) -> Response:
    return JSONResponse({"message": "Hello, World!"})


async def items(request: Request) -> Response:
    count = bounded_integer(request, "count", 1, 100)
    factor = bounded_integer(request, "factor", 1, 1_000_000)
    return JSONResponse({"items": list_items(count, factor)})


async def orders(request: Request) -> Response:
    try:
        return JSONResponse(accept_order(await request.json()), status_code=201)
    except WrongOrderError as error:
        raise HTTPException(400, str(error)) from None
    except (ValueError, RecursionError):
        raise HTTPException(400, "the body is no JSON") from None


async def db(request: Request) -> Response:
    world_id = integer(request, "id")
    async with database_pool(request).connection() as connection:
        world = await find_world(connection, world_id)
    if world is None:
        raise HTTPException(404)
    return JSONResponse(world)


async def queries(request: Request) -> Response:
    world_ids = integers(request, "ids", most=500)
    async with database_pool(request).connection() as connection:
        worlds = await find_worlds(connection, world_ids)
    if worlds is None:
        raise HTTPException(404)
    return JSONResponse(worlds)


async def fortunes(request: Request) -> Response:
    async with database_pool(request).connection() as connection:
        rows = await list_fortunes(connection)
    rows.append(ADDED_FORTUNE)
    rows.sort(key=itemgetter(1))
    return templates.TemplateResponse(request, "fortunes.html", {"fortunes": rows})


async def wait(request: Request) -> Response:
    wait_ms = bounded_integer(request, "ms", 0, 10_000)
    await asyncio.sleep(wait_ms / 1000)
    return JSONResponse({"waited": wait_ms})


async def feed(request: Request) -> Response:
    interval_ms = bounded_integer(request, "interval_ms", 10, 60_000)
    headers = {"Cache-Control": "no-store"}
    if request.method == "HEAD":  # a route for GET answers HEAD too, and this body would have no end
        return Response(headers=headers, media_type="text/event-stream")
    return StreamingResponse(numbered_events(interval_ms), headers=headers, media_type="text/event-stream")


def extra_route(number: int) -> Route:
    """A route beside the contract's own, to see what a long routing table costs."""

    async def extra(_request: Request) -> Response:
        return PlainTextResponse(f"extra {number}")

    return Route(f"/extra/{number}", extra)


app = Starlette(
    routes=[
        *(extra_route(number) for number in range(int(os.environ.get("EXTRA_ROUTES", "0")))),
        Route("/hello", hello),
        Route("/json", json_message),
        Route("/items", items),
        Route("/orders", orders, methods=["POST"]),
        Route("/db", db),
        Route("/queries", queries),
        Route("/fortunes", fortunes),
        Route("/wait", wait),
        Route("/feed", feed),
        WebSocketRoute("/chat", Chat),
    ],
    lifespan=lifespan,
)
