"""One question to a server that may not be there yet, asked without waiting."""

import errno
import os
import socket
import time
from collections.abc import Callable
from typing import Final

from harness.contract.answers import EXCHANGES
from harness.contract.conformance.message import Response, ResponseParser, WireFault
from harness.contract.conformance.right import difference
from harness.model.app import App, Endpoint
from harness.model.base import Contract
from harness.model.errors import ManifestError

_RETRY: Final = frozenset({errno.EAGAIN, errno.EINPROGRESS, errno.EALREADY})
_RECEIVE_BYTES: Final = 65_536


class Answer(Contract):
    """An answer that was begun, judged."""

    wrong: str | None
    """What came, what is wrong with it and what belongs there; None where it is right."""


class ReadinessProbe:
    """Asks again and again on a fresh connection until an answer is begun, and then until it is complete."""

    def __init__(self, host: str, port: int, request: bytes, wrong: Callable[[Response], str | None]) -> None:
        """`wrong` judges a complete answer, as `Answer.wrong` has it."""
        self._address = (host, port)
        self._request = request
        self._wrong = wrong
        self._socket: socket.socket | None = None
        self._unsent = b""
        self._parser = ResponseParser()
        self._begun_ns = 0
        self.refused_ns: int | None = None
        """When the last connection was begun, by `time.monotonic_ns()`, if it was refused: nobody listened there."""
        self._last_end = ""

    @property
    def state(self) -> str:
        """What has become of the question so far, as one says it of a server that listens."""
        if self._socket is not None and not self._parser.idle:
            return f"has not finished its answer, {self._parser.progress}"
        return "does not answer" + (f" ({self._last_end})" if self._last_end else "")

    def step(self) -> Answer | None:
        """Do what can be done now; the answer once it is complete, or can't become right any more."""
        try:
            response = self._advance()
        except BlockingIOError:
            return None
        except OSError as error:
            begun = not self._parser.idle
            self._end(error)
            return Answer(wrong=f"the connection broke, {self._parser.progress}") if begun else None
        except WireFault as fault:
            self.close()
            return Answer(wrong=str(fault))
        if response is None:
            return None
        self.close()
        return Answer(wrong=self._wrong(response))

    def close(self) -> None:
        """Let go of the connection."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _end(self, error: OSError) -> None:
        self.close()
        refused = error.errno == errno.ECONNREFUSED
        self.refused_ns = self._begun_ns if refused else None
        self._last_end = "" if refused else (error.strerror or type(error).__name__)

    def _advance(self) -> Response | None:
        if self._socket is None:
            self._socket = socket.socket()
            self._socket.settimeout(0)
            self._begun_ns = time.monotonic_ns()
            self._unsent = self._request
            self._parser = ResponseParser()
        if self._unsent:
            failure = self._socket.connect_ex(self._address)
            if failure in _RETRY:
                return None
            if failure not in {0, errno.EISCONN}:
                raise OSError(failure, os.strerror(failure))
            self.refused_ns = None
            self._unsent = self._unsent[self._socket.send(self._unsent) :]
        data = self._socket.recv(_RECEIVE_BYTES)
        if data:
            self._parser.feed(data)
            return self._parser.complete[0] if self._parser.complete else None
        if self._parser.idle:
            raise ConnectionResetError(errno.ECONNRESET, "it closes the connection")
        return self._parser.end()


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

    def wrong(response: Response) -> str | None:
        if response.succeeded and exchange.is_right(key, response.body):
            return None
        return difference(endpoint, key, response)

    return f"/{endpoint.value}", ReadinessProbe(host, port, request, wrong)
