"""The HTTP contract on bare WSGI (PEP 3333), with no framework."""

import os
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from operator import itemgetter
from typing import Final
from wsgiref.types import StartResponse

from psycopg import Connection

from database import find_world, find_worlds, list_fortunes, open_pool
from feed import numbered_events
from items import list_items
from orders import WrongOrderError, accept_order
from parameters import BadParameterError, Environ, bounded_integer, integer, integers
from posted import posted_json
from responses import Response, event_stream, fortunes_response, json_response, text_response

type Handler = Callable[[Environ], Response]

ADDED_FORTUNE: Final = (0, "Fortune favours the row that was added last.")

pool = open_pool(os.environ.get("DATABASE_URL"))


class NoDatabaseError(Exception):
    """The app was started without a database."""


def database_connection() -> AbstractContextManager[Connection]:
    """A connection for the length of a `with` block; `NoDatabaseError` where `DATABASE_URL` is not set."""
    if pool is None:
        raise NoDatabaseError
    return pool.connection()


def hello(_environ: Environ) -> Response:
    return text_response("Hello, World!")


def json_message(_environ: Environ) -> Response:
    return json_response({"message": "Hello, World!"})


def items(environ: Environ) -> Response:
    count = bounded_integer(environ, "count", 1, 100)
    factor = bounded_integer(environ, "factor", 1, 1_000_000)
    return json_response({"items": list_items(count, factor)})


def orders(environ: Environ) -> Response:
    try:
        return json_response(accept_order(posted_json(environ)), "201 Created")
    except WrongOrderError as error:
        raise BadParameterError(str(error)) from None


def db(environ: Environ) -> Response:
    world_id = integer(environ, "id")
    with database_connection() as connection:
        world = find_world(connection, world_id)
    return not_found() if world is None else json_response(world)


def queries(environ: Environ) -> Response:
    world_ids = integers(environ, "ids", most=500)
    with database_connection() as connection:
        worlds = find_worlds(connection, world_ids)
    return not_found() if worlds is None else json_response(worlds)


def fortunes(_environ: Environ) -> Response:
    with database_connection() as connection:
        rows = list_fortunes(connection)
    rows.append(ADDED_FORTUNE)
    rows.sort(key=itemgetter(1))
    return fortunes_response(rows)


def wait(environ: Environ) -> Response:
    wait_ms = bounded_integer(environ, "ms", 0, 10_000)
    time.sleep(wait_ms / 1000)
    return json_response({"waited": wait_ms})


def feed(environ: Environ) -> Response:
    return event_stream(numbered_events(bounded_integer(environ, "interval_ms", 10, 60_000)))


def extra(number: int) -> Handler:
    """A handler beside the contract's own, to see what a long routing table costs."""
    return lambda _environ: text_response(f"extra {number}")


def not_found() -> Response:
    return text_response("Not Found", "404 Not Found")


def method_not_allowed(allowed: Iterable[str]) -> Response:
    response = text_response("Method Not Allowed", "405 Method Not Allowed")
    response.headers.append(("Allow", ", ".join(allowed)))
    return response


ROUTES: Final[dict[str, Handler]] = {
    **{f"/extra/{number}": extra(number) for number in range(int(os.environ.get("EXTRA_ROUTES", "0")))},
    "/hello": hello,
    "/json": json_message,
    "/items": items,
    "/orders": orders,
    "/db": db,
    "/queries": queries,
    "/fortunes": fortunes,
    "/wait": wait,
    "/feed": feed,
}

READING: Final = ("GET", "HEAD")
METHODS: Final = {"/orders": ("POST",)}
"""How is asked for what is not read."""


def dispatch(environ: Environ) -> Response:
    """Find the handler of a request and let it answer."""
    handler = ROUTES.get(environ["PATH_INFO"])
    if handler is None:
        return not_found()
    allowed = METHODS.get(environ["PATH_INFO"], READING)
    if environ["REQUEST_METHOD"] not in allowed:
        return method_not_allowed(allowed)
    try:
        return handler(environ)
    except BadParameterError as error:
        return text_response(str(error), "400 Bad Request")
    except NoDatabaseError:
        return text_response("DATABASE_URL is not set", "503 Service Unavailable")


def app(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """The WSGI callable."""
    status, headers, body = dispatch(environ)
    start_response(status, headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else body
