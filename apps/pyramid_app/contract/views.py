"""The endpoints of the HTTP contract."""

import time
from collections.abc import Callable
from operator import itemgetter
from typing import Any, Final

from pyramid.exceptions import PredicateMismatch
from pyramid.httpexceptions import HTTPBadRequest, HTTPMethodNotAllowed, HTTPNotFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import exception_view_config, view_config

from contract.database import find_world, find_worlds, list_fortunes
from contract.feed import numbered_events
from contract.items import list_items
from contract.orders import WrongOrderError, accept_order
from contract.parameters import bounded_integer, integer, integers

ADDED_FORTUNE: Final = (0, "Fortune favours the row that was added last.")


@view_config(route_name="hello", renderer="string", request_method="GET")
def hello(_request: Request) -> str:
    return "Hello, World!"


@view_config(route_name="json", renderer="json", request_method="GET")
def json_message(_request: Request) -> dict[str, Any]:
    return {"message": "Hello, World!"}


@view_config(route_name="items", renderer="json", request_method="GET")
def items(request: Request) -> dict[str, Any]:
    count = bounded_integer(request, "count", 1, 100)
    factor = bounded_integer(request, "factor", 1, 1_000_000)
    return {"items": list_items(count, factor)}


@view_config(route_name="orders", renderer="json", request_method="POST")
def orders(request: Request) -> dict[str, Any]:
    try:
        answer = accept_order(request.json_body)
    except WrongOrderError as error:
        raise HTTPBadRequest(str(error)) from None
    except (ValueError, RecursionError):
        raise HTTPBadRequest("the body is no JSON") from None
    request.response.status = 201
    return answer


@view_config(route_name="db", renderer="json", request_method="GET")
def db(request: Request) -> dict[str, Any]:
    world_id = integer(request, "id")
    with request.database_connection() as connection:
        world = find_world(connection, world_id)
    if world is None:
        raise HTTPNotFound
    return world


@view_config(route_name="queries", renderer="json", request_method="GET")
def queries(request: Request) -> list[dict[str, Any]]:
    world_ids = integers(request, "ids", most=500)
    with request.database_connection() as connection:
        worlds = find_worlds(connection, world_ids)
    if worlds is None:
        raise HTTPNotFound
    return worlds


@view_config(route_name="fortunes", renderer="templates/fortunes.jinja2", request_method="GET")
def fortunes(request: Request) -> dict[str, Any]:
    with request.database_connection() as connection:
        rows = list_fortunes(connection)
    rows.append(ADDED_FORTUNE)
    rows.sort(key=itemgetter(1))
    return {"fortunes": rows}


@view_config(route_name="wait", renderer="json", request_method="GET")
def wait(request: Request) -> dict[str, Any]:
    wait_ms = bounded_integer(request, "ms", 0, 10_000)
    time.sleep(wait_ms / 1000)
    return {"waited": wait_ms}


@view_config(route_name="feed", request_method="GET")
def feed(request: Request) -> Response:
    interval_ms = bounded_integer(request, "interval_ms", 10, 60_000)
    # A view for GET answers HEAD too, and to HEAD Waitress would send the last chunk of a body without a length.
    events = numbered_events(interval_ms) if request.method == "GET" else None
    return Response(app_iter=events, content_type="text/event-stream", cache_control="no-store")


def extra(number: int) -> Callable[[Request], str]:
    """A view beside the contract's own, to see what a long routing table costs."""

    def view(_request: Request) -> str:
        return f"extra {number}"

    return view


@exception_view_config(PredicateMismatch)
def method_not_allowed(_request: Request) -> Response:
    # The views above have one predicate, the request method. Pyramid's own answer would be 404.
    return HTTPMethodNotAllowed()


@exception_view_config(UnicodeDecodeError)
def not_utf_8(_request: Request) -> Response:
    # WebOb decodes the URL when it is first looked at, and does not forgive a byte that is no UTF-8.
    return HTTPBadRequest("the URL is not UTF-8")
