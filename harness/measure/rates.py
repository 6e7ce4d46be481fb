"""The offered rates of the latency workload, from the capacities measured before it."""

from collections.abc import Iterable, Mapping
from typing import Final

from harness.model.app import Endpoint
from harness.model.cell import Cell, RateRule, Workload
from harness.model.run import Window, WindowKind

MAX_FAILURE_SHARE: Final = 0.001
"""A capacity with more failures than this is none, so no rate derives from it."""

_SHARES: Final = {RateRule.HALF: 0.5, RateRule.HIGH: 0.8, RateRule.COMMON: 0.5}

type Capacities = Mapping[tuple[str, Endpoint], float]
"""Requests per second by subject key and endpoint."""


def first_capacities(windows: Iterable[Window], cells: Iterable[Cell]) -> dict[tuple[str, Endpoint], float]:
    """The capacity of each subject and endpoint in the first round that measured it.

    Only the first: all rounds must offer the same rate, or their latencies could not be merged.
    """
    by_key = {cell.key: cell for cell in cells if cell.workload is Workload.CAPACITY}
    first_round: dict[str, int] = {}
    responses: dict[str, int] = {}
    failures: dict[str, int] = {}
    elapsed_ns: dict[str, int] = {}
    for window in windows:
        if window.kind is not WindowKind.MEASURED or window.report is None or window.cell not in by_key:
            continue
        if first_round.setdefault(window.cell, window.round_index) != window.round_index:
            continue
        report = window.report
        responses[window.cell] = responses.get(window.cell, 0) + report.responses
        failures[window.cell] = failures.get(window.cell, 0) + sum(report.failures.values())
        elapsed_ns[window.cell] = elapsed_ns.get(window.cell, 0) + report.duration_ns
    return {
        (by_key[key].subject.key, by_key[key].endpoint): count / elapsed_ns[key] * 1e9
        for key, count in responses.items()
        if count and failures[key] <= MAX_FAILURE_SHARE * (count + failures[key])
    }


def offered_rate_rps(cell: Cell, capacities: Capacities) -> float | None:
    """The rate at which this latency cell is loaded, or None where no capacity tells it."""
    if cell.rate is None:
        return None
    own = capacities.get((cell.subject.key, cell.endpoint))
    if own is None:
        return None
    if cell.rate is RateRule.COMMON:
        own = min(rps for (_, endpoint), rps in capacities.items() if endpoint is cell.endpoint)
    return _SHARES[cell.rate] * own


def unknown_rate(cell: Cell) -> str:
    """Why a latency cell can't be loaded."""
    return f"no valid capacity of {cell.subject.key} on {cell.endpoint.value} to derive a rate from"
