"""What the engine's connections are used for: a server, an endpoint, a pace and a tally."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from harness.contract.exchange import Exchange
from harness.load.connection import Connection
from harness.load.raw_response import excerpt
from harness.load.tally import Tally
from harness.model.window import Failure


class Pacing(Protocol):
    """Decides when the next request is sent."""

    def start(self, now_ns: int) -> None:
        """Begin to send."""

    def on_free(self, connection: Connection) -> None:
        """This connection can take a request."""

    def forget(self, connection: Connection) -> None:
        """This connection is taken away."""

    def expire(self, due_before_ns: int) -> None:
        """Give up what was due before this instant and has not been sent."""

    def stop(self, at_ns: int) -> None:
        """Have nothing new become due from `at_ns` on."""

    def drained(self) -> bool:
        """Whether nothing is under way any more."""


@dataclass(frozen=True)
class Assignment:
    """One use of the connections, from `Engine.begin` to `Engine.end`."""

    host: str
    port: int
    exchange: Exchange  # type: ignore[type-arg]  # the keys' type differs by endpoint
    tally: Tally
    pacing: Pacing
    keep_alive: bool
    timeout_ns: int
    receive: Callable[[list[tuple[int, int]]], None] | None = None
    """In the engine's place, takes what has come on these sockets (file descriptor and event): for endless answers."""

    def is_right_otherwise(self, connection: Connection) -> bool:
        """Whether the response, which is not right with status 200, is right with another one."""
        return self.exchange.is_right_otherwise(connection.key, connection.status(), connection.body)

    def wrong(self, connection: Connection, now_ns: int, response: bytes) -> None:
        """Count a response that is complete, but not the right one."""
        failure = Failure.WRONG_BODY if connection.status() == self.exchange.status else Failure.STATUS
        self.tally.failed(failure, now_ns, connection.intended_ns, excerpt(response))
