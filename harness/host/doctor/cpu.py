"""Checks of the CPUs: how many, how fast, how steady, and who else wants them."""

from typing import Final

from harness.companion import WATCH_PRIORITY
from harness.host.cpus import parse_cpu_list
from harness.host.doctor.grades import at_most
from harness.host.doctor.rule import Finding, Rule, graded, not_told
from harness.host.doctor.sample import SAMPLE_S
from harness.host.doctor.system import System
from harness.model.host import Grade

_CPU_FOLDER: Final = "/sys/devices/system/cpu"
_CLOCK_SOURCE: Final = "/sys/devices/system/clocksource/clocksource0/current_clocksource"
_TURBO: Final = {
    # Value that means that the clock may rise above its nominal frequency.
    f"{_CPU_FOLDER}/intel_pstate/no_turbo": "0",
    f"{_CPU_FOLDER}/cpufreq/boost": "1",
}
_FAST_CLOCKS: Final = frozenset({"tsc", "kvm-clock", "arch_sys_counter", "hyperv_clocksource_tsc_page"})
_ENOUGH_CPUS: Final = 4
_STEAL_GOOD: Final = 0.01
_STEAL_POOR: Final = 0.05
_OTHERS_GOOD: Final = 0.05
_OTHERS_POOR: Final = 0.25


def _layout(system: System) -> Finding:
    given = system.layout
    if given.load_host_apart:
        beside = given.database_beside_server
        return graded(
            f"server {_listed(given.server)}, database {_listed(given.database)}; "
            f"{'they share it' if beside else 'apart'}, and the generator is on a host of its own",
            Grade.POOR if beside else Grade.GOOD,
            "run the servers on a host with 2 CPUs or more",
        )
    if set(given.server) & set(given.generator):
        grade, apart = Grade.UNFIT, "server, generator and database share one CPU"
    elif not given.isolated:
        grade, apart = Grade.POOR, "the database shares the generator's CPUs"
    else:
        grade, apart = Grade.GOOD, "all apart"
    return graded(
        f"{len(system.used_cpus)} CPUs in use: server {_listed(given.server)}, generator {_listed(given.generator)}, "
        f"database {_listed(given.database)}; {apart}",
        grade,
        f"run on a host with {_ENOUGH_CPUS} CPUs or more",
    )


def _shared_cores(system: System) -> Finding:
    server = system.layout.server
    try:
        listed = [system.read(f"{_CPU_FOLDER}/cpu{cpu}/topology/thread_siblings_list") or "" for cpu in server]
        cores = frozenset[int]().union(*map(parse_cpu_list, listed))
    except ValueError:
        return not_told()
    mixed = bool(cores & (set(system.used_cpus) - set(server)))
    return graded(
        "the server shares its core" if mixed else "the server has its core for itself",
        Grade.POOR if mixed else Grade.GOOD,
        f"switch SMT off (echo off | sudo tee {_CPU_FOLDER}/smt/control), or use a host with more cores",
    )


def _steal(system: System) -> Finding:
    share = system.sample.steal_share
    if share is None:
        return not_told()
    return graded(
        f"{share:.1%} of {SAMPLE_S:g} s",
        at_most(share, good=_STEAL_GOOD, poor=_STEAL_POOR),
        "measure at a quieter hour, or on a dedicated or bare-metal host",
    )


def _other_load(system: System) -> Finding:
    busy = system.sample.others_cpus
    told = f"{busy:.2f} CPUs busy, most of it {system.sample.busiest}"
    if system.measuring:
        told += f"; another benchmark measures: {', '.join(map(str, system.measuring))}"
    return graded(
        told,
        Grade.UNFIT if system.measuring else at_most(busy, good=_OTHERS_GOOD, poor=_OTHERS_POOR),
        "end them, or wait until they are done",
    )


def _real_time(system: System) -> Finding:
    return graded(
        f"SCHED_FIFO with priority {WATCH_PRIORITY} is {'allowed' if system.goes_first else 'refused'}",
        Grade.GOOD if system.goes_first else Grade.POOR,
        f"run as root, or with CAP_SYS_NICE (--cap-add SYS_NICE), or allow `ulimit -r {WATCH_PRIORITY}` "
        "(rtprio in /etc/security/limits.conf)",
    )


def _governor(system: System) -> Finding:
    read = (system.read(f"{_CPU_FOLDER}/cpu{cpu}/cpufreq/scaling_governor") for cpu in system.used_cpus)
    found = set(filter(None, read))
    if not found:
        return not_told()
    return graded(
        ", ".join(sorted(found)),
        Grade.GOOD if found == {"performance"} else Grade.POOR,
        "sudo cpupower frequency-set -g performance",
    )


def _turbo(system: System) -> Finding:
    for path, boosting in _TURBO.items():
        text = system.read(path)
        if text is not None:
            steady = "1" if boosting == "0" else "0"
            return graded(
                "on" if text == boosting else "off",
                Grade.POOR if text == boosting else Grade.GOOD,
                f"echo {steady} | sudo tee {path}",
                source=path,
            )
    return not_told()


def _clock_source(system: System) -> Finding:
    found = system.read(_CLOCK_SOURCE)
    if not found:
        return not_told()
    return graded(
        found,
        Grade.GOOD if found in _FAST_CLOCKS else Grade.POOR,
        "boot with clocksource=tsc if the CPU's TSC is reliable",
    )


def _listed(cpus: tuple[int, ...]) -> str:
    return ",".join(map(str, cpus))


RULES: Final = (
    Rule(
        name="CPU layout",
        threshold="good where server, generator and database have CPUs of their own (from 4 CPUs on); "
        "unfit where the generator runs on the server's",
        why="What shares a CPU takes time from the other, and the number no longer is the server's own.",
        source="sched_getaffinity(2)",
        reference="https://man7.org/linux/man-pages/man2/sched_setaffinity.2.html",
        look=_layout,
    ),
    Rule(
        name="SMT siblings",
        threshold="good where no CPU in use shares the server's core",
        why="Two CPUs of one core slow each other down by a third and more.",
        source=f"{_CPU_FOLDER}/cpu*/topology/thread_siblings_list",
        reference="https://docs.kernel.org/admin-guide/cputopology.html",
        look=_shared_cores,
    ),
    Rule(
        name="steal",
        threshold=f"good up to {_STEAL_GOOD:.0%} of the time of the CPUs in use; unfit beyond {_STEAL_POOR:.0%}",
        why="Time that the hypervisor gives to other guests is missing from the throughput and lands in the latencies.",
        source="/proc/stat",
        reference="https://man7.org/linux/man-pages/man5/proc_stat.5.html",
        look=_steal,
    ),
    Rule(
        name="other processes",
        threshold=f"good up to {_OTHERS_GOOD:g} CPUs busy with them; unfit beyond {_OTHERS_POOR:g}, or where "
        "another benchmark measures",
        why="They take CPU time and cache from what is measured.",
        source=f"/proc/PID/stat over {SAMPLE_S:g} s",
        reference="https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html",
        look=_other_load,
    ),
    Rule(
        name="real-time priority",
        threshold="good where a process may run before everything else on its CPU",
        why="Without it, what else runs on a CPU lands in latencies by way of the generator, and the host's stalls "
        "can't be taken out of them.",
        source="sched_setscheduler(2)",
        reference="https://man7.org/linux/man-pages/man7/sched.7.html",
        look=_real_time,
    ),
    Rule(
        name="frequency governor",
        threshold="good where it is `performance` on every CPU in use",
        why="A governor that follows the load makes the first moments of each window slow.",
        source=f"{_CPU_FOLDER}/cpu*/cpufreq/scaling_governor",
        reference="https://docs.kernel.org/admin-guide/pm/cpufreq.html",
        look=_governor,
    ),
    Rule(
        name="turbo",
        threshold="good where it is off",
        why="A boosted clock depends on temperature and on what the other cores do, so it drifts within a run.",
        source=" or ".join(_TURBO),
        reference="https://docs.kernel.org/admin-guide/pm/intel_pstate.html",
        look=_turbo,
    ),
    Rule(
        name="clock source",
        threshold=f"good where it is one of {', '.join(sorted(_FAST_CLOCKS))}",
        why="Servers and the generator read the clock for every request; a slow source costs a system call each time.",
        source=_CLOCK_SOURCE,
        reference="https://docs.kernel.org/admin-guide/kernel-parameters.html",
        look=_clock_source,
    ),
)
