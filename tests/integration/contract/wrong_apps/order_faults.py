"""Faults in how `/orders` checks, totals and answers. One fault each, told by the docstring."""

import asyncio
import json
import math
from typing import Any

from reference import Answer, App, Refused, Request, reject

from harness.contract.orders import Order


class RoundedDown(App):
    """Cuts half a cent off."""

    def total_cents(self, order: Order) -> int:
        return self.sum_cents(order) * (100 - order["discount_percent"]) // 100


class RoundedToEven(App):
    """Rounds as Python does, to the even cent."""

    def total_cents(self, order: Order) -> int:
        return round(self.sum_cents(order) * (100 - order["discount_percent"]) / 100)


class FirstLineOnly(App):
    """Totals one line."""

    def sum_cents(self, order: Order) -> int:
        return super().sum_cents({**order, "lines": order["lines"][:1]})


class TextForNumber(App):
    """Takes "3" for 3."""

    def is_integer(self, value: object, low: int, high: int) -> bool:
        return super().is_integer(int(value) if isinstance(value, str) else value, low, high)

    def sum_cents(self, order: Order) -> int:
        return sum(int(line["quantity"]) * int(line["unit_cents"]) for line in order["lines"])

    def total_cents(self, order: Order) -> int:
        return super().total_cents({**order, "discount_percent": int(order["discount_percent"])})


class TrueForNumber(App):
    """Takes true for 1."""

    def is_integer(self, value: object, low: int, high: int) -> bool:
        return isinstance(value, int) and low <= value <= high


class MissingQuantity(App):
    """Takes a line without a quantity for one of one piece."""

    def wrong_field(self, order: Any) -> str | None:
        for line in order.get("lines") or [] if isinstance(order, dict) else []:
            if isinstance(line, dict):
                line.setdefault("quantity", 1)
        return super().wrong_field(order)


class NamesNoField(App):
    """Says that an order is wrong, but not what is."""

    def refuse_order(self, _field: str) -> None:
        reject("a wrong order")


class OkForCreated(App):
    """Answers 200."""

    async def orders(self, request: Request) -> Answer:
        return self.json_answer(json.loads((await super().orders(request)).body))


class FirstOrderForAll(App):
    """Keeps the first answer."""

    async def orders(self, request: Request) -> Answer:
        self.kept = getattr(self, "kept", None) or await super().orders(request)
        return self.kept


class ErrorOnNan(App):
    """Fails where a number is none, as what sends the client's values back does."""

    def is_integer(self, value: object, low: int, high: int) -> bool:
        if isinstance(value, float) and not math.isfinite(value):
            reject("internal server error", 500)
        return super().is_integer(value, low, high)


class ErrorOnDepth(App):
    """Fails where lists are nested too deeply."""

    def parsed(self, body: bytes) -> Any:
        try:
            return json.loads(body)
        except RecursionError:
            reject("internal server error", 500)
        except ValueError:
            reject("no JSON")


class ErrorOnManyDigits(App):
    """Fails where a number has more digits than Python reads."""

    def parsed(self, body: bytes) -> Any:
        try:
            return json.loads(body)
        except (json.JSONDecodeError, UnicodeDecodeError, RecursionError):
            reject("no JSON")
        except ValueError:
            reject("internal server error", 500)


class ErrorOnOtherBytes(App):
    """Fails where the body is no text."""

    def parsed(self, body: bytes) -> Any:
        try:
            return super().parsed(body.decode().encode())
        except UnicodeDecodeError:
            reject("internal server error", 500)


class ErrorOnMuch(App):
    """Fails where a body is large."""

    def parsed(self, body: bytes) -> Any:
        if len(body) > 1_000_000:
            reject("internal server error", 500)
        return super().parsed(body)


class FirstOfTwoNames(App):
    """Adds the quantities of a name that comes twice."""

    def parsed(self, body: bytes) -> Any:
        def merged(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
            found: dict[str, Any] = {}
            for name, value in pairs:
                found[name] = found[name] + value if name in found and isinstance(value, int) else value
            return found

        try:
            return json.loads(body, object_pairs_hook=merged)
        except (ValueError, RecursionError):
            reject("no JSON")


class ExactContentType(App):
    """Compares the content type with its parameters."""

    async def orders(self, request: Request) -> Answer:
        if request.content_type != "application/json":
            reject("not JSON", 415)
        return await super().orders(request)


class ErrorWithoutContentType(App):
    """Fails where the body is not said to be anything."""

    async def orders(self, request: Request) -> Answer:
        if not request.content_type:
            reject("internal server error", 500)
        return await super().orders(request)


class ExpectationRefused(App):
    """Has no part in who asks before it sends."""

    async def orders(self, request: Request) -> Answer:
        if b"\r\nexpect:" in request.head.lower():
            reject("no expectations", 417)
        return await super().orders(request)


class WaitsBehindChunks(App):
    """Takes the end of the connection for that of a body in chunks."""

    async def body(self, reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
        if headers.get("transfer-encoding") == "chunked":
            return await reader.read()
        return await super().body(reader, headers)


class LengthIgnored(App):
    """Reads until it has an order, whatever the length says."""

    async def discard(self, reader: asyncio.StreamReader, length: int) -> bytes:
        body = b""
        while length:
            part = await reader.read(65_536)
            body += part
            try:
                json.loads(body)
            except ValueError:
                if part:
                    continue
            break
        return body


class OnePacketOnly(App):
    """Takes what has come with the head for the whole body."""

    async def discard(self, reader: asyncio.StreamReader, length: int) -> bytes:
        await asyncio.sleep(0.01)
        return await reader.read(length) if length and reader._buffer else b""


class TraceOnBadOrder(App):
    """Shows the stack trace of what went wrong."""

    async def orders(self, request: Request) -> Answer:
        try:
            return await super().orders(request)
        except Refused:
            reject("Traceback (most recent call last): ...")
