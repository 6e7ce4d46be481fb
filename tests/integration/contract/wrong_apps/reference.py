"""An app that keeps the whole contract, on asyncio alone, so that each step can be got wrong elsewhere."""

import asyncio
import contextlib
import html
import json
import re
import time
from dataclasses import dataclass, field
from typing import Any, NoReturn
from urllib.parse import parse_qs, unquote

import psycopg
from chat_rooms import ChatRooms

from harness.contract.dataset import ADDED_FORTUNE, MAX_QUERIES
from harness.contract.items import MAX_COUNT, MAX_FACTOR, Item, items
from harness.contract.orders import (
    MAX_DISCOUNT_PERCENT,
    MAX_LINES,
    MAX_QUANTITY,
    MAX_SKU,
    MAX_UNIT_CENTS,
    Order,
)

CONNECTIONS = 4
ROW = "SELECT id, random_number FROM world WHERE id = %s"
FORTUNES = "SELECT id, message FROM fortune"
PAGE = "<!doctype html><html><head><title>Fortunes</title></head><body><table>{}</table></body></html>"
HEADINGS = "<tr><th>id</th><th>message</th></tr>"


class Database:
    """A few connections, shared by all apps of the process."""

    def __init__(self) -> None:
        self._free: asyncio.Queue[psycopg.AsyncConnection] = asyncio.Queue()

    async def open(self, url: str) -> None:
        for _ in range(CONNECTIONS):
            self._free.put_nowait(await psycopg.AsyncConnection.connect(url, autocommit=True))

    async def fetch(self, statement: str, parameters: tuple[object, ...] | None = None) -> list[tuple]:
        connection = await self._free.get()
        try:
            cursor = await connection.execute(statement, parameters)
            while cursor.description is None and cursor.nextset():
                pass
            return await cursor.fetchall() if cursor.description else []
        finally:
            self._free.put_nowait(connection)


@dataclass
class Request:
    method: str
    path: str
    query: str
    head: bytes
    closes: bool
    content_type: str
    body: bytes

    def parameter(self, name: str) -> str:
        values = parse_qs(self.query, keep_blank_values=True).get(name)
        if not values:
            reject(f"{name} is missing")
        return values[-1]


@dataclass
class Answer:
    body: bytes = b""
    content_type: str = "text/plain"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.headers = {"Content-Type": self.content_type, "Content-Length": str(len(self.body)), **self.headers}

    def bytes(self, method: str) -> bytes:
        lines = [f"HTTP/1.1 {self.status} Answer", *(f"{name}: {value}" for name, value in self.headers.items())]
        return "\r\n".join([*lines, "", ""]).encode() + (b"" if method == "HEAD" else self.body)


class Refused(Exception):  # noqa: N818 - an answer, not an error
    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def reject(reason: str, status: int = 400) -> NoReturn:
    raise Refused(Answer(reason.encode(errors="replace"), status=status))


class App(ChatRooms):
    """One server. A fault is a subclass."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self.database = database

    # What the endpoints answer

    async def hello(self, _request: Request) -> Answer:
        return Answer(b"Hello, World!")

    async def json(self, _request: Request) -> Answer:
        return self.json_answer({"message": "Hello, World!"})

    async def items(self, request: Request) -> Answer:
        return self.json_answer({"items": self.asked_items(request)})

    async def orders(self, request: Request) -> Answer:
        order = self.parsed(request.body)
        if field := self.wrong_field(order):
            self.refuse_order(field)
        answer = {"reference": order["reference"], "lines": len(order["lines"]), "total_cents": self.total_cents(order)}
        return Answer(json.dumps(answer).encode(), "application/json", 201)

    async def db(self, request: Request) -> Answer:
        return self.json_answer(await self.row(self.integer(request.parameter("id"))))

    async def queries(self, request: Request) -> Answer:
        ids = [self.integer(text) for text in request.parameter("ids").split(",")]
        self.limit(ids)
        return self.json_answer(await self.rows(ids))

    async def fortunes(self, _request: Request) -> Answer:
        rows = [*await self.database.fetch(FORTUNES), (0, ADDED_FORTUNE)]
        return Answer(self.page(self.order(rows)).encode(), "text/html; charset=utf-8")

    async def wait(self, request: Request) -> Answer:
        wait_ms = self.integer(request.parameter("ms"), 0, 10_000)
        await self.sleep_ms(wait_ms)
        return self.json_answer({"waited": wait_ms})

    async def feed(self, request: Request, writer: asyncio.StreamWriter) -> None:
        interval_s = self.integer(request.parameter("interval_ms"), 10, 60_000) / 1000
        headers = {"Cache-Control": "no-store", "Content-Type": "text/event-stream"}
        await self.stream(headers, interval_s, writer)

    async def member(self, request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        room = request.parameter("room")
        if not self.is_room(room):
            reject("no such room")
        status = await self.chat(room, request.head, reader, writer)
        if status != 101:
            reject("no WebSocket", status)

    # The steps that a fault gets wrong

    def integer(self, text: str, low: int | None = None, high: int | None = None) -> int:
        try:
            value = int(text)
        except ValueError:
            reject("no integer")
        if (low is not None and value < low) or (high is not None and value > high):
            reject("out of range")
        return value

    def asked_items(self, request: Request) -> list[Item]:
        count = self.integer(request.parameter("count"), 1, MAX_COUNT)
        return self.made(count, self.integer(request.parameter("factor"), 1, MAX_FACTOR))

    def made(self, count: int, factor: int) -> list[Item]:
        return items(count, factor)["items"]

    def parsed(self, body: bytes) -> Any:
        try:
            return json.loads(body)
        except (ValueError, RecursionError):
            reject("no JSON")

    def wrong_field(self, order: Any) -> str | None:
        if not isinstance(order, dict):
            return "order"
        reference, lines = order.get("reference"), order.get("lines")
        if not (isinstance(reference, str) and re.fullmatch(r"[A-Za-z0-9-]{1,40}", reference)):
            return "reference"
        if not self.is_integer(order.get("discount_percent"), 0, MAX_DISCOUNT_PERCENT):
            return "discount_percent"
        if not (isinstance(lines, list) and 1 <= len(lines) <= MAX_LINES):
            return "lines"
        return next(filter(None, map(self.wrong_in_line, lines)), None)

    def wrong_in_line(self, line: Any) -> str | None:
        if not isinstance(line, dict):
            return "lines"
        if not (isinstance(line.get("sku"), str) and 1 <= len(line["sku"]) <= MAX_SKU):
            return "sku"
        if not self.is_integer(line.get("quantity"), 1, MAX_QUANTITY):
            return "quantity"
        return None if self.is_integer(line.get("unit_cents"), 1, MAX_UNIT_CENTS) else "unit_cents"

    def is_integer(self, value: object, low: int, high: int) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high

    def refuse_order(self, field: str) -> None:
        reject(f"{field} is wrong", 422)

    def sum_cents(self, order: Order) -> int:
        return sum(line["quantity"] * line["unit_cents"] for line in order["lines"])

    def total_cents(self, order: Order) -> int:
        return (self.sum_cents(order) * (100 - order["discount_percent"]) + 50) // 100

    def limit(self, ids: list[int]) -> None:
        if len(ids) > MAX_QUERIES:
            reject("too many ids")

    async def row(self, world_id: int) -> dict:
        rows = await self.database.fetch(ROW, (world_id,))
        if not rows:
            reject("no such row", 404)
        return self.as_json(rows[0])

    async def rows(self, ids: list[int]) -> list[dict]:
        return [await self.row(world_id) for world_id in ids]

    def as_json(self, row: tuple) -> dict:
        return {"id": row[0], "randomNumber": row[1]}

    def json_answer(self, value: object) -> Answer:
        return Answer(json.dumps(value).encode(), "application/json")

    def order(self, rows: list[tuple]) -> list[tuple]:
        return sorted(rows, key=lambda row: row[1])

    def escape(self, message: str) -> str:
        return html.escape(message)

    def page(self, rows: list[tuple]) -> str:
        return PAGE.format(
            HEADINGS + "".join(f"<tr><td>{row}</td><td>{self.escape(text)}</td></tr>" for row, text in rows)
        )

    async def sleep_ms(self, wait_ms: int) -> None:
        await asyncio.sleep(wait_ms / 1000)

    async def stream(self, headers: dict[str, str], interval_s: float, writer: asyncio.StreamWriter) -> None:
        lines = ["HTTP/1.1 200 Answer", *(f"{name}: {value}" for name, value in headers.items())]
        writer.write("\r\n".join([*lines, "Connection: close", "", ""]).encode())
        began = time.monotonic()
        sequence = 0
        while not writer.is_closing():
            sequence += 1
            writer.write(self.event(sequence))
            await writer.drain()
            await asyncio.sleep(began + sequence * interval_s - time.monotonic())

    def event(self, sequence: int) -> bytes:
        data = json.dumps({"sequence": sequence, "sent_at_ns": time.time_ns()})
        return f"id: {sequence}\ndata: {data}\n\n".encode()

    async def not_found(self, _request: Request) -> Answer:
        return Answer(b"not found", status=404)

    async def not_allowed(self, _request: Request) -> Answer:
        return Answer(b"method not allowed", status=405)

    async def answer(self, request: Request) -> Answer:
        endpoints = {
            "/hello": self.hello,
            "/json": self.json,
            "/items": self.items,
            "/orders": self.orders,
            "/db": self.db,
            "/queries": self.queries,
            "/fortunes": self.fortunes,
            "/wait": self.wait,
            "/feed": self.not_allowed,  # With GET it does not come here.
        }
        endpoint = endpoints.get(unquote(request.path), self.not_found)
        if request.method not in ({"POST"} if endpoint == self.orders else {"GET", "HEAD"}):
            endpoint = self.not_allowed
        return await endpoint(request)

    # HTTP

    async def read(self, reader: asyncio.StreamReader) -> Request:
        head = await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
        body = await self.body(reader, headers)
        method, target, _ = first.split(" ", 2)
        path, _, query = target.partition("?")
        closes = headers.get("connection") == "close"
        return Request(method, path, query, head, closes, headers.get("content-type", ""), body)

    async def body(self, reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
        if headers.get("transfer-encoding") != "chunked":
            return await self.discard(reader, int(headers.get("content-length", 0)))
        body = b""
        while length := int(await reader.readline(), 16):
            body += (await reader.readexactly(length + 2))[:-2]
        await reader.readline()
        return body

    async def discard(self, reader: asyncio.StreamReader, length: int) -> bytes:
        return await reader.readexactly(length)

    def write(self, writer: asyncio.StreamWriter, request: Request, answer: Answer) -> None:
        writer.write(answer.bytes(request.method))

    def keeps_open(self, request: Request) -> bool:
        return not request.closes

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            while True:
                request = await self.read(reader)
                try:
                    if request.path == "/feed" and request.method == "GET":
                        await self.feed(request, writer)
                        break
                    if request.path == "/chat" and request.method == "GET":
                        await self.member(request, reader, writer)
                        break
                    answer = await self.answer(request)
                except Refused as refused:
                    answer = refused.answer
                self.write(writer, request, answer)
                await writer.drain()
                if not self.keeps_open(request):
                    break
        writer.close()
