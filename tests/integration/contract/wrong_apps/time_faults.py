"""Faults in `/wait` and `/feed`. One fault each, told by the docstring."""

import asyncio

from reference import Answer, App, Database, Request


class WaitsNot(App):
    """Says that it has waited."""

    async def sleep_ms(self, wait_ms: int) -> None:
        pass


class WaitsSeconds(App):
    """Waits ten times as long."""

    async def sleep_ms(self, wait_ms: int) -> None:
        await asyncio.sleep(wait_ms / 100)


class FractionalWait(App):
    """Answers with a fraction."""

    async def wait(self, request: Request) -> Answer:
        wait_ms = self.integer(request.parameter("ms"), 0, 10_000)
        await self.sleep_ms(wait_ms)
        return self.json_answer({"waited": float(wait_ms)})


class SharedWait(App):
    """Keeps the time to wait in the application."""

    async def wait(self, request: Request) -> Answer:
        self.wait_ms = self.integer(request.parameter("ms"), 0, 10_000)
        await self.sleep_ms(self.wait_ms)
        return self.json_answer({"waited": self.wait_ms})


class EndlessWait(App):
    """Accepts any time."""

    def integer(self, text: str, _low: int | None = None, _high: int | None = None) -> int:
        return min(super().integer(text), 20)


class FeedWithGaps(App):
    """Leaves out every third event."""

    def event(self, sequence: int) -> bytes:
        return super().event(sequence) if sequence % 3 else b""


class FeedFromZero(App):
    """Counts the events from 0."""

    def event(self, sequence: int) -> bytes:
        return super().event(sequence - 1)


class FeedStartsLate(App):
    """Waits before the first event."""

    async def stream(self, headers: dict[str, str], interval_s: float, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(interval_s)
        await super().stream(headers, interval_s, writer)


class FeedDrifts(App):
    """Takes half as long again between events."""

    async def stream(self, headers: dict[str, str], interval_s: float, writer: asyncio.StreamWriter) -> None:
        await super().stream(headers, interval_s * 1.5, writer)


class FeedInBatches(App):
    """Holds events back until there are four."""

    def event(self, sequence: int) -> bytes:
        self.held = getattr(self, "held", b"") + super().event(sequence)
        if sequence % 4 and sequence > 1:
            return b""
        held, self.held = self.held, b""
        return held


class FeedCached(App):
    """Lets the feed be stored by caches."""

    async def stream(self, headers: dict[str, str], interval_s: float, writer: asyncio.StreamWriter) -> None:
        await super().stream({"Content-Type": headers["Content-Type"]}, interval_s, writer)


class FeedKeepsGoing(App):
    """Has sixteen places for requests, and a feed never gives its own back."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.places = asyncio.Semaphore(16)

    async def answer(self, request: Request) -> Answer:
        async with self.places:
            return await super().answer(request)

    async def feed(self, request: Request, writer: asyncio.StreamWriter) -> None:
        await self.places.acquire()
        await super().feed(request, writer)
