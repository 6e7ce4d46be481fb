"""Control groups: what the processes in one consumed, and what it allows them (cgroups(7)); versions 1 and 2."""

from contextlib import suppress
from pathlib import Path
from typing import Final

_MOUNT: Final = Path("/sys/fs/cgroup")
_PROC: Final = Path("/proc")
_NS_PER_US: Final = 1_000


class Cgroup:
    """The control group of one process, as seen from here.

    In version 1 each controller has a tree of its own, so a group is a folder in each; in version 2 it is one folder.
    Figures that can't be read are None, never 0.
    """

    def __init__(self, process: int | str = "self", *, mount: Path = _MOUNT, proc: Path = _PROC) -> None:
        """`process` is a process id; that of this process by default."""
        self._folders: dict[str, Path] = {}
        with suppress(OSError, ValueError):
            for line in (proc / str(process) / "cgroup").read_text(encoding="utf-8").splitlines():
                _, controllers, path = line.split(":", 2)
                for controller in controllers.split(","):
                    # Inside a container the path is the host's, and the mount already is the own group.
                    for folder in (mount / controller / path.lstrip("/"), mount / controller):
                        if (folder / "cgroup.procs").exists():
                            self._folders.setdefault(controller, folder)

    def cpu_ns(self) -> int | None:
        """CPU time of all its processes since it exists, ended ones included."""
        used = self._statistic("cpu", "cpu.stat", "usage_usec")
        if used is not None:
            return used * _NS_PER_US
        return self._number("cpuacct", "cpuacct.usage")

    def throttled_ns(self) -> int | None:
        """How long its CPU limit held its processes back since it exists."""
        throttled = self._statistic("cpu", "cpu.stat", "throttled_usec")
        if throttled is not None:
            return throttled * _NS_PER_US
        return self._statistic("cpu", "cpu.stat", "throttled_time")

    def cpu_limit(self) -> float | None:
        """Its limit in CPUs, or None without one."""
        words = (self._text("cpu", "cpu.max") or "").split()
        match [word for word in words if word.isdigit()]:
            case [quota, period] if int(period):
                return int(quota) / int(period)
        quota_us = self._number("cpu", "cpu.cfs_quota_us")
        period_us = self._number("cpu", "cpu.cfs_period_us")
        return quota_us / period_us if quota_us and quota_us > 0 and period_us else None

    def memory_bytes(self) -> int | None:
        """Memory charged to it now, without what the kernel would give up first (file pages not in use).

        A page that several groups use is charged to the one that touched it first.
        """
        charged = self._number("memory", "memory.current")
        idle = self._statistic("memory", "memory.stat", "inactive_file")
        if charged is None:
            charged = self._number("memory", "memory.usage_in_bytes")
            idle = self._statistic("memory", "memory.stat", "total_inactive_file")
        return None if charged is None else charged - (idle or 0)

    def memory_limit_bytes(self) -> int | None:
        """The most memory that may be charged to it; None without a limit, for which version 1 has a huge number."""
        limit = self._number("memory", "memory.max")
        return self._number("memory", "memory.limit_in_bytes") if limit is None else limit

    def pids_limit(self) -> int | None:
        """How many processes and threads it may have, or None without a limit."""
        return self._number("pids", "pids.max")

    def pids(self) -> list[int]:
        """The processes in it and in the groups below it, as this process numbers them."""
        found: list[int] = []
        folder = self._folder("cpu")
        for processes in folder.rglob("cgroup.procs") if folder else ():
            with suppress(OSError):
                found += map(int, processes.read_text(encoding="ascii").split())
        return found

    @property
    def source(self) -> str | None:
        """Where its CPU limit is read, for people."""
        folder = self._folder("cpu")
        return None if folder is None else str(folder)

    def _folder(self, controller: str) -> Path | None:
        return self._folders.get(controller) or self._folders.get("")  # version 2 has one for all

    def _text(self, controller: str, name: str) -> str | None:
        folder = self._folder(controller)
        with suppress(OSError):
            return None if folder is None else (folder / name).read_text(encoding="ascii")
        return None

    def _number(self, controller: str, name: str) -> int | None:
        text = (self._text(controller, name) or "").strip()
        return int(text) if text.lstrip("-").isdigit() else None

    def _statistic(self, controller: str, name: str, key: str) -> int | None:
        for line in (self._text(controller, name) or "").splitlines():
            found, _, value = line.partition(" ")
            if found == key and value.isdigit():
                return int(value)
        return None
