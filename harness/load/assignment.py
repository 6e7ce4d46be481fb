"""What the engine's connections are used for: a server, an endpoint, a pace and a tally."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from harness.contract.exchange import Exchange
from harness.load.connection import Connection
from harness.load.tally import Tally


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
