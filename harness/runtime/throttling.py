"""How long a cgroup's CPU limit held processes back."""

from contextlib import suppress
from pathlib import Path
from typing import Final

_MOUNT: Final = Path("/sys/fs/cgroup")


def cpu_controller() -> Path | None:
    """The folder of the harness's own cgroup for CPU time, version 2 or 1, as seen from here; None if unknown."""
    with suppress(OSError):
        for line in Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines():
            _, controllers, path = line.split(":", 2)
            for base in (_MOUNT,) if not controllers else (_MOUNT / controllers, _MOUNT / "cpu"):
                # Inside a container the path is the host's, and the mount already is the own group.
                for folder in (base / path.lstrip("/"), base):
                    if controllers and "cpu" not in controllers.split(","):
                        continue
                    if _throttled(folder) is not None:
                        return folder
    return None


def throttled_ns(folder: Path | None) -> int:
    """Time throttled since the group exists; 0 where there is no group that could be."""
    return 0 if folder is None else (_throttled(folder) or 0)


def cpu_limit(folder: Path | None) -> float | None:
    """The group's limit in CPUs, or None without one."""
    if folder is None:
        return None
    with suppress(OSError, ValueError):
        quota, period = (folder / "cpu.max").read_text(encoding="ascii").split()
        return int(quota) / int(period)
    with suppress(OSError, ValueError):
        quota_us = int((folder / "cpu.cfs_quota_us").read_text(encoding="ascii"))
        if quota_us > 0:
            return quota_us / int((folder / "cpu.cfs_period_us").read_text(encoding="ascii"))
    return None


def _throttled(folder: Path) -> int | None:
    with suppress(OSError):
        lines = (folder / "cpu.stat").read_text(encoding="ascii").splitlines()
        values = dict(line.split() for line in lines)
        if "throttled_usec" in values:
            return int(values["throttled_usec"]) * 1_000
        if "throttled_time" in values:
            return int(values["throttled_time"])
    return None
