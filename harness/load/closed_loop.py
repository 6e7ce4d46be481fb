"""The closed loop: each connection sends its next request as soon as the last one has ended."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from harness.load.connection import Connection

if TYPE_CHECKING:
    from harness.load.engine import Engine


class ClosedLoop:
    """Keeps every connection busy."""

    def __init__(self, engine: "Engine", ramp_s: float = 0.0) -> None:
        """First requests are spread evenly over `ramp_s`."""
        self._engine = engine
        self._ramp_ns = int(ramp_s * 1e9)
        # The engine calls this once per request: while running, that is the request itself and no step in between.
        self.on_free: Callable[[Connection], None] = _rest

    def start(self, now_ns: int) -> None:
        """Send the first request on each connection."""
        self.on_free = self._engine.request
        connections = self._engine.connections
        for place, connection in enumerate(connections):
            if self._ramp_ns:
                self._engine.agenda.at(
                    now_ns + self._ramp_ns * place // len(connections), partial(self._first, connection)
                )
            else:
                self._first(connection)

    def _first(self, connection: Connection) -> None:
        if not connection.sent_ns:
            self.on_free(connection)

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
