"""One window of a crowd: let them in, hold them while what comes to them is counted, leave.

Each of them is one connection of the engine. What they are sent has no end, so the bytes are taken here and not by the
engine. What is kept of each thing that comes is its number and when it came; everything else is worked out when the
window is over.
"""

import time
from abc import abstractmethod
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, override

from harness.contract.exchange import Exchange
from harness.load.assignment import Assignment
from harness.load.connection import Connection, Phase
from harness.load.crowds.accounts import Accounts, Integers
from harness.load.engine import Engine
from harness.load.generator_process import come_to, consumed
from harness.load.raw_response import excerpt
from harness.load.tally import FIRST_FAILURE_CHARACTERS, Tally
from harness.model.crowds.crowd import CrowdSpec
from harness.model.window import Failure
from harness.model.window import Phase as WindowPhase

_NS_PER_S: Final = 1_000_000_000
_RECEIVE_BYTES: Final = 65_536
_STALL_CHECK_NS: Final = 50_000_000


@dataclass(frozen=True)
class Course:
    """When what happened, by `time.monotonic_ns()`, and what that took of the generator."""

    began_ns: int
    opened_ns: int
    """Whoever was to be let in was in, or nobody came in any more."""
    opens_ns: int
    closes_ns: int
    generator_cpu_ns: int
    generator_run_delay_ns: int


def hold(
    engine: Engine,
    spec: CrowdSpec,
    crowd: "Crowd[Any]",
    exchange: Exchange[Any],
    announce: Callable[[WindowPhase], None],
) -> Course:
    """Hold a crowd, one on each of the engine's connections, for one window.

    Raises:
        OSError: the host's name can't be resolved.
    """
    timeout_ns = int((spec.opening_s + spec.lead_in_s + spec.duration_s + spec.limit_s) * _NS_PER_S)
    engine.begin(
        Assignment(spec.host, spec.port, exchange, crowd, crowd, keep_alive=False, timeout_ns=timeout_ns,
                   receive=crowd.receive)
    )  # fmt: skip
    began_ns = time.monotonic_ns()
    crowd.start(began_ns)
    engine.run(began_ns + int(spec.opening_s * _NS_PER_S), until=crowd.is_in)
    crowd.close_doors()
    opened_ns = time.monotonic_ns()
    opens_ns = opened_ns + int(spec.lead_in_s * _NS_PER_S)
    closes_ns = opens_ns + int(spec.duration_s * _NS_PER_S)
    crowd.all_in(opened_ns)
    engine.run(opens_ns)
    announce(come_to("opened", opens_ns))
    cpu_ns, delay_ns = consumed()
    engine.run(closes_ns)
    cpu_after_ns, delay_after_ns = consumed()
    announce(come_to("closed", closes_ns))
    engine.run(closes_ns + int(spec.limit_s * _NS_PER_S))
    engine.end(reset=True)
    return Course(
        began_ns=began_ns,
        opened_ns=opened_ns,
        opens_ns=opens_ns,
        closes_ns=closes_ns,
        generator_cpu_ns=cpu_after_ns - cpu_ns,
        generator_run_delay_ns=delay_after_ns - delay_ns,
    )


class Visitor:
    """What has become of one of them."""

    __slots__ = ("ended_ns", "first_ns", "place")

    def __init__(self, place: int) -> None:
        self.place = place
        self.first_ns = 0
        """When the first of what it came for came to it; 0: nothing has."""
        self.ended_ns = 0
        """When its connection ended other than by our leaving; 0: it has not."""


class Crowd[V: Visitor](Tally):
    """All of a window: who is let in next, who has got what.

    It is the engine's pacing and tally in one, for here the two can't be told apart: what comes lets in the next.
    """

    def __init__(self, engine: Engine, spec: CrowdSpec, visitor: Callable[[int], V]) -> None:
        super().__init__()
        self._engine = engine
        self._visitors = {connection: visitor(place) for place, connection in enumerate(engine.connections)}
        self._came: list[int] = []
        """Place of the visitor, number of what came to it, and when it came, flat."""
        self._spec = spec
        self._outside = deque(engine.connections)
        self._pending = 0
        self._doors_open = True
        self._last_news_ns = 0
        self._interim = 0
        self._failures: Counter[Failure] = Counter()
        self._first_failure: str | None = None

    @property
    def visitors(self) -> list[V]:
        """All of them, by place."""
        return list(self._visitors.values())

    @abstractmethod
    def _take(self, connection: Connection, data: bytes, now_ns: int) -> None:
        """Take what has come on this connection."""

    def start(self, now_ns: int) -> None:
        """Let the first ones in."""
        self._last_news_ns = now_ns
        self._let_in()
        self._engine.agenda.at(now_ns + _STALL_CHECK_NS, self._look_for_stall)

    def is_in(self) -> bool:
        """Whether nobody is waiting any more, or nobody comes in any more."""
        return not self._doors_open or not (self._outside or self._pending)

    def close_doors(self) -> None:
        """Let nobody in any more."""
        self._doors_open = False

    def all_in(self, now_ns: int) -> None:
        """The lead-in begins: whoever comes to be in is."""

    def receive(self, events: list[tuple[int, int]]) -> None:
        """Take what has come on these sockets."""
        by_fd, clock, opened, take = self._engine.by_fd, time.monotonic_ns, Phase.OPEN, self._take
        for fd, _ in events:
            connection = by_fd.get(fd)
            if connection is None:  # the timer
                continue
            if connection.phase is not opened:
                self._engine.opened(connection)
                continue
            try:
                data = connection.recv(_RECEIVE_BYTES)
            except BlockingIOError:
                continue
            except OSError as error:
                self._ended(connection, error.strerror or "")
                continue
            if data:
                take(connection, data, clock())
            else:
                self._ended(connection, "the server closed the connection")

    def _admit(self, visitor: V, now_ns: int) -> None:
        """The first of what it came for has come to it."""
        visitor.first_ns = self._last_news_ns = now_ns
        self._pending -= 1
        self._let_in()

    def _let_in(self) -> None:
        while self._doors_open and self._outside and self._pending < self._spec.pending:
            self._pending += 1
            self._engine.request(self._outside.popleft())

    def _look_for_stall(self) -> None:
        now_ns = time.monotonic_ns()
        if now_ns - self._last_news_ns > self._spec.stall_s * _NS_PER_S:
            self.close_doors()
        if self._doors_open:
            self._engine.agenda.at(now_ns + _STALL_CHECK_NS, self._look_for_stall)

    def _ended(self, connection: Connection, reason: str) -> None:
        """The server has closed this connection."""
        visitor = self._visitors[connection]
        if visitor.first_ns:
            self._dropped(connection, Failure.CLOSED_EARLY, reason)
        else:
            self._turned_away(connection, Failure.CLOSED_EARLY, f"{reason} {excerpt(connection.body)}")

    def _dropped(self, connection: Connection, failure: Failure, reason: str) -> None:
        """One who was in is so no more."""
        self._visitors[connection].ended_ns = time.monotonic_ns()
        self._note(failure, reason)
        self._shut(connection)

    def _turned_away(self, connection: Connection, failure: Failure, reason: str) -> None:
        visitor = self._visitors[connection]
        self._dropped(connection, failure, reason)
        if not visitor.first_ns:
            self._pending -= 1
            self._let_in()

    def _shut(self, connection: Connection) -> None:
        connection.sent_ns = 0
        self._engine.close(connection, reset=True)

    def _note(self, failure: Failure, reason: str) -> None:
        self._failures[failure] += 1
        self._first_failure = self._first_failure or f"{failure.value}: {reason}"[:FIRST_FAILURE_CHARACTERS]

    # What the engine asks of a pacing.

    def on_free(self, connection: Connection) -> None:
        """A connection could not be opened. It is not tried again: it has been refused."""
        visitor = self._visitors[connection]
        if not visitor.ended_ns:
            visitor.ended_ns = time.monotonic_ns()
            self._pending -= 1
            self._let_in()

    def forget(self, connection: Connection) -> None:
        """A connection is taken away."""

    def expire(self, due_before_ns: int) -> None:
        """Nobody is given up before the end."""

    def stop(self, at_ns: int) -> None:
        """No request is sent anyway."""

    def drained(self) -> bool:
        """There is no end to wait for."""
        return True

    # What the engine asks of a tally.

    @override
    def failed(self, failure: Failure, now_ns: int, intended_ns: int, excerpt: str) -> None:
        self._note(failure, excerpt)

    @override
    def reconnected(self, now_ns: int) -> None:
        """Nobody comes back."""

    @override
    def interim(self, count: int, now_ns: int) -> None:
        self._interim += count

    @override
    def offered(self, intended_ns: int) -> None:
        """No request is due at any time."""

    @override
    def _count(self, intended: Integers, sent: Integers, done: Integers) -> None:
        """No request has an answer that ends."""

    def _counts(self, course: Course, accounts: Accounts) -> dict[str, Any]:
        """The fields of any crowd's report: where everyone, and all that was due to them, stands."""
        everybody = self.visitors
        fates: Counter[str] = Counter()
        served = 0
        for visitor in everybody:
            fate = _fate(visitor, course)
            fates[fate] += 1
            served += fate == "held" and accounts.due[visitor.place] == accounts.delivered[visitor.place]
        untried = len(self._outside)
        return {
            "duration_ns": course.closes_ns - course.opens_ns,
            "opening_ns": course.opened_ns - course.began_ns,
            "asked": len(everybody),
            "held": fates["held"],
            "served": served,
            "dropped": fates["dropped"],
            "late_comers": fates["late comer"],
            "unanswered": fates["unanswered"] - untried,
            "refused": fates["refused"],
            "untried": untried,
            "failures": dict(self._failures),
            "first_failure": self._first_failure,
            "due": int(accounts.due.sum()),
            "delivered": int(accounts.delivered.sum()),
            "late": int(accounts.late.sum()),
            "missing": int((accounts.due - accounts.delivered - accounts.late).sum()),
            "events_total": len(self._came) // 3,
            "interim_responses": self._interim,
            "lag": accounts.lag.encode(),
            "generator_cpu_ns": course.generator_cpu_ns,
            "generator_run_delay_ns": course.generator_run_delay_ns,
        }


def _fate(visitor: Visitor, course: Course) -> str:
    if not visitor.first_ns:
        return "refused" if visitor.ended_ns else "unanswered"
    if visitor.ended_ns and visitor.ended_ns < course.closes_ns:
        return "dropped"
    return "held" if visitor.first_ns < course.opens_ns else "late comer"
