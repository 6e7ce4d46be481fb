"""The runtime that runs everything as processes of this host."""

import shutil
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from harness.companion import Program
from harness.host import variables
from harness.host.endings import end_all
from harness.host.imports import import_script, imported_in_s
from harness.host.interpreter import Environment, examine_environment, modules_of
from harness.host.ports import LOOPBACK
from harness.model.app import DATABASE_ENDPOINTS, App
from harness.model.base import BARE_SITE, BATTERIES_SITE
from harness.model.cell import Subject
from harness.model.host import CpuLayout
from harness.model.run import Deployment, GeneratorTeam, RuntimeName
from harness.runtime.command import DRIVER_MODULE, RESPONDER_MODULE, team_arguments
from harness.runtime.database.embedded import EmbeddedPostgres
from harness.runtime.database.external import ExternalPostgres, examine
from harness.runtime.database.given import GivenDatabase
from harness.runtime.deployment import brought_by, describe_deployment
from harness.runtime.environment import make_environment, programs_folder
from harness.runtime.ledger import Ledger, Leftover, sweep
from harness.runtime.local.server import Launch, Server
from harness.runtime.readiness import accelerators_in_use
from harness.runtime.server_project import make_project, project_folder, standing_apart
from harness.runtime.this_host import OnThisHost, database_gives_way, probe_here


class ProcessRuntime(OnThisHost):
    """Servers as pinned local processes beside an embedded PostgreSQL."""

    name: Final = RuntimeName.PROCESS
    engine: Final = None
    driver_image: Final = None

    def __init__(
        self,
        state_folder: Path,
        layout: CpuLayout,
        team: GeneratorTeam = GeneratorTeam(),  # noqa: B008 - frozen
        database: GivenDatabase | None = None,
    ) -> None:
        """`state_folder` is shared by all harnesses of a project (`.bench/`); it is made if it is missing.

        Without a given `database`, an embedded one is started. What harnesses that are no more have left behind there
        is ended first; `leftovers` says what that was.
        """
        state_folder = state_folder.resolve()
        self._layout = layout
        self._given = database
        self._team = team
        self.speed_probe: Final = probe_here(layout)
        self.driver: Final = Program.of_module(DRIVER_MODULE, *team_arguments(team), cpus=layout.generator)
        listening = () if team.address is None else ("--host", team.address)
        self.responder: Final = Program.of_module(RESPONDER_MODULE, *listening, cpus=layout.server)
        self._host = team.address or LOOPBACK
        self._state_folder = state_folder
        self._locks = state_folder / "locks"
        self.leftovers: Final[tuple[Leftover, ...]] = sweep(state_folder)
        self.ledger: Final = Ledger(state_folder)
        """For other processes that the harness starts, such as the load driver."""
        self._work_folder = state_folder / "work" / self.ledger.name
        self.ledger.record_folder(self._work_folder)
        self._work_folder.mkdir(parents=True, mode=0o700)  # What an app logs is for nobody else.
        self._databases: list[EmbeddedPostgres | ExternalPostgres] = []
        self._servers: list[Server] = []
        self._environments: dict[Path, Environment] = {}

    def prefer_driver(self) -> None:
        """A local process sees to that itself."""

    def prepare(
        self, apps: Sequence[App], on_progress: Callable[[str], None], subjects: Sequence[Subject] = ()
    ) -> None:
        """See whether a given database can be used, and bring each app's environment to what its lock file says.

        Of the `subjects`, those on servers that apps share get environments of their own.

        Raises UsageError or RuntimeFault where the database can't, ManifestError or RuntimeFault for the first app
        whose environment can't be made.
        """
        if self._given and any(DATABASE_ENDPOINTS.intersection(app.manifest.endpoints) for app in apps):
            on_progress("database")
            examine(self._given)
        for app in apps:
            on_progress(f"environment of {app.name}")
            make_environment(app, self._locks, make_project(app, None, self._state_folder))
            for variant in standing_apart(app, subjects):
                on_progress(f"environment of {app.name}/{variant}")
                make_environment(app, self._locks, make_project(app, variant, self._state_folder))

    def start_database(self, *, count_statements: bool = False) -> EmbeddedPostgres | ExternalPostgres:
        """The database that was given, or else an embedded PostgreSQL, with the data set in it.

        Raises RuntimeFault where it does not start, UsageError where the given one holds other tables or data.
        """
        database: EmbeddedPostgres | ExternalPostgres
        if self._given:
            database = ExternalPostgres(self._given)
        else:
            database = EmbeddedPostgres(
                cpus=self._layout.database,
                log=self._work_folder / f"postgres-{len(self._databases)}.log",
                ledger=self.ledger,
                gives_way=database_gives_way(self._layout, self._team),
                count_statements=count_statements,
            )
        self._databases.append(database)
        return database

    def launch(
        self,
        app: App,
        subject: Subject,
        *,
        hash_seed: int,
        database_url: str | None,
    ) -> Server:
        """Start a server without waiting for it to be ready.

        Raises ManifestError where its command can't be used, RuntimeFault where it can't be executed.
        """
        launch = Launch(
            subject=subject,
            app=app,
            programs=programs_folder(app, self._project_of(app, subject)),
            cpus=self._layout.server,
            hash_seed=hash_seed,
            database_url=database_url,
            database_stays=self._given is not None,
            makes_files=subject.variant in {BARE_SITE, BATTERIES_SITE},
            host=self._host,
        )
        log = self._work_folder / f"{len(self._servers):04}-{subject.key.replace('/', '-')}.log"
        server = Server(launch, log=log, ledger=self.ledger)
        self._servers.append(server)
        return server

    def deployment(self, app: App, subject: Subject) -> Deployment:
        """How a subject is deployed.

        Its accelerators are those that its last server had loaded, or, before it has been started here, those
        that its environment offers.
        """
        project = self._project_of(app, subject)
        environment = self._environment(app, project)
        accelerators = accelerators_in_use(self._servers, subject, environment.accelerators)
        return describe_deployment(app, subject, environment, accelerators, project=project)

    def brought_by(self, app: App, packages: Iterable[str]) -> tuple[str, ...]:
        """The distributions that these bring into the app's environment: themselves and all that they require."""
        return brought_by(packages, self._environment(app, self._project_of(app)))

    def import_s(self, app: App) -> float:
        """How long it takes to import what the app imports of its framework; raises NotImported."""
        project = self._project_of(app)
        script = import_script(app, modules_of(app.manifest.package, self._environment(app, project)))
        pinned = f"import os; os.sched_setaffinity(0, {set(self._layout.server)}); {script}"
        programs = programs_folder(app, project)
        command = (str(programs / "python"), "-c", pinned)
        environment = variables.base(programs) | self.ledger.marker
        return imported_in_s(command, environment=environment, folder=app.folder)

    def _project_of(self, app: App, subject: Subject | None = None) -> Path:
        return project_folder(app, subject.variant if subject else None, self._state_folder)

    def _environment(self, app: App, project: Path) -> Environment:
        environment = self._environments.get(project)
        if environment is None:
            environment = examine_environment(programs_folder(app, project) / "python")
            self._environments[project] = environment
        return environment

    def close(self) -> None:
        """End all that was started here, all at the same time, and remove its folders."""
        servers = list(reversed(self._servers))
        asked, stopped = [server.ask_to_end for server in servers], [server.stop for server in servers]
        databases = [database.stop for database in reversed(self._databases)]
        removal = partial(shutil.rmtree, self._work_folder, ignore_errors=True)
        # Servers before their database, so that none of them logs its loss.
        end_all(*asked, *stopped, *databases, removal, self.ledger.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
