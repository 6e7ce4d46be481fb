"""What must be the same in two runs for their figures to be comparable."""

from collections.abc import Iterable, Mapping
from typing import Final

from harness.model.app import DATABASE_ENDPOINTS
from harness.model.cell import Cell, Workload
from harness.model.comparison import Difference
from harness.model.errors import UsageError
from harness.model.host import CpuLayout, Interpreter
from harness.model.plan import Plan
from harness.model.run import Run
from harness.plan import budget

_ENGINE_PACKAGES: Final = ("locust", "gevent", "httptools")
_BYTES_PER_GIB: Final = 2**30
_DATABASE: Final = "database"
_GENERATOR: Final = "load generator"
_TRACKING: Final = "connection tracking"
_WINDOWS_OF: Final = "windows of "

_REMEDIES: Final = {
    _TRACKING: "a container engine that is up has the kernel follow each connection, which slows most what is fastest: "
    "have it up for both runs, or for neither",
}
"""What sets a condition that people change without knowing it."""


class NotComparable(UsageError):  # noqa: N818 - what it says, not an error's name
    """Two runs differ in something that moves every figure."""

    def __init__(self, differences: tuple[Difference, ...]) -> None:
        """Name every difference."""
        lines = "\n".join(f"  {each.condition}: {each.a} | {each.b}" for each in differences)
        super().__init__(
            f"these runs can't be compared, since more than the apps differs (A | B):\n{lines}",
            hint="; ".join(
                [
                    *(_REMEDIES[each.condition] for each in differences if each.condition in _REMEDIES),
                    "measure both under the same conditions, or add --force to see the ratios all the same",
                ]
            ),
        )
        self.differences = differences


def conditions(run: Run) -> dict[str, str]:
    """Everything that is no part of the apps and yet moves their figures, in words that can be compared.

    How many rounds there were is none of it: that widens intervals and moves nothing.
    """
    host = run.host
    found = {
        "host": f"{host.cpu_model}, {host.cpu_count} CPUs, {round(host.memory_bytes / _BYTES_PER_GIB)} GiB, "
        f"kernel {host.kernel.split('.', maxsplit=1)[0]} [{host.fingerprint}]",
        "CPU layout": _layout(run.plan.cpus),
        "runtime": run.runtime.value,
        "interpreter": "; ".join(sorted({_interpreter(each.interpreter) for each in run.deployments})) or "none",
        _GENERATOR: _generator(run),
        _DATABASE: _database(run),
        "profile": run.plan.profile.value,
        **_windows(run.plan),
        "method version": str(run.method_version),
        "end": "when it was decided" if run.stopped and run.plan.looks_to_end else "as planned",
    }
    tracking = next((check.value for check in run.checks if check.name == _TRACKING), None)
    return found if tracking is None else {**found, _TRACKING: tracking}


def differences(a: Mapping[str, str], b: Mapping[str, str]) -> tuple[Difference, ...]:
    """Every condition that both know and don't share."""
    return tuple(
        Difference(condition=name, a=value, b=b[name]) for name, value in a.items() if name in b and b[name] != value
    )


def concerns(condition: str, cell: Cell) -> bool:
    """Whether a condition moves this cell's figures. A footprint has those of the server before and after its load."""
    footprint = cell.workload is Workload.FOOTPRINT
    if condition == _DATABASE:
        return footprint or cell.endpoint in DATABASE_ENDPOINTS
    if condition == _TRACKING:
        return not footprint
    if condition.startswith(_WINDOWS_OF):
        return footprint or cell.workload.value == condition.removeprefix(_WINDOWS_OF)
    return True


def concerned_words(condition: str) -> str:
    """Which cells a condition concerns; empty for all."""
    if condition == _DATABASE:
        return "cells on the database, and footprints"
    if condition == _TRACKING:
        return "all cells but footprints"
    if condition.startswith(_WINDOWS_OF):
        return f"cells of {condition.removeprefix(_WINDOWS_OF)}, and footprints"
    return ""


def in_the_way(differing: Iterable[Difference], cell: Cell) -> tuple[Difference, ...]:
    """Those differences that keep a cell from being compared."""
    return tuple(each for each in differing if concerns(each.condition, cell))


def _layout(cpus: CpuLayout) -> str:
    def listed(numbers: tuple[int, ...]) -> str:
        return ",".join(map(str, numbers))

    return f"servers {listed(cpus.server)}, generator {listed(cpus.generator)}, database {listed(cpus.database)}"


def _interpreter(interpreter: Interpreter) -> str:
    said = {True: "with {}", False: "without {}", None: "{} not told"}
    words = [
        f"{interpreter.implementation} {interpreter.version}",
        interpreter.compiler,
        said[interpreter.pgo].format("PGO"),
        said[interpreter.lto].format("LTO"),
        *(["free-threaded"] if interpreter.free_threaded else []),
        *(["JIT"] if interpreter.jit else []),
    ]
    return ", ".join(words)


def _generator(run: Run) -> str:
    packages = (f"{name} {run.harness_packages[name]}" for name in _ENGINE_PACKAGES if name in run.harness_packages)
    processes = run.generator.workers or 1
    elsewhere = " of any host" if run.generator.listen else ""
    return ", ".join([f"processes: {processes}{elsewhere}", run.generator_scheduling or "unknown policy", *packages])


def _database(run: Run) -> str:
    if run.database is None:
        return "none"
    return f"PostgreSQL {run.database.version}, {'its own' if run.database.embedded else 'a given server'}"


def _windows(plan: Plan) -> dict[str, str]:
    """By workload, so that what only one run has measured does not stand in the way of the rest."""
    timing = plan.timing
    lead_ins_s = {
        Workload.LATENCY: timing.latency_lead_in_s,
        Workload.IDLE: budget.IDLE_LEAD_IN_S,
        Workload.LIMIT: budget.LIMIT_LEAD_IN_S,
    }
    found = {"warm-up": f"up to {timing.warm_windows_max} x {timing.warm_window_s:g} s"}
    for workload in dict.fromkeys(cell.workload for cell in plan.cells):
        window_s, lead_in_s = timing.window_s(workload), lead_ins_s.get(workload, timing.lead_in_s)
        count = f"{timing.windows(workload)}"
        if workload is Workload.LATENCY and timing.own_rate_windows is not None:
            count += f" ({timing.own_rate_windows} at rates of its own)"
        found[f"{_WINDOWS_OF}{workload.value}"] = f"{count} x {window_s:g} s after {lead_in_s:g} s"
    return found
