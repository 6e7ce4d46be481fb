"""Checks of how long tasks had to wait of late: pressure stall information."""

import re
from functools import partial
from typing import Final

from harness.host.doctor.grades import at_most
from harness.host.doctor.rule import Finding, Rule, graded, not_told
from harness.host.doctor.system import System

_FOLDER: Final = "/proc/pressure"
_GOOD_PERCENT: Final = 1.0
_POOR_PERCENT: Final = 10.0
_REMEDIES: Final = {
    "cpu": "find what is running with `top`, end it and wait a minute",
    "memory": "find what holds memory with `top -o %MEM`, end it and wait a minute",
    "io": "find what reads and writes with `iotop`, end it and wait a minute",
}


def _pressure(system: System, *, resource: str) -> Finding:
    text = system.read(f"{_FOLDER}/{resource}") or ""
    found = re.search(r"^some .*\bavg60=(\d+(?:\.\d+)?)", text, re.MULTILINE)
    if found is None:
        return not_told()
    waiting = float(found[1])
    return graded(
        f"{waiting:g} % of the last minute",
        at_most(waiting, good=_GOOD_PERCENT, poor=_POOR_PERCENT),
        _REMEDIES[resource],
    )


def _rule(name: str, resource: str, why: str) -> Rule:
    return Rule(
        name=name,
        threshold=f"good up to {_GOOD_PERCENT:g} % of the last minute in which some task waited; "
        f"unfit beyond {_POOR_PERCENT:g} %",
        why=why,
        source=f"{_FOLDER}/{resource}",
        reference="https://docs.kernel.org/accounting/psi.html",
        look=partial(_pressure, resource=resource),
    )


RULES: Final = (
    _rule("CPU pressure", "cpu", "Tasks that wait for a CPU are measured as slow."),
    _rule("memory pressure", "memory", "A host that reclaims or swaps memory stops its servers for milliseconds."),
    _rule("I/O pressure", "io", "A busy disk delays the database, the logs and the run's own records."),
)
