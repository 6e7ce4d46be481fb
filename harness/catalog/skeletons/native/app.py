"""The first two endpoints of the HTTP contract, on Python's own HTTP server until the framework's stands here."""

import json
import os
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import override
from urllib.parse import urlsplit

type Answer = tuple[str, bytes]


def hello() -> Answer:
    """`GET /hello`."""
    return "text/plain; charset=utf-8", b"Hello, World!"


def json_message() -> Answer:
    """`GET /json`, serialised anew for each request."""
    return "application/json", json.dumps({"message": "Hello, World!"}).encode()


def extra() -> Answer:
    """One of the routes beside the contract's own, to see what a long routing table costs."""
    return "text/plain; charset=utf-8", b"extra"


ROUTES: dict[str, Callable[[], Answer]] = {
    **{f"/extra/{number}": extra for number in range(int(os.environ.get("EXTRA_ROUTES", "0")))},
    "/hello": hello,
    "/json": json_message,
}


class Handler(BaseHTTPRequestHandler):
    """Answers the requests of one connection, one after the other."""

    protocol_version = "HTTP/1.1"  # which keeps connections open
    wbufsize = -1  # so that head and body go in one packet

    def __getattr__(self, name: str) -> Callable[[], None]:
        """Where `http.server` looks for `do_GET` and the like, one method answers all requests."""
        if not name.startswith("do_"):
            raise AttributeError(name)
        return self._answer

    def _answer(self) -> None:
        endpoint = ROUTES.get(urlsplit(self.path).path)
        if self.command not in {"GET", "HEAD"}:
            self.close_connection = True  # What came with the request is not read.
            self._send(405, "text/plain; charset=utf-8", b"Method Not Allowed")
        elif endpoint is None:
            self._send(404, "text/plain; charset=utf-8", b"Not Found")
        else:
            self._send(200, *endpoint())

    def _send(self, status: int, content_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Access logs are off, as they are for every app."""


class Server(ThreadingHTTPServer):
    """A thread for each connection, in one process: put what the framework offers in its place, `WORKERS` included."""

    request_queue_size = 1024


if __name__ == "__main__":
    Server((os.environ["HOST"], int(os.environ["PORT"])), Handler).serve_forever()
