"""The HTTP contract on FastAPI."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from operator import itemgetter
from pathlib import Path
from typing import Annotated, Any, Final, TypedDict

from fastapi import Depends, FastAPI, HTTPException, Query, Request, Response, WebSocket, WebSocketDisconnect
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent
from fastapi.templating import Jinja2Templates
from psycopg_pool import AsyncConnectionPool
from pydantic import BeforeValidator

from chat import joined, received_text
from database import Connection, find_world, list_fortunes, open_pool
from feed import numbered_events
from items import list_items
from models import AcceptedOrder, Items, Message, Order, Waited, World
from orders import accept_order

ADDED_FORTUNE: Final = (0, "Fortune favours the row that was added last.")

# `fastapi run` has no switch for uvicorn's access log; this is what uvicorn's own `--no-access-log` does.
access_log = logging.getLogger("uvicorn.access")
access_log.handlers.clear()
access_log.propagate = False

templates = Jinja2Templates(directory=Path(__file__).parent / "templates")


class State(TypedDict):
    """What the lifespan shares with the requests."""

    pool: AsyncConnectionPool | None


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[State]:
    """Hold the database pool open while the worker serves."""
    async with open_pool(os.environ.get("DATABASE_URL")) as pool:
        yield {"pool": pool}


app = FastAPI(title="The HTTP contract on FastAPI", lifespan=lifespan)


@app.exception_handler(RequestValidationError)
async def refuse(_request: Request, error: RequestValidationError) -> JSONResponse:
    """As FastAPI does by itself, but without the client's values: NaN and the like can't be sent back as JSON."""
    told = [{name: each[name] for name in ("type", "loc", "msg")} for each in error.errors()]
    return JSONResponse({"detail": told}, status_code=422)


def add_extra_route(number: int) -> None:
    """A route beside the contract's own, to see what a long routing table costs."""

    @app.get(f"/extra/{number}", response_class=PlainTextResponse, name=f"extra_{number}")
    async def extra() -> str:
        return f"extra {number}"


for extra_number in range(int(os.environ.get("EXTRA_ROUTES", "0"))):
    add_extra_route(extra_number)


@app.get("/hello", response_class=PlainTextResponse)
async def hello() -> str:
    return "Hello, World!"


@app.get("/json")
async def json_message() -> Message:
    return Message(message="Hello, World!")


@app.get("/items")
async def items(count: Annotated[int, Query(ge=1, le=100)], factor: Annotated[int, Query(ge=1, le=1_000_000)]) -> Items:
    return Items(items=list_items(count, factor))


@app.post("/orders", status_code=201)
async def orders(order: Order) -> AcceptedOrder:
    return accept_order(order)


@app.get("/db")
async def db(world_id: Annotated[int, Query(alias="id")], connection: Connection) -> World:
    world = await find_world(connection, world_id)
    if world is None:
        raise HTTPException(404)
    return world


def split_at_commas(values: list[str]) -> list[str]:
    """The texts between the commas: `ids=1,2` means what `ids=1&ids=2` does."""
    return [text for value in values for text in value.split(",")]


@app.get("/queries")
async def queries(
    ids: Annotated[list[int], BeforeValidator(split_at_commas), Query(max_length=500)],
    connection: Connection,
) -> list[World]:
    worlds = []
    for world_id in ids:
        world = await find_world(connection, world_id)
        if world is None:
            raise HTTPException(404)
        worlds.append(world)
    return worlds


@app.get("/fortunes", response_class=HTMLResponse)
async def fortunes(request: Request, connection: Connection) -> Any:
    rows = await list_fortunes(connection)
    rows.append(ADDED_FORTUNE)
    rows.sort(key=itemgetter(1))
    return templates.TemplateResponse(request, "fortunes.html", {"fortunes": rows})


@app.get("/wait")
async def wait(ms: Annotated[int, Query(ge=0, le=10_000)]) -> Waited:
    await asyncio.sleep(ms / 1000)
    return Waited(waited=ms)


def forbid_storing(response: Response) -> None:
    """Set here, as the body of a path operation that yields runs after its headers were sent."""
    response.headers["Cache-Control"] = "no-store"


@app.get("/feed", response_class=EventSourceResponse, dependencies=[Depends(forbid_storing)])
async def feed(interval_ms: Annotated[int, Query(ge=10, le=60_000)]) -> AsyncIterator[ServerSentEvent]:
    async for event in numbered_events(interval_ms):
        yield event


@app.websocket("/chat")
async def chat(
    websocket: WebSocket,
    name: Annotated[str, Query(alias="room", pattern="^[A-Za-z0-9-]+$", min_length=1, max_length=64)],
) -> None:
    await websocket.accept()
    with joined(name, websocket) as room, suppress(WebSocketDisconnect):
        while True:
            await room.say(await received_text(websocket))
