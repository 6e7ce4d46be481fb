"""The HTTP contract on Robyn: `python app.py` starts its own server."""

import asyncio
import os
from contextlib import AsyncExitStack
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

from psycopg_pool import AsyncConnectionPool
from robyn import Headers, Response, Robyn, SSEResponse
from robyn.exceptions import HTTPException
from robyn.templating import JinjaTemplate

from database import find_world, find_worlds, list_fortunes, open_pool
from feed import numbered_events
from items import list_items

ADDED_FORTUNE: Final = (0, "Fortune favours the row that was added last.")
MOST_IDS: Final = 500

app = Robyn(__file__)
templates = JinjaTemplate(Path(__file__).parent / "templates")
held = AsyncExitStack()
pools: list[AsyncConnectionPool | None] = [None]


@app.startup_handler
async def open_database() -> None:
    pools[0] = await held.enter_async_context(open_pool(os.environ.get("DATABASE_URL")))


@app.shutdown_handler
async def close_database() -> None:
    await held.aclose()


@app.exception
def refuse(error: Exception) -> Response:
    """Answer what a handler has raised."""
    if isinstance(error, HTTPException):
        return Response(error.status_code, Headers({"Content-Type": "text/plain"}), error.detail)
    return Response(500, Headers({"Content-Type": "text/plain"}), "Internal Server Error")


def add_extra_route(number: int) -> None:
    """A route beside the contract's own, to see what a long routing table costs."""

    @app.get(f"/extra/{number}")
    async def extra() -> str:
        return f"extra {number}"


for extra_number in range(int(os.environ.get("EXTRA_ROUTES", "0"))):
    add_extra_route(extra_number)


@app.get("/hello")
async def hello() -> str:
    return "Hello, World!"


@app.get("/json")
async def json_message() -> dict[str, Any]:
    return {"message": "Hello, World!"}


@app.get("/items")
async def items(count: int, factor: int) -> dict[str, Any]:
    return {"items": list_items(within("count", count, 1, 100), within("factor", factor, 1, 1_000_000))}


@app.get("/db")
async def db(id: int) -> dict[str, Any]:  # noqa: A002 - the parameter's name is the query's
    async with database_pool().connection() as connection:
        world = await find_world(connection, id)
    if world is None:
        raise HTTPException(404)
    return world


@app.get("/queries")
async def queries(ids: str) -> list[dict[str, int]]:
    world_ids = integers("ids", ids, MOST_IDS)
    async with database_pool().connection() as connection:
        worlds = await find_worlds(connection, world_ids)
    if worlds is None:
        raise HTTPException(404)
    return worlds


@app.get("/fortunes")
async def fortunes() -> Response:
    async with database_pool().connection() as connection:
        rows = await list_fortunes(connection)
    rows.append(ADDED_FORTUNE)
    rows.sort(key=itemgetter(1))
    return templates.render_template("fortunes.html", fortunes=rows)


@app.get("/wait")
async def wait(ms: int) -> dict[str, int]:
    await asyncio.sleep(within("ms", ms, 0, 10_000) / 1000)
    return {"waited": ms}


@app.get("/feed")
async def feed(interval_ms: int) -> Any:
    within("interval_ms", interval_ms, 10, 60_000)
    return SSEResponse(numbered_events(interval_ms), headers=Headers({"Cache-Control": "no-store"}))


def database_pool() -> AsyncConnectionPool:
    """The worker's pool; status 503 where the app was started without a database."""
    if pools[0] is None:
        raise HTTPException(503, "DATABASE_URL is not set")
    return pools[0]


def within(name: str, value: int, low: int, high: int) -> int:
    """The parameter; status 400 where it does not lie between the two."""
    if not low <= value <= high:
        raise HTTPException(400, f"{name} must lie between {low} and {high}")
    return value


def integers(name: str, value: str, most: int) -> list[int]:
    """The integers between the commas, 1 to `most` of them; status 400 where it is no such list."""
    texts = value.split(",")
    if len(texts) > most:
        raise HTTPException(400, f"{name} must hold at most {most} integers")
    try:
        return [int(each) for each in texts]
    except ValueError:
        raise HTTPException(400, f"{name} must be integers with commas between them") from None


if __name__ == "__main__":
    app.start(
        host=os.environ.get("HOST", "127.0.0.1"),
        port=int(os.environ.get("PORT", "8000")),
        _check_port=False,
        keep_alive_timeout=75,
    )
