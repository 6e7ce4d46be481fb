"""HTTP/1.1 messages as they go over the wire: exact request bytes, and answers with their framing.

An ordinary client library mends what the checks are looking for (it reopens closed connections, joins
split messages, ignores surplus bytes), so answers are parsed here, by llhttp, from the bare bytes.
"""

import re
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from html import unescape
from typing import Final

import httptools

from harness.contract.interim import is_interim
from harness.model.conformance import Target

GLANCE_BYTES: Final = 1_000
"""As much of a body is enough to tell what it is."""

_OK: Final = 200
_TITLE: Final = re.compile(rb"<title[^>]*>([^<]*\S[^<]*)</title>", re.IGNORECASE)


class WireFault(Exception):  # noqa: N818 - a finding about the server, not an error of this program
    """The server did not send a complete, well-formed answer. The text says what it did instead."""


class Closed(WireFault):
    """The server closed the connection between answers, which HTTP/1.1 allows it to do at any time."""


class Refused(WireFault):
    """The server did not accept the connection at all."""


class Late(WireFault):
    """The server took the request, and had not answered it in full when patience ended."""


class Untaken(Late):
    """The same, and something had to be sent again, as where the listen backlog is full."""


class Framing(StrEnum):
    """How the end of a body is marked (RFC 9112, section 6.3)."""

    LENGTH = "Content-Length"
    CHUNKED = "chunked"
    CLOSE = "end of connection"


@dataclass
class Response:
    """One answer as it came over the wire."""

    status: int = 0
    headers: list[tuple[str, str]] = field(default_factory=list)
    """Names in lower case, in the order received."""
    body: bytes = b""
    interim: list[int] = field(default_factory=list)
    """Statuses of the interim responses that came before it."""
    whole: bool = True
    """Whether all of its body came."""

    def header(self, name: str) -> str | None:
        """The value of the header with this lower-case name; repeated ones are joined as RFC 9110, 5.3 says.

        The space that may surround a value is no part of it (RFC 9112, 5).
        """
        values = [value.strip(" \t") for key, value in self.headers if key == name]
        return ", ".join(values) if values else None

    @property
    def framing(self) -> Framing:
        """How the end of the body was marked."""
        if "chunked" in (self.header("transfer-encoding") or "").lower():
            return Framing.CHUNKED
        return Framing.CLOSE if self.header("content-length") is None else Framing.LENGTH

    @property
    def closes(self) -> bool:
        """Whether the server announces that it closes the connection after this answer."""
        return (self.header("connection") or "").lower() == "close"

    @property
    def media_type(self) -> str:
        """The media type in lower case, without parameters; empty where the header is missing."""
        return (self.header("content-type") or "").partition(";")[0].strip().lower()

    @property
    def charset(self) -> str | None:
        """The charset parameter of the content type in lower case."""
        for parameter in (self.header("content-type") or "").split(";")[1:]:
            name, _, value = parameter.partition("=")
            if name.strip().lower() == "charset":
                return value.strip().strip('"').lower()
        return None

    @property
    def coding(self) -> str | None:
        """The content coding that the body is in; None where it is as it is."""
        codings = (self.header("content-encoding") or "").lower()
        return codings if codings not in {"", "identity"} else None

    @property
    def succeeded(self) -> bool:
        """Whether it has status 200, and a body that came as it is."""
        return self.status == _OK and self.coding is None

    def __str__(self) -> str:
        """Status, and what the body is or how it begins, for a reader."""
        if not self.body:
            return f"status {self.status}, {'no body' if self.whole else 'a body that did not come at once'}"
        if self.coding or not _is_text(self.body):
            given = " ".join(filter(None, (self.media_type or "an unnamed type", self.coding)))
            return f"status {self.status}, {len(self.body):,} bytes{'' if self.whole else ' and more'} of {given}"
        title = _TITLE.search(self.body, 0, GLANCE_BYTES) if self.media_type == "text/html" else None
        if title is None:
            return f"status {self.status}, {excerpt(self.body)}"
        return f"status {self.status}, a page titled {excerpt(unescape(title[1].decode(errors='replace')).encode())!r}"


def _is_text(body: bytes) -> bool:
    """Whether it can be shown as it is; its last character may have been cut."""
    try:
        text = body[:GLANCE_BYTES].decode()
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data" and error.end >= len(body[:GLANCE_BYTES])
    return all(each.isprintable() or each.isspace() for each in text)


def excerpt(body: bytes, limit: int = 80) -> str:
    """The start of a body on one line."""
    text = " ".join(body.decode(errors="backslashreplace").split())
    return text if len(text) <= limit else f"{text[:limit]}..."


def request(target: Target, path: str, *, method: str = "GET", close: bool = False, body: bytes = b"") -> bytes:
    """The bytes of one request.

    `path` is sent as it stands, so the caller percent-encodes what must be. `close` asks the server to
    close the connection afterwards.
    """
    lines = [f"{method} {path} HTTP/1.1", f"Host: {target.host}:{target.port}", "Accept: */*", "User-Agent: bench"]
    if close:
        lines.append("Connection: close")
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


class ResponseParser:
    """Cuts the bytes of one connection into answers."""

    def __init__(self) -> None:
        self.complete: deque[Response] = deque()
        """Answers that have ended and were not fetched yet."""
        self.current = Response(whole=False)
        """The answer under way, whose body may still grow."""
        self.head_seen = False
        """Whether status and headers of the answer under way are complete."""
        self._begun = False
        self._fault: WireFault | None = None
        self._llhttp = httptools.HttpResponseParser(self)

    def feed(self, data: bytes) -> None:
        """Take in what the server sent.

        Raises:
            WireFault: It is not HTTP, and no complete answer before it waits to be fetched.
        """
        self.raise_fault()
        try:
            self._llhttp.feed_data(data)
        except httptools.HttpParserUpgrade:
            # All that follows this answer. The answer itself is judged like any other.
            self._fault = WireFault("the server has turned to another protocol, unasked (status 101)")
        except httptools.HttpParserError as error:
            self._fault = WireFault(f"bytes that are not HTTP ({error}): {excerpt(data)}")
            if not self.complete:
                raise self._fault from error

    def raise_fault(self) -> None:
        """Raises what was wrong with the bytes after the last complete answer, if anything was."""
        if self._fault is not None:
            raise self._fault

    def end(self) -> Response:
        """The answer under way, ended by the end of the connection.

        Raises:
            Closed: None had begun.
            WireFault: It is incomplete.
        """
        self.raise_fault()
        if self.idle:
            raise Closed("the server closed the connection, nothing received")
        if self.head_seen and self.current.framing is Framing.CLOSE:
            return self._finish()
        raise WireFault(f"the server closed the connection, {self.progress}")

    @property
    def idle(self) -> bool:
        """Whether nothing was received since the last answer was fetched."""
        return not self._begun and not self.complete and self._fault is None

    @property
    def progress(self) -> str:
        """How far the answer under way has come, for a reader."""
        if not self._begun:
            return "nothing received"
        if not self.head_seen:
            said = ", ".join(map(str, self.current.interim))
            return f"no final response after {said}" if said else "headers incomplete"
        length = self.current.header("content-length")
        return f"{len(self.current.body)} body bytes received" + (f" of {length}" if length else "")

    def _finish(self) -> Response:
        response = self.current
        response.whole = True
        self.current = Response(whole=False)
        self.head_seen = self._begun = False
        return response

    def on_message_begin(self) -> None:
        """Called by llhttp."""
        self._begun = True

    def on_header(self, name: bytes, value: bytes) -> None:
        """Called by llhttp."""
        self.current.headers.append((name.decode("latin-1").lower(), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        """Called by llhttp."""
        self.current.status = self._llhttp.get_status_code()
        self.head_seen = not is_interim(self.current.status)

    def on_body(self, body: bytes) -> None:
        """Called by llhttp."""
        self.current.body += body

    def on_message_complete(self) -> None:
        """Called by llhttp."""
        if is_interim(self.current.status):
            self.current = Response(whole=False, interim=[*self.current.interim, self.current.status])
        else:
            self.complete.append(self._finish())
