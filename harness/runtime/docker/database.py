"""PostgreSQL in a container, with the data set in it."""

import time
from collections.abc import Mapping
from contextlib import AbstractContextManager, suppress
from typing import Final

import psycopg

from harness.model.errors import RuntimeFault
from harness.model.run import Database
from harness.runtime.database.data_set import load_with_care
from harness.runtime.database.embedded import START_TIMEOUT_S, USER, version_and_settings
from harness.runtime.database.external import executed_selects
from harness.runtime.database.opened_connections import OpenedConnections
from harness.runtime.database.own_connection import connect
from harness.runtime.database.own_tables import change, held
from harness.runtime.docker.images import POSTGRES_IMAGE, describe_image
from harness.runtime.docker.project import ComposeProject

LEAST_SHARES: Final = 2
"""The kernel's least weight of a control group: whoever else wants the CPU gets it."""

PORT: Final = 5432
"""Of PostgreSQL, at the address of its container."""


class ContainerPostgres:
    """A started container of the Compose files' service `database`, spoken to by its address."""

    def __init__(self, project: ComposeProject, password: str, *, gives_way: bool, count_statements: bool) -> None:
        """Start it and see the data set in it.

        With `gives_way`, every other container on its CPUs goes first. Raises RuntimeFault where it does not start.
        """
        variables = {"BENCH_DATABASE_SHARES": str(LEAST_SHARES)} if gives_way else {}
        if count_statements:
            variables["BENCH_DATABASE_PRELOAD"] = "pg_stat_statements"
        self._counts = count_statements
        self.container: Final = project.start("database", variables=variables)
        self.url: Final = f"postgresql://{USER}:{password}@{self.container.address}:{PORT}/{USER}"
        """By its address, which the apps' containers reach, and this machine where the engine is here."""
        self._opened: Final = OpenedConnections(self.url)
        try:
            self.version, self.settings = self._prepare()
        except BaseException:
            with suppress(RuntimeFault):  # What went wrong first is told; the ledger has the rest.
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

    def pids(self) -> list[int]:
        """The processes of the container, as this machine numbers them."""
        return self.container.pids()

    def alive(self) -> bool:
        """Whether it runs."""
        return self.container.alive()

    def statements(self) -> int | None:
        """How many SELECTs clients have executed so far; None unless it was started to count them."""
        return self._executed_selects() if self._counts else None

    def connections(self) -> int | None:
        """How many connections to the database clients have opened so far."""
        return self._opened.count()

    def activity(self) -> Mapping[str, str] | None:
        """When the newest statement on each client's connection began; None where that is not told."""
        return self._opened.activity()

    def held(self) -> AbstractContextManager[bool]:
        """While it lasts, statements on the tables wait; yields whether they do."""
        return held(self.url)

    def change(self, statement: str) -> bool:
        """Execute a statement that changes rows: the tables are the harness's own."""
        change(self.url, statement)
        return True

    def limit_met(self) -> None:
        """Not known: it is not a process of this host's."""

    def ask_to_end(self) -> None:
        """Have it ended without waiting for it; `stop` then waits."""
        self.container.ask_to_end()

    def stop(self) -> None:
        """End and remove it; its data were in memory only. May be called more than once."""
        self._opened.close()
        self.container.stop()

    def _prepare(self) -> tuple[str, dict[str, str]]:
        """Wait until it answers and load the data set; its version and settings."""
        self._await_connection()
        try:
            with connect(self.url) as connection:
                load_with_care(connection)
                if self._counts:
                    connection.execute("CREATE EXTENSION pg_stat_statements")
                return version_and_settings(connection)
        except psycopg.Error as error:
            raise self._fault("did not take the data set", error) from None

    def _executed_selects(self) -> int | None:
        return executed_selects(self.url)

    def _await_connection(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        while True:
            try:
                connect(self.url, timeout_s=2).close()
            except psycopg.OperationalError as error:
                if self.container.alive() and time.monotonic() < deadline:
                    time.sleep(0.05)
                    continue
                raise self._fault("did not start", error) from None
            return

    def _fault(self, what: str, error: psycopg.Error) -> RuntimeFault:
        log = self.container.log_excerpt() or "(nothing)"
        return RuntimeFault(
            f"the PostgreSQL container {what}: {str(error).strip()}",
            hint=f"start it by hand: docker compose up database\nthe end of its log:\n{log}",
        )
