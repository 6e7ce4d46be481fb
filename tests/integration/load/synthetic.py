"""Servers whose behaviour is known, so that what the engine measures can be compared with the truth.

`python synthetic.py BEHAVIOUR [NUMBER...]` listens on a free port of 127.0.0.1 and prints it. It answers each line on
standard input with its counts as JSON, and ends when that closes.
"""

import asyncio
import heapq
import json
import os
import sys
from collections.abc import Callable
from typing import override

RIGHT = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\nHello, World!"
WRONG_BODY = RIGHT.replace(b"World", b"Wurld")
FAULT = b"HTTP/1.1 500 Internal Server Error\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\noops"
LAST = RIGHT.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"5\r\nHello\r\n1\r\n,\r\n7\r\n World!\r\n0\r\n\r\n"
)
UNFRAMED = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nHello, World!"
HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
ACCEPTED = b"HTTP/1.1 201 Created\r\nContent-Length: 47\r\n\r\n" + b'{"reference": "R-1", "lines": 1, "total": 1234}'
REFUSED = b"HTTP/1.1 422 Unprocessable\r\nContent-Length: 17\r\n\r\nquantity is wrong"
UPGRADED = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n"

type Answer = Callable[[asyncio.Transport, int], None]
"""What is done for a request, given its number among all requests, from 1."""


def answer_with(response: bytes, *, close: bool = False) -> Answer:
    """Always the same bytes."""

    def answer(transport: asyncio.Transport, _: int) -> None:
        transport.write(response)
        if close:
            transport.close()

    return answer


def answer_in_packets(*parts: bytes) -> Answer:
    """Each part in a packet of its own, with time to be read between them."""

    def answer(transport: asyncio.Transport, _: int) -> None:
        write_next(transport, 0)

    def write_next(transport: asyncio.Transport, index: int) -> None:
        transport.write(parts[index])
        if index + 1 < len(parts):
            asyncio.get_running_loop().call_soon(write_next, transport, index + 1)

    return answer


def answer_nth(nth: int, response: bytes) -> Answer:
    """Every nth answer is another one."""

    def answer(transport: asyncio.Transport, number: int) -> None:
        transport.write(RIGHT if number % nth else response)

    return answer


def answer_after(first: int, response: bytes) -> Answer:
    """Right for the first so many requests, then always another answer; none at all if that is empty."""

    def answer(transport: asyncio.Transport, number: int) -> None:
        transport.write(RIGHT if number <= first else response)

    return answer


def answer_by_workers(workers: float, service_ms: float) -> Answer:
    """A queue before so many workers, each busy for the same time per request.

    The workers' times are computed, not slept: late timers delay an answer, but take away no capacity. So as long as
    the queue does not run empty, exactly workers / service time requests are answered in a second.
    """
    free_at = [0.0] * int(workers)

    def answer(transport: asyncio.Transport, _: int) -> None:
        loop = asyncio.get_running_loop()
        begins = max(loop.time(), heapq.heappop(free_at))
        ends = begins + service_ms / 1000
        heapq.heappush(free_at, ends)
        loop.call_at(ends, transport.write, RIGHT)

    return answer


def answer_with_stalls(stall_s: float, every_s: float) -> Answer:
    """At once, but for a stall in the middle of each period, counted from the first request."""
    began_at = 0.0

    def answer(transport: asyncio.Transport, _: int) -> None:
        nonlocal began_at
        loop = asyncio.get_running_loop()
        began_at = began_at or loop.time()
        into_stall = (loop.time() - began_at) % every_s - every_s / 2
        if 0 <= into_stall < stall_s:
            loop.call_later(stall_s - into_stall, transport.write, RIGHT)
        else:
            transport.write(RIGHT)

    return answer


BEHAVIOURS: dict[str, Callable[..., Answer]] = {
    "right": lambda: answer_with(RIGHT),
    "chunked": lambda: answer_with(CHUNKED),
    "bytewise": lambda: answer_in_packets(*(bytes([byte]) for byte in RIGHT)),
    "head-then-body": lambda: answer_in_packets(*RIGHT.partition(b"\r\n\r\n")),
    "closing": lambda: answer_with(LAST, close=True),
    "unframed": lambda: answer_with(UNFRAMED, close=True),
    "half": lambda: answer_with(RIGHT[:-5], close=True),
    "garbage": lambda: answer_with(b"this is not HTTP\r\n\r\n"),
    "surplus": lambda: answer_with(RIGHT + b"HTTP/1.1 200"),
    "hints": lambda: answer_with(HINTS + RIGHT),
    "hints-apart": lambda: answer_in_packets(CONTINUE + HINTS, RIGHT),
    "hints-bytewise": lambda: answer_in_packets(*(bytes([byte]) for byte in HINTS + CONTINUE + RIGHT)),
    "hints-once": lambda: answer_nth(2, HINTS + RIGHT),
    "hints-then-wrong": lambda: answer_with(HINTS + WRONG_BODY),
    "hints-then-half": lambda: answer_with(HINTS + RIGHT[:-5], close=True),
    "hints-alone": lambda: answer_with(HINTS, close=True),
    "hints-unasked": lambda: answer_with(RIGHT + HINTS),
    "accepts-all": lambda: answer_with(ACCEPTED),
    "refuses-all": lambda: answer_with(REFUSED),
    "upgraded": lambda: answer_with(UPGRADED),
    "silent": lambda: answer_with(b""),
    "errors": lambda nth: answer_nth(int(nth), FAULT),
    "wrong-after": lambda first: answer_after(int(first), WRONG_BODY),
    "silent-after": lambda first: answer_after(int(first), b""),
    "workers": answer_by_workers,
    "stalls": answer_with_stalls,
}


class Server(asyncio.Protocol):
    """Counts requests and connections over all its instances."""

    requests = 0
    connections = 0

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._received = b""

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        Server.connections += 1
        self._transport = transport

    @override
    def data_received(self, data: bytes) -> None:
        *requests, self._received = (self._received + data).split(b"\r\n\r\n")
        for _ in requests:
            Server.requests += 1
            self._answer(self._transport, Server.requests)


async def main(behaviour: str, numbers: list[float]) -> None:
    """Serve until standard input ends."""
    loop = asyncio.get_running_loop()
    answer = BEHAVIOURS[behaviour](*numbers)
    server = await loop.create_server(lambda: Server(answer), "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    lines = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while await lines.readline():
        print(json.dumps({"requests": Server.requests, "connections": Server.connections}), flush=True)
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], [float(number) for number in sys.argv[2:]]))
