"""Which share of its capacity each app was asked for, beside the one that its rate was decided for."""

import re
from collections.abc import Sequence
from typing import Final

from harness.model.cell import RateRule, Workload
from harness.model.findings import CellFinding, Findings
from harness.report.numbers import NOTHING, percent, spaced

_AIMS: Final = {RateRule.HALF: 0.5, RateRule.HIGH: 0.8}
"""Shares of the capacity that a warm-up shows, at which rates of one's own are decided."""
_FAR: Final = 0.1
"""Of the capacity. A p99 changes by a fifth with so much at half load, and by half at 80 %."""
_AT_LOAD: Final = re.compile(r"^at \d+%")
"""How a reason begins that is a load."""


def loads_of(findings: Findings, cells: Sequence[CellFinding]) -> dict[str, float]:
    """By the subject's key, the offered rates as shares of capacities, as counted: the host did to both what it did."""
    capacities = {
        (each.cell.subject, each.cell.endpoint): counted.value
        for each in findings.cells
        if each.cell.workload is Workload.CAPACITY
        and (counted := each.throughput_as_counted_rps or each.throughput_rps)
    }
    return {
        each.cell.subject.key: each.offered_rps / capacity_rps
        for each in cells
        if each.offered_rps and (capacity_rps := capacities.get((each.cell.subject, each.cell.endpoint)))
    }


def unknown_of_server(findings: Findings, cells: Sequence[CellFinding]) -> dict[str, list[CellFinding]]:
    """The valid ones of these of which no latency of the server is known, by why.

    Where that is their load, it is told as their rows have it, from the lowest to the highest: what a cell is judged
    by may differ from that by a percentage point.
    """
    alike: dict[str, list[CellFinding]] = {}
    for each in cells:
        if each.valid and each.of_server_unknown:
            alike.setdefault(_AT_LOAD.sub("", each.of_server_unknown), []).append(each)
    return {_why_unknown(findings, found): found for found in alike.values()}


def _why_unknown(findings: Findings, found: Sequence[CellFinding]) -> str:
    why = found[0].of_server_unknown or ""
    loads = [load for each in found for load in loads_of(findings, [each]).values()]
    return spaced(_AT_LOAD.sub(f"at {_reach(loads)}", why) if loads else why)


def _reach(loads: Sequence[float]) -> str:
    return " to ".join(dict.fromkeys(map(percent, (min(loads), max(loads)))))


def is_far(load: float | None, rate: RateRule | None) -> bool:
    """Whether a load, as it is told, is not what its rate was to be."""
    return load is not None and rate in _AIMS and round(abs(round(load, 2) - _AIMS[rate]), 2) > _FAR


def aim_and_reach(rate: RateRule, loads: Sequence[float]) -> str:
    """A sentence on which load rates of one's own aimed at, and what became of that; empty where all have one rate."""
    if rate not in _AIMS:
        return ""
    aimed = f"Each rate is {percent(_AIMS[rate])} of the capacity that a few windows of a warm-up showed"
    if not loads:
        return f"{aimed}."
    off = f" Rows over {_FAR * 100:g} percentage points off, marked ≠, come last: they compare with none."
    far = any(is_far(load, rate) for load in loads)
    return f"{aimed}, and {_reach(loads)} of that measured later.{off if far else ''}"


def load_words(load: float | None, rate: RateRule | None) -> str:
    """`48 %`, or `32 % ≠ 50 %` where it was to be another."""
    if load is None:
        return NOTHING
    return f"{percent(load)} ≠ {percent(_AIMS[rate])}" if rate and is_far(load, rate) else percent(load)
