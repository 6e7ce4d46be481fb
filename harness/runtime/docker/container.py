"""One container: what it consumes, read from its control group, and its end."""

import subprocess
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from harness.model.errors import RuntimeFault
from harness.runtime.cgroup import Cgroup
from harness.runtime.docker.engine import docker, environment, inspect
from harness.runtime.tree import Memory, memory_of, start_ticks

FAREWELL_S: Final = 3
"""Time it has after SIGTERM until it is killed."""

_LOG_LINES: Final = 20
_STOP_S: Final = 30.0


class Container:
    """A container that was started, on this machine's engine."""

    def __init__(self, name: str) -> None:
        """Look at the container of this name; raises RuntimeFault where there is none."""
        self.name: Final = name
        found = inspect("container", name)
        state = found["State"]
        self.image_id: Final[str] = found["Image"]
        networks = found["NetworkSettings"]["Networks"].values()
        self.address: Final[str] = next((each["IPAddress"] for each in networks if each["IPAddress"]), "")
        """On its network, where this machine reaches it too."""
        self.started_ns: Final = _monotonic_ns(state["StartedAt"])
        self._pid: Final[int] = state["Pid"]
        if self._pid and not _is_of(self._pid, found["Id"]):
            raise RuntimeFault(
                "the container engine runs on another machine, where its containers can't be metered from here",
                hint="run the harness on that machine (see docs/scale-out.md), or use --runtime process",
            )
        self._start_ticks: Final = start_ticks(self._pid) if self._pid else None
        self._cgroup: Final = Cgroup(self._pid)
        self._highest_cpu_ns = 0
        self._stopping: subprocess.Popen[bytes] | None = None

    def alive(self) -> bool:
        """Whether its first process still runs."""
        return self._start_ticks is not None and start_ticks(self._pid) == self._start_ticks

    def exit_code(self) -> int | None:
        """How its first process ended; None where it runs or is gone."""
        with suppress(RuntimeFault):
            state = inspect("container", self.name)["State"]
            return None if state["Running"] else int(state["ExitCode"])
        return None

    def pids(self) -> list[int]:
        """Its processes, as this machine numbers them."""
        return self._cgroup.pids() if self.alive() else []

    def cpu_ns(self) -> int:
        """CPU time of all its processes so far, ended ones included; the last reading where it is gone."""
        self._highest_cpu_ns = max(self._highest_cpu_ns, self._cgroup.cpu_ns() or 0)
        return self._highest_cpu_ns

    def throttled_ns(self) -> int:
        """How long its CPU limit has held it back."""
        return self._cgroup.throttled_ns() or 0

    def memory(self) -> Memory:
        """Memory of its processes, and what its control group is charged."""
        return memory_of(self.pids(), charged_bytes=self._cgroup.memory_bytes())

    def log_excerpt(self) -> str:
        """The last lines that it wrote."""
        done = subprocess.run(
            ("docker", "logs", "--tail", str(_LOG_LINES), self.name),  # noqa: S607 - as the user has it
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        return done.stdout.decode(errors="replace").strip()

    def ask_to_end(self) -> None:
        """Have it ended without waiting for it; `stop` then waits."""
        if self._stopping is None:
            self._stopping = subprocess.Popen(
                ("docker", "stop", "-t", str(FAREWELL_S), self.name),  # noqa: S607 - as the user has it
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                process_group=0,  # a Ctrl-C in the terminal is for the harness to handle
            )

    def stop(self) -> None:
        """End and remove it. May be called more than once; raises RuntimeFault where the engine does not."""
        self.ask_to_end()
        if self._stopping is not None:
            self._stopping.wait(_STOP_S)
        remove(self.name)


def _is_of(pid: int, container_id: str) -> bool:
    """Whether this machine's process of that number is the container's; true where it has ended meanwhile."""
    try:
        return container_id in Path(f"/proc/{pid}/cgroup").read_text(encoding="utf-8")
    except FileNotFoundError:
        return True


def remove(name: str) -> None:
    """Remove a container with its volumes, running or not; one that is gone is removed already."""
    try:
        docker("rm", "--force", "--volumes", name)
    except RuntimeFault as error:
        if "No such container" not in error.what:
            raise


def _monotonic_ns(told: str) -> int:
    """An instant that the engine told, on the clock of `time.monotonic_ns()`."""
    seconds, _, fraction = told.removesuffix("Z").partition(".")
    wall_ns = int(datetime.fromisoformat(f"{seconds}+00:00").timestamp()) * 1_000_000_000 + int(fraction.ljust(9, "0"))
    return time.monotonic_ns() - (time.time_ns() - wall_ns)
