"""Faults in how an answer is encoded. One fault each, told by the docstring."""

import gzip
import json

from reference import Answer, App, Request


class JsonInUtf16(App):
    """Encodes JSON in UTF-16, which some libraries guess and browsers don't."""

    def json_answer(self, value: object) -> Answer:
        return Answer(json.dumps(value).encode("utf-16"), "application/json")


class JsonWithByteOrderMark(App):
    """Begins JSON with a byte order mark."""

    def json_answer(self, value: object) -> Answer:
        return Answer(json.dumps(value).encode("utf-8-sig"), "application/json")


class JsonNameTwice(App):
    """Says the same thing twice in one object."""

    async def json(self, _request: Request) -> Answer:
        return Answer(b'{"message": "Hello, World!", "message": "Hello, World!"}', "application/json")


class FeedNameTwice(App):
    """The same in an event."""

    def event(self, sequence: int) -> bytes:
        return super().event(sequence).replace(b'{"sequence', b'{"sequence": 0, "sequence')


class Compressed(App):
    """Compresses what it was not asked to compress."""

    async def hello(self, _request: Request) -> Answer:
        return Answer(gzip.compress(b"Hello, World!"), headers={"Content-Encoding": "gzip"})


class TwoLengths(App):
    """Sends Content-Length twice."""

    async def hello(self, request: Request) -> Answer:
        answer = await super().hello(request)
        answer.headers["content-length"] = answer.headers["Content-Length"]
        return answer


class SignedLength(App):
    """Writes a sign before the length."""

    async def hello(self, request: Request) -> Answer:
        answer = await super().hello(request)
        answer.headers["Content-Length"] = "+13"
        return answer
