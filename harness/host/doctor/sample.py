"""What happens on the host while the doctor watches it."""

import time
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
        steal, started_ns, before = _steal_ns(cpus), time.monotonic_ns(), _cpu_seconds()
        time.sleep(SAMPLE_S)
        after, elapsed_ns = _cpu_seconds(), time.monotonic_ns() - started_ns
        spent = {process: seconds - before.get(process, 0.0) for process, seconds in after.items()}
        busiest = max(spent, key=spent.__getitem__, default=None)
        stolen = _steal_ns(cpus)
        return cls(
            steal_share=None if steal is None or stolen is None else (stolen - steal) / elapsed_ns / len(cpus),
            others_cpus=sum(spent.values()) / (elapsed_ns / 1e9),
            busiest="nothing" if busiest is None else f"{_name(busiest)} (pid {busiest.pid})",
        )


def _steal_ns(cpus: set[int]) -> int | None:
    try:
        return steal_ns(cpus)
    except (OSError, IndexError, ValueError):
        return None


def _cpu_seconds() -> dict[psutil.Process, float]:
    """CPU time of every other process. Processes are told apart by id and start: a kernel worker changes its name."""
    own = psutil.Process()
    return {
        process: times.user + times.system
        for process in psutil.process_iter(["cpu_times"])
        if process != own and (times := process.info["cpu_times"]) is not None
    }


def _name(process: psutil.Process) -> str:
    try:
        return process.name()
    except psutil.NoSuchProcess:
        return "a process that has ended"
