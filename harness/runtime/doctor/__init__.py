"""Is this host fit to measure? One check after another, each with value, threshold, reason and remedy.

Nothing is changed. What can't be read is `unknown`, with the value "not told", and never taken for good.
"""

from typing import Final

from harness.model.host import Check, CpuLayout
from harness.runtime.doctor import cpu, limits, network, pressure, software
from harness.runtime.doctor.rule import Rule
from harness.runtime.doctor.system import System

__all__ = ["RULES", "examine"]

RULES: Final[tuple[Rule, ...]] = (*cpu.RULES, *pressure.RULES, *limits.RULES, *network.RULES, *software.RULES)
"""All checks, in the order in which they are shown."""


def examine(layout: CpuLayout) -> tuple[Check, ...]:
    """All checks, for a run with this CPU layout. Takes about one second."""
    system = System.here(layout)
    return tuple(rule.check(system) for rule in RULES)
