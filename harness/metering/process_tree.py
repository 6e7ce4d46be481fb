"""What a process and all that descends from it consume: CPU time and memory."""

import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from harness.host.cpus import TICK_NS

_CHILDREN_USER_TIME: Final = 13
"""Index of `cutime` in /proc/PID/stat behind the process's name; `cstime` follows it (proc_pid_stat(5))."""

_START_TIME: Final = 19
"""Index of `starttime` in the same place."""

_ENDED: Final = frozenset({b"Z", b"X"})
"""States of what is left of a process that has ended."""


_ATTEMPTS: Final = 3
"""Readings of a tree until one is not disturbed by a process that ends."""


@dataclass(frozen=True)
class Memory:
    """Memory of a process tree at one moment."""

    rss_bytes: int | None
    """Sum of the resident sets; pages shared by several processes count in each. None where it can't be read."""
    pss_bytes: int | None
    """Sum of the proportional sets; a shared page counts once in all. None where it can't be read."""
    processes: int
    charged_bytes: int | None = None
    """What a container's control group is charged, file pages not in use left out; None outside of containers."""


class ProcessTree:
    """The processes below a root that is not itself part of the tree."""

    def __init__(self, root_pid: int, *, depth: int | None = None) -> None:
        """`depth` bounds the generations that are looked at, where it is known that there are no more.

        The last generation is then taken to have no children, living or dead, which makes the reading of
        a tree with hundreds of leaves cheap.
        """
        self._root_pid = root_pid
        self._depth = depth
        self._highest_cpu_ns = 0

    def pids(self) -> list[int]:
        """The processes that are there now."""
        return [pid for pid, _ in self._members()]

    def cpu_ns(self) -> int:
        """CPU time of all processes that there are and of those that have ended, in nanoseconds.

        Living processes are read from their CPU clocks and so to the nanosecond, ended threads included
        (clock_getcpuclockid(3)); ended processes from their parents' accounts, in kernel ticks of 10 ms.
        Never less than what was returned before: the tick of a process that has just ended may lag.
        """
        for _ in range(_ATTEMPTS):
            members = list(self._members())
            parents = [self._root_pid, *(pid for pid, may_have_children in members if may_have_children)]
            ended_ns = sum(map(dead_children_ns, parents))
            total = ended_ns + sum(own_cpu_ns(pid) for pid, _ in members)
            if sum(map(dead_children_ns, parents)) == ended_ns:
                break  # Nobody moved from one account to the other meanwhile, to be counted twice or not at all.
        self._highest_cpu_ns = max(self._highest_cpu_ns, total)
        return self._highest_cpu_ns

    def memory(self) -> Memory:
        """Memory of all processes; see `memory_of`."""
        return memory_of(self.pids())

    def _members(self) -> Iterator[tuple[int, bool]]:
        generation = [self._root_pid]
        depth = 0
        while generation:
            depth += 1
            generation = [child for pid in generation for child in children(pid)]
            last = depth == self._depth
            for pid in generation:
                yield pid, not last
            if last:
                return


def memory_of(pids: Iterable[int], *, charged_bytes: int | None = None) -> Memory:
    """Resident and proportional set sizes, from /proc/PID/smaps_rollup; None where that may not be read."""
    rss_kib = pss_kib = processes = unreadable = 0
    for pid in pids:
        try:
            sizes = _smaps_rollup(pid)
        except PermissionError:
            unreadable += 1
        except OSError:
            continue  # It has ended meanwhile.
        else:
            rss_kib += sizes["Rss"]
            pss_kib += sizes["Pss"]
        processes += 1
    return Memory(
        rss_bytes=None if unreadable else rss_kib * 1024,
        pss_bytes=None if unreadable else pss_kib * 1024,
        processes=processes,
        charged_bytes=charged_bytes,
    )


def children(pid: int) -> list[int]:
    """The children of a process, whichever of its threads started them; empty where it has ended."""
    found: list[int] = []
    with suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            with suppress(OSError):
                found += map(int, (thread / "children").read_bytes().split())
    return found


def thread_count(pid: int) -> int:
    """How many threads a process has; 0 where it has ended."""
    try:
        return sum(1 for _ in Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return 0


def own_cpu_ns(pid: int) -> int:
    """CPU time of all threads of one process, ended ones too; 0 where the process is gone."""
    try:
        return time.clock_gettime_ns((~pid << 3) | 2)
    except OSError:
        return 0


def dead_children_ns(pid: int) -> int:
    """CPU time of the ended and collected descendants of a process; 0 where the process is gone."""
    fields = _stat(pid)
    if fields is None:
        return 0
    return (int(fields[_CHILDREN_USER_TIME]) + int(fields[_CHILDREN_USER_TIME + 1])) * TICK_NS


def parent_pid(pid: int) -> int | None:
    """The process that it is a child of; None where there is none, or only what is left of one that has ended."""
    fields = _stat(pid)
    return None if fields is None or fields[0] in _ENDED else int(fields[1])


def start_ticks(pid: int) -> int | None:
    """When a process was started, in ticks since boot, which tells it from a later one of the same id.

    None where there is none, or only what is left of one that has ended (a zombie).
    """
    fields = _stat(pid)
    return None if fields is None or fields[0] in _ENDED else int(fields[_START_TIME])


def _stat(pid: int) -> list[bytes] | None:
    """The fields behind the name, from the process's state on."""
    try:
        return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return None


def _smaps_rollup(pid: int) -> dict[str, int]:
    """Sizes in KiB by name."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()[1:]
    return {name: int(value.split()[0]) for name, _, value in (line.partition(":") for line in lines)}
