"""The endpoints of the HTTP contract."""

import time
from contextlib import AbstractContextManager
from typing import Any, Final

import falcon
from falcon.media.validators import jsonschema
from jsonschema import ValidationError
from psycopg import Connection
from psycopg_pool import ConnectionPool

from database import find_world, find_worlds
from feed import numbered_events
from items import list_items
from orders import ORDER, accept_order

LONGEST_ORDER_BYTES: Final = 64 * 1024
MOST_IDS: Final = 500


class Hello:
    def on_get(self, _req: falcon.Request, resp: falcon.Response) -> None:
        resp.content_type = falcon.MEDIA_TEXT
        resp.text = "Hello, World!"


class JsonMessage:
    def on_get(self, _req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = {"message": "Hello, World!"}


class Items:
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        count = req.get_param_as_int("count", required=True, min_value=1, max_value=100)
        factor = req.get_param_as_int("factor", required=True, min_value=1, max_value=1_000_000)
        resp.media = {"items": list_items(count, factor)}


def in_small_letters(req: falcon.Request, _resp: falcon.Response, _resource: object, _params: dict[str, Any]) -> None:
    """Write the media type as Falcon knows it, which looks it up as it stands: to HTTP, its case means nothing."""
    if req.content_type:
        req.content_type = req.content_type.lower()


def not_too_long(req: falcon.Request, _resp: falcon.Response, _resource: object, _params: dict[str, Any]) -> None:
    """Refuse what is too long for an order before it is read: the validator looks at all that is there."""
    if req.content_length and req.content_length > LONGEST_ORDER_BYTES:
        raise falcon.HTTPContentTooLarge(description=f"an order has at most {LONGEST_ORDER_BYTES:,} bytes")


class Orders:
    @falcon.before(not_too_long)
    @falcon.before(in_small_letters)
    @jsonschema.validate(ORDER)
    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = accept_order(req.media)
        resp.status = falcon.HTTP_CREATED


def name_wrong_field(
    _req: falcon.Request, _resp: falcon.Response, error: falcon.MediaValidationError, _params: dict[str, Any]
) -> None:
    """Say where in the body the mistake is, which Falcon leaves out."""
    cause = error.__cause__
    if isinstance(cause, ValidationError):
        error.description = f"{cause.json_path}: {cause.message}"
    raise error


def refuse_depth(_req: falcon.Request, _resp: falcon.Response, _error: RecursionError, _params: dict[str, Any]) -> None:
    """JSON that is nested too deep is the client's mistake; Falcon by itself says it was the server's."""
    raise falcon.HTTPBadRequest(description="the body is nested too deep")


class WithDatabase:
    """Has the worker's pool."""

    def __init__(self, pool: ConnectionPool | None) -> None:
        self._pool = pool

    def connection(self) -> AbstractContextManager[Connection]:
        """A connection for a `with` block; `HTTPServiceUnavailable` where the app was started without a database."""
        if self._pool is None:
            raise falcon.HTTPServiceUnavailable(description="DATABASE_URL is not set")
        return self._pool.connection()


class World(WithDatabase):
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        world_id = req.get_param_as_int("id", required=True)
        with self.connection() as connection:
            world = find_world(connection, world_id)
        if world is None:
            raise falcon.HTTPNotFound
        resp.media = world


class Worlds(WithDatabase):
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        world_ids = req.get_param_as_list("ids", transform=int, required=True, delimiter=",")
        if len(world_ids) > MOST_IDS:
            raise falcon.HTTPInvalidParam(f"There are at most {MOST_IDS}.", "ids")
        with self.connection() as connection:
            worlds = find_worlds(connection, world_ids)
        if worlds is None:
            raise falcon.HTTPNotFound
        resp.media = worlds


class Wait:
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        wait_ms = req.get_param_as_int("ms", required=True, min_value=0, max_value=10_000)
        time.sleep(wait_ms / 1000)
        resp.media = {"waited": wait_ms}


class Feed:
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        interval_ms = req.get_param_as_int("interval_ms", required=True, min_value=10, max_value=60_000)
        resp.content_type = "text/event-stream"
        resp.cache_control = ["no-store"]
        resp.stream = numbered_events(interval_ms)
