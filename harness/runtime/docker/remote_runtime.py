"""The runtime whose servers are in containers on another host, the app host, while the load comes from this one."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from harness.companion import Program
from harness.host.cpus import allowed_cpus, lay_out_apart, steal_ns
from harness.host.description import describe_host
from harness.host.doctor import examine_load_host
from harness.metering.observer_protocol import Described
from harness.metering.reading import Metering, MeterReading
from harness.model.app import App
from harness.model.cell import Subject
from harness.model.errors import RuntimeFault, UsageError
from harness.model.host import Check, CpuLayout, Host, HostCpus
from harness.model.run import GeneratorTeam
from harness.runtime.command import DRIVER_MODULE, RESPONDER_MODULE, team_arguments
from harness.runtime.docker.app_host import AppHost
from harness.runtime.docker.container_engine import docker
from harness.runtime.docker.images import DRIVER_IMAGE, build_driver_image
from harness.runtime.docker.network_holder import PORT
from harness.runtime.docker.project import REMOTE_FILE
from harness.runtime.docker.remote_database import RemotePostgres
from harness.runtime.docker.runtime import ContainerRuntime, listed
from harness.runtime.docker.server import ContainerServer
from harness.runtime.docker.server_network import ServerNetwork
from harness.runtime.roles import RunningDatabase, RunningServer


def layout_across(generators: int) -> CpuLayout:
    """The layout for the CPUs that the engine's containers may use there, and so many generator processes here.

    Builds the load driver's image there, which tells. Raises RuntimeFault where that can't be had.
    """
    build_driver_image()
    isolated = ("--rm", "--network", "none", "--read-only", "--cap-drop", "ALL")
    told = docker("run", *isolated, DRIVER_IMAGE, "python", "-m", "harness.metering.observer", "--cpus")
    return lay_out_apart(HostCpus.model_validate_json(told), allowed_cpus(), generators)


class RemoteRuntime(ContainerRuntime):
    """Servers and PostgreSQL in containers on the app host; the load driver as a local process of this host."""

    driver_image: Final = None

    def __init__(
        self,
        state_folder: Path,
        layout: CpuLayout,
        address: str,
        team: GeneratorTeam = GeneratorTeam(),  # noqa: B008 - frozen
    ) -> None:
        """`address` is the app host's, as this host reaches it. See `ContainerRuntime`."""
        if team.listen is not None:
            raise UsageError(
                "servers on another host answer one load host alone, and --listen asks for more",
                hint="leave --listen out, and use --workers for several processes on this host",
            )
        super().__init__(state_folder, layout, REMOTE_FILE)
        self.driver: Final = Program.of_module(DRIVER_MODULE, *team_arguments(team), cpus=layout.generator)
        self.speed_probe: Final = self._project.program("stopwatch")
        self._layout = layout
        self._address = address
        self._description: Described | None = None
        self._networks: list[ServerNetwork] = []
        self._databases: list[RemotePostgres] = []

    @property
    def app_host(self) -> AppHost:
        """The app host; its observer is started where none runs."""
        if self._project.app_host is None:
            command = ("python", "-m", "harness.metering.observer", "--keep-to", listed(self._layout.database))
            self._project.app_host = AppHost(self._project.program("observer", *command))
        return self._project.app_host

    @property
    def responder(self) -> Program:
        """The trivial responder in a server's place, in a network of its own."""
        network = ServerNetwork(self._project, self._address)
        self._networks.append(network)
        reached = ("--port", str(PORT), "--reached-at", f"{network.host}:{network.port}")
        command = ("python", "-m", RESPONDER_MODULE, "--host", "0.0.0.0", *reached)  # noqa: S104 - of the container
        return self._project.program("responder", *command, variables={"BENCH_SERVER_NETWORK": network.name})

    def prefer_driver(self) -> None:
        """A local process sees to that itself."""

    def meter(self, server: RunningServer, database: RunningDatabase | None, layout: CpuLayout) -> Metering:
        """Meters of a server and of the database, which ask the observer."""
        if not isinstance(server, ContainerServer) or not (database is None or isinstance(database, RemotePostgres)):
            raise TypeError("these were not started by this runtime")
        return RemoteMeter(self.app_host, server, database, layout)

    def clock_ahead_ns(self) -> int:
        """As the observer's clock showed when it was started."""
        return self.app_host.clock_ahead_ns

    def _described(self) -> Described:
        """What the app host was when it was first asked, since that takes a second."""
        if self._description is None:
            self._description = self.app_host.describe(self._layout)
        return self._description

    def describe_hosts(self) -> tuple[Host, Host | None]:
        """The app host as seen from a container there, with the engine's own words where that sees the image."""
        seen = self._described().host
        told = {"os_release": self.engine.operating_system or "unknown", "container": None, "cgroup_cpu_limit": None}
        return seen.model_copy(update=told), describe_host()

    def examine(self, layout: CpuLayout) -> tuple[Check, ...]:
        """The checks of both hosts, each with its name."""
        return (*self._described().checks, *examine_load_host(layout))

    def prepare(
        self, apps: Sequence[App], on_progress: Callable[[str], None], subjects: Sequence[Subject] = ()
    ) -> None:
        """Build the images there, and start the observer.

        Raises ManifestError or RuntimeFault for the first that can't be built.
        """
        self._prepare(apps, on_progress, subjects)
        self.app_host.read(())

    def start_database(self, *, count_statements: bool = False) -> RemotePostgres:
        """Start PostgreSQL with the data set in it.

        Raises RuntimeFault where it does not start.
        """
        self.app_host.read(())
        gives_way = self._layout.database_beside_server
        database = RemotePostgres(self._project, self._password, gives_way=gives_way, count_statements=count_statements)
        self._databases.append(database)
        return database

    def launch(self, app: App, subject: Subject, *, hash_seed: int, database_url: str | None) -> ContainerServer:
        """Start a server in a network of its own without waiting for it to be ready.

        Raises ManifestError where its command can't be used, RuntimeFault where it can't be started.
        """
        network = ServerNetwork(self._project, self._address)
        try:
            return self._launch(app, subject, hash_seed=hash_seed, database_url=database_url, network=network)
        except BaseException:
            with suppress(RuntimeFault):  # What went wrong first is told; the ledger has the rest.
                network.stop()
            raise

    def close(self) -> None:
        """End all that was started there, all at the same time; the networks go with the ledger."""
        others: list[Callable[[], object]] = [*(each.stop for each in self._databases)]
        others += [network.stop for network in self._networks]
        if self._project.app_host is not None:
            others.insert(0, self._project.app_host.close)
        self._close(*others)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class RemoteMeter:
    """The meters of one server and the database beside it, on the app host."""

    def __init__(
        self, app_host: AppHost, server: ContainerServer, database: RemotePostgres | None, layout: CpuLayout
    ) -> None:
        """Without a database, its CPU time is 0. Steal counts of the CPUs in use on both hosts."""
        self._app_host = app_host
        self._containers = [server.container, *([] if database is None else [database.container])]
        self._layout = layout

    def read(self) -> MeterReading:
        """Read them all at one moment of the app host's clock."""
        reading = self._app_host.read(tuple(each.id for each in self._containers), self._layout.app_host_cpus)
        cpu_ns = [
            container.at_least(account.cpu_ns)
            for container, account in zip(self._containers, reading.accounts, strict=True)
        ]
        return MeterReading(
            at_ns=reading.at_ns,
            server_cpu_ns=cpu_ns[0],
            database_cpu_ns=sum(cpu_ns[1:]),
            steal_ns=reading.steal_ns + steal_ns(self._layout.generator),
            throttled_ns=reading.accounts[0].throttled_ns or 0,
        )
