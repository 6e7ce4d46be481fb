"""The app host: another machine, whose engine runs servers and database, as seen from the load host."""

import time
from threading import Lock
from typing import Final

from pydantic import ValidationError

from harness.companion import Companion, Program
from harness.metering.observer_protocol import (
    REPLIES,
    Account,
    Describe,
    Described,
    Look,
    Looked,
    Question,
    Read,
    Reading,
    Refused,
    Reply,
    Watch,
    Watched,
)
from harness.metering.process_tree import Memory
from harness.model.errors import RuntimeFault
from harness.model.host import CpuLayout
from harness.runtime.docker.account import ContainerAccount

_PATIENCE_S: Final = 30.0
_CLOCK_TRIALS: Final = 5


class AppHost:
    """The harness's end of the observer there. `close` it; it never outlives the harness."""

    def __init__(self, observer: Program) -> None:
        """Start the observer; raises RuntimeFault where it can't be."""
        self._companion = Companion("observer on the app host", observer)
        self._turn = Lock()  # A window's meters are read in a thread of their own.
        try:
            self.clock_ahead_ns: Final[int] = self._compare_clocks()
            """How far its wall clock is ahead of this host's, to half the time that a question and its answer take."""
        except BaseException:
            self._companion.close()
            raise

    def account(self, pid: int, container_id: str) -> ContainerAccount:
        """Keep the account of a container that was just started.

        Raises RuntimeFault where the observer does not see its process.
        """
        watched = self._ask(Watch(container_id=container_id, pid=pid))
        if not (isinstance(watched, Watched) and watched.found):
            raise RuntimeFault(
                "the app host's engine numbers its processes otherwise than the host: is it in a container itself?",
                hint="use an engine that runs on the app host directly",
            )
        return _ObservedAccount(self, container_id)

    def read(self, containers: tuple[str, ...], cpus: tuple[int, ...] = ()) -> Reading:
        """The accounts of these containers and the steal of these CPUs, at one moment."""
        reading = self._ask(Read(containers=containers, cpus=cpus))
        if not isinstance(reading, Reading):
            raise self._companion.fault("answered out of turn")
        return reading

    def look(self, container_id: str) -> Looked:
        """The memory of a container's processes."""
        looked = self._ask(Look(container_id=container_id))
        if not isinstance(looked, Looked):
            raise self._companion.fault("answered out of turn")
        return looked

    def describe(self, layout: CpuLayout) -> Described:
        """The host, and whether it is fit to measure. Takes about one second."""
        described = self._ask(Describe(layout=layout))
        if not isinstance(described, Described):
            raise self._companion.fault("answered out of turn")
        return described

    def close(self) -> None:
        """End the observer."""
        self._companion.close()

    def _compare_clocks(self) -> int:
        """By the quickest of some questions: its answer was made half-way, give or take the other half."""
        trials: list[tuple[int, int]] = []
        for _ in range(_CLOCK_TRIALS):
            asked_ns = time.time_ns()
            reading = self.read(())
            took_ns = time.time_ns() - asked_ns
            trials.append((took_ns, reading.wall_ns - asked_ns - took_ns // 2))
        return min(trials)[1]

    def _ask(self, question: Question) -> Reply:
        with self._turn:
            self._companion.send(question)
            line = self._companion.line_by(time.monotonic() + _PATIENCE_S)
        try:
            reply = REPLIES.validate_json(line)
        except ValidationError as error:
            raise self._companion.fault(f"sent no answer but {line[:100]!r}") from error
        if isinstance(reply, Refused):
            raise RuntimeFault(f"the observer on the app host could not answer: {reply.what}", hint="see that host")
        return reply


class _ObservedAccount:
    """Of a container on the app host."""

    def __init__(self, app_host: AppHost, container_id: str) -> None:
        self._app_host = app_host
        self._id = container_id

    def alive(self) -> bool:
        return self._read().alive

    def pids(self) -> list[int]:
        return []  # not this machine's

    def cpu_ns(self) -> int | None:
        return self._read().cpu_ns

    def throttled_ns(self) -> int | None:
        return self._read().throttled_ns

    def memory(self) -> Memory:
        looked = self._app_host.look(self._id)
        return Memory(
            rss_bytes=looked.rss_bytes,
            pss_bytes=looked.pss_bytes,
            processes=looked.processes,
            charged_bytes=looked.charged_bytes,
        )

    def accelerators(self) -> frozenset[str]:
        return frozenset(self._app_host.look(self._id).accelerators)

    def _read(self) -> Account:
        (account,) = self._app_host.read((self._id,)).accounts
        return account
