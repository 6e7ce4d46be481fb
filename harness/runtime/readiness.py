"""A started server, from its start to its first right answer, wherever it runs."""

import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Sequence
from typing import Final

from harness.host import ports
from harness.host.loaded_accelerators import loaded_accelerators
from harness.host.ports import Listening
from harness.host.unforeseen import fault_of
from harness.metering.bystanders import bystanders
from harness.metering.process_tree import start_ticks, thread_count
from harness.model.app import App
from harness.model.cell import Subject
from harness.model.conformance import ProcessAtWork
from harness.model.errors import HostFault, RuntimeFault
from harness.runtime.missing_module import raised_last, remedy_for_missing_module
from harness.runtime.readiness_probe import Answer, readiness_probe
from harness.runtime.refused_port import fixed_port, refused_ports

START_TIMEOUT_S: Final = 30.0
"""How long a server may take to its first right answer."""

_LOOK_NS: Final = 100_000_000
"""Between two looks at where a server listens that refuses connections where it is asked."""
_ELSEWHERE_NS: Final = 2_000_000_000
"""A server that listens elsewhere may still go on to listen here, but not so long after."""

_LONGEST: Final = 6
"""Times the time that a server may take, where it works all that time: a busy host gives it little of its CPUs."""
_IDLE_NS: Final = 5_000_000_000
"""Who has done nothing for so long waits for something that does not come."""
_AT_WORK: Final = 0.01
"""Of one CPU: whoever uses less than that does nothing."""
_SAMPLE_NS: Final = 200_000_000

_PAUSE_S: Final = 0.002
"""Between two looks at a server that is not ready; bounds the error of its start-up time."""

_FROM_PORT: Final = (
    "have it listen on the port in the variable PORT, or on ${PORT} in the manifest's command: it is another at each "
    "start"
)


class _Work:
    """Whether a process that is waited for does anything, by its CPU time."""

    def __init__(self, now_ns: int, cpu_ns: int) -> None:
        self._seen = deque([(now_ns, cpu_ns)])

    @property
    def goes_on(self) -> bool:
        """Whether it did anything of late."""
        (since_ns, before_ns), (now_ns, cpu_ns) = self._seen[0], self._seen[-1]
        return cpu_ns - before_ns > _AT_WORK * (now_ns - since_ns)

    def is_due(self, now_ns: int) -> bool:
        """Whether it is time to look again."""
        return now_ns - self._seen[-1][0] >= _SAMPLE_NS

    def note(self, now_ns: int, cpu_ns: int) -> None:
        """Its CPU time now; what is older than that which counts is forgotten."""
        self._seen.append((now_ns, cpu_ns))
        while now_ns - self._seen[1][0] >= _IDLE_NS:
            self._seen.popleft()


class AwaitedServer(ABC):
    """What all servers have in common: how they are asked whether they are ready, and what is said if not."""

    def __init__(self, app: App, subject: Subject, host: str, port: int) -> None:
        """Raises ManifestError where the app declares nothing that shows it ready."""
        self.subject: Final = subject
        self.host: Final = host
        self.port: Final = port
        self._app = app
        self._question, self._probe = readiness_probe(app, host, port)
        self._start_s: float | None = None
        self._look_at_ns = 0
        self._elsewhere_since_ns: int | None = None
        self.accelerators: frozenset[str] | None = None
        """Of `ACCELERATORS`, what its processes had loaded at the last look; None before, or if unreadable."""

    @property
    def start_s(self) -> float | None:
        """From the start of the process to its first right answer, in seconds; None until it is ready."""
        return self._start_s

    def check_ready(self) -> bool:
        """Look once, without waiting, whether the server is ready: it has given a first right answer.

        For several servers that start at the same time, call this on each in turn. Raises RuntimeFault, with
        the end of the log in its hint, where it has ended, where its first answer is wrong, or where
        that answer came from somebody else.
        """
        if self._start_s is not None:
            return True
        try:
            answer = self._probe.step()
        except Exception as error:
            raise fault_of(f"the judgement of its first answer to {self._question}", error) from error
        now_ns = time.monotonic_ns()
        if answer is not None:
            self._judge(answer)
            self._start_s = (now_ns - self._started_ns()) / 1e9
            self.look_at_accelerators()
            return True
        if not self.alive():
            raise self._ended_at_start()
        if self._probe.refused_ns is not None and now_ns >= self._look_at_ns:
            self._look_elsewhere(now_ns, self._probe.refused_ns)
        return False

    def await_ready(self, timeout_s: float = START_TIMEOUT_S) -> float:
        """Wait for the first right answer; returns `start_s`.

        Raises RuntimeFault as `check_ready` does, and where `timeout_s`, counted from now, is over: at once where the
        server does nothing, and after some times as long where it still works at its start.
        """
        begun_ns = time.monotonic_ns()
        work = _Work(begun_ns, self.cpu_ns())
        while not self.check_ready():
            now_ns = time.monotonic_ns()
            if work.is_due(now_ns):
                work.note(now_ns, self.cpu_ns())
                self.cut_log()
            waited_s = (now_ns - begun_ns) / 1e9
            if waited_s > timeout_s and (waited_s > _LONGEST * timeout_s or not work.goes_on):
                given = f"{waited_s:.0f} s, as long as {'it may work' if work.goes_on else 'any server is given'}"
                remedy = _FROM_PORT if self._elsewhere() else ""
                raise self._fault(f"was not ready after {given}: it {self._state()}", remedy)
            time.sleep(_PAUSE_S)
        return self._start_s or 0.0

    @abstractmethod
    def alive(self) -> bool:
        """Whether its first process still runs."""

    @abstractmethod
    def cpu_ns(self) -> int:
        """CPU time of all its processes so far."""

    @abstractmethod
    def pids(self) -> Sequence[int]:
        """Its processes."""

    def at_work(self) -> tuple[ProcessAtWork, ...] | None:
        """Its processes that hold a connection of a client; None where its processes can't be seen from here."""
        pids = sorted(self.pids(), key=lambda pid: (start_ticks(pid) or 0, pid))
        if not pids:
            return None
        return tuple(
            ProcessAtWork(pid=pid, connections=held, threads=max(1, thread_count(pid)))
            for pid, held in ports.connections_held(pids, self.port).items()
        )

    def bystanders(self) -> tuple[str, ...]:
        """The commands of its processes that answer nobody; none where they can't be seen from here."""
        return bystanders(self.pids())

    def look_at_accelerators(self) -> None:
        """Look which accelerators its processes have loaded: some are imported by the request that first needs them."""
        found = self._loaded_accelerators()
        if found is not None:
            self.accelerators = found | (self.accelerators or frozenset())

    def _loaded_accelerators(self) -> frozenset[str] | None:
        """What its processes have loaded; None where that can't be read."""
        return loaded_accelerators(self.pids())

    @abstractmethod
    def cut_log(self) -> int:
        """Keep what it has written short; how many bytes were taken out of the middle."""

    @abstractmethod
    def log_excerpt(self) -> str:
        """The last lines that it wrote."""

    @abstractmethod
    def limit_met(self) -> HostFault | None:
        """Which limit of the host it met, as far as that can be told."""

    @abstractmethod
    def _started_ns(self) -> int:
        """When it was started, by `time.monotonic_ns()`."""

    @abstractmethod
    def exit_code(self) -> int | None:
        """How its first process ended (negative for a signal); None where it runs or that is not known."""

    @abstractmethod
    def _listens(self) -> bool:
        """Whether anybody listens where it is asked."""

    @abstractmethod
    def _answers_itself(self) -> bool:
        """Whether only this server can have answered."""

    @abstractmethod
    def _by_hand(self) -> str:
        """How a person starts the same."""

    @abstractmethod
    def _listening(self) -> tuple[Listening, ...]:
        """Where its own processes listen; nothing where that can't be seen."""

    def _judge(self, answer: Answer) -> None:
        if not self._answers_itself():
            raise self._port_taken()
        if answer.wrong is not None:
            raise self._fault(f"gave a wrong first answer to {self._question}: {answer.wrong}")

    def _look_elsewhere(self, now_ns: int, refused_ns: int) -> None:
        """Raise RuntimeFault where it listens on its port, but for some time now only where nobody asks it.

        `refused_ns` is when the connection was begun that was refused last: on a host that stalls, that may have been
        before the server listened at all.
        """
        self._look_at_ns = now_ns + _LOOK_NS
        elsewhere = sorted(str(each) for each in self._listening() if each.port == self.port)
        if not elsewhere:
            self._elsewhere_since_ns = None
            return
        self._elsewhere_since_ns = self._elsewhere_since_ns or now_ns
        if refused_ns - self._elsewhere_since_ns > _ELSEWHERE_NS:
            raise self._fault(
                f"listens on {' and '.join(elsewhere)}, where it can't be reached as "
                f"{Listening(self.host, self.port)}: it has to listen on the address that HOST gives",
                "have it listen on the address in the variable HOST, or on ${HOST} in the manifest's command",
            )

    def _state(self) -> str:
        if self._listens():
            return f"listens on port {self.port} but {self._probe.state}"
        elsewhere = self._elsewhere()
        return f"does not listen on port {self.port}" + (f", but on {' and '.join(elsewhere)}" if elsewhere else "")

    def _elsewhere(self) -> list[str]:
        """Where it listens in place of its port."""
        return [] if self._listens() else sorted(str(each) for each in self._listening())

    def _ended_at_start(self) -> RuntimeFault:
        if self._listens():
            return self._port_taken()
        ended = f"ended at its start (exit code {self.exit_code()})"
        log = self.log_excerpt()
        refused = refused_ports(log)
        if refused is None or self.port in refused:  # The latter has its own port twice.
            return self._fault(f"{ended}: {raised}" if (raised := raised_last(log)) else ended)
        fixed = fixed_port(self._app.variant(self.subject.variant).command, refused)
        if fixed is not None and (refused or ports.listening_inodes(fixed)):
            told = f"{ended}: it does not take its port from PORT: it wants {fixed}, which is in use"
            return self._fault(told, _FROM_PORT)
        named = next((f" ({port})" for port in refused if ports.listening_inodes(port)), "")
        return HostFault(
            f"{self.subject.key} {ended}: a port that it wants beside its own is in use{named}",
            hint="the servers of a round are up at the same time, two copies of one app among them: beside its own, an "
            f"app takes a free port (0) or none; if it is to be its own, {_FROM_PORT}\n{_end_of(log)}",
        )

    def _port_taken(self) -> RuntimeFault:
        return HostFault(
            f"{self.subject.key} can't have port {self.port}: another process listens on it",
            hint=f"end that process, or try again, which takes another port\n{_end_of(self.log_excerpt())}",
        )

    def _fault(self, what: str, remedy: str = "") -> RuntimeFault:
        """Of its own, or the host's where it met a limit of that."""
        written = self.log_excerpt()
        what, log = f"{self.subject.key} {what}", _end_of(written)
        if met := self.limit_met():
            return HostFault(f"{what}: {met.what}", hint=f"{met.hint}\n{log}")
        remedies = (remedy, remedy_for_missing_module(written, self._app.folder), self._by_hand(), log)
        return RuntimeFault(what, hint="\n".join(filter(None, remedies)))


def _end_of(log: str) -> str:
    return f"the end of its log:\n{log or '(it wrote nothing)'}"


def accelerators_in_use(
    servers: Sequence[AwaitedServer], subject: Subject, offered: tuple[str, ...]
) -> tuple[str, ...]:
    """What the last server of this variant had loaded; what its environment offers where none has been started."""
    for server in reversed(servers):
        same = (server.subject.app, server.subject.variant) == (subject.app, subject.variant)
        if same and server.accelerators is not None:
            return tuple(server.accelerators)
    return offered
