"""The endpoints of the HTTP contract."""

import asyncio
from contextlib import suppress
from operator import itemgetter
from typing import Final, override

from psycopg_pool import AsyncConnectionPool
from tornado.escape import json_decode, json_encode
from tornado.iostream import StreamClosedError
from tornado.web import HTTPError, RequestHandler

from database import find_world, find_worlds, list_fortunes
from feed import numbered_events
from items import list_items
from orders import WrongOrderError, accept_order

ADDED_FORTUNE: Final = (0, "Fortune favours the row that was added last.")


class ParameterHandler(RequestHandler):
    """Reads query parameters; `HTTPError` 400 for one that can't be used."""

    def integer(self, name: str) -> int:
        """The parameter as an integer."""
        return self._parsed(self.get_query_argument(name), name)

    def bounded_integer(self, name: str, low: int, high: int) -> int:
        """The parameter as an integer from `low` to `high`."""
        value = self.integer(name)
        if not low <= value <= high:
            raise HTTPError(400, f"{name} must lie between {low} and {high}")
        return value

    def integers(self, name: str, most: int) -> list[int]:
        """The parameter as a list of 1 to `most` integers with commas between them."""
        texts = self.get_query_argument(name).split(",")
        if len(texts) > most:
            raise HTTPError(400, f"{name} must hold at most {most} integers")
        return [self._parsed(text, name) for text in texts]

    def _parsed(self, text: str, name: str) -> int:
        try:
            return int(text)
        except ValueError:
            raise HTTPError(400, f"{name} must be an integer") from None


class DatabaseHandler(ParameterHandler):
    """Has the process's pool."""

    @override
    def initialize(self, pool: AsyncConnectionPool | None) -> None:
        self._pool = pool

    @property
    def pool(self) -> AsyncConnectionPool:
        """The pool; `HTTPError` 503 where the app was started without a database."""
        if self._pool is None:
            raise HTTPError(503, "DATABASE_URL is not set")
        return self._pool


class HelloHandler(RequestHandler):
    def get(self) -> None:
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.write("Hello, World!")


class JsonHandler(RequestHandler):
    def get(self) -> None:
        self.write({"message": "Hello, World!"})


class ItemsHandler(ParameterHandler):
    def get(self) -> None:
        count = self.bounded_integer("count", 1, 100)
        factor = self.bounded_integer("factor", 1, 1_000_000)
        self.write({"items": list_items(count, factor)})


class OrdersHandler(RequestHandler):
    def post(self) -> None:
        try:
            answer = accept_order(json_decode(self.request.body))
        except WrongOrderError as error:
            self.set_status(400)  # of a raised error, only the status would be shown
            answer = {"error": str(error)}
        except (ValueError, RecursionError):
            raise HTTPError(400, "the body is no JSON") from None
        else:
            self.set_status(201)
        self.write(answer)


class DbHandler(DatabaseHandler):
    async def get(self) -> None:
        world_id = self.integer("id")
        async with self.pool.connection() as connection:
            world = await find_world(connection, world_id)
        if world is None:
            raise HTTPError(404)
        self.write(world)


class QueriesHandler(DatabaseHandler):
    async def get(self) -> None:
        world_ids = self.integers("ids", most=500)
        async with self.pool.connection() as connection:
            worlds = await find_worlds(connection, world_ids)
        if worlds is None:
            raise HTTPError(404)
        self.set_header("Content-Type", "application/json; charset=UTF-8")
        self.write(json_encode(worlds))


class FortunesHandler(DatabaseHandler):
    async def get(self) -> None:
        async with self.pool.connection() as connection:
            rows = await list_fortunes(connection)
        rows.append(ADDED_FORTUNE)
        rows.sort(key=itemgetter(1))
        self.render("fortunes.html", fortunes=rows)


class WaitHandler(ParameterHandler):
    async def get(self) -> None:
        wait_ms = self.bounded_integer("ms", 0, 10_000)
        await asyncio.sleep(wait_ms / 1000)
        self.write({"waited": wait_ms})


class FeedHandler(ParameterHandler):
    _sending: asyncio.Task[None] | None = None

    async def get(self) -> None:
        interval_ms = self.bounded_integer("interval_ms", 10, 60_000)
        self.set_header("Content-Type", "text/event-stream; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self._sending = asyncio.create_task(self._send_events(interval_ms))
        await asyncio.wait([self._sending])

    async def _send_events(self, interval_ms: int) -> None:
        with suppress(StreamClosedError):
            async for event in numbered_events(interval_ms):
                self.write(event)
                await self.flush()

    @override
    def on_connection_close(self) -> None:
        if self._sending is not None:
            self._sending.cancel()


class ExtraHandler(RequestHandler):
    """A route beside the contract's own, to see what a long routing table costs."""

    @override
    def initialize(self, number: int) -> None:
        self._number = number

    def get(self) -> None:
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.write(f"extra {self._number}")
