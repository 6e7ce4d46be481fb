"""What happens on the host while the doctor watches it."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Self

import psutil

from harness.host.cpus import steal_ns
from harness.model.host import CpuLayout

SAMPLE_S: Final = 1.0
"""For how long steal and other processes are watched."""


@dataclass(frozen=True)
class Sample:
    """What happened while this process slept."""

    steal_share: float | None
    """Of the time of the CPUs in use, how much the hypervisor took; None where the kernel does not count it."""
    others_cpus: float
    """How many CPUs all other processes together kept busy."""
    busiest: str
    """The one that took most."""

    @classmethod
    def take(cls, layout: CpuLayout) -> Self:
        """Watch for `SAMPLE_S`."""
        cpus = {*layout.server, *layout.generator, *layout.database}
        began_ns, steal, before = time.monotonic_ns(), _steal_ns(cpus), _cpu_seconds()
        time.sleep(SAMPLE_S)
        # What was consumed is held against the time between its own two readings: looking at all takes its time, too.
        elapsed_ns, stolen = time.monotonic_ns() - began_ns, _steal_ns(cpus)
        shares = dict(_shares(before, _cpu_seconds(), began_ns))
        busiest = max(shares, key=shares.__getitem__, default=None)
        return cls(
            steal_share=None if steal is None or stolen is None else (stolen - steal) / elapsed_ns / len(cpus),
            others_cpus=sum(shares.values()),
            busiest="nothing" if busiest is None else f"{_name(busiest)} (pid {busiest.pid})",
        )


type _Used = dict[psutil.Process, tuple[int, float]]
"""When each process was looked at, and the seconds of CPU time that it had used by then."""


def _shares(before: _Used, after: _Used, began_ns: int) -> Iterator[tuple[psutil.Process, float]]:
    """How much of a CPU each used between the two looks at it, or since the beginning where it began later."""
    for process, (at_ns, seconds) in after.items():
        before_ns, seconds_before = before.get(process, (began_ns, 0.0))
        yield process, (seconds - seconds_before) * 1e9 / (at_ns - before_ns)


def _steal_ns(cpus: set[int]) -> int | None:
    try:
        return steal_ns(cpus)
    except (OSError, IndexError, ValueError):
        return None


def _cpu_seconds() -> _Used:
    """CPU time of every other process. Processes are told apart by id and start: a kernel worker changes its name."""
    own = psutil.Process()
    return {
        process: (time.monotonic_ns(), times.user + times.system)
        for process in psutil.process_iter(["cpu_times"])
        if process != own and (times := process.info["cpu_times"]) is not None
    }


def _name(process: psutil.Process) -> str:
    try:
        return process.name()
    except psutil.NoSuchProcess:
        return "a process that has ended"
