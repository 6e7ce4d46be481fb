"""What one container consumes, read where that is cheap and true: from the control groups of the engine's host."""

from pathlib import Path
from typing import Final, Protocol

from harness.host.cgroup import Cgroup
from harness.host.loaded_accelerators import loaded_accelerators
from harness.metering.process_tree import Memory, memory_of, start_ticks
from harness.model.errors import RuntimeFault


class ContainerAccount(Protocol):
    """The account of one container, from its start on."""

    def alive(self) -> bool:
        """Whether its first process still runs."""

    def pids(self) -> list[int]:
        """Its processes, as this machine numbers them; none where they are another machine's."""

    def cpu_ns(self) -> int | None:
        """CPU time of all its processes so far, ended ones included; None where its control group is gone."""

    def throttled_ns(self) -> int | None:
        """How long its CPU limit has held it back."""

    def memory(self) -> Memory:
        """Memory of its processes, and what its control group is charged."""

    def accelerators(self) -> frozenset[str]:
        """The accelerators that its processes have loaded."""


class LocalAccount:
    """Of a container on an engine of this machine."""

    def __init__(self, pid: int, container_id: str) -> None:
        """Raises RuntimeFault where the engine numbers its processes otherwise than this machine."""
        if pid and not _is_of(pid, container_id):
            raise RuntimeFault(
                "the container engine runs on another machine, and how this one reaches it does not tell where",
                hint="give its address, such as --app-host 192.168.1.20, "
                "or name it in DOCKER_HOST or the Docker context (ssh://USER@HOST); see docs/scale-out.md",
            )
        self._pid: Final = pid
        self._start_ticks: Final = start_ticks(pid) if pid else None
        self._cgroup: Final = Cgroup(pid)

    def alive(self) -> bool:
        """See ContainerAccount; so are the others."""
        return self._start_ticks is not None and start_ticks(self._pid) == self._start_ticks

    def pids(self) -> list[int]:
        """From its control group."""
        return self._cgroup.pids() if self.alive() else []

    def cpu_ns(self) -> int | None:
        """From its control group."""
        return self._cgroup.cpu_ns()

    def throttled_ns(self) -> int | None:
        """From its control group."""
        return self._cgroup.throttled_ns()

    def memory(self) -> Memory:
        """From its processes and its control group."""
        return memory_of(self.pids(), charged_bytes=self._cgroup.memory_bytes())

    def accelerators(self) -> frozenset[str]:
        """From the memory maps of its processes."""
        return loaded_accelerators(self.pids())


def _is_of(pid: int, container_id: str) -> bool:
    """Whether this machine's process of that number is the container's; true where it has ended meanwhile."""
    try:
        return container_id in Path(f"/proc/{pid}/cgroup").read_text(encoding="utf-8")
    except FileNotFoundError:
        return True
