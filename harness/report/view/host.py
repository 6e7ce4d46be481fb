"""The section on the host: what the machine is, how its CPUs were given out, and what `bench doctor` found."""

from dataclasses import dataclass
from typing import Final

from harness.digits import significant
from harness.model.host import Check, CpuLayout, Grade, Host
from harness.model.run import Run, RuntimeName
from harness.report.numbers import count, mebibytes, spaced
from harness.report.view.deployments import interpreter_words

_GRADE_ORDER: Final = (Grade.UNFIT, Grade.POOR, Grade.UNKNOWN, Grade.GOOD)
_MIB_PER_GIB: Final = 1024
_LOOKS_BACK: Final = (
    "It looks back over the minute before the run, in which images are built too; the check of other processes "
    "looks at one second."
)


@dataclass(frozen=True, slots=True)
class HostView:
    """Facts as (name, value), and the checks with the worst first."""

    facts: tuple[tuple[str, str], ...]
    checks: tuple[Check, ...]
    database_settings: tuple[tuple[str, str], ...]


def host_view(run: Run) -> HostView:
    """The host as it was at the start of the run."""
    settings = run.database.settings.items() if run.database else ()
    return HostView(
        facts=(*_machines(run), *_set_up(run)),
        checks=tuple(sorted(checks_of(run), key=lambda check: _GRADE_ORDER.index(check.grade))),
        database_settings=tuple(sorted(settings)),
    )


def checks_of(run: Run) -> tuple[Check, ...]:
    """What `bench doctor` found, as far as it is about what was measured, with why two of them need not agree.

    Where servers and generator ran in containers, they had their images' interpreters: the harness's own ran nothing
    that was measured.
    """
    graded = {check.name: check.grade for check in run.checks}
    was_quiet = graded.get("other processes") is Grade.GOOD
    return tuple(
        check.model_copy(
            update={
                "value": spaced(check.value),
                "why": f"{check.why} {_LOOKS_BACK}"
                if check.name == "CPU pressure" and check.grade in {Grade.POOR, Grade.UNFIT} and was_quiet
                else check.why,
            }
        )
        for check in run.checks
        if run.driver_image is None or check.name != "interpreter"
    )


def cpu_words(layout: CpuLayout) -> str:
    """Who computes where: `server on CPU 0; generator on CPU 1; database on CPU 1, shared`."""
    shared = "" if layout.isolated else ", shared"
    if layout.load_host_apart:
        return (
            f"on the app host, server on {_cpus(layout.server)} and database on {_cpus(layout.database)}{shared}; "
            f"on the load host, generator on {_cpus(layout.generator)}"
        )
    return (
        f"server on {_cpus(layout.server)}; generator on {_cpus(layout.generator)}; "
        f"database on {_cpus(layout.database)}{shared}"
    )


def _cpus(cpus: tuple[int, ...]) -> str:
    return f"CPU{'s' if len(cpus) > 1 else ''} {', '.join(str(cpu) for cpu in cpus)}" if cpus else "any CPU"


def _machines(run: Run) -> tuple[tuple[str, str], ...]:
    """One host without a name, or each of two with its own."""
    if run.load_host is None:
        return _machine(run.host)
    named = run.engine.host_name if run.engine else None
    return (
        ("App host", f"servers and database{f', {named}' if named else ''}"),
        *((f"App host: {name}", value) for name, value in _machine(run.host)),
        ("Load host", "load generator and harness"),
        *((f"Load host: {name}", value) for name, value in _machine(run.load_host)),
    )


def _machine(host: Host) -> tuple[tuple[str, str], ...]:
    limit = f"{significant(host.cgroup_cpu_limit)} CPUs" if host.cgroup_cpu_limit is not None else "none"
    smt = {True: "on", False: "off", None: "unknown"}[host.smt]
    return (
        ("CPU", f"{host.cpu_model}, {host.cpu_count} CPUs, {host.machine}"),
        ("Memory", f"{significant(mebibytes(host.memory_bytes) / _MIB_PER_GIB)} GiB"),
        ("System", f"{host.os_release}, kernel {host.kernel}"),
        ("Virtualization", host.virtualization or "none found"),
        ("Container", host.container or "none found"),
        ("CPU governor", host.governor or "unknown"),
        ("Simultaneous multithreading", smt),
        ("Clock source", host.clock_source or "unknown"),
        ("CPU limit of the control group", limit),
        ("Open files limit", count(host.open_files_limit)),
        ("Fingerprint", host.fingerprint),
    )


def _place_words(run: Run) -> str:
    engine = run.engine
    if engine is None:
        return "local processes" if run.runtime is RuntimeName.PROCESS else "containers"
    return (
        f"containers on Docker {engine.version} ({engine.runtime}, {engine.storage_driver}, "
        f"control groups version {engine.cgroup_version})"
    )


def _generator_words(run: Run) -> str:
    team = run.generator
    processes = f"{team.workers} worker processes" if team.workers else "one process"
    joined = f", awaited at {team.listen} from any host" if team.listen else ""
    contained = " in a container" if run.driver_image else ""
    policy = f", under {run.generator_scheduling}" if run.generator_scheduling else ""
    return f"{processes}{contained}{joined}{policy}"


def _set_up(run: Run) -> tuple[tuple[str, str], ...]:
    whose, not_measured = "Generator's", ""
    if run.driver_image is not None:
        whose, not_measured = "Harness's", "; servers and generator ran on those of their images"
    database = "none"
    if run.database:
        database = f"PostgreSQL {run.database.version}, {'embedded' if run.database.embedded else 'given by the user'}"
    return (
        ("CPU layout", cpu_words(run.plan.cpus)),
        ("Servers ran as", _place_words(run)),
        ("Load generator ran as", _generator_words(run)),
        *((("Stalls of the host", f"not watched: {run.stalls_unwatched}"),) if run.stalls_unwatched else ()),
        *((("Other processes on the server's CPU", f"not seen: {run.holders_unseen}"),) if run.holders_unseen else ()),
        ("Database", database),
        (f"{whose} interpreter", f"{interpreter_words(run.generator_interpreter)}{not_measured}"),
    )
