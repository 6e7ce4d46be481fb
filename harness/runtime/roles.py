"""What the round loop needs of a runtime, wherever the servers run."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Protocol, Self

from harness.companion import Program
from harness.metering.process_tree import Memory
from harness.metering.reading import Metering
from harness.model.app import App
from harness.model.cell import Subject
from harness.model.conformance import ProcessAtWork
from harness.model.errors import HostFault
from harness.model.host import Check, ContainerEngine, CpuLayout, Host
from harness.model.run import Database, Deployment, Image, RuntimeName
from harness.runtime.ledger import Leftover


class RunningServer(Protocol):
    """A server of one subject, from its start on."""

    @property
    def subject(self) -> Subject:
        """What it serves."""

    @property
    def host(self) -> str:
        """Where it is asked."""

    @property
    def port(self) -> int:
        """Where it is asked."""

    @property
    def start_s(self) -> float | None:
        """From its start to its first right answer, in seconds; None until it is ready."""

    def check_ready(self) -> bool:
        """Look once without waiting; raises RuntimeFault where it can't get ready any more."""

    def await_ready(self, timeout_s: float = ...) -> float:
        """Wait for the first right answer and return `start_s`; raises RuntimeFault."""

    def alive(self) -> bool:
        """Whether it still runs."""

    def exit_code(self) -> int | None:
        """How its first process ended (negative for a signal); None where it runs or that is not known."""

    def pids(self) -> Sequence[int]:
        """Its processes; none where they can't be seen from here."""

    def cpu_ns(self) -> int:
        """CPU time of all its processes so far, ended ones included."""

    def throttled_ns(self) -> int:
        """How long a CPU limit has held it back so far; 0 where nothing could."""

    def at_work(self) -> tuple[ProcessAtWork, ...] | None:
        """Its processes that hold a connection of a client; None where its processes can't be seen from here."""

    def bystanders(self) -> tuple[str, ...]:
        """The commands of its processes that answer nobody; none where they can't be seen from here."""

    def look_at_accelerators(self) -> None:
        """Look once more which accelerators it has loaded: some are imported by the request that first needs them."""

    def memory(self) -> Memory:
        """Memory of all its processes now."""

    def cut_log(self) -> int:
        """Keep what it has written short; how many bytes were taken out of the middle."""

    def log_excerpt(self) -> str:
        """The last lines that it wrote."""

    def log_at_its_end(self) -> str:
        """End it, and return all that it wrote, secrets and all; of a very long log the end. It is still to `stop`."""

    def limit_met(self) -> HostFault | None:
        """Which limit of the host it met, as far as that can be told."""

    def ask_to_end(self) -> None:
        """Have it ended without waiting."""

    def stop(self) -> None:
        """End it and wait until it is gone. May be called more than once."""


class RunningDatabase(Protocol):
    """The PostgreSQL server of a run, with the data set in it."""

    @property
    def url(self) -> str:
        """The `DATABASE_URL` for the apps."""

    @property
    def version(self) -> str:
        """PostgreSQL's version."""

    @property
    def settings(self) -> dict[str, str]:
        """The settings in force, of those that the harness sets."""

    def describe(self) -> Database:
        """What stands in the run about it."""

    def cpu_ns(self) -> int | None:
        """CPU time of all its processes so far; None where they can't be seen."""

    def pids(self) -> Sequence[int]:
        """Its processes; none where they can't be seen from here."""

    def alive(self) -> bool:
        """Whether it answers."""

    def limit_met(self) -> HostFault | None:
        """Which limit of the host it met, as far as that can be told."""

    def statements(self) -> int | None:
        """How many SELECTs were executed so far; None where they are not counted."""

    def connections(self) -> int | None:
        """How many connections to it clients have opened so far; None where that is not counted."""

    def activity(self) -> Mapping[str, str] | None:
        """When the newest statement on each client's connection began, by its backend; None where that is not told."""

    def held(self) -> AbstractContextManager[bool]:
        """While it lasts, statements on the tables wait; yields whether they do."""

    def change(self, statement: str) -> bool:
        """Execute a statement that changes rows; False, and nothing, where the tables are not ours to change."""

    def ask_to_end(self) -> None:
        """Have it ended without waiting, if it is ours."""

    def stop(self) -> None:
        """End it, if it is ours. May be called more than once."""


class Runtime(Protocol):
    """Where servers run: as processes of this host, or in containers."""

    @property
    def name(self) -> RuntimeName:
        """How this runtime is named in a run."""

    @property
    def driver(self) -> Program:
        """The load driver, where it reaches the servers of this runtime."""

    def prefer_driver(self) -> str | None:
        """Have a load driver that has just started run before everything else on its CPU, where it could not itself.

        Returns the scheduling policy in force (sched(7)) where that was changed; None where it is as it was.
        """

    @property
    def responder(self) -> Program:
        """The trivial responder, in a server's place."""

    @property
    def speed_probe(self) -> Program:
        """The speed probe, on the CPUs of the servers."""

    def meter(self, server: RunningServer, database: RunningDatabase | None, layout: CpuLayout) -> Metering:
        """Meters of a server that was started here, and of the database."""

    def clock_ahead_ns(self) -> int:
        """How far the wall clock of the servers' host is ahead of this host's; 0 where that is this host."""

    def describe_hosts(self) -> tuple[Host, Host | None]:
        """The app host, and the load host if that is another."""

    def examine(self, layout: CpuLayout) -> tuple[Check, ...]:
        """Whether the hosts are fit to measure with this layout."""

    def prepare(
        self, apps: Sequence[App], on_progress: Callable[[str], None], subjects: Sequence[Subject] = ()
    ) -> None:
        """Make what the apps need to run; tells `on_progress` in a few words what it is at."""

    def start_database(self, *, count_statements: bool = False) -> RunningDatabase:
        """Start the database and load the data set."""

    def launch(
        self,
        app: App,
        subject: Subject,
        *,
        hash_seed: int,
        database_url: str | None,
    ) -> RunningServer:
        """Start a server without waiting for it to be ready."""

    def brought_by(self, app: App, packages: Iterable[str]) -> tuple[str, ...]:
        """The distributions that these bring into the app's environment: themselves and all that they require."""

    def import_s(self, app: App) -> float:
        """How long a fresh interpreter of the app takes to import what the app imports of its framework, in seconds.

        Raises NotImported where that is nothing, or can't be imported by itself.
        """

    def deployment(self, app: App, subject: Subject) -> Deployment:
        """How a subject is deployed."""

    @property
    def leftovers(self) -> tuple[Leftover, ...]:
        """What harnesses that are no more had left behind, and whether that could be removed."""

    @property
    def engine(self) -> ContainerEngine | None:
        """What runs the containers, if any."""

    @property
    def driver_image(self) -> Image | None:
        """The load driver's image, if it runs in a container."""

    def close(self) -> None:
        """End and remove all that was started here."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
