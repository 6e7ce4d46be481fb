"""How a WebSocket is opened (RFC 6455, 4): the client's request, and whether the server's answer to it is right.

No extension and no subprotocol is asked for, so an answer that agrees to one is wrong.
"""

import base64
import hashlib
import os
from typing import Final

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from harness.contract.exchange import authority
from harness.contract.interim import cut_interim

_GUID: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_END_OF_HEAD: Final = b"\r\n\r\n"
_LONGEST_HEAD: Final = 65_536
_SHOWN: Final = 120


class HandshakeFault(Exception):  # noqa: N818 - a finding about the server, not an error of this program
    """The server did not open the WebSocket as it has to. The text says what it did instead."""


class TurnedAway(HandshakeFault):
    """It answered with another status than 101."""


def new_key() -> bytes:
    """A `Sec-WebSocket-Key`, other each time."""
    return base64.b64encode(os.urandom(16))


def accept_of(key: bytes) -> bytes:
    """The `Sec-WebSocket-Accept` that answers a key."""
    return base64.b64encode(hashlib.sha1(key + _GUID, usedforsecurity=False).digest())


def opening_request(host: str, port: int, target: str, key: bytes) -> bytes:
    """The client's request, without any extension or subprotocol."""
    return (
        f"GET {target} HTTP/1.1\r\nHost: {authority(host, port)}\r\nUser-Agent: bench\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key.decode('ascii')}\r\n\r\n"
    ).encode("ascii")


def read_opening(received: bytes, key: bytes) -> tuple[bytes | None, int]:
    """What follows the server's answer, and how many interim responses came before it.

    The first is None as long as the answer is not whole.

    Raises:
        TurnedAway: the status is another than 101.
        HandshakeFault: the answer is no right one to the request with this key.
    """
    interim, rest = cut_interim(received)
    head, separator, following = rest.partition(_END_OF_HEAD)
    if not separator:
        if len(rest) > _LONGEST_HEAD:
            raise HandshakeFault(f"a head of more than {_LONGEST_HEAD:,} bytes")
        return None, interim
    answer = _Answer(head + separator, following)
    for name, wanted in (("upgrade", "websocket"), ("connection", "upgrade")):
        if wanted not in (each.strip() for each in answer.header(name).lower().split(",")):
            raise HandshakeFault(f"status 101 without the header {name.title()}: {wanted}")
    if (accept := answer.header("sec-websocket-accept")) != accept_of(key).decode("ascii"):
        raise HandshakeFault(f"Sec-WebSocket-Accept is {accept[:_SHOWN] or 'missing'}, not the one for the key")
    for kind in ("extensions", "protocol"):
        if agreed := answer.header(f"sec-websocket-{kind}"):
            raise HandshakeFault(f"Sec-WebSocket-{kind.title()}: {agreed[:_SHOWN]}, which nobody asked for")
    return following, interim


class _Answer:
    """A whole head, as llhttp reads it."""

    def __init__(self, head: bytes, following: bytes) -> None:
        self._headers: list[tuple[str, str]] = []
        self._whole = False
        parser = HttpResponseParser(self)
        status_line = head.partition(b"\r\n")[0].decode("latin-1")
        try:
            parser.feed_data(head)
        except (HttpParserUpgrade, HttpParserError) as error:
            if not self._whole:  # What follows a whole head is none of the parser's business.
                raise HandshakeFault(f"{error}: {status_line[:_SHOWN]}") from None
        if (status := parser.get_status_code()) != 101:  # noqa: PLR2004 - Switching Protocols
            said = following[:_SHOWN].decode("latin-1")
            raise TurnedAway(f"status {status}, not 101: {' '.join(filter(None, (status_line[:_SHOWN], said)))}")

    def on_header(self, name: bytes, value: bytes) -> None:
        """Called by llhttp, which leaves the space after a value (RFC 9112, 5) in it."""
        self._headers.append((name.decode("latin-1").lower(), value.decode("latin-1").strip(" \t")))

    def on_headers_complete(self) -> None:
        """Called by llhttp."""
        self._whole = True

    def header(self, name: str) -> str:
        """The value of the header with this lower-case name; repeated ones are joined as RFC 9110, 5.3 says."""
        return ", ".join(value for key, value in self._headers if key == name)
