"""The HTTP contract on Bottle."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

from bottle import Bottle, abort, request, response, template
from psycopg import Connection

from database import find_world, find_worlds, list_fortunes, open_pool
from feed import numbered_events
from items import list_items
from orders import WrongOrderError, accept_order
from parameters import bounded_integer, integer, integers

ADDED_FORTUNE: Final = (0, "Fortune favours the row that was added last.")

TEMPLATES: Final = [str(Path(__file__).parent / "templates")]

app = Bottle()
pool = open_pool(os.environ.get("DATABASE_URL"))


def database_connection() -> AbstractContextManager[Connection]:
    """A connection for the length of a `with` block; status 503 where the app was started without a database."""
    if pool is None:
        abort(503, "DATABASE_URL is not set")
    return pool.connection()


def add_extra_route(number: int) -> None:
    """A route beside the contract's own, to see what a long routing table costs."""

    @app.get(f"/extra/{number}")
    def extra() -> str:
        response.content_type = "text/plain; charset=utf-8"
        return f"extra {number}"


for number in range(int(os.environ.get("EXTRA_ROUTES", "0"))):
    add_extra_route(number)


@app.get("/hello")
def hello() -> str:
    response.content_type = "text/plain; charset=utf-8"
    return "Hello, World!"


@app.get("/json")
def json_message() -> dict[str, Any]:
    return {"message": "Hello, World!"}


@app.get("/items")
def items() -> dict[str, Any]:
    count = bounded_integer("count", 1, 100)
    factor = bounded_integer("factor", 1, 1_000_000)
    return {"items": list_items(count, factor)}


@app.post("/orders")
def orders() -> dict[str, Any]:
    try:
        answer = accept_order(request.json)
    except WrongOrderError as error:
        abort(400, str(error))
    except RecursionError:  # Bottle refuses what is no JSON, but not what is nested too deeply.
        abort(400, "the body is no JSON")
    response.status = 201
    return answer


@app.get("/db")
def db() -> dict[str, Any]:
    world_id = integer("id")
    with database_connection() as connection:
        world = find_world(connection, world_id)
    if world is None:
        abort(404)
    return world


@app.get("/queries")
def queries() -> str:
    world_ids = integers("ids", most=500)
    with database_connection() as connection:
        worlds = find_worlds(connection, world_ids)
    if worlds is None:
        abort(404)
    # Bottle turns dictionaries into JSON by itself, but takes a list for the parts of a body.
    response.content_type = "application/json"
    return json.dumps(worlds)


@app.get("/fortunes")
def fortunes() -> str:
    with database_connection() as connection:
        rows = list_fortunes(connection)
    rows.append(ADDED_FORTUNE)
    rows.sort(key=itemgetter(1))
    return template("fortunes.html", fortunes=rows, template_lookup=TEMPLATES)


@app.get("/wait")
def wait() -> dict[str, Any]:
    wait_ms = bounded_integer("ms", 0, 10_000)
    time.sleep(wait_ms / 1000)
    return {"waited": wait_ms}


@app.get("/feed")
def feed() -> Iterator[bytes]:
    interval_ms = bounded_integer("interval_ms", 10, 60_000)
    response.content_type = "text/event-stream"
    response.set_header("Cache-Control", "no-store")
    return numbered_events(interval_ms)
