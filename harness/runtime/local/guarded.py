"""A process tree under a guard: started, accounted for, and gone afterwards."""

import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from os import SEEK_END
from pathlib import Path
from signal import SIGTERM
from typing import Final

from pydantic import Field

from harness.companion import has_ended
from harness.host.allowances import LimitWatch, refusal
from harness.metering.process_tree import Memory, ProcessTree, start_ticks
from harness.model.base import Contract
from harness.model.errors import HostFault, RuntimeFault
from harness.runtime.last_lines import MOST_BYTES, last_lines
from harness.runtime.ledger import Ledger
from harness.runtime.local import guard, log_file

KILL_PATIENCE_S: Final = 10.0
"""How long a killed tree may take to be gone, beyond the time it was given to end by itself."""

REMOVAL_PATIENCE_S: Final = 120.0
"""How long its folders may take to be removed after that: a database's are many files, and a disk may be busy."""


class Order(Contract):
    """What a guard is told to start, and how to end it."""

    name: str
    """How messages call it."""
    command: tuple[str, ...]
    folder: Path
    """Where it runs."""
    cpus: tuple[int, ...] = Field(min_length=1)
    gives_way: bool = False
    """Whether any other process that is ready to run goes first (the policy SCHED_IDLE, sched(7))."""
    farewell_signal: int = int(SIGTERM)
    """Asks the first process to end."""
    farewell_s: float = 3.0
    """Time it has until everything that is left is killed."""
    remove: tuple[Path, ...] = ()
    """Folders to remove once the tree is gone."""
    user: int | None = None
    """User and group id to run as; None for those of the harness."""
    group: int | None = None
    open_files: int = 65_536
    """Limit of open files, bounded by the host's hard limit."""
    generations: int | None = None
    """How deep its tree can get at most, where that is known; as `depth` of `ProcessTree`."""


class GuardedProcess:
    """A running order. Its CPU time and memory leave out the guard's own."""

    def __init__(self, order: Order, *, environment: Mapping[str, str], log: Path, ledger: Ledger) -> None:
        """Start it with exactly this environment, writing to `log`; returns as soon as the process exists.

        Raises RuntimeFault where the program can't be executed, HostFault where this host lets nothing more start.
        """
        self._name = order.name
        self._log = log
        self._patience_s = order.farewell_s + KILL_PATIENCE_S
        self._exit_code: int | None = None
        self._limits = LimitWatch()
        try:
            with log.open("ab") as output:
                self._guard = subprocess.Popen(
                    [sys.executable, "-I", "-S", guard.__file__, order.model_dump_json()],
                    env={**environment, **ledger.marker},
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=output,
                    start_new_session=True,
                )
        except OSError as error:
            raise refusal(error) or error from None
        self._tree = ProcessTree(self._guard.pid, depth=order.generations)
        try:
            ledger.record_process(self._guard.pid, f"guard of {order.name}", SIGTERM)
            said = _Started.model_validate_json(self._said() or "{}")
            if said.pid is not None:
                ledger.record_process(said.pid, order.name, order.farewell_signal)
        except BaseException:
            self.stop()
            raise
        if said.pid is None or said.started_ns is None:
            self.stop()
            if said.errno is not None and (refused := refusal(OSError(said.errno, said.error))):
                raise refused
            if met := self.limit_met():
                raise met
            raise RuntimeFault(
                f"{order.name} can't be executed: {said.error or self.log_excerpt()}",
                hint=f"run it by hand in {order.folder}: {' '.join(order.command)}",
            )
        self.pid: Final = said.pid
        """The first process of the tree."""
        self.started_ns: Final = said.started_ns
        """`time.monotonic_ns()` just before it was started."""
        self._start_ticks = start_ticks(self.pid)

    def alive(self) -> bool:
        """Whether the first process still runs."""
        return self._start_ticks is not None and start_ticks(self.pid) == self._start_ticks

    @property
    def exit_code(self) -> int | None:
        """How the first process ended (negative for a signal); None where it runs or that is not known."""
        if self._exit_code is None and not self.alive():
            self._exit_code = _Ended.model_validate_json(self._said() or "{}").exit
        return self._exit_code

    def limit_met(self) -> HostFault | None:
        """Which limit the control group that it shares with the harness has met since it was started."""
        return self._limits.met()

    def pids(self) -> list[int]:
        """The processes of the tree."""
        return self._tree.pids()

    def cpu_ns(self) -> int:
        """CPU time of the whole tree so far, ended processes included; see `ProcessTree.cpu_ns`."""
        return self._tree.cpu_ns()

    def memory(self) -> Memory:
        """Memory of the whole tree now."""
        return self._tree.memory()

    def ask_to_end(self) -> None:
        """Have it ended without waiting, so that several can end at the same time; `stop` then waits."""
        if self._guard.stdin is not None:
            with suppress(BrokenPipeError):
                self._guard.stdin.close()

    def stop(self) -> None:
        """End the whole tree and wait until it is gone. May be called more than once.

        Raises RuntimeFault where it can't be ended, which only a process stuck in the kernel can bring about.
        """
        self.ask_to_end()
        if not has_ended(self._guard, self._patience_s):
            self._await_removal()
        if self._guard.stdout is not None:
            self._guard.stdout.close()

    def _await_removal(self) -> None:
        """Where nothing is left but the guard, it is removing folders."""
        if not (left := self.pids()) and has_ended(self._guard, REMOVAL_PATIENCE_S):
            return
        raise RuntimeFault(
            f"{self._name} can't be ended, "
            + (f"its processes are {left}" if left else "its guard has not removed its folders"),
            hint="look at them with `ps -o pid,stat,wchan,cmd`; state D waits for the kernel",
        )

    def cut_log(self) -> int:
        """Keep the log short; how many bytes were taken out of its middle."""
        return log_file.cut(self._log)

    def log_excerpt(self) -> str:
        """The last lines that were written, bounded in lines and bytes."""
        # Somewhat more than is shown, so that no secret is cut in two before it is taken out.
        return last_lines(self._end_of_log(2 * MOST_BYTES))

    def log(self) -> str:
        """All that was written, secrets and all; of a log that has grown too long the end."""
        return self._end_of_log(log_file.MOST_BYTES)

    def _end_of_log(self, most_bytes: int) -> str:
        with self._log.open("rb") as file:
            size = file.seek(0, SEEK_END)
            file.seek(max(0, size - most_bytes))
            return file.read().decode(errors="replace")

    def _said(self) -> bytes:
        """The guard's next line; empty where it ended without one."""
        if self._guard.stdout is None or self._guard.stdout.closed:
            return b""
        return self._guard.stdout.readline()


class _Started(Contract):
    """The guard's first line."""

    pid: int | None = None
    started_ns: int | None = None
    error: str | None = None
    errno: int | None = None


class _Ended(Contract):
    """The guard's last line."""

    exit: int | None = None
