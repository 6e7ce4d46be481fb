"""A small HTTP server on the bare standard library that can be told to go wrong (`FAULT`)."""

import asyncio
import json
import os
import re
import sys
import threading
import time
from pathlib import Path
from typing import override
from urllib.parse import parse_qs

FAULT = os.environ.get("FAULT", "")
FAULT_AFTER = 250
"""Requests that are answered rightly before a fault under load shows: more than the contract is checked with."""

ANSWERS = {
    b"/hello": (b"text/plain", b"Hello, World!"),
    b"/json": (b"application/json", b'{"message": "Hello, World!"}'),
}
if FAULT != "ignores_routes":
    extra = (f"/extra/{number}".encode() for number in range(int(os.environ.get("EXTRA_ROUTES", "0"))))
    ANSWERS |= dict.fromkeys(extra, (b"text/plain", b"extra"))
ROWS = json.loads(Path("rows.json").read_text()) if FAULT == "constant_rows" else {}
"""By their ids, what `/db` answers without a look at the database."""
BODY_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
served = 0
missed = 0


class Server(asyncio.Protocol):
    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.pending = b""

    @override
    def data_received(self, data: bytes) -> None:
        self.pending += data
        while b"\r\n\r\n" in self.pending:
            head, _, rest = self.pending.partition(b"\r\n\r\n")
            length = BODY_LENGTH.search(head)
            body_bytes = int(length[1]) if length else 0
            if len(rest) < body_bytes:
                return
            self.pending = rest[body_bytes:]
            method, target, _ = head.split(b" ", 2)
            path, _, query = target.partition(b"?")
            if ROWS and path == b"/db" and method in {b"GET", b"HEAD"}:
                self.answer_row(method, query.decode("latin-1"))
            else:
                self.answer(method, path)
            if b"\r\nconnection: close" in head.lower():
                self.transport.close()

    def answer_row(self, method: bytes, query: str) -> None:
        (world_id, *_) = parse_qs(query).get("id", [""])
        status, body = b"400 Bad Request", b'{"error": "no number"}'
        if re.fullmatch("[0-9]{1,9}", world_id):
            status, body = b"404 Not Found", b'{"error": "no such row"}'
            if number := ROWS.get(str(int(world_id))):
                status, body = b"200 OK", b'{"id": %d, "randomNumber": %d}' % (int(world_id), number)
        head = b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % (status, len(body))
        self.transport.write(head if method == b"HEAD" else head + body)

    def answer(self, method: bytes, target: bytes) -> None:
        global served, missed  # noqa: PLW0603 - one count of each per process
        served += 1
        missed += target not in ANSWERS
        sum(range(10_000))  # about 0.1 ms: a server as fast as the generator would be measured as invalid
        media_type, body = ANSWERS.get(target, (b"text/plain", b"not found"))
        status = b"200 OK" if target in ANSWERS else b"404 Not Found"
        if target not in ANSWERS and (FAULT == "finds_everything" or (FAULT == "finds_one_thing" and missed == 1)):
            status = b"200 OK"
        elif method not in {b"GET", b"HEAD"}:
            status, body = b"405 Method Not Allowed", b""
        if served > FAULT_AFTER:
            match FAULT:
                case "crash_midway":
                    sys.stderr.write("the tiny server crashes now\n")
                    os._exit(3)
                case "hang_midway":
                    time.sleep(3600)
                case "wrong_midway":
                    body = body.replace(b"World", b"Mundo")
                case "error_midway":
                    status = b"500 Internal Server Error"
                    sys.stderr.write("the tiny server has lost its table\n")
        closing = FAULT == "closes_midway" and served > FAULT_AFTER
        if closing:
            media_type += b"\r\nConnection: close"
        lines = b"HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n" % (status, media_type, len(body))
        self.transport.write(lines if method == b"HEAD" else lines + body)
        if closing:
            self.transport.close()


def count_starts() -> int:
    with Path("../starts").open("a+", encoding="utf-8") as starts:
        starts.write("once more\n")
        starts.seek(0)
        return len(starts.readlines())


async def main() -> None:
    match FAULT:
        case "crash_at_start":
            sys.exit("the tiny server can't start: its cupboard is bare")
        case "starts_in_the_second_round":
            if count_starts() <= 2:  # the server and its second copy
                sys.exit("the tiny server does not start yet")
        case "hang_at_start":
            await asyncio.sleep(3600)
        case "eat_memory":
            bytearray(os.urandom(1 << 20) * 2048)
        case "start_threads":
            for _ in range(1000):
                threading.Thread(target=time.sleep, args=(3600,), daemon=True).start()
    server = await asyncio.get_running_loop().create_server(Server, os.environ["HOST"], int(os.environ["PORT"]))
    await server.serve_forever()


asyncio.run(main())
