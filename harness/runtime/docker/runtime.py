"""The runtime that runs everything in containers."""

import secrets
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from harness.companion import Program
from harness.contract import dataset
from harness.host.endings import end_all
from harness.host.imports import NotImported, import_script, imported_in_s
from harness.host.interpreter import Environment, modules_of
from harness.mask import hide
from harness.model.app import App
from harness.model.cell import Subject
from harness.model.errors import RuntimeFault, UsageError
from harness.model.host import ContainerEngine, CpuLayout
from harness.model.run import Deployment, GeneratorTeam, Image, RuntimeName
from harness.runtime.command import DRIVER_MODULE, team_arguments
from harness.runtime.deployment import brought_by, describe_deployment
from harness.runtime.docker.container import remove
from harness.runtime.docker.container_engine import environment as docker_environment
from harness.runtime.docker.container_engine import find_engine
from harness.runtime.docker.database import ContainerPostgres
from harness.runtime.docker.endpoint import reached_by
from harness.runtime.docker.images import (
    POSTGRES_IMAGE,
    build_app_image,
    build_driver_image,
    examine_image,
    see_to,
)
from harness.runtime.docker.project import ComposeProject
from harness.runtime.docker.server import ContainerServer
from harness.runtime.docker.server_network import ServerNetwork
from harness.runtime.ledger import Ledger, Leftover, sweep
from harness.runtime.priority import prefer
from harness.runtime.readiness import accelerators_in_use
from harness.runtime.server_project import make_project, project_folder, standing_apart
from harness.runtime.this_host import OnThisHost, database_gives_way, probe_here, workers_share_cpus

_PASSWORD_BYTES: Final = 18


class ContainerRuntime:
    """Servers and PostgreSQL in containers of one Compose project, wherever their engine is."""

    name: Final = RuntimeName.DOCKER

    def __init__(self, state_folder: Path, layout: CpuLayout, *added_files: Path) -> None:
        """`state_folder` is shared by all harnesses of a project (`.bench/`); it is made if it is missing.

        What harnesses that are no more have left behind there is ended first; `leftovers` says what that was. Files
        may be added to the Compose file. Raises RuntimeFault where no engine answers.
        """
        engine = find_engine(elsewhere=layout.load_host_apart)
        if engine is None:
            raise RuntimeFault(
                "no container engine answers, or it lacks Compose or BuildKit",
                hint="see `docker info`, `docker compose version` and `docker buildx version`, "
                "or use --runtime process",
            )
        self.engine: Final[ContainerEngine] = engine
        state_folder = state_folder.resolve()
        self._state_folder = state_folder
        self.leftovers: Final[tuple[Leftover, ...]] = sweep(state_folder)
        self.ledger: Final = Ledger(state_folder)
        self._password = secrets.token_urlsafe(_PASSWORD_BYTES)
        hide(self._password)
        self._server_cpus = listed(layout.server)
        name = f"bench-{self.ledger.name[:12]}"
        self.ledger.record_project(name, reached_by())
        self._project = ComposeProject(
            name,
            {
                "BENCH_DATABASE_PASSWORD": self._password,
                "BENCH_HEALTH_INTERVAL": "24h",
                "BENCH_SERVER_CPUS": listed(layout.server),
                "BENCH_GENERATOR_CPUS": listed(layout.generator),
                "BENCH_DATABASE_CPUS": listed(layout.database),
            },
            *added_files,
        )
        self._images: dict[Path, Image] = {}
        self._environments: dict[Path, Environment] = {}
        self._servers: list[ContainerServer] = []

    def _prepare(self, apps: Sequence[App], on_progress: Callable[[str], None], subjects: Sequence[Subject]) -> Image:
        """Build the images; returns the load driver's.

        Raises ManifestError or RuntimeFault for the first that can't be built.
        """
        on_progress("image of PostgreSQL")
        see_to(POSTGRES_IMAGE)
        on_progress("image of the load driver")
        driver = build_driver_image()
        for app in apps:
            self._build(app, None, on_progress)
            for variant in standing_apart(app, subjects):
                self._build(app, variant, on_progress)
        return driver

    def _build(self, app: App, variant: str | None, on_progress: Callable[[str], None]) -> None:
        on_progress(f"image of {app.name}{f'/{variant}' if variant else ''}")
        project = make_project(app, variant, self._state_folder)
        if project in self._images:  # two variants, or two values of a variable
            return
        image = build_app_image(app, project, variant)
        self._images[project] = image
        self._environments[project] = examine_image(image, *self._project.mark)

    def _project_of(self, app: App, subject: Subject | None = None) -> Path:
        return project_folder(app, subject.variant if subject else None, self._state_folder)

    def _launch(
        self,
        app: App,
        subject: Subject,
        *,
        hash_seed: int,
        database_url: str | None,
        network: ServerNetwork | None = None,
    ) -> ContainerServer:
        server = ContainerServer(
            self._project,
            app,
            subject,
            image=self._images[self._project_of(app, subject)],
            hash_seed=hash_seed,
            database_url=database_url,
            network=network,
        )
        self._servers.append(server)
        return server

    def deployment(self, app: App, subject: Subject) -> Deployment:
        """How a subject is deployed.

        Its accelerators are those that its last server had loaded, or, before it has been started here, those
        that its image offers.
        """
        project = self._project_of(app, subject)
        environment = self._environments[project]
        accelerators = accelerators_in_use(self._servers, subject, environment.accelerators)
        return describe_deployment(
            app, subject, environment, accelerators, project=project, image=self._images[project]
        )

    def brought_by(self, app: App, packages: Iterable[str]) -> tuple[str, ...]:
        """The distributions that these bring into the app's environment: themselves and all that they require."""
        return brought_by(packages, self._environments[self._project_of(app)])

    def import_s(self, app: App) -> float:
        """How long it takes to import what the app imports of its framework; raises NotImported."""
        project = self._project_of(app)
        script = import_script(app, modules_of(app.manifest.package, self._environments[project]))
        isolated = ("--network", "none", "--read-only", "--cap-drop", "ALL", "--cpuset-cpus", self._server_cpus)
        name, command = self._project.alone(*isolated, self._images[project].name, "python", "-c", script)
        try:
            return imported_in_s(command, environment=docker_environment(), folder=app.folder)
        except NotImported:
            with suppress(RuntimeFault):  # By its label, it goes with the ledger at the latest.
                remove(name)
            raise

    def _close(self, *others: Callable[[], object]) -> None:
        """End the servers, all at the same time, and then the others; the networks go with the ledger."""
        servers = list(reversed(self._servers))
        asked, stopped = [server.ask_to_end for server in servers], [server.stop for server in servers]
        end_all(*asked, *stopped, *reversed(others), self.ledger.close)


class DockerRuntime(OnThisHost, ContainerRuntime):
    """Servers, PostgreSQL and the load driver in containers, on an engine of this machine."""

    def __init__(self, state_folder: Path, layout: CpuLayout, team: GeneratorTeam = GeneratorTeam()) -> None:  # noqa: B008 - frozen
        """See `ContainerRuntime`."""
        if team.listen is not None:
            raise UsageError(
                "a load driver in a container can't be joined by workers of other hosts",
                hint="leave --listen out, or use --runtime process",
            )
        super().__init__(state_folder, layout)
        self._project.fill_in("BENCH_DATASET", str(self._data_set()))
        self.driver: Final[Program] = self._project.program("driver", *_driver_command(layout, team))
        self.responder: Final[Program] = self._project.program("responder")
        self.speed_probe: Final = probe_here(layout)
        self.driver_image: Image | None = None
        self._database_gives_way = database_gives_way(layout, team)
        self._workers_share_cpus = workers_share_cpus(layout, team)
        self._databases: list[ContainerPostgres] = []

    def _data_set(self) -> Path:
        """A copy of the data set's script that PostgreSQL's user may read, whoever owns the checkout."""
        folder = self._state_folder / "work" / self.ledger.name
        self.ledger.record_folder(folder)
        folder.mkdir(parents=True)
        script = folder / "dataset.sql"
        script.write_text(dataset.sql(), encoding="utf-8")
        script.chmod(0o644)
        return script

    def prefer_driver(self) -> str | None:
        """Give the driver's processes a real-time policy from outside, which takes the right to.

        A kernel with real-time group scheduling refuses that within a control group that has no share of real time, and
        Docker gives its groups none. There the processes are taken out of that group for the CPU controller, version 1,
        and of nothing else: their CPUs, memory and everything that isolates them stay.

        Workers that share a CPU are left as they are: one that went first would keep the other from it.
        """
        return None if self._workers_share_cpus else prefer(self._project.pids_of("driver"))

    def prepare(
        self, apps: Sequence[App], on_progress: Callable[[str], None], subjects: Sequence[Subject] = ()
    ) -> None:
        """Build the images.

        Raises ManifestError or RuntimeFault for the first that can't be built.
        """
        self.driver_image = self._prepare(apps, on_progress, subjects)

    def start_database(self, *, count_statements: bool = False) -> ContainerPostgres:
        """Start PostgreSQL with the data set in it.

        Raises RuntimeFault where it does not start.
        """
        database = ContainerPostgres(
            self._project, self._password, gives_way=self._database_gives_way, count_statements=count_statements
        )
        self._databases.append(database)
        return database

    def launch(self, app: App, subject: Subject, *, hash_seed: int, database_url: str | None) -> ContainerServer:
        """Start a server without waiting for it to be ready.

        Raises ManifestError where its command can't be used, RuntimeFault where it can't be started.
        """
        return self._launch(app, subject, hash_seed=hash_seed, database_url=database_url)

    def close(self) -> None:
        """End all that was started here, all at the same time; the networks go with the ledger."""
        self._close(*(database.stop for database in self._databases))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _driver_command(layout: CpuLayout, team: GeneratorTeam) -> tuple[str, ...]:
    """Another command than the image's where workers are wanted, each with a CPU of its own."""
    arguments = team_arguments(team)
    return ("python", "-m", DRIVER_MODULE, *arguments, "--cpus", listed(layout.generator)) if arguments else ()


def listed(cpus: Sequence[int]) -> str:
    """CPUs as the engine and the harness's programs take them: `0` or `2,3`."""
    return ",".join(map(str, cpus))
