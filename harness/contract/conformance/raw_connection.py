"""A connection to the server under test that mends and hides nothing."""

import socket
import struct
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Final, Self

from harness.contract.conformance.message import (
    GLANCE_BYTES,
    Closed,
    Late,
    Refused,
    Response,
    ResponseParser,
    Untaken,
    WireFault,
)
from harness.model.conformance import Target

_RECEIVE_BYTES: Final = 65_536
_GLANCE_S: Final = 0.2
"""How long a body is awaited that is only to be told of."""
_TOTAL_RETRANS: Final = slice(100, 104)
_TCP_INFO_BYTES: Final = 104


class Connection:
    """One TCP connection. A context manager that closes it."""

    def __init__(self, target: Target, patience_s: float) -> None:
        self.patience_s: Final = patience_s
        """How long an answer may take."""
        self._parser = ResponseParser()
        try:
            self._socket = socket.create_connection((target.host, target.port), timeout=patience_s)
        except OSError as error:
            raise Refused(f"the server accepts no connection ({_reason(error)})") from error
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close it, as whoever has nothing more to say does."""
        self._socket.close()

    def send(self, data: bytes) -> None:
        """Send exactly these bytes.

        Raises:
            Closed: The server has closed the connection.
        """
        self._socket.settimeout(self.patience_s)
        try:
            self._socket.sendall(data)
        except OSError as error:
            raise Closed(f"the server did not take the request ({_reason(error)})") from error

    def exchange(self, data: bytes) -> Response:
        """Send one request and wait for its answer."""
        self.send(data)
        return self.receive()

    def receive(self) -> Response:
        """The next complete answer.

        Raises:
            Closed: The server closed the connection without beginning an answer.
            WireFault: No complete answer came, or what came is not HTTP.
        """
        deadline = time.monotonic() + self.patience_s
        while not self._parser.complete:
            if not self._receive_more(deadline):
                return self._parser.end()
        return self._parser.complete.popleft()

    def receive_head(self) -> Response:
        """The next answer as soon as its headers are there.

        Its body grows with `receive_body`, or is completed by `receive`.
        """
        deadline = time.monotonic() + self.patience_s
        while not self._parser.head_seen:
            if self._parser.complete:
                return self._parser.complete[0]
            if not self._receive_more(deadline):
                return self._parser.end()
        return self._parser.current

    def glance(self) -> None:
        """Let the body of the answer under way grow until there is enough of it to be shown, or no more comes soon."""
        with suppress(WireFault):
            while self._parser.head_seen and len(self._parser.current.body) < GLANCE_BYTES:
                if not self._receive_more(time.monotonic() + _GLANCE_S):
                    self._parser.end()

    def receive_body(self) -> bool:
        """Let the body of the answer under way grow; False where it has ended.

        Raises:
            WireFault: Nothing came in time.
        """
        return self._receive_more(time.monotonic() + self.patience_s) and not self._parser.complete

    def receive_bytes(self, quiet_s: float, enough: Callable[[bytes], bool] | None = None) -> bytes:
        """Everything until the server closes, falls silent for `quiet_s` after it has begun, or has sent enough.

        Raises:
            WireFault: Nothing came in time, or it came without an end.
        """
        received = b""
        deadline = time.monotonic() + self.patience_s
        self._socket.settimeout(self.patience_s)
        try:
            while data := self._socket.recv(_RECEIVE_BYTES):
                received += data
                if enough is not None and enough(received):
                    break
                if time.monotonic() > deadline:
                    raise Late(f"{len(received)} bytes within {self.patience_s:g} s, and no end of them")
                self._socket.settimeout(quiet_s)
        except TimeoutError:
            if not received:
                raise Late(f"no answer within {self.patience_s:g} s") from None
        except OSError as error:
            raise WireFault(f"the connection broke ({_reason(error)})") from error
        return received

    def receive_raw(self, within_s: float) -> bytes:
        """What comes next, as it comes; empty at the end of the connection.

        Raises:
            Late: Nothing came in that time.
            WireFault: The connection broke.
        """
        self._socket.settimeout(max(within_s, 0.001))
        try:
            return self._socket.recv(_RECEIVE_BYTES)
        except TimeoutError:
            raise Late("nothing came in time") from None
        except OSError as error:
            raise WireFault(f"the connection broke ({_reason(error)})") from error

    def surplus(self, within_s: float) -> str | None:
        """What the server sends in that time though it was asked nothing; None where it sends nothing."""
        try:
            self._parser.raise_fault()
            if self._parser.idle:
                self._receive_more(time.monotonic() + within_s)
        except WireFault as fault:
            return None if self._parser.idle else str(fault)
        return None if self._parser.idle else "bytes that belong to no answer"

    def closes_within(self, within_s: float) -> bool:
        """Whether the server closes the connection in that time and sends nothing more before."""
        self._socket.settimeout(within_s)
        try:
            return self._socket.recv(1) == b""
        except TimeoutError:
            return False
        except OSError:
            return True

    def abort(self) -> None:
        """Close with a reset, as the kernel does for a client that was killed."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()

    def _receive_more(self, deadline: float) -> bool:
        """Parse what comes next; False at the end of the connection."""
        self._parser.raise_fault()
        self._socket.settimeout(max(deadline - time.monotonic(), 0.001))
        try:
            data = self._socket.recv(_RECEIVE_BYTES)
        except TimeoutError:
            if self._parser.idle and _sent_again(self._socket):
                raise Untaken("no answer in time, and the connection was not taken at once") from None
            raise Late(f"no complete answer in time, {self._parser.progress}") from None
        except OSError as error:
            fault = Closed if self._parser.idle else WireFault
            raise fault(f"the connection broke ({_reason(error)}), {self._parser.progress}") from error
        if data:
            self._parser.feed(data)
        return bool(data)


def _sent_again(connection: socket.socket) -> bool:
    """Whether anything had to be sent again, of the opening of the connection or of the request.

    Linux acknowledges what reaches a socket whatever its program does, but drops what comes while that socket's listen
    backlog is full (tcp(7); `struct tcp_info` in linux/tcp.h).
    """
    told = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO_BYTES)
    return len(told) == _TCP_INFO_BYTES and int.from_bytes(told[_TOTAL_RETRANS], sys.byteorder) > 0


def _reason(error: OSError) -> str:
    return error.strerror or ("timed out" if isinstance(error, TimeoutError) else type(error).__name__)
