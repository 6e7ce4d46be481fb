"""Faults in connections and methods. One fault each, told by the docstring."""

import asyncio
import collections
import os

from reference import Answer, App, Request


class ClosesAlways(App):
    """Closes each connection without saying so."""

    def keeps_open(self, _request: Request) -> bool:
        return False


class ClosesAfterFive(App):
    """Closes each connection after five answers."""

    def keeps_open(self, request: Request) -> bool:
        self.answered = getattr(self, "answered", 0) + 1
        return not request.closes and self.answered % 5 != 0


class ClosesToCrowds(App):
    """Keeps the connections of eight clients, and closes those of any more after an answer."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open = getattr(self, "open", 0) + 1
        try:
            await super().serve(reader, writer)
        finally:
            self.open -= 1

    def keeps_open(self, request: Request) -> bool:
        return not request.closes and self.open <= 8


class ClosesInPauses(App):
    """Closes a connection that pauses after nineteen requests, where the check has its pause."""

    async def read(self, reader: asyncio.StreamReader) -> Request:
        read = self.__dict__.setdefault("read_from", collections.Counter())
        read[reader] += 1
        try:
            return await asyncio.wait_for(super().read(reader), 0.1 if read[reader] > 19 else None)
        except TimeoutError:
            raise ConnectionAbortedError from None


class ClosesNever(App):
    """Does not read the Connection header."""

    def keeps_open(self, _request: Request) -> bool:
        return True


class OnePacket(App):
    """Takes whatever arrives first for a whole request."""

    async def read(self, reader: asyncio.StreamReader) -> Request:
        packet = asyncio.StreamReader()
        packet.feed_data(await reader.read(65_536))
        packet.feed_eof()
        return await super().read(packet)


class LastPipelined(App):
    """Forgets what follows the first request in a packet, and keeps the client waiting."""

    async def read(self, reader: asyncio.StreamReader) -> Request:
        request = await super().read(reader)
        reader._buffer.clear()
        return request


class DisorderedPipeline(App):
    """Answers pipelined requests in another order."""

    def write(self, writer: asyncio.StreamWriter, request: Request, answer: Answer) -> None:
        held = self.__dict__.setdefault("held", {})
        held.setdefault(writer, []).append(answer.bytes(request.method))
        asyncio.get_running_loop().call_later(0.05, lambda: writer.write(b"".join(reversed(held.pop(writer, [])))))


class HeadWithBody(App):
    """Sends a body after HEAD."""

    def write(self, writer: asyncio.StreamWriter, _request: Request, answer: Answer) -> None:
        writer.write(answer.bytes("GET"))


class RoutesForGetAlone(App):
    """Finds no route for HEAD."""

    async def answer(self, request: Request) -> Answer:
        return await (self.not_found(request) if request.method == "HEAD" else super().answer(request))


class ErrorOnHead(App):
    """Fails in a route that it has for HEAD."""

    async def answer(self, request: Request) -> Answer:
        return Answer(b"", status=500) if request.method == "HEAD" else await super().answer(request)


class RouteForHeadAlone(App):
    """Has a route of its own for HEAD, which knows nothing of the answer to GET."""

    async def answer(self, request: Request) -> Answer:
        return Answer(b"") if request.method == "HEAD" else await super().answer(request)


class ErrorOnOtherMethods(App):
    """Fails where it is asked by a method that it has no route for."""

    async def not_allowed(self, _request: Request) -> Answer:
        return Answer(b"", status=500)


class HeadBodyLater(App):
    """Sends the body that HEAD must not have before the next answer on the connection."""

    def write(self, writer: asyncio.StreamWriter, request: Request, answer: Answer) -> None:
        held = self.__dict__.setdefault("held", {})
        writer.write(held.pop(writer, b"") + answer.bytes(request.method))
        if request.method == "HEAD":
            held[writer] = answer.body


class AnyMethod(App):
    """Answers POST as if it were GET."""

    async def answer(self, request: Request) -> Answer:
        if request.path != "/orders":
            request.method = "GET"
        return await super().answer(request)


class UnreadBody(App):
    """Leaves the body of a refused request on the connection, where the next request is expected."""

    async def discard(self, _reader: asyncio.StreamReader, _length: int) -> bytes:
        return b""


class CrashingOnHead(App):
    """Dies of a method that it did not expect."""

    async def answer(self, request: Request) -> Answer:
        if request.method == "HEAD":
            os._exit(1)
        return await super().answer(request)
