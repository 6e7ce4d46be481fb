"""Answers that never come to what they should say, though something comes all the time."""

import asyncio

from reference import Answer, App, Request


class FeedOfComments(App):
    """Keeps its feeds open with comments, and sends no event."""

    def event(self, _sequence: int) -> bytes:
        return b": still here\n\n"

    async def stream(self, headers: dict[str, str], _interval_s: float, writer: asyncio.StreamWriter) -> None:
        await super().stream(headers, 0.02, writer)


class HeadOfFeedWithFeed(App):
    """Sends a feed to a client that asked for its headers."""

    path = "/feed"

    def write(self, writer: asyncio.StreamWriter, request: Request, answer: Answer) -> None:
        if (request.method, request.path) == ("HEAD", self.path):
            self.task = asyncio.create_task(self.stream({"Content-Type": "text/event-stream"}, 0.02, writer))
        else:
            super().write(writer, request, answer)

    def keeps_open(self, request: Request) -> bool:
        return request.path == self.path or super().keeps_open(request)


class HeadOfHelloWithFeed(HeadOfFeedWithFeed):
    """The same of an answer that has an end."""

    path = "/hello"
