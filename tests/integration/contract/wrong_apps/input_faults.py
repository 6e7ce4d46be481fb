"""Faults in how unknown paths and bad parameters are met. One fault each, told by the docstring."""

import os
import traceback
from urllib.parse import unquote

import psycopg
from reference import Answer, App, Refused, Request, reject


class FoundEverything(App):
    """Answers unknown paths with status 200."""

    async def not_found(self, _request: Request) -> Answer:
        return Answer(b"<html>welcome</html>", "text/html")


class IgnoresCase(App):
    """Takes /HELLO for /hello."""

    async def answer(self, request: Request) -> Answer:
        request.path = request.path.lower()
        return await super().answer(request)


class EchoedPath(App):
    """Shows the unknown path as markup."""

    async def not_found(self, request: Request) -> Answer:
        return Answer(f"no page {unquote(request.path)}".encode(), "text/html", status=404)


class NotDecoded(App):
    """Takes parameters from the target without decoding them."""

    async def db(self, request: Request) -> Answer:
        return self.json_answer(await self.row(self.integer(request.query.removeprefix("id="))))


class ErrorOnBadInput(App):
    """Fails on bad input."""

    def integer(self, text: str, low: int | None = None, high: int | None = None) -> int:
        try:
            return super().integer(text, low, high)
        except Refused:
            raise Refused(Answer(b"internal server error", status=500)) from None


class StackTrace(App):
    """Refuses bad input with a stack trace."""

    def integer(self, text: str, _low: int | None = None, _high: int | None = None) -> int:
        try:
            return int(text)
        except ValueError:
            raise Refused(Answer(traceback.format_exc().encode(errors="replace"), status=400)) from None


class EchoedValue(App):
    """Shows the refused value as markup."""

    def integer(self, text: str, low: int | None = None, high: int | None = None) -> int:
        try:
            return super().integer(text, low, high)
        except Refused:
            raise Refused(Answer(text.encode(errors="replace"), "text/html", status=400)) from None


class HeaderFromValue(App):
    """Writes the refused value into a header."""

    def integer(self, text: str, low: int | None = None, high: int | None = None) -> int:
        try:
            return super().integer(text, low, high)
        except Refused as refused:
            refused.answer.headers["X-Value"] = text.encode(errors="replace").decode("latin-1")
            raise


class Injectable(App):
    """Writes the id into the SQL text."""

    async def db(self, request: Request) -> Answer:
        text = request.parameter("id")
        try:
            rows = await self.database.fetch(f"SELECT id, random_number FROM world WHERE id = {text}")
        except psycopg.Error:
            reject("no integer")
        if not rows:
            reject("no such row", 404)
        return self.json_answer(self.as_json(rows[0]))


class Truncating(App):
    """Takes the digits out of a value, whatever else is in it."""

    def integer(self, text: str, low: int | None = None, high: int | None = None) -> int:
        digits = "".join(character for character in text if character in "0123456789")
        return super().integer(digits or text, low, high)


class LongTargets(App):
    """Fails on a long target."""

    async def answer(self, request: Request) -> Answer:
        if len(request.query) > 4_000 and request.path == "/hello":
            return Answer(b"internal server error", status=500)
        return await super().answer(request)


class Crashing(App):
    """Dies of a value that it did not expect."""

    def integer(self, text: str, low: int | None = None, high: int | None = None) -> int:
        if "\0" in text:
            os._exit(1)
        return super().integer(text, low, high)
