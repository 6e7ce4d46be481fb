"""One question to a server that may not be there yet, asked without waiting."""

import errno
import socket
from collections.abc import Callable
from typing import Final

import httptools

from harness.contract.answers import EXCHANGES
from harness.model.app import App, Endpoint
from harness.model.base import Contract
from harness.model.errors import ManifestError

_RETRY: Final = frozenset({errno.EAGAIN, errno.EINPROGRESS, errno.EALREADY})


class Answer(Contract):
    """A complete response, judged."""

    status: int
    right: bool
    excerpt: str
    """The start of its body."""


class ReadinessProbe:
    """Asks again and again on a fresh connection until there is a complete response."""

    def __init__(self, host: str, port: int, request: bytes, is_right: Callable[[bytes], bool]) -> None:
        self._address = (host, port)
        self._request = request
        self._is_right = is_right
        self._socket: socket.socket | None = None
        self._unsent = b""
        self._response = _Response()

    def step(self) -> Answer | None:
        """Do what can be done now; the answer once it is complete."""
        try:
            return self._advance()
        except BlockingIOError:
            return None
        except (OSError, httptools.HttpParserError):
            self.close()
            return None

    def close(self) -> None:
        """Let go of the connection."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _advance(self) -> Answer | None:
        if self._socket is None:
            self._socket = socket.socket()
            self._socket.settimeout(0)
            self._unsent = self._request
            self._response = _Response()
        if self._unsent:
            failure = self._socket.connect_ex(self._address)
            if failure in _RETRY:
                return None
            if failure not in {0, errno.EISCONN}:
                raise OSError(failure, "connect")
            self._unsent = self._unsent[self._socket.send(self._unsent) :]
        data = self._socket.recv(65_536)
        if not data:
            raise ConnectionResetError
        self._response.parser.feed_data(data)
        if not self._response.complete:
            return None
        self.close()
        status, body = self._response.parser.get_status_code(), bytes(self._response.body)
        return Answer(
            status=status,
            right=status == 200 and self._is_right(body),  # noqa: PLR2004 - the status of success
            excerpt=body[:200].decode(errors="replace"),
        )


class _Response:
    """Callbacks of the parser."""

    def __init__(self) -> None:
        self.parser = httptools.HttpResponseParser(self)
        self.body = bytearray()
        self.complete = False

    def on_body(self, part: bytes) -> None:
        self.body += part

    def on_message_complete(self) -> None:
        self.complete = True


def readiness_probe(app: App, host: str, port: int) -> tuple[str, ReadinessProbe]:
    """The question that shows an app ready, and what to call it: `/hello`, or what it declares first.

    Raises ManifestError where it declares nothing that has one right answer.
    """
    candidates = [endpoint for endpoint in app.manifest.endpoints if endpoint in EXCHANGES]
    if not candidates:
        raise ManifestError(
            f"app '{app.name}' declares no endpoint that can show it ready",
            hint="add 'hello' to endpoints in its [tool.bench] table",
        )
    endpoint = Endpoint.HELLO if Endpoint.HELLO in candidates else candidates[0]
    exchange = EXCHANGES[endpoint](host, port, 0)
    request, key = exchange.next_request()
    return f"/{endpoint.value}", ReadinessProbe(host, port, request, lambda body: exchange.is_right(key, body))
