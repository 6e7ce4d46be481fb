"""A site of a few lines, of which is known what it does."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple, Protocol
from urllib.parse import urlsplit

from harness.model.conformance import Target


class Asked(NamedTuple):
    """A request."""

    method: str
    path: str
    query: str
    body: str
    cookies: dict[str, str]


class Answer(NamedTuple):
    """An answer; a cookie that is given is called `session`."""

    body: str = ""
    status: int = 200
    cookie: str = ""


class Site(Protocol):
    """What a site does."""

    def answer(self, asked: Asked) -> Answer:
        """Answer a request."""


@contextmanager
def served(site: Site) -> Iterator[Target]:
    """The site, on a port of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            pairs = [pair.strip().partition("=") for pair in self.headers.get("Cookie", "").split(";")]
            address = urlsplit(self.path)
            answer = site.answer(
                Asked(
                    self.command,
                    address.path,
                    address.query,
                    self.rfile.read(length).decode(),
                    {name: value for name, _, value in pairs if name},
                )
            )
            self.send_response(answer.status)
            if answer.cookie:
                self.send_header("Set-Cookie", f"session={answer.cookie}; Path=/; HttpOnly")
            self.send_header("Content-Length", str(len(answer.body.encode())))
            self.end_headers()
            self.wfile.write(answer.body.encode())

        do_POST = do_GET  # noqa: N815 - the library's name

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield Target(host="127.0.0.1", port=server.server_port)
        finally:
            server.shutdown()
            thread.join()
