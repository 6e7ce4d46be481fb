"""Control groups: what the processes in one consumed, and what it allows them (cgroups(7)); versions 1 and 2."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

_MOUNT: Final = Path("/sys/fs/cgroup")
_PROC: Final = Path("/proc")
_NS_PER_US: Final = 1_000
_NO_LIMIT_BYTES: Final = 2**62
"""Version 1 has a number beyond this for no limit."""


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
        return _charged(self._folder("memory"))

    def memory_limit_bytes(self) -> int | None:
        """The most memory that may be charged to it, by its own limit or that of a group above; None without any."""
        return min((limit for _, limit in self._memory_limits()), default=None)

    def memory_left_bytes(self) -> int | None:
        """How much more may be charged to it before it or a group above meets its limit; None without any."""
        return min((max(0, limit - (_charged(group) or 0)) for group, limit in self._memory_limits()), default=None)

    def pids_limit(self) -> int | None:
        """How many processes and threads it may have, by its own limit or that of a group above; None without any."""
        limits = (_number(group, "pids.max") for group in self._with_above("pids"))
        return min((limit for limit in limits if limit is not None), default=None)

    def memory_kills(self) -> int | None:
        """How many of its processes the kernel has killed for want of memory since it exists."""
        kills = self._statistic("memory", "memory.events", "oom_kill")
        return self._statistic("memory", "memory.oom_control", "oom_kill") if kills is None else kills

    def pids_refused(self) -> int | None:
        """How often a process or thread was refused by its own limit or that of a group above since they exist."""
        counts = [_statistic(group, "pids.events", "max") for group in self._with_above("pids")]
        return sum(count for count in counts if count is not None) if any(c is not None for c in counts) else None

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

    def _memory_limits(self) -> Iterator[tuple[Path, int]]:
        for group in self._with_above("memory"):
            limit = _memory_limit(group)
            if limit is not None:
                yield group, limit

    def _with_above(self, controller: str) -> Iterator[Path]:
        """Its folder and those of the groups that it is part of, as far as they can be seen from here."""
        folder = self._folder(controller)
        while folder is not None and (folder / "cgroup.procs").exists():
            yield folder
            folder = folder.parent

    def _text(self, controller: str, name: str) -> str | None:
        return _text(self._folder(controller), name)

    def _number(self, controller: str, name: str) -> int | None:
        return _number(self._folder(controller), name)

    def _statistic(self, controller: str, name: str, key: str) -> int | None:
        return _statistic(self._folder(controller), name, key)


def _text(folder: Path | None, name: str) -> str | None:
    with suppress(OSError):
        return None if folder is None else (folder / name).read_text(encoding="ascii")
    return None


def _number(folder: Path | None, name: str) -> int | None:
    text = (_text(folder, name) or "").strip()
    return int(text) if text.lstrip("-").isdigit() else None


def _statistic(folder: Path | None, name: str, key: str) -> int | None:
    for line in (_text(folder, name) or "").splitlines():
        found, _, value = line.partition(" ")
        if found == key and value.isdigit():
            return int(value)
    return None


def _memory_limit(folder: Path) -> int | None:
    limit = _number(folder, "memory.max")
    if limit is None:
        limit = _number(folder, "memory.limit_in_bytes")
    return None if limit is None or limit >= _NO_LIMIT_BYTES else limit


def _charged(folder: Path | None) -> int | None:
    charged = _number(folder, "memory.current")
    idle = _statistic(folder, "memory.stat", "inactive_file")
    if charged is None:
        charged = _number(folder, "memory.usage_in_bytes")
        idle = _statistic(folder, "memory.stat", "total_inactive_file")
    return None if charged is None else charged - (idle or 0)
