"""Several workers that drive one window together, behind Locust's own master.

Locust's protocol connects them, counts their heartbeats and spreads the users over them; what a window needs beyond
that goes through its custom messages. A worker opens its connections and says so; once all have, all are told to
begin; each counts by its own clock, and keeps the load on until every other has counted to its end. So no clocks have
to agree, and the server is under the whole load as long as anybody counts. How far apart the stretches began is known
by the clock of the host that all are on, or else to the master by when it hears of it, and a window in which that is
more than the lead-in is lost.
"""

import itertools
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any, Final

import gevent
from gevent.event import Event
from locust.env import Environment
from locust.runners import STATE_MISSING, MasterRunner, WorkerNode

from harness.companion import module_command
from harness.load.driver_protocol import Order, Said
from harness.load.merge import merge_reports, shares
from harness.load.user import DriverUser
from harness.model.crowds.chat import ChatReport, ChatSpec
from harness.model.crowds.feed import FeedReport, FeedSpec
from harness.model.errors import OutOfStep, RuntimeFault
from harness.model.window import Phase, WindowReport, WindowSpec

ORDER: Final = "bench-order"
GO: Final = "bench-go"
RELEASE: Final = "bench-release"
ABANDON: Final = "bench-abandon"
SAID: Final = "bench-said"
"""Names of the messages: all but the last go to the workers."""

JOIN_S: Final = 60.0
"""How long workers may take to join, before the first window."""
REJOIN_S: Final = 10.0
"""The same for one in the place of another that was lost, before the next window."""

_POLL_S: Final = 0.001
_MARGIN_S: Final = 10.0
_NS_PER_S: Final = 1_000_000_000


class Team:
    """The workers of one driver."""

    def __init__(self, size: int, listen: str | None = None, *, cpus: tuple[int, ...] | None = None) -> None:
        """Have at least `size` workers in each window: awaited at the address `listen` (HOST:PORT), or started here.

        Those that are started here take the given CPUs in turn; one that has ended is started again.
        """
        self._size = size
        self._listen = listen
        host, _, port = (listen or "127.0.0.1:0").rpartition(":")
        self._runner: MasterRunner = Environment(user_classes=[DriverUser]).create_master_runner(host, int(port))
        self._runner.register_message(SAID, self._hear)
        self._numbers = itertools.count(1)
        self._window = 0
        self._said: dict[str, list[tuple[int, Said]]] = {}
        self._news = Event()
        self._users = 0
        self._present_before: tuple[str, ...] = ()
        self._staff: list[subprocess.Popen[bytes]] | None = None
        # Of two that share a CPU, one that goes before everything else would keep the other from it.
        self.go_along: Final = listen is None and (cpus is None or len(cpus) < size)
        """Whether the workers run as any other process, whatever the master may do."""
        if listen is None:
            self._commands = [self._command(number, cpus) for number in range(size)]
            self._staff = [_started(command) for command in self._commands]

    def window(self, spec: WindowSpec, announce: Callable[[Phase], None]) -> WindowReport:
        """Drive one window with all workers.

        Raises:
            OutOfStep: they did not begin together.
            RuntimeFault: too few workers have joined, or one was lost.
        """
        members = self._muster(spec.connections)
        self._window = next(self._numbers)
        try:
            return self._drive(spec, members, announce)
        except RuntimeFault:
            self._tell_all(ABANDON, members)  # Nobody is to wait for the one that is missing.
            raise

    def feed(self, spec: FeedSpec, announce: Callable[[Phase], None]) -> FeedReport:  # noqa: ARG002
        """Not for a team: lags are histograms by each worker's clock, but no count of held subscribers needs two."""
        raise _not_shared(f"{spec.subscribers:,} subscribers of a feed", "feed")

    def chat(self, spec: ChatSpec, announce: Callable[[Phase], None]) -> ChatReport:  # noqa: ARG002
        """Not for a team: whether all of a room have the same, in one order, is seen where all of them are."""
        raise _not_shared(f"{spec.members:,} members of a chat", "chat")

    def _drive(self, spec: WindowSpec, members: tuple[str, ...], announce: Callable[[Phase], None]) -> WindowReport:
        self._said = {member: [] for member in members}
        for member, share in zip(members, shares(spec, self._connections(members)), strict=True):
            self._tell(ORDER, member, Order(window=self._window, spec=share).model_dump(mode="json"))
        patience_s = spec.timeout_s + _MARGIN_S
        self._await(members, lambda said: said.settled, patience_s)
        self._tell_all(GO, members)
        begun = self._await(members, _has("opened"), spec.lead_in_s + patience_s)
        skew_ns = max(begun) - min(begun)
        late_ns = max(said.phase.late_ns for all_said in self._said.values() for _, said in all_said if said.phase)
        announce(Phase(event="opened", at_ns=max(begun), late_ns=late_ns))
        over = self._await(members, _has("closed"), spec.duration_s + patience_s, announce_first=announce)
        self._tell_all(RELEASE, members)
        self._await(members, lambda said: said.report is not None, 2 * spec.timeout_s + _MARGIN_S)
        if skew_ns > spec.lead_in_s * _NS_PER_S:
            raise OutOfStep(
                "the workers did not begin together: they began "
                f"{skew_ns / 1e6:.1f} ms apart, more than the lead-in of {spec.lead_in_s * 1e3:g} ms",
                hint="look for a worker whose host is busy or far away",
            )
        if min(over) < max(begun):
            raise OutOfStep(
                "it can't be told whether the workers began together: "
                "that one had ended was heard before that another had begun",
                hint="look for what keeps the master, or a worker, from its CPU for as long as a window",
            )
        reports = [(self._name(member), self._report(member)) for member in members]
        return merge_reports(reports, skew_ns)

    def assemble(self, patience_s: float) -> tuple[str, ...]:
        """Wait until enough workers are there; returns their ids.

        Raises:
            RuntimeFault: they are not within this time.
        """
        deadline_s = time.monotonic() + patience_s
        while len(present := self._present()) < self._size:
            if time.monotonic() > deadline_s:
                raise RuntimeFault(
                    f"{len(present)} of {self._size} workers were there after {patience_s:g} s",
                    hint=self._remedy("start the others"),
                )
            gevent.sleep(_POLL_S)
        return tuple(present)

    def _muster(self, connections: int) -> tuple[str, ...]:
        """Have as many users as connections, spread over the workers that are there; returns the workers' ids.

        A worker that joins late takes part from the next window on.
        """
        for number, process in enumerate(self._staff or ()):
            if self._staff is not None and process.poll() is not None:
                self._staff[number] = _started(self._commands[number])
        deadline_s = time.monotonic() + REJOIN_S
        while True:
            present = self.assemble(REJOIN_S)
            if present != self._present_before or connections != self._users:
                self._runner.start(user_count=connections, spawn_rate=max(connections, self._users, 1))
                self._present_before, self._users = present, connections
            if self._spread(present, connections):
                break
            if time.monotonic() > deadline_s:
                self._present_before = ()
                raise RuntimeFault("the workers did not take up their users", hint="see their logs")
            gevent.sleep(_POLL_S)
        # Without a dispatcher, Locust does not move users to a worker that joins or comes back in mid-window.
        self._runner._users_dispatcher = None  # noqa: SLF001 - it has no other switch
        return tuple(member for member, users in zip(present, self._connections(present), strict=True) if users)

    def _spread(self, present: tuple[str, ...], connections: int) -> bool:
        """Whether the workers have taken up their users, each of them some as far as there are enough."""
        users = self._connections(present)
        return sum(users) == connections and (min(users) > 0 or connections < len(present))

    def _command(self, number: int, cpus: tuple[int, ...] | None) -> tuple[str, ...]:
        pinned = () if cpus is None else ("--cpus", str(cpus[number % len(cpus)]))
        first = () if self.go_along else ("--first",)
        master = f"127.0.0.1:{self._runner.server.port}"
        return module_command("harness.load.worker", "--master", master, "--with-parent", *pinned, *first)

    def _present(self) -> list[str]:
        """Ids of the workers that are there, in the order in which they joined."""
        nodes: Iterable[WorkerNode] = self._runner.clients.all
        return [node.id for node in nodes if node.state != STATE_MISSING]

    def _connections(self, members: Iterable[str]) -> list[int]:
        """How many users each has; none where it has just left."""
        nodes = [self._runner.clients.get(member) for member in members]
        return [node.user_count if node else 0 for node in nodes]

    def _name(self, member: str) -> str:
        host = member.rpartition("_")[0]
        return f"{host}/{self._runner.get_worker_index(member)}"  # type: ignore[no-untyped-call]

    def _tell(self, kind: str, member: str, data: dict[str, Any] | None = None) -> None:
        if member in self._runner.clients:
            self._runner.send_message(kind, data or {"window": self._window}, member)

    def _tell_all(self, kind: str, members: Iterable[str]) -> None:
        for member in members:
            self._tell(kind, member)

    def _hear(self, environment: Environment, msg: Any, **_: object) -> None:  # noqa: ANN401, ARG002 - Locust's form
        said = Said.model_validate(msg.data)
        if said.window == self._window and msg.node_id in self._said:
            # Workers of this host have its clock. Of others, only when they are heard is known.
            at_ns = said.phase.at_ns if self._staff is not None and said.phase else time.monotonic_ns()
            self._said[msg.node_id].append((at_ns, said))
            self._news.set()

    def _await(
        self,
        members: Iterable[str],
        wanted: Callable[[Said], bool],
        patience_s: float,
        announce_first: Callable[[Phase], None] | None = None,
    ) -> list[int]:
        """When each worker said what is wanted; raises RuntimeFault where one is lost or says nothing by then."""
        deadline_s = time.monotonic() + patience_s
        while True:
            self._news.clear()
            heard: list[int] = []
            for member in members:
                at_ns = next((at for at, said in self._said[member] if wanted(said)), None)
                fault = next((said.fault for _, said in self._said[member] if said.fault), None)
                if fault:
                    raise RuntimeFault(f"worker {self._name(member)}: {fault}", hint="see its log")
                if at_ns is not None:
                    heard.append(at_ns)
                elif member not in self._present():
                    raise self._lost(member)
            if heard and announce_first is not None:
                announce_first(Phase(event="closed", at_ns=min(heard)))
                announce_first = None
            if len(heard) == len(self._said):
                return heard
            if time.monotonic() > deadline_s:
                silent = next(m for m in members if not any(wanted(said) for _, said in self._said[m]))
                raise self._lost(silent)
            self._news.wait(_MARGIN_S / 100)

    def _lost(self, member: str) -> RuntimeFault:
        self._present_before = ()
        return RuntimeFault(
            f"worker {self._name(member)} was lost in mid-window",
            hint=self._remedy("start another in its place"),
        )

    def _remedy(self, what: str) -> str:
        """What whoever starts the workers does; those that are started here are started again by themselves."""
        if self._listen is None:
            return "see what the host has no room for; one that has ended is started again before the next window"
        worker = shlex.join(("uv", "run", "python", "-m", "harness.load.worker", "--master", self._listen))
        return f"{what}, in a checkout of the same revision: {worker}"

    def _report(self, member: str) -> WindowReport:
        return next(said.report for _, said in self._said[member] if said.report is not None)


def _not_shared(crowd: str, workload: str) -> RuntimeFault:
    return RuntimeFault(
        f"several workers don't share the {crowd}: one process holds them",
        hint=f"measure the workload '{workload}' without --workers",
    )


def _started(command: tuple[str, ...]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=sys.stderr)


def _has(event: str) -> Callable[[Said], bool]:
    return lambda said: said.phase is not None and said.phase.event == event
