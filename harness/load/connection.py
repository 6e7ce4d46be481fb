"""One connection to the server under load: its socket, its parser and the request in flight."""

import struct
from collections.abc import Callable
from enum import IntEnum
from socket import SO_LINGER, SOL_SOCKET, socket
from typing import Final

from httptools import HttpResponseParser

from harness.contract.interim import cut_interim

_NO_LINGERING: Final = struct.pack("ii", 1, 0)


class Phase(IntEnum):
    """How far the socket is."""

    CLOSED = 0
    CONNECTING = 1
    OPEN = 2


class Connection:
    """A connection that carries one request at a time; one Locust user holds each.

    The methods named `on_...` are called by the parser. The engine reads and writes the attributes directly:
    this is the innermost loop, where a method call per field would be most of the cost.
    """

    __slots__ = (
        "body",
        "complete",
        "fd",
        "feed",
        "intended_ns",
        "keep_alive",
        "key",
        "messages",
        "opened_ns",
        "phase",
        "received",
        "recv",
        "send",
        "sent_ns",
        "should_keep_alive",
        "socket",
        "status",
        "unsent",
    )

    recv: Callable[[int], bytes]
    send: Callable[[bytes], int]
    feed: Callable[[bytes], None]
    status: Callable[[], int]
    should_keep_alive: Callable[[], bool]

    def __init__(self) -> None:
        self.phase = Phase.CLOSED
        self.socket: socket | None = None
        self.fd = -1
        self.opened_ns = 0
        """When the opening of the socket was begun."""
        self.intended_ns = 0
        """When the request in flight was due."""
        self.sent_ns = 0
        """When it was sent, its connection's opening included where that was needed; 0: none is in flight."""
        self.key: object = None
        """Under which the exchange judges the answer."""
        self.unsent = b""
        """The part of the request that the socket has not taken yet."""
        self.expect()

    def attach(self, opening: socket, now_ns: int) -> None:
        """Begin to use a socket that is being connected, with a fresh parser."""
        self.socket = opening
        self.fd = opening.fileno()
        self.recv, self.send = opening.recv, opening.send
        self.opened_ns = now_ns
        self.phase = Phase.CONNECTING
        self._read_afresh()

    def _read_afresh(self) -> None:
        parser = HttpResponseParser(self)
        self.feed, self.status, self.should_keep_alive = (
            parser.feed_data,
            parser.get_status_code,
            parser.should_keep_alive,
        )
        self.expect()

    def close(self, *, reset: bool = False) -> None:
        """Close the socket, if any, and forget what it had received. A reset discards what the peer still sends."""
        if self.socket is not None:
            if reset:
                self.socket.setsockopt(SOL_SOCKET, SO_LINGER, _NO_LINGERING)
            self.socket.close()
            # The parser and these bound methods refer back to the connection; the cycle ends here.
            del self.recv, self.send, self.feed, self.status, self.should_keep_alive
        self.socket = None
        self.fd = -1
        self.phase = Phase.CLOSED
        self.unsent = b""
        self.expect()

    def expect(self) -> None:
        """Be ready for the next response."""
        self.body = b""
        self.received = b""
        """All bytes of a response that has come only in part."""
        self.messages = 0
        """How many responses have begun since the request was sent; all but the last have to be interim ones."""
        self.complete = False
        self.keep_alive = False

    def read_over_interim(self, received: bytes) -> tuple[int, bytes]:
        """Forget interim responses that these bytes, all that came since the request, begin with.

        How many there were, and what followed them: where there were any, the parser has yet to be fed with that.
        """
        count, rest = cut_interim(received)
        if count:
            self._read_afresh()
        return count, rest

    def on_message_begin(self) -> None:
        """A response begins."""
        self.messages += 1

    def on_body(self, body: bytes) -> None:
        """A part of the body, of any length."""
        self.body = self.body + body if self.body else body

    def on_message_complete(self) -> None:
        """The response is complete. Only here does the parser still know whether the server keeps the connection."""
        self.complete = True
        self.keep_alive = self.should_keep_alive()
