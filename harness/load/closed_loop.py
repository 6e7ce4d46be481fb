"""The closed loop: each connection sends its next request as soon as the last one has ended."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from harness.load.connection import Connection

if TYPE_CHECKING:
    from harness.load.engine import Engine


class ClosedLoop:
    """Keeps every connection busy."""

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine
        # The engine calls this once per request: while running, that is the request itself and no step in between.
        self.on_free: Callable[[Connection], None] = _rest

    def start(self, now_ns: int) -> None:  # noqa: ARG002 - an open loop needs it
        """Send the first request on each connection."""
        self.on_free = self._engine.request
        for connection in self._engine.connections:
            if not connection.sent_ns:
                self._engine.request(connection)

    def forget(self, connection: Connection) -> None:
        """A connection is taken away."""

    def stop(self, at_ns: int) -> None:  # noqa: ARG002
        """Begin nothing any more."""
        self.on_free = _rest

    def expire(self, due_before_ns: int) -> None:
        """Nothing waits here for a connection."""

    def drained(self) -> bool:
        """Whether every request has ended."""
        return not self._engine.busy()


def _rest(connection: Connection) -> None:
    """The connection stays idle."""
