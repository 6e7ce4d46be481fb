"""Which CPUs are given to whom, and how much of them the hypervisor takes."""

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from harness.model.host import CpuLayout, HostCpus

TICK_NS: Final = 1_000_000_000 // os.sysconf("SC_CLK_TCK")
"""Unit of the times in /proc/stat and /proc/PID/stat."""

_IDLE, _IOWAIT, _STEAL = 4, 5, 8
"""Fields of a CPU's line of /proc/stat, the CPU's name counted (proc_stat(5))."""

_ALONE_FROM: Final = 4
"""From so many CPUs on, the database has its own."""

_DATABASE_MOST: Final = 4


def allowed_cpus() -> tuple[int, ...]:
    """The CPUs that this process may use, in ascending order."""
    return tuple(sorted(os.sched_getaffinity(0)))


def siblings(cpus: Iterable[int]) -> dict[int, frozenset[int]]:
    """For each CPU, those that share its core, itself included; only itself where that can't be read."""
    found = {}
    for cpu in cpus:
        found[cpu] = frozenset({cpu})
        with suppress(OSError, ValueError):
            found[cpu] = parse_cpu_list(_topology(cpu, "thread_siblings_list"))
    return found


def lay_out(allowed: Iterable[int], shared_cores: Mapping[int, frozenset[int]], generators: int = 1) -> CpuLayout:
    """Give out the allowed CPUs: server and generator apart, and on different cores where there are two.

    From four on, each of so many generator processes has a CPU of its own, as far as one is left to the database.

    With one CPU, all share it. Below four, the database sits with the generator. From four on it has CPUs of
    its own, and at least one is left to the harness and the system where there are five. Siblings of
    the server's and the generator's CPU (SMT) stay idle as far as CPUs suffice.
    """
    cpus = sorted(set(allowed))
    if not cpus:
        raise ValueError("no CPU is allowed")
    server = cpus[0]
    rest = [cpu for cpu in cpus if cpu != server]
    if not rest:
        return CpuLayout(server=(server,), generator=(server,), database=(server,))
    server_core = shared_cores.get(server, frozenset({server}))
    # A stable sort: CPUs of other cores first.
    rest.sort(key=lambda cpu: cpu in server_core)
    if len(cpus) < _ALONE_FROM:
        apart = tuple(sorted(rest))
        return CpuLayout(server=(server,), generator=apart, database=apart)
    count = max(1, min(generators, len(rest) - 1))
    chosen, others = rest[:count], rest[count:]
    generator_core = frozenset[int]().union(*(shared_cores.get(cpu, frozenset({cpu})) for cpu in chosen))
    others.sort(key=lambda cpu: (cpu in server_core, cpu in generator_core))
    own = [cpu for cpu in others if cpu not in server_core | generator_core] or others[:1]
    spared = max(1, min(len(own) - 1, _DATABASE_MOST))
    return CpuLayout(server=(server,), generator=tuple(sorted(chosen)), database=tuple(sorted(own[:spared])))


def lay_out_apart(app_host: HostCpus, load_host: Iterable[int], generators: int = 1) -> CpuLayout:
    """Give out the CPUs of two hosts: server and database on the one, generator processes on the other.

    The database has CPUs of its own as soon as the app host has two, on other cores than the server's as far as there
    are any. Generators take the last CPUs of the load host: the first is where most devices interrupt.
    """
    server, *rest = sorted(app_host.allowed)
    core = app_host.siblings.get(server, frozenset({server}))
    database = [cpu for cpu in rest if cpu not in core] or rest or [server]
    return CpuLayout(
        server=(server,),
        generator=tuple(sorted(load_host)[-max(1, generators) :]),
        database=tuple(database[:_DATABASE_MOST]),
        load_host_apart=True,
    )


def layout_here(generators: int = 1) -> CpuLayout:
    """The layout for the CPUs that this process may use, and so many generator processes."""
    allowed = allowed_cpus()
    return lay_out(allowed, siblings(allowed), generators)


def keep_to(cpus: Iterable[int]) -> None:
    """Have all threads of this process run on these CPUs only; those started later inherit it."""
    for thread in Path("/proc/self/task").iterdir():
        with suppress(ProcessLookupError):
            os.sched_setaffinity(int(thread.name), cpus)


def steal_ns(cpus: Iterable[int]) -> int:
    """Time that the hypervisor took from these CPUs since boot, summed over them, in ticks of 10 ms."""
    return sum(_spent_ns(cpus, _STEAL).values())


def idle_ns(cpus: Iterable[int]) -> int | None:
    """Time in which nobody had anything to do for these CPUs since boot, summed over them, in ticks of 10 ms.

    None where that is not told of each of them: some containers number their CPUs anew there, and some sandboxes tell
    that they have done nothing since boot, not even idled.
    """
    wanted = frozenset(cpus)
    found = _spent_ns(wanted, _IDLE, _IOWAIT)
    return sum(found.values()) if len(found) == len(wanted) and all(found.values()) else None


def _spent_ns(cpus: Iterable[int], *fields: int) -> dict[str, int]:
    """By name, of those CPUs that are told of."""
    wanted = {f"cpu{cpu}" for cpu in cpus}
    lines = Path("/proc/stat").read_text(encoding="ascii").splitlines()
    told = (line.split() for line in lines if line.startswith("cpu"))
    return {each[0]: sum(int(each[field]) for field in fields) * TICK_NS for each in told if each[0] in wanted}


def parse_cpu_list(text: str) -> frozenset[int]:
    """The kernel's list format: `0-3,8` (cpuset(7))."""
    found: set[int] = set()
    for part in text.strip().split(","):
        first, _, last = part.partition("-")
        found.update(range(int(first), int(last or first) + 1))
    return frozenset(found)


def _topology(cpu: int, name: str) -> str:
    return Path(f"/sys/devices/system/cpu/cpu{cpu}/topology/{name}").read_text(encoding="ascii")
