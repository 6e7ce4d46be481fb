"""Checks of what the host allows: CPU, memory, processes and files."""

from typing import Final

from harness.host.cgroup import Cgroup
from harness.host.doctor.grades import at_least
from harness.host.doctor.rule import Finding, Rule, graded, not_told
from harness.host.doctor.system import System
from harness.model.host import Grade

SUBSCRIBERS: Final = 10_000
"""The most connections that a window holds at once: those of the largest feed."""
NEEDED: Final = 12_000
"""Files or ports for so many connections, and for everything else that a process has open."""

_FILES_POOR: Final = 4_096
_SYSTEM_FILES: Final = 2 * NEEDED
"""Each connection has an end in the server and one in the generator."""
_PROCESSES: Final = 2_000
_MEMORY_GOOD_BYTES: Final = 2 * 2**30
_MEMORY_POOR_BYTES: Final = 2**30
_CGROUPS: Final = "https://docs.kernel.org/admin-guide/cgroup-v2.html"


def _cgroup(system: System) -> Cgroup:
    return Cgroup(mount=system.path("/sys/fs/cgroup"), proc=system.path("/proc"))


def _cpu_limit(system: System) -> Finding:
    own = _cgroup(system)
    if own.source is None:
        return not_told()
    limit = own.cpu_limit()
    return graded(
        "none" if limit is None else f"{limit:g} CPUs",
        Grade.GOOD if limit is None else Grade.POOR,
        "give whole CPUs (--cpuset-cpus) rather than shares of them (--cpus)",
        source=own.source,
    )


def _memory_limit(system: System) -> Finding:
    own = _cgroup(system)
    if own.source is None:
        return not_told()
    limit, total = own.memory_limit_bytes(), system.memory_bytes("MemTotal")
    if limit is None or (total is not None and limit > total):  # version 1 writes a huge number for none
        return Finding("none", Grade.GOOD)
    return graded(
        _gib(limit),
        at_least(limit, good=_MEMORY_GOOD_BYTES, poor=_MEMORY_POOR_BYTES),
        f"allow {_gib(_MEMORY_GOOD_BYTES)} or more",
    )


def _process_limit(system: System) -> Finding:
    own = _cgroup(system)
    if own.source is None:
        return not_told()
    limit = own.pids_limit()
    if limit is None:
        return Finding("none", Grade.GOOD)
    return graded(
        f"{limit:,}",
        Grade.GOOD if limit >= _PROCESSES else Grade.POOR,
        f"allow {_PROCESSES:,} or more (--pids-limit, TasksMax)",
    )


def _memory_available(system: System) -> Finding:
    available = system.memory_bytes("MemAvailable")
    if available is None:
        return not_told()
    return graded(
        _gib(available),
        at_least(available, good=_MEMORY_GOOD_BYTES, poor=_MEMORY_POOR_BYTES),
        f"free memory until there are {_gib(_MEMORY_GOOD_BYTES)}",
    )


def _open_files(system: System) -> Finding:
    allowed = system.open_files
    if allowed is None:
        return Finding("unlimited", Grade.GOOD)
    return graded(
        f"{allowed:,} a process, for driver and server alike; {SUBSCRIBERS:,} feed subscribers take {NEEDED:,} in each",
        at_least(allowed, good=NEEDED, poor=_FILES_POOR),
        f"ulimit -Hn {NEEDED} (as root), or LimitNOFILE= of a service, or --ulimit nofile= of a container",
    )


def _system_files(system: System) -> Finding:
    match system.numbers("/proc/sys/fs/file-nr"):
        case (taken, _, most):
            free = most - taken
        case _:
            return not_told()
    return graded(
        f"{free:,} free; {SUBSCRIBERS:,} feed subscribers take {_SYSTEM_FILES:,} at both ends",
        Grade.GOOD if free >= _SYSTEM_FILES else Grade.POOR,
        f"sudo sysctl fs.file-max={taken + 2 * _SYSTEM_FILES}",
    )


def _gib(size_bytes: int) -> str:
    return f"{size_bytes / 2**30:.1f} GiB"


RULES: Final = (
    Rule(
        name="cgroup CPU limit",
        threshold="good where there is none",
        why="A limit stops server and generator in mid-window until the next period begins.",
        source="cpu.max or cpu.cfs_quota_us below /sys/fs/cgroup",
        reference=_CGROUPS,
        look=_cpu_limit,
    ),
    Rule(
        name="cgroup memory limit",
        threshold=f"good from {_gib(_MEMORY_GOOD_BYTES)} on, or without one; unfit below {_gib(_MEMORY_POOR_BYTES)}",
        why="A run that meets its limit loses servers to the kernel.",
        source="memory.max or memory.limit_in_bytes below /sys/fs/cgroup",
        reference=_CGROUPS,
        look=_memory_limit,
    ),
    Rule(
        name="cgroup process limit",
        threshold=f"good from {_PROCESSES:,} processes and threads on, or without one",
        why="All servers of a round run at once, some with 16 threads; one that gets no thread fails to start.",
        source="pids.max below /sys/fs/cgroup",
        reference=_CGROUPS,
        look=_process_limit,
    ),
    Rule(
        name="memory available",
        threshold=f"good from {_gib(_MEMORY_GOOD_BYTES)} on; unfit below {_gib(_MEMORY_POOR_BYTES)}",
        why="All servers of a round run at the same time; a host that swaps measures its disk.",
        source="/proc/meminfo",
        reference="https://man7.org/linux/man-pages/man5/proc_meminfo.5.html",
        look=_memory_available,
    ),
    Rule(
        name="open files",
        threshold=f"good from {NEEDED:,} a process on; unfit below {_FILES_POOR:,}",
        why="Each connection takes one in the server and one in the generator.",
        source="getrlimit(2)",
        reference="https://man7.org/linux/man-pages/man2/getrlimit.2.html",
        look=_open_files,
    ),
    Rule(
        name="open files of the system",
        threshold=f"good from {_SYSTEM_FILES:,} free ones on",
        why="All processes together draw on it; beyond it, connections are refused.",
        source="/proc/sys/fs/file-nr",
        reference="https://docs.kernel.org/admin-guide/sysctl/fs.html",
        look=_system_files,
    ),
)
