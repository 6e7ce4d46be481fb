"""The endpoints of the HTTP contract."""

import time
from contextlib import AbstractContextManager
from operator import itemgetter
from typing import Any, Final

from flask import Blueprint, Response, abort, current_app, render_template, request
from psycopg import Connection

from database import find_world, find_worlds, list_fortunes
from feed import numbered_events
from items import list_items
from orders import WrongOrderError, accept_order
from parameters import bounded_integer, integer, integers

ADDED_FORTUNE: Final = (0, "Fortune favours the row that was added last.")

contract = Blueprint("contract", __name__)


def database_connection() -> AbstractContextManager[Connection]:
    """A connection for the length of a `with` block; status 503 where the app was started without a database."""
    pool = current_app.extensions["database"]
    if pool is None:
        abort(503, "DATABASE_URL is not set")
    return pool.connection()


@contract.get("/hello")
def hello() -> Response:
    return Response("Hello, World!", mimetype="text/plain")


@contract.get("/json")
def json_message() -> dict[str, Any]:
    return {"message": "Hello, World!"}


@contract.get("/items")
def items() -> dict[str, Any]:
    count = bounded_integer("count", 1, 100)
    factor = bounded_integer("factor", 1, 1_000_000)
    return {"items": list_items(count, factor)}


@contract.post("/orders")
def orders() -> tuple[dict[str, Any], int]:
    try:
        return accept_order(request.get_json()), 201
    except WrongOrderError as error:
        abort(400, str(error))
    except RecursionError:  # Flask refuses what is no JSON, but not what is nested too deeply.
        abort(400, "the body is no JSON")


@contract.get("/db")
def db() -> dict[str, Any]:
    world_id = integer("id")
    with database_connection() as connection:
        world = find_world(connection, world_id)
    if world is None:
        abort(404)
    return world


@contract.get("/queries")
def queries() -> list[Any]:
    world_ids = integers("ids", most=500)
    with database_connection() as connection:
        worlds = find_worlds(connection, world_ids)
    if worlds is None:
        abort(404)
    return worlds


@contract.get("/fortunes")
def fortunes() -> str:
    with database_connection() as connection:
        rows = list_fortunes(connection)
    rows.append(ADDED_FORTUNE)
    rows.sort(key=itemgetter(1))
    return render_template("fortunes.html", fortunes=rows)


@contract.get("/wait")
def wait() -> dict[str, Any]:
    wait_ms = bounded_integer("ms", 0, 10_000)
    time.sleep(wait_ms / 1000)
    return {"waited": wait_ms}


@contract.get("/feed")
def feed() -> Response:
    interval_ms = bounded_integer("interval_ms", 10, 60_000)
    return Response(numbered_events(interval_ms), mimetype="text/event-stream", headers={"Cache-Control": "no-store"})
