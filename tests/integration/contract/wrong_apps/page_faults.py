"""Faults in headers, lengths and the fortunes page. One fault each, told by the docstring."""

import asyncio
import html

from reference import HEADINGS, Answer, App, Request


class NoHello(App):
    """Has no /hello."""

    async def hello(self, request: Request) -> Answer:
        return await self.not_found(request)


class ErrorOnHello(App):
    """Answers /hello with an error page."""

    async def hello(self, _request: Request) -> Answer:
        return Answer(b"<title>it&#39;s broken</title>", "text/html", status=500)


class WrongInAllEndpoints(App):
    """Has another content type for /hello, another text in /json, and other names in /db."""

    async def hello(self, request: Request) -> Answer:
        answer = await super().hello(request)
        answer.headers["Content-Type"] = "text/html"
        return answer

    def json_answer(self, value: object) -> Answer:
        return super().json_answer({"text": value})


class MissingHeader(App):
    """Sends no content type."""

    def json_answer(self, value: object) -> Answer:
        answer = super().json_answer(value)
        del answer.headers["Content-Type"]
        return answer


class NoCharset(App):
    """Leaves the charset of the page to the browser."""

    async def fortunes(self, request: Request) -> Answer:
        return Answer((await super().fortunes(request)).body, "text/html")


class ClosedEarly(App):
    """Closes the connection in the middle of the body."""

    def write(self, writer: asyncio.StreamWriter, request: Request, answer: Answer) -> None:
        writer.write(answer.bytes(request.method)[:-3])
        writer.close()


class LengthTooSmall(App):
    """Counts characters but sends bytes."""

    async def fortunes(self, request: Request) -> Answer:
        answer = await super().fortunes(request)
        answer.headers["Content-Length"] = str(len(answer.body.decode()))
        return answer


class NoLength(App):
    """Gives no length and keeps the connection open."""

    async def hello(self, request: Request) -> Answer:
        answer = await super().hello(request)
        del answer.headers["Content-Length"]
        return answer


class UnescapedFortune(App):
    """Writes messages into the page as they are."""

    def escape(self, message: str) -> str:
        return message


class EscapedTwice(App):
    """Escapes what is escaped already."""

    def escape(self, message: str) -> str:
        return html.escape(html.escape(message))


class UnsortedFortunes(App):
    """Leaves the fortunes in the database's order."""

    def order(self, rows: list[tuple]) -> list[tuple]:
        return rows


class CachedFortunes(App):
    """Keeps the fortunes page."""

    async def fortunes(self, request: Request) -> Answer:
        self.kept = getattr(self, "kept", None) or await super().fortunes(request)
        return self.kept


class NoDoctype(App):
    """Writes a page without a doctype."""

    def page(self, rows: list[tuple]) -> str:
        return super().page(rows).removeprefix("<!doctype html>")


class NoHeadings(App):
    """Writes a table without headings."""

    def page(self, rows: list[tuple]) -> str:
        return super().page(rows).replace(HEADINGS, "")


class ReversedFortunes(App):
    """Sorts the other way round."""

    def order(self, rows: list[tuple]) -> list[tuple]:
        return super().order(rows)[::-1]


class OneWrongText(App):
    """Changes one message, in a page without optional end tags."""

    def page(self, rows: list[tuple]) -> str:
        page = super().page(rows).replace("Measure twice", "Measure once")
        return page.replace("</td>", "").replace("</tr>", "")


class PageOfNothing(App):
    """Has no messages to show."""

    def order(self, rows: list[tuple]) -> list[tuple]:
        return super().order(rows)[:0]
