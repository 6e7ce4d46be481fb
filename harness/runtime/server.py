"""One server of an app's variant as a local process: started, proven ready, accounted for, stopped."""

import string
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from harness.model.app import App, Variant
from harness.model.base import Contract
from harness.model.cell import Subject
from harness.model.errors import ManifestError, RuntimeFault
from harness.runtime import ports, variables
from harness.runtime.describe import loaded_accelerators
from harness.runtime.guarded import GuardedProcess, Order
from harness.runtime.ledger import Ledger
from harness.runtime.probe import Answer, readiness_probe
from harness.runtime.tree import Memory

START_TIMEOUT_S: Final = 30.0
"""How long a server may take to its first right answer."""

_PAUSE_S: Final = 0.002
"""Between two looks at a server that is not ready; bounds the error of its start-up time."""


class Launch(Contract):
    """How one server is to be started."""

    subject: Subject
    app: App
    programs: Path
    """The folder of the app's own programs: the `bin` of its virtual environment."""
    cpus: tuple[int, ...]
    hash_seed: int
    database_url: str | None = None
    port: int | None = None
    """None takes a free one."""

    @property
    def variant(self) -> Variant:
        """The variant to be deployed."""
        return self.app.manifest.variants[self.subject.variant]


class Server:
    """A started server."""

    def __init__(self, launch: Launch, *, log: Path, ledger: Ledger) -> None:
        """Start it without waiting for it to be ready.

        Raises ManifestError where its command can't be used, RuntimeFault where it can't be executed.
        """
        self.subject: Final = launch.subject
        self.host: Final = ports.LOOPBACK
        self.port: Final = launch.port or ports.free_port()
        self.variables: Final = contract_variables(launch, self.host, self.port)
        """The variables it was given beyond the caller's harmless ones."""
        self.command: Final = resolved_command(launch, self.variables)
        self._question, self._probe = readiness_probe(launch.app, self.host, self.port)
        self._start_s: float | None = None
        self.accelerators: frozenset[str] | None = None
        """Which of `facts.ACCELERATORS` its processes have loaded; None until it is ready."""
        self._stopped = False
        self._process = GuardedProcess(
            Order(name=self.subject.key, command=self.command, folder=launch.app.folder, cpus=launch.cpus),
            environment={**variables.base(launch.programs), **self.variables},
            log=log,
            ledger=ledger,
        )

    @property
    def start_s(self) -> float | None:
        """From the start of the process to its first right answer, in seconds; None until it is ready."""
        return self._start_s

    def check_ready(self) -> bool:
        """Look once, without waiting, whether the server is ready: it has given a first right answer.

        For several servers that start at the same time, call this on each in turn. Raises RuntimeFault, with
        the end of the log in its hint, where it has ended, where its first answer is wrong, or where
        that answer came from somebody else.
        """
        if self._start_s is not None:
            return True
        answer = self._probe.step()
        now_ns = time.monotonic_ns()
        if answer is not None:
            self._judge(answer)
            self._start_s = (now_ns - self._process.started_ns) / 1e9
            self.accelerators = loaded_accelerators(self._process.pids())
            return True
        if not self.alive():
            raise self._ended_at_start()
        return False

    def await_ready(self, timeout_s: float = START_TIMEOUT_S) -> float:
        """Wait for the first right answer; returns `start_s`.

        Raises RuntimeFault as `check_ready` does, and where `timeout_s`, counted from now, is over.
        """
        deadline = time.monotonic() + timeout_s
        while not self.check_ready():
            if time.monotonic() > deadline:
                listening = "listens but does not answer" if self._listens() else "does not listen"
                raise self._fault(f"was not ready after {timeout_s:g} s: it {listening} on port {self.port}")
            time.sleep(_PAUSE_S)
        return self._start_s or 0.0

    def alive(self) -> bool:
        """Whether its first process still runs."""
        return self._process.alive()

    def pids(self) -> list[int]:
        """Its processes."""
        return self._process.pids()

    def cpu_ns(self) -> int:
        """CPU time of its whole process tree since it was started, ended processes included."""
        return self._process.cpu_ns()

    def memory(self) -> Memory:
        """Memory of its whole process tree now."""
        return self._process.memory()

    def log_excerpt(self) -> str:
        """The last lines that it wrote."""
        return self._process.log_excerpt()

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
        if not ports.await_free(self.port, timeout_s=1.0):
            raise self._fault(f"has ended, but somebody else listens on its port {self.port}")

    def _judge(self, answer: Answer) -> None:
        if not self._owns_port():
            raise self._port_taken()
        if not answer.right:
            raise self._fault(
                f"gave a wrong first answer to {self._question}: status {answer.status}, body {answer.excerpt!r}"
            )

    def _owns_port(self) -> bool:
        """Whether every socket that could have answered belongs to the tree that was started here."""
        listening = ports.listening_inodes(self.port)
        return bool(listening) and listening <= ports.socket_inodes(self._process.pids())

    def _listens(self) -> bool:
        return bool(ports.listening_inodes(self.port))

    def _ended_at_start(self) -> RuntimeFault:
        if self._listens():
            return self._port_taken()
        return self._fault(f"ended at its start (exit code {self._process.exit_code})")

    def _port_taken(self) -> RuntimeFault:
        return self._fault(f"can't have port {self.port}: another process listens on it")

    def _fault(self, what: str) -> RuntimeFault:
        by_hand = " ".join(f"{name}={value}" for name, value in variables.without_password(self.variables).items())
        return RuntimeFault(
            f"{self.subject.key} {what}",
            hint=f"start it by hand in its folder: {by_hand} {' '.join(self.command)}\n"
            f"the end of its log:\n{self.log_excerpt() or '(it wrote nothing)'}",
        )


def contract_variables(launch: Launch, host: str, port: int) -> dict[str, str]:
    """The variables of the contract, those of the variant, and the hash seed."""
    database = {} if launch.database_url is None else {"DATABASE_URL": launch.database_url}
    return {
        "HOST": host,
        "PORT": str(port),
        "WORKERS": "1",
        "EXTRA_ROUTES": "0",
        **database,
        "PYTHONHASHSEED": str(launch.hash_seed),
        **launch.variant.environment,
    }


def resolved_command(launch: Launch, given: Mapping[str, str]) -> tuple[str, ...]:
    """The variant's command with its variables filled in and its program found in the app's environment."""
    place = f"app '{launch.app.name}', variants.{launch.subject.variant}.command"
    try:
        words = [string.Template(word).substitute(given) for word in launch.variant.command]
    except (KeyError, ValueError) as error:
        raise ManifestError(
            f"{place}: {error} can't be filled in",
            hint=f"it may use {', '.join('${' + name + '}' for name in ('HOST', 'PORT', 'WORKERS'))}; $$ is a dollar",
        ) from None
    program = launch.programs / words[0]
    if not program.is_file():
        raise ManifestError(
            f"{place}: the app's environment has no program '{words[0]}'",
            hint="the first word must be a program that the app's dependencies install, such as gunicorn or python",
        )
    return (str(program), *words[1:])
