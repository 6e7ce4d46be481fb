"""Is this host fit to measure? One check after another, each with value, threshold, reason and remedy.

Nothing is changed. What can't be read is `unknown`, with the value "not told", and never taken for good.
"""

from typing import Final

from harness.host.doctor import cpu, limits, network, pressure, software
from harness.host.doctor.rule import Rule
from harness.host.doctor.system import System
from harness.model.host import Check, ContainerEngine, CpuLayout

__all__ = ["RULES", "examine", "examine_app_host", "examine_load_host"]

RULES: Final[tuple[Rule, ...]] = (*cpu.RULES, *pressure.RULES, *limits.RULES, *network.RULES, *software.RULES)
"""All checks, in the order in which they are shown."""


def examine(layout: CpuLayout, engine: ContainerEngine | None) -> tuple[Check, ...]:
    """All checks, for a run with this CPU layout and the container engine that answers. Takes about one second."""
    system = System.here(layout, engine)
    return tuple(rule.check(system) for rule in RULES)


_OF_A_PERSON_S_SHELL: Final = frozenset({"environment", "container engine"})
_OF_ONE_CONTAINER: Final = frozenset(
    {"cgroup CPU limit", "cgroup memory limit", "cgroup process limit", "connection tracking", "interpreter"}
    | {"outgoing ports", "closed ports", "real-time priority"}
)
"""What an observer would tell of its own container, and not of the host."""
_OF_SERVERS: Final = frozenset({"CPU layout", "SMT siblings", "listen backlog", "memory available"})


def examine_app_host(layout: CpuLayout) -> tuple[Check, ...]:
    """The checks of a host that has the servers and the database only, asked from inside a container there."""
    seen = layout.model_copy(update={"generator": layout.database})
    return _without(_OF_A_PERSON_S_SHELL | _OF_ONE_CONTAINER, seen, "app host")


def examine_load_host(layout: CpuLayout) -> tuple[Check, ...]:
    """The checks of this host where it makes the load for servers on another."""
    seen = layout.model_copy(update={"server": layout.generator, "database": layout.generator})
    return _without(_OF_A_PERSON_S_SHELL | _OF_SERVERS, seen, "load host")


def _without(left_out: frozenset[str], layout: CpuLayout, host: str) -> tuple[Check, ...]:
    system = System.here(layout, engine=None)
    found = (rule.check(system) for rule in RULES if rule.name not in left_out)
    return tuple(check.model_copy(update={"name": f"{check.name}, {host}"}) for check in found)
