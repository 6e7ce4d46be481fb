"""Responses as PEP 3333 wants them: a status line, a list of headers, an iterable of bytes."""

import json
from collections.abc import Iterable
from html import escape
from typing import NamedTuple

type Header = tuple[str, str]


class Response(NamedTuple):
    """What a handler returns, and what the server is told."""

    status: str
    headers: list[Header]
    body: Iterable[bytes]


def text_response(text: str, status: str = "200 OK") -> Response:
    """A plain text."""
    return _sized_response(text.encode(), "text/plain; charset=utf-8", status)


def json_response(value: object, status: str = "200 OK") -> Response:
    """A value as JSON."""
    return _sized_response(json.dumps(value).encode(), "application/json", status)


def fortunes_response(fortunes: Iterable[tuple[int, str]]) -> Response:
    """The page with the table of fortunes."""
    rows = "".join(f"<tr><td>{number}</td><td>{escape(message)}</td></tr>\n" for number, message in fortunes)
    page = (
        '<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8"><title>Fortunes</title></head>\n<body>\n'
        f"<table>\n<tr><th>id</th><th>message</th></tr>\n{rows}</table>\n</body>\n</html>\n"
    )
    return _sized_response(page.encode(), "text/html; charset=utf-8")


def event_stream(events: Iterable[bytes]) -> Response:
    """A stream of server-sent events."""
    return Response("200 OK", [("Content-Type", "text/event-stream"), ("Cache-Control", "no-store")], events)


def _sized_response(body: bytes, content_type: str, status: str = "200 OK") -> Response:
    return Response(status, [("Content-Type", content_type), ("Content-Length", str(len(body)))], [body])
