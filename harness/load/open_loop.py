"""The open loop: requests arrive as a Poisson process, whether or not earlier ones were answered."""

from collections import deque
from collections.abc import Iterator
from time import monotonic_ns
from typing import TYPE_CHECKING

from harness.load.arrivals import poisson_arrivals
from harness.load.connection import Connection
from harness.load.tally import Tally

if TYPE_CHECKING:
    from harness.load.engine import Engine


class OpenLoop:
    """Gives each arrival to a free connection; arrivals that find none wait in line, their clock running."""

    def __init__(self, engine: "Engine", tally: Tally, rate_rps: float, seed: int) -> None:
        self._engine = engine
        self._offered = tally.offered
        self._rate_rps = rate_rps
        self._seed = seed
        self._arrivals: Iterator[int] = iter(())
        self._next_ns = 0
        self._waiting: deque[int] = deque()
        # First in, first out: every connection is used alike, and none idles into the server's keep-alive timeout.
        self._free: deque[Connection] = deque()
        self._running = False

    def start(self, now_ns: int) -> None:
        """Let requests arrive from now on."""
        self._running = True
        self._free.extend(connection for connection in self._engine.connections if not connection.sent_ns)
        self._arrivals = poisson_arrivals(self._rate_rps, now_ns, self._seed)
        self._next_ns = next(self._arrivals)
        self._engine.agenda.at(self._next_ns, self._arrive)

    def on_free(self, connection: Connection) -> None:
        """A connection's request has ended: it takes the arrival that has waited longest."""
        if self._waiting:
            self._engine.request(connection, self._waiting.popleft())
        else:
            self._free.append(connection)

    def forget(self, connection: Connection) -> None:
        """A connection is taken away."""
        if connection in self._free:
            self._free.remove(connection)

    def stop(self, at_ns: int) -> None:
        """Let nothing arrive from `at_ns` on; what waits in line is still sent."""
        self._admit(at_ns - 1)
        self._running = False

    def expire(self, due_before_ns: int) -> None:
        """Give up the arrivals that have waited in line since before this instant."""
        while self._waiting and self._waiting[0] < due_before_ns:
            self._engine.give_up_unsent(self._waiting.popleft())

    def drained(self) -> bool:
        """Whether every arrival has ended."""
        return not self._waiting and not self._engine.busy()

    def _arrive(self) -> None:
        if self._running:
            self._admit(monotonic_ns())
            self._engine.agenda.at(self._next_ns, self._arrive)

    def _admit(self, until_ns: int) -> None:
        while self._next_ns <= until_ns:
            self._offered(self._next_ns)
            if self._free:
                self._engine.request(self._free.popleft(), self._next_ns)
            else:
                self._waiting.append(self._next_ns)
            self._next_ns = next(self._arrivals)
