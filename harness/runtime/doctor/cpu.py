"""Checks of the CPUs: how many, how fast, how steady, and who else wants them."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import psutil

from harness.model.host import Check, CpuLayout, Grade
from harness.runtime import host
from harness.runtime.cpus import siblings, steal_ns
from harness.runtime.doctor.grades import at_most

SAMPLE_S: Final = 1.0
"""For how long steal and other processes are watched."""

_TURBO: Final = {
    # Value that means that the clock may rise above its nominal frequency.
    Path("/sys/devices/system/cpu/intel_pstate/no_turbo"): "0",
    Path("/sys/devices/system/cpu/cpufreq/boost"): "1",
}
_ENOUGH_CPUS: Final = 4
_STEAL_GOOD: Final = 0.01
_STEAL_POOR: Final = 0.05
_OTHERS_GOOD: Final = 0.05
_OTHERS_POOR: Final = 0.25
_PRESSURE_GOOD: Final = 1.0
_PRESSURE_POOR: Final = 10.0


@dataclass(frozen=True)
class Sample:
    """What happened on the host while this process slept."""

    steal_share: float
    """Of the time of the CPUs in use, how much the hypervisor took."""
    others_cpus: float
    """How many CPUs all other processes together kept busy."""
    busiest: str
    """The one that took most."""

    @classmethod
    def take(cls, layout: CpuLayout) -> Self:
        """Watch for `SAMPLE_S`."""
        cpus = {*layout.server, *layout.generator, *layout.database}
        steal, started_ns, before = steal_ns(cpus), time.monotonic_ns(), _cpu_seconds()
        time.sleep(SAMPLE_S)
        after, elapsed_ns = _cpu_seconds(), time.monotonic_ns() - started_ns
        spent = {process: seconds - before.get(process, 0.0) for process, seconds in after.items()}
        busiest = max(spent, key=spent.__getitem__, default=None)
        return cls(
            steal_share=(steal_ns(cpus) - steal) / elapsed_ns / len(cpus),
            others_cpus=sum(spent.values()) / (elapsed_ns / 1e9),
            busiest="nothing" if busiest is None else f"{_name(busiest)} (pid {busiest.pid})",
        )


def layout(given: CpuLayout) -> Check:
    """How many CPUs there are to keep server, generator and database apart."""
    used = len({*given.server, *given.generator, *given.database})
    if set(given.server) & set(given.generator):
        grade, apart = Grade.UNFIT, "server, generator and database share one CPU"
    elif not given.isolated:
        grade, apart = Grade.POOR, "the database shares the generator's CPUs"
    else:
        grade, apart = Grade.GOOD, "all apart"
    return Check(
        name="CPU layout",
        value=f"{used} CPUs in use: server {_listed(given.server)}, generator {_listed(given.generator)}, "
        f"database {_listed(given.database)}; {apart}",
        grade=grade,
        why="What shares a CPU takes time from the other, and the number no longer is the server's own.",
        remedy=None if grade is Grade.GOOD else f"run on a host with {_ENOUGH_CPUS} CPUs or more",
        source="sched_getaffinity(2)",
    )


def shared_cores(given: CpuLayout) -> Check:
    """Whether the server's core is also the generator's or the database's."""
    name, source = "SMT siblings", f"{host.CPU_FOLDER}/cpu*/topology"
    why = "Two CPUs of one core slow each other down by a third and more."
    used = {*given.server, *given.generator, *given.database}
    if host.smt(used) is None:
        return Check(name=name, value="not told", grade=Grade.UNKNOWN, why=why, source=source)
    others = used - set(given.server)
    mixed = any(siblings(given.server)[cpu] & others for cpu in given.server)
    return Check(
        name=name,
        value="the server shares its core" if mixed else "the server has its core for itself",
        grade=Grade.POOR if mixed else Grade.GOOD,
        why=why,
        remedy="switch SMT off (/sys/devices/system/cpu/smt/control), or use a host with more cores" if mixed else None,
        source=source,
    )


def steal(sample: Sample) -> Check:
    """Time taken by the hypervisor."""
    grade = at_most(sample.steal_share, good=_STEAL_GOOD, poor=_STEAL_POOR)
    return Check(
        name="steal",
        value=f"{sample.steal_share:.1%} of {SAMPLE_S:g} s",
        grade=grade,
        why="Time that the hypervisor gives to other guests is missing from the throughput and lands in the latencies.",
        remedy=None if grade is Grade.GOOD else "measure at a quieter hour, or on a dedicated or bare-metal host",
        source="/proc/stat",
    )


def other_load(sample: Sample) -> Check:
    """What other processes are busy with."""
    grade = at_most(sample.others_cpus, good=_OTHERS_GOOD, poor=_OTHERS_POOR)
    return Check(
        name="other processes",
        value=f"{sample.others_cpus:.2f} CPUs busy, most of it {sample.busiest}",
        grade=grade,
        why="They take CPU time and cache from what is measured.",
        remedy=None if grade is Grade.GOOD else "end them, or wait until they are done",
        source=f"/proc/PID/stat over {SAMPLE_S:g} s",
    )


def pressure() -> Check:
    """How long tasks had to wait for a CPU of late."""
    name, source = "CPU pressure", "/proc/pressure/cpu"
    why = "Tasks that wait for a CPU are measured as slow."
    text = host.read(Path(source))
    if text is None:
        return Check(name=name, value="not readable", grade=Grade.UNKNOWN, why=why, source=source)
    waiting = float(text.split("avg60=", 1)[1].split()[0])
    grade = at_most(waiting, good=_PRESSURE_GOOD, poor=_PRESSURE_POOR)
    return Check(
        name=name,
        value=f"{waiting:g} % of the last minute",
        grade=grade,
        why=why,
        remedy=None if grade is Grade.GOOD else "find what is running with `top`, end it and wait a minute",
        source=source,
    )


def frequency_governor(given: CpuLayout) -> Check:
    """Whether the clock frequency waits for load before it rises."""
    found = host.governor(given.server[0])
    return Check(
        name="frequency governor",
        value=found or "not readable",
        grade=Grade.UNKNOWN if found is None else Grade.GOOD if found == "performance" else Grade.POOR,
        why="A governor that follows the load makes the first moments of each window slow.",
        remedy=None if found in {None, "performance"} else "cpupower frequency-set -g performance",
        source=f"{host.CPU_FOLDER}/cpu{given.server[0]}/cpufreq/scaling_governor",
    )


def turbo() -> Check:
    """Whether the clock may rise above its nominal frequency for as long as the chip stays cool."""
    why = "A boosted clock depends on temperature and on what the other cores do, so it drifts within a run."
    for path, boosting in _TURBO.items():
        text = host.read(path)
        if text is not None:
            on = text == boosting
            steady = "1" if boosting == "0" else "0"
            return Check(
                name="turbo",
                value="on" if on else "off",
                grade=Grade.POOR if on else Grade.GOOD,
                why=why,
                remedy=f"echo {steady} | sudo tee {path}" if on else None,
                source=str(path),
            )
    return Check(name="turbo", value="not readable", grade=Grade.UNKNOWN, why=why, source=" or ".join(map(str, _TURBO)))


def clock_source() -> Check:
    """Whether reading the clock stays in user space."""
    found = host.read(host.CLOCK_SOURCE)
    fast = {"tsc", "kvm-clock", "arch_sys_counter", "hyperv_clocksource_tsc_page"}
    return Check(
        name="clock source",
        value=found or "not readable",
        grade=Grade.UNKNOWN if found is None else Grade.GOOD if found in fast else Grade.POOR,
        why="Servers and the generator read the clock for every request; a slow source costs a system call each time.",
        remedy=None if found is None or found in fast else "boot with clocksource=tsc if the CPU's TSC is reliable",
        source=str(host.CLOCK_SOURCE),
    )


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


def _listed(cpus: tuple[int, ...]) -> str:
    return ",".join(map(str, cpus))
