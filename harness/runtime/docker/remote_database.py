"""PostgreSQL in a container on the app host: spoken to through the engine, since no address of it leads out."""

import time
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Final, override

from harness.contract import dataset
from harness.model.errors import RuntimeFault
from harness.runtime.database.embedded import SETTINGS, START_TIMEOUT_S, USER
from harness.runtime.database.external import EXECUTED_SELECTS
from harness.runtime.database.opened_connections import ACTIVITY, OPENED, newest_statements
from harness.runtime.docker.container_engine import docker
from harness.runtime.docker.database import ContainerPostgres

_PAUSE_S: Final = 0.1
_PSQL: Final = ("psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1")


class RemotePostgres(ContainerPostgres):
    """A started container of the Compose files' service `database`, whose address only the apps' containers reach."""

    _looks = 0

    def _prepare(self) -> tuple[str, dict[str, str]]:
        self._await_start()
        self._execute(dataset.sql())
        if self._counts:
            self._execute("CREATE EXTENSION pg_stat_statements")
        names = ", ".join(f"'{name}'" for name in SETTINGS)
        told = self._execute(
            f"SELECT name || '=' || current_setting(name) FROM pg_settings WHERE name IN ({names}) ORDER BY name"  # noqa: S608 - names of ours
        )
        return self._execute("SHOW server_version"), dict(line.split("=", 1) for line in told.splitlines())

    @override
    def connections(self) -> int:
        """As above. Each look is a client too, within the container, and left out."""
        self._looks += 1
        return int(self._execute(OPENED)) - self._looks

    @override
    def activity(self) -> Mapping[str, str] | None:
        """As above, by a client within the container, which is left out."""
        self._looks += 1
        return newest_statements(self._execute(ACTIVITY).partition("|")[2])

    @override
    def held(self) -> AbstractContextManager[bool]:
        """Not to be had: each client within the container ends with its statements, and a lock with it."""
        return nullcontext(enter_result=False)

    @override
    def change(self, statement: str) -> bool:
        """As above, by a client within the container, which counts as a look."""
        self._looks += 1
        self._execute(statement)
        return True

    def _executed_selects(self) -> int:
        return int(self._execute(EXECUTED_SELECTS))

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
