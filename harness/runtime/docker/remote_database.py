"""PostgreSQL in a container on the app host: spoken to through the engine, since no address of it leads out."""

import time
from typing import Final

from harness.contract import dataset
from harness.model.errors import RuntimeFault
from harness.model.run import Database
from harness.runtime.docker.database import LEAST_SHARES, PORT
from harness.runtime.docker.engine import docker
from harness.runtime.docker.images import POSTGRES_IMAGE, describe_image
from harness.runtime.docker.project import ComposeProject
from harness.runtime.external import EXECUTED_SELECTS
from harness.runtime.postgres import SETTINGS, START_TIMEOUT_S, USER

_PAUSE_S: Final = 0.1
_PSQL: Final = ("psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1")


class RemotePostgres:
    """A started container of the Compose files' service `database`, with the data set in it."""

    def __init__(self, project: ComposeProject, password: str, *, gives_way: bool, count_statements: bool) -> None:
        """Start it and load the data set.

        With `gives_way`, every other container on its CPUs goes first. Raises RuntimeFault where it does not start.
        """
        variables = {"BENCH_DATABASE_SHARES": str(LEAST_SHARES)} if gives_way else {}
        if count_statements:
            variables["BENCH_DATABASE_PRELOAD"] = "pg_stat_statements"
        self._counts = count_statements
        self.container: Final = project.start("database", variables=variables)
        self.url: Final = f"postgresql://{USER}:{password}@{self.container.address}:{PORT}/{USER}"
        """By its address on the app host's internal network, which the apps' containers reach and nobody else."""
        try:
            self._await_start()
            self._execute(dataset.sql())
            if count_statements:
                self._execute("CREATE EXTENSION pg_stat_statements")
            self.version: Final = self._execute("SHOW server_version")
            names = ", ".join(f"'{name}'" for name in SETTINGS)
            told = self._execute(
                f"SELECT name || '=' || current_setting(name) FROM pg_settings WHERE name IN ({names}) ORDER BY name"  # noqa: S608 - names of ours
            )
            self.settings: Final = dict(line.split("=", 1) for line in told.splitlines())
        except BaseException:
            self.container.stop()
            raise
        if gives_way:
            self.settings["cpu shares"] = str(LEAST_SHARES)

    def describe(self) -> Database:
        """What stands in the run about it."""
        return Database(
            version=self.version, embedded=True, settings=self.settings, image=describe_image(POSTGRES_IMAGE)
        )

    def cpu_ns(self) -> int:
        """CPU time of the container so far."""
        return self.container.cpu_ns()

    def alive(self) -> bool:
        """Whether it runs."""
        return self.container.alive()

    def statements(self) -> int | None:
        """How many SELECTs clients have executed so far; None unless it was started to count them."""
        return int(self._execute(EXECUTED_SELECTS)) if self._counts else None

    def ask_to_end(self) -> None:
        """Have it ended without waiting for it; `stop` then waits."""
        self.container.ask_to_end()

    def stop(self) -> None:
        """End and remove it; its data were in memory only. May be called more than once."""
        self.container.stop()

    def _execute(self, sql: str) -> str:
        """What these statements return, a line for a row."""
        inside = ("exec", "--interactive", self.container.name, *_PSQL, f"--username={USER}", f"--dbname={USER}")
        return docker(*inside, given=sql).strip()

    def _await_start(self) -> None:
        """Over TCP: while the image makes its cluster, PostgreSQL answers on its Unix socket only."""
        deadline = time.monotonic() + START_TIMEOUT_S
        asks = ("exec", self.container.name, "pg_isready", "--quiet", "--host=127.0.0.1", f"--username={USER}")
        while True:
            try:
                docker(*asks)
            except RuntimeFault:
                if self.container.alive() and time.monotonic() < deadline:
                    time.sleep(_PAUSE_S)
                    continue
                raise RuntimeFault(
                    "the PostgreSQL container on the app host did not start",
                    hint=f"the end of its log:\n{self.container.log_excerpt() or '(nothing)'}",
                ) from None
            return
