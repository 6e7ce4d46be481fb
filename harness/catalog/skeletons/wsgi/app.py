"""The first two endpoints of the HTTP contract, on bare WSGI until the framework's routes stand here."""

import json
import os
from collections.abc import Callable, Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

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


def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer one request (PEP 3333)."""
    endpoint = ROUTES.get(environ["PATH_INFO"])
    if endpoint is None:
        status, (content_type, body) = "404 Not Found", ("text/plain; charset=utf-8", b"Not Found")
    elif environ["REQUEST_METHOD"] != "GET":
        status, (content_type, body) = "405 Method Not Allowed", ("text/plain; charset=utf-8", b"")
    else:
        status, (content_type, body) = "200 OK", endpoint()
    start_response(status, [("Content-Type", content_type), ("Content-Length", str(len(body)))])
    return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]
