"""Answers as ASGI messages."""

import json
from collections.abc import Awaitable, Callable, Iterable
from http import HTTPStatus
from typing import Any

type Message = dict[str, Any]
type Scope = dict[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]
type Header = tuple[bytes, bytes]

TEXT = b"text/plain; charset=utf-8"
HTML = b"text/html; charset=utf-8"
JSON = b"application/json"


class HTTPError(Exception):
    """Ends a request with an error status and one line of text."""

    def __init__(self, status: HTTPStatus, detail: str | None = None, headers: Iterable[Header] = ()) -> None:
        super().__init__(status, detail)
        self.status = status
        self.detail = detail or status.phrase
        self.headers = headers


async def send_body(
    send: Send, content_type: bytes, body: bytes, status: HTTPStatus = HTTPStatus.OK, headers: Iterable[Header] = ()
) -> None:
    """A complete answer."""
    length = str(len(body)).encode()
    head = [(b"content-type", content_type), (b"content-length", length), *headers]
    await send({"type": "http.response.start", "status": int(status), "headers": head})
    await send({"type": "http.response.body", "body": body})


async def send_json(send: Send, value: object, status: HTTPStatus = HTTPStatus.OK) -> None:
    """A complete answer in JSON."""
    await send_body(send, JSON, json.dumps(value).encode(), status)
