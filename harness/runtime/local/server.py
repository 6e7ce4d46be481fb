"""One server of an app's variant as a local process: started, proven ready, accounted for, stopped."""

import os
import secrets
import shlex
import tempfile
from pathlib import Path
from typing import Final, override

from harness.contract import dataset
from harness.host import ports, variables
from harness.host.allowances import refused_by_log
from harness.host.cgroup import Cgroup
from harness.mask import without_secrets
from harness.metering.process_tree import Memory
from harness.model.app import App, Variant
from harness.model.base import Contract
from harness.model.cell import Subject
from harness.model.errors import HostFault, ManifestError, meant
from harness.runtime.command import command_place, contract_variables, filled_in_command
from harness.runtime.ledger import Ledger
from harness.runtime.local.guarded import GuardedProcess, Order
from harness.runtime.readiness import AwaitedServer
from harness.writing import told

_OTHER_DATABASE: Final = "postgresql://USER@HOST/DATABASE"
_HOW_TO_GET_ANOTHER: Final = (
    f"in place of {_OTHER_DATABASE}, which was one that is gone with this command, put an empty database of yours, and "
    f"fill it: psql postgresql://... -f {shlex.quote(str(dataset.script()))}"
)

_NAME_BYTES: Final = 8
"""So many random ones that no folder of anybody's has that name."""
_LONGEST_TMPDIR_BYTES: Final = 64
_USUAL_TMPDIR: Final = "/tmp"  # noqa: S108 - a folder of its own is made in it


class Launch(Contract):
    """How one server is to be started."""

    subject: Subject
    app: App
    programs: Path
    """The folder of the app's own programs: the `bin` of its virtual environment."""
    cpus: tuple[int, ...]
    hash_seed: int
    database_url: str | None = None
    database_stays: bool = False
    """Whether the database is there when the harness is not: one of the user's."""
    makes_files: bool = False
    """Whether it gets a folder of its own for temporary files, which goes with it even where it is killed."""
    host: str = ports.LOOPBACK
    """The address to listen on."""
    port: int | None = None
    """None takes a free one."""

    @property
    def variant(self) -> Variant:
        """The variant to be deployed."""
        return self.app.variant(self.subject.variant)


class Server(AwaitedServer):
    """A started process."""

    def __init__(self, launch: Launch, *, log: Path, ledger: Ledger) -> None:
        """Start it without waiting for it to be ready.

        Raises ManifestError where its command can't be used, RuntimeFault where it can't be executed.
        """
        super().__init__(launch.app, launch.subject, launch.host, launch.port or ports.free_port(launch.host))
        self.variables: Final = contract_variables(
            launch.variant,
            launch.subject,
            self.host,
            self.port,
            hash_seed=launch.hash_seed,
            database_url=launch.database_url,
        )
        """The variables it was given beyond the caller's harmless ones."""
        filled_in = filled_in_command(launch.app, launch.subject, self.variables)
        self.command: Final = _found_in(launch.programs, filled_in, command_place(launch.app, launch.subject))
        self._passing_database: Final = None if launch.database_stays else launch.database_url
        self._stopped = False
        self._cgroup = Cgroup()
        environment = {**variables.base(launch.programs), **self.variables}
        order = Order(name=self.subject.key, command=self.command, folder=launch.app.folder, cpus=launch.cpus)
        if launch.makes_files:
            files = _folder_for_files(ledger)
            order = order.model_copy(update={"remove": (files,)})
            environment["TMPDIR"] = str(files)
        self._process = GuardedProcess(order, environment=environment, log=log, ledger=ledger)

    @override
    def alive(self) -> bool:
        return self._process.alive()

    @override
    def pids(self) -> list[int]:
        return self._process.pids()

    @override
    def cpu_ns(self) -> int:
        """CPU time of its whole process tree since it was started, ended processes included."""
        return self._process.cpu_ns()

    def throttled_ns(self) -> int:
        """How long the CPU limit of the control group that it shares with the harness has held that back."""
        return self._cgroup.throttled_ns() or 0

    def memory(self) -> Memory:
        """Memory of its whole process tree now."""
        return self._process.memory()

    @override
    def cut_log(self) -> int:
        return self._process.cut_log()

    @override
    def log_excerpt(self) -> str:
        return self._process.log_excerpt()

    def log_at_its_end(self) -> str:
        """End it, and return all that it wrote, secrets and all; of a very long log the end."""
        self.stop()
        return self._process.log()

    @override
    def limit_met(self) -> HostFault | None:
        return self._process.limit_met() or refused_by_log(self._process.log_excerpt())

    def ask_to_end(self) -> None:
        """Have it ended without waiting for it; `stop` then waits."""
        self._process.ask_to_end()

    def stop(self) -> None:
        """End it: SIGTERM, a few seconds, SIGKILL for what is left of its tree; then its port is free.

        Raises RuntimeFault where it can't be ended. May be called more than once.
        """
        if self._stopped:
            return  # Its port may be somebody else's by now.
        self._probe.close()
        self._process.stop()
        self._stopped = True
        if not ports.await_free(self.port, timeout_s=1.0, host=self.host):
            raise self._fault(f"has ended, but somebody else listens on its port {self.port}")

    @override
    def _started_ns(self) -> int:
        return self._process.started_ns

    @override
    def exit_code(self) -> int | None:
        return self._process.exit_code

    @override
    def _answers_itself(self) -> bool:
        """Whether every socket that could have answered belongs to the tree that was started here."""
        listening = ports.listening_inodes(self.port, self.host)
        return bool(listening) and listening <= ports.socket_inodes(self._process.pids())

    @override
    def _listens(self) -> bool:
        return bool(ports.listening_inodes(self.port, self.host))

    @override
    def _listening(self) -> tuple[ports.Listening, ...]:
        return ports.listening_addresses(self._process.pids())

    @override
    def _by_hand(self) -> str:
        passing = self._passing_database
        variables_shown = without_secrets(
            {name: _OTHER_DATABASE if value == passing else value for name, value in self.variables.items()}
        )
        given = " ".join(f"{name}={shlex.quote(value)}" for name, value in variables_shown.items())
        command = self.command if passing is None else (word.replace(passing, _OTHER_DATABASE) for word in self.command)
        told = f"start it by hand in its folder: {given} {shlex.join(command)}"
        return told if passing is None else f"{told}\n{_HOW_TO_GET_ANOTHER}"


def _folder_for_files(ledger: Ledger) -> Path:
    """A new one, whose path is short enough for sockets in it; raises WriteError where none can be made."""
    usual = tempfile.gettempdir()
    base = Path(usual if len(os.fsencode(usual)) <= _LONGEST_TMPDIR_BYTES else _USUAL_TMPDIR)
    folder = base / f"bench-{secrets.token_hex(_NAME_BYTES)}"
    ledger.record_folder(folder)
    with told(folder):
        folder.mkdir(mode=0o700)
    return folder


def _found_in(programs: Path, command: tuple[str, ...], place: str) -> tuple[str, ...]:
    """The command with its program as the app's environment holds it."""
    program = programs / command[0]
    if not program.is_file():
        raise ManifestError(
            f"{place}: the app's environment has no program '{command[0]}'",
            hint=f"{meant(command[0], (path.name for path in programs.glob('*')))}the first word must be a program "
            "that the app's dependencies install, such as gunicorn or python",
        )
    return (str(program), *command[1:])
