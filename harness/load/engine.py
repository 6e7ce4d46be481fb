"""The engine: one greenlet and one epoll for all connections of a process.

Locust gives each user a greenlet and a client that waits in gevent's hub for each packet; switching there costs
several times what the request itself does. Here the hub is entered once per *batch* of ready sockets: it waits for
the engine's own epoll, whose file descriptor becomes readable as soon as any socket in it does.
"""

import errno
import os
import socket
from collections.abc import Callable
from http import HTTPStatus
from time import monotonic_ns
from typing import Any, Final

import gevent
from gevent.monkey import get_original
from httptools import HttpParserError, HttpParserUpgrade

from harness.load.addresses import address_of
from harness.load.agenda import Agenda
from harness.load.assignment import Assignment
from harness.load.connection import Connection, Phase
from harness.load.raw_response import excerpt, is_unframed, unreadable
from harness.model.window import Failure

_epoll = get_original("select", "epoll")
_Socket = get_original("socket", "socket")

_READABLE: Final = 0x001
_WRITABLE: Final = 0x004
_BATCH: Final = 256
_RECEIVE_BYTES: Final = 16_384
_TURN_NS: Final = 10_000_000
"""How long the engine may stay away from the hub: Locust's heartbeats and web UI run there."""
_RETRY_NS: Final = 50_000_000
"""Pause before a connection that could not be opened is tried again."""
_SWEEPS_PER_TIMEOUT: Final = 20
_SWEEP_AT_MOST_NS: Final = 100_000_000
_OPEN: Final = Phase.OPEN
_NO_KEY: Final = object()


class Engine:
    """Drives all connections of this process. Not reentrant: one `run` at a time."""

    def __init__(self) -> None:
        self.connections: list[Connection] = []
        self.agenda = Agenda()
        self.requests_total = 0
        self.responses_total = 0
        self.by_fd: dict[int, Connection] = {}
        """The connections that have a socket."""
        self._epoll = _epoll()
        self._epoll.register(self.agenda.fd, _READABLE)
        self._watcher = gevent.get_hub().loop.io(self._epoll.fileno(), _READABLE)
        self._assignment: Assignment | None = None
        self._family = socket.AF_INET
        self._address: tuple[Any, ...] = ()
        self._next_request: Callable[[], tuple[bytes, object]]
        self._sweep_every_ns = _SWEEP_AT_MOST_NS
        self._known_response = b""
        self._known_key: object = _NO_KEY

    def begin(self, assignment: Assignment) -> None:
        """Turn to a server, and open all connections to it where it keeps them open.

        Raises:
            OSError: the host's name can't be resolved.
        """
        self._family, self._address = address_of(assignment.host, assignment.port)
        self._assignment = assignment
        self._next_request = assignment.exchange.next_request
        self._known_response, self._known_key = b"", _NO_KEY
        self.requests_total = self.responses_total = 0
        self._sweep_every_ns = min(assignment.timeout_ns // _SWEEPS_PER_TIMEOUT, _SWEEP_AT_MOST_NS)
        self.agenda.at(monotonic_ns() + self._sweep_every_ns, self._sweep)
        if assignment.keep_alive:
            for connection in self.connections:
                self._open(connection)

    def give_up(self) -> None:
        """Count what is still under way as failed for want of time."""
        assignment = self._current()
        now_ns = monotonic_ns()
        assignment.pacing.expire(now_ns)
        for connection in self.connections:
            if connection.sent_ns:
                connection.sent_ns = 0
                assignment.tally.failed(Failure.TIMEOUT, now_ns, connection.intended_ns, "no answer until the end")

    def end(self, *, reset: bool = False) -> None:
        """Close all connections, whatever they carry. A reset tells the server that nobody waits for an answer."""
        for connection in self.connections:
            connection.sent_ns = 0
            self.close(connection, reset=reset)
        self.agenda.clear()
        self._current().tally.fold()
        self._assignment = None

    def add(self, connection: Connection) -> None:
        """Take up a connection, at once if there is an assignment."""
        self.connections.append(connection)
        if self._assignment is not None:
            self._assignment.pacing.on_free(connection)

    def remove(self, connection: Connection) -> None:
        """Give up a connection and what it carries."""
        self.connections.remove(connection)
        connection.sent_ns = 0
        self.close(connection)
        if self._assignment is not None:
            self._assignment.pacing.forget(connection)

    def busy(self) -> bool:
        """Whether any request is in flight."""
        return any(connection.sent_ns for connection in self.connections)

    def settled(self) -> bool:
        """Whether no connection is still being opened."""
        return not any(connection.phase is Phase.CONNECTING for connection in self.connections)

    def run(self, until_ns: int, until: Callable[[], bool] | None = None) -> None:
        """Send and receive until that instant, or until `until` holds after a batch."""
        self.agenda.at(until_ns, _wake_up)
        wait, watcher, poll = gevent.get_hub().wait, self._watcher, self._epoll.poll
        assignment = self._current()
        agenda, receive, fold_if_full = self.agenda, assignment.receive or self._receive, assignment.tally.fold_if_full
        turn_ends_ns = monotonic_ns() + _TURN_NS
        while True:
            now_ns = monotonic_ns()
            if now_ns >= agenda.next_ns:
                agenda.run_due(now_ns)
            if now_ns >= until_ns or (until is not None and until()):
                return
            events = poll(0, _BATCH)
            if events:
                receive(events)
                fold_if_full()
                if now_ns < turn_ends_ns or (until is not None and until()):
                    continue
            wait(watcher)
            turn_ends_ns = monotonic_ns() + _TURN_NS

    def request(self, connection: Connection, intended_ns: int = 0) -> None:
        """Send the next request; `intended_ns` is when it was due, 0 for now."""
        request, connection.key = self._next_request()
        now_ns = monotonic_ns()
        connection.sent_ns = now_ns
        connection.intended_ns = intended_ns or now_ns
        if connection.phase is not _OPEN:
            connection.unsent = request
            if connection.phase is Phase.CLOSED:
                self._open(connection)
            return
        self.requests_total += 1
        try:
            # A request is far smaller than the empty send buffer of an idle connection: it is taken whole.
            connection.send(request)
        except OSError as error:
            self._ended(connection, error.strerror or "")

    def give_up_unsent(self, intended_ns: int) -> None:
        """Count a request that waited for a connection until its time was over."""
        self._current().tally.failed(Failure.TIMEOUT, monotonic_ns(), intended_ns, "no connection became free")

    def _receive(self, events: list[tuple[int, int]]) -> None:
        """Take what has come on these sockets. This is the innermost loop: the names it uses are local."""
        assignment, by_fd, clock, opened = self._current(), self.by_fd, monotonic_ns, _OPEN
        count, on_free = assignment.tally.samples.extend, assignment.pacing.on_free
        for fd, _ in events:
            connection = by_fd.get(fd)
            if connection is None:  # the timer
                continue
            if connection.phase is not opened:
                self.opened(connection)
                continue
            try:
                data = connection.recv(_RECEIVE_BYTES)
            except BlockingIOError:
                continue
            except OSError as error:
                self._ended(connection, error.strerror or "")
                continue
            done_ns = clock()
            if (
                data == self._known_response
                and connection.key == self._known_key
                and connection.sent_ns
                and not connection.received
            ):
                # The same bytes to the same request as before, when they were parsed and found right.
                self.responses_total += 1
                count((connection.intended_ns, connection.sent_ns, done_ns))
                connection.sent_ns = 0
                on_free(connection)
            elif data:
                self._parse(connection, data, done_ns)
            else:
                self._ended(connection, "the server closed the connection")

    def _parse(self, connection: Connection, data: bytes, done_ns: int) -> None:
        """Parse what has come, and judge the response if that completes it."""
        try:
            connection.feed(data)
        except (HttpParserError, HttpParserUpgrade) as error:
            self._fail(connection, *unreadable(connection.received + data, error))
            return
        if not connection.sent_ns or connection.messages > 1:
            if not (connection.sent_ns and self._read_over_interim(connection, data, done_ns)):
                self._fail(connection, Failure.MALFORMED, f"bytes that were not asked for: {excerpt(data)}")
            return
        if not connection.complete:
            connection.received += data
            return
        assignment = self._current()
        if (
            connection.status() == HTTPStatus.OK and assignment.exchange.is_right(connection.key, connection.body)
        ) or assignment.is_right_otherwise(connection):
            assignment.tally.samples.extend((connection.intended_ns, connection.sent_ns, done_ns))
            if assignment.keep_alive and connection.keep_alive and not connection.received:
                self._known_response, self._known_key = data, connection.key
        elif self._read_over_interim(connection, data, done_ns):
            return
        else:
            assignment.wrong(connection, done_ns, connection.received + data)
        self.responses_total += 1
        connection.sent_ns = 0
        if assignment.keep_alive and connection.keep_alive:
            connection.expect()
        else:
            self._leave(connection)
        assignment.pacing.on_free(connection)

    def _read_over_interim(self, connection: Connection, data: bytes, done_ns: int) -> bool:
        """Whether interim responses came first: they are counted, and what follows them is parsed."""
        count, rest = connection.read_over_interim(connection.received + data)
        if count:
            self._current().tally.interim(count, done_ns)
            if rest:
                self._parse(connection, rest, done_ns)
        return count > 0

    def _open(self, connection: Connection) -> None:
        now_ns = monotonic_ns()
        try:
            opening = _Socket(self._family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        except OSError as error:
            self._fail(connection, Failure.CONNECT, error.strerror or "")
            return
        opening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.attach(opening, now_ns)
        code = opening.connect_ex(self._address)
        if code not in {0, errno.EINPROGRESS}:
            self._fail(connection, Failure.CONNECT, os.strerror(code))
            return
        self.by_fd[connection.fd] = connection
        self._epoll.register(connection.fd, _WRITABLE)

    def opened(self, connection: Connection) -> None:
        """The socket is connected, or could not be."""
        opened = connection.socket
        code = opened.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) if opened else errno.EBADF
        if code:
            self._fail(connection, Failure.CONNECT, os.strerror(code))
            return
        connection.phase = Phase.OPEN
        self._epoll.modify(connection.fd, _READABLE)
        if connection.unsent:
            request, connection.unsent = connection.unsent, b""
            self.requests_total += 1
            try:
                connection.send(request)
            except OSError as error:
                self._ended(connection, error.strerror or "")

    def _ended(self, connection: Connection, reason: str) -> None:
        """The server has closed the connection: the end of a response without a length, or a fault."""
        assignment = self._current()
        now_ns = monotonic_ns()
        if assignment.keep_alive:
            assignment.tally.reconnected(now_ns)
        if not connection.sent_ns:
            self.close(connection)
        elif is_unframed(connection.received):
            self.responses_total += 1
            if (
                connection.status() == HTTPStatus.OK and assignment.exchange.is_right(connection.key, connection.body)
            ) or assignment.is_right_otherwise(connection):
                assignment.tally.samples.extend((connection.intended_ns, connection.sent_ns, now_ns))
            else:
                assignment.wrong(connection, now_ns, connection.received)
            connection.sent_ns = 0
            self.close(connection)
            self._free(connection)
        else:
            self._fail(connection, Failure.CLOSED_EARLY, f"{reason} {excerpt(connection.received)}")

    def _fail(self, connection: Connection, failure: Failure, reason: str) -> None:
        """The connection is of no use any more; what it carried has failed."""
        now_ns = monotonic_ns()
        busy = connection.sent_ns
        self._current().tally.failed(failure, now_ns, connection.intended_ns if busy else 0, reason)
        connection.sent_ns = 0
        self.close(connection)
        if busy and failure is Failure.CONNECT:
            self.agenda.at(now_ns + _RETRY_NS, lambda: self._free(connection))
        elif busy:
            self._free(connection)

    def _free(self, connection: Connection) -> None:
        if connection in self.connections:
            self._current().pacing.on_free(connection)

    def _leave(self, connection: Connection) -> None:
        """Close after a complete response, because the server does so too."""
        assignment = self._current()
        if assignment.keep_alive:
            assignment.tally.reconnected(monotonic_ns())
        # With a reset neither side keeps the port occupied for a minute: there are only some 28,000.
        self.close(connection, reset=True)

    def close(self, connection: Connection, *, reset: bool = False) -> None:
        """Close a connection's socket, if any."""
        self.by_fd.pop(connection.fd, None)
        connection.close(reset=reset)  # which also takes it out of the epoll

    def _sweep(self) -> None:
        """End what has taken too long."""
        assignment = self._current()
        now_ns = monotonic_ns()
        late_ns = now_ns - assignment.timeout_ns
        for connection in self.connections:
            if connection.phase is Phase.CONNECTING:
                if connection.opened_ns < late_ns:
                    self._fail(connection, Failure.CONNECT, "timed out")
            elif connection.sent_ns and connection.intended_ns < late_ns:
                came = f": {excerpt(connection.received)}" if connection.received else ""
                self._fail(connection, Failure.TIMEOUT, f"no complete answer in time{came}")
        assignment.pacing.expire(late_ns)
        self.agenda.at(now_ns + self._sweep_every_ns, self._sweep)

    def _current(self) -> Assignment:
        if self._assignment is None:
            raise RuntimeError("the engine has no assignment")
        return self._assignment


def _wake_up() -> None:
    """Nothing: that the timer has ended the wait is enough."""
