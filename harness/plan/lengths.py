"""How long the windows of a round are, from what each subject was seen to do in its warm-up.

Seconds that suit a fast host hold too little on a slow one. So a profile's lengths are the least: a window is made
longer until it holds enough, within bounds, and there are fewer of them then, so that no round takes much longer.
What is compared as the same thing in two guises (revisions of an app, the two copies, a set-up and its special ones)
gets the same lengths, those of the slowest: no ratio of theirs may come from unlike windows.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

from harness.model.app import Endpoint
from harness.model.cell import AT_A_RATE, Cell, Subject, Workload
from harness.model.plan import Timing
from harness.plan import budget
from harness.plan.profiles import CAPACITY_CONNECTIONS

WAVES: Final = 10
"""In a window of capacity, each connection is answered so many times: a wave more or less at an edge is then no more
than a tenth of what is counted."""
LEAST_ANSWERS: Final = 200
"""Of a window of capacity: fewer tell a rate too badly."""
LEAST_REQUESTS: Final = 50
"""Of a window of latency: enough to see how its median goes with the host. A percentile is that of all windows of a
round together, so that none of them has to show it, and many short ones tell it better than few long ones with as many
requests: medians scattered by 16 % from one window of a second to the next (`benchmarks/latency_scatter.py`)."""
LEAST_LEAD_INS: Final = 2.0
"""A window of latency is at least so many times as long as what comes before it and is not counted."""
LEAD_IN_WAVES: Final = 1.5
"""All connections send at once when a window begins, so the first wave of answers waited less than those after it."""
_SETTLED: Final = 1.1
"""An open loop's queue has come within some per cent of its mean length after so many times 1 / (capacity x (1 -
sqrt(load))^2): twice the time constant of A. R. Odoni and E. Roth, "An Empirical Investigation of the Transient
Behavior of Stationary Queueing Systems", Operations Research 31(3), 1983, for answers that take about as long as each
other."""

MOST_TIMES: Final = 4.0
LONGEST_S: Final = 1.0
"""No window gets longer than so many usual ones, or a second, whichever is more."""
MOST_TIME: Final = 1.25
"""The usual time of all windows of a cell in a round; beyond it, there are fewer of them."""
LONGEST_LEAD_IN_S: Final = 5.0
"""Whoever has not answered by then has failed."""
_LONGEST_SETTLING_S: Final = 1.0

type Throughputs = Mapping[tuple[Subject, Endpoint], float]
"""Requests per second in closed loop, as the warm-up showed them."""


@dataclass(frozen=True)
class Length:
    """Of the windows of a cell in one round."""

    lead_in_s: float
    duration_s: float
    windows: int

    def takes(self, place: int, planned: int) -> bool:
        """Whether a window is taken in this pass (from 0) of so many planned: evenly spread over all of them."""
        return place in {int((number + 0.5) * planned / self.windows) for number in range(self.windows)}


def lengths_of(
    timing: Timing, cells: Sequence[Cell], throughputs: Throughputs, rates_rps: Mapping[Cell, float]
) -> dict[Cell, Length]:
    """The lengths of all cells that are loaded to capacity or at a rate; of `idle` and `limit` they are all the same.

    Args:
        timing: The lengths that the profile sets.
        cells: Of a plan; those of other workloads are passed over.
        throughputs: Where a subject has none, the usual lengths hold.
        rates_rps: What each latency cell is offered.
    """
    alike: dict[tuple[object, ...], list[Cell]] = defaultdict(list)
    for cell in cells:
        if cell.workload.saturates or cell.workload in AT_A_RATE:
            alike[_guise(cell)].append(cell)
    found: dict[Cell, Length] = {}
    for group in alike.values():
        each = [_own_length(timing, cell, throughputs, rates_rps.get(cell)) for cell in group]
        usual_s, planned = timing.window_s(group[0].workload), timing.windows_of(group[0])
        duration_s = max(length_s for _, length_s in each)
        windows = min(planned, max(1, round(MOST_TIME * planned * usual_s / duration_s)))
        length = Length(max(lead_in_s for lead_in_s, _ in each), duration_s, windows)
        found |= dict.fromkeys(group, length)
    return found


def by_clock_s(lengths: Mapping[Cell, Length]) -> float:
    """How long all windows of these lengths take in a round by the clock, with what is not counted, in seconds."""
    return sum(
        length.windows * (budget.accepting_s(cell) + length.lead_in_s + length.duration_s)
        for cell, length in lengths.items()
    )


def _guise(cell: Cell) -> tuple[object, ...]:
    per_worker = cell.connections // cell.subject.workers
    return cell.subject.kin, cell.endpoint, cell.workload, per_worker, cell.rate, cell.limit_ms


def _own_length(timing: Timing, cell: Cell, throughputs: Throughputs, rate_rps: float | None) -> tuple[float, float]:
    """Lead-in and duration as this cell needs them by itself, in seconds."""
    usual_s, lead_in_s = timing.window_s(cell.workload), _usual_lead_in_s(timing, cell)
    throughput_rps = throughputs.get((cell.subject, cell.endpoint))
    if not throughput_rps or cell.workload in {Workload.IDLE, Workload.LIMIT}:
        return lead_in_s, usual_s
    wave_s = cell.connections / throughput_rps
    if cell.workload is Workload.LATENCY:
        if rate_rps is None:
            return lead_in_s, usual_s
        first_s = min(CAPACITY_CONNECTIONS / throughput_rps, LONGEST_LEAD_IN_S)
        lead_in_s = max(lead_in_s, first_s, _settling_s(rate_rps, throughput_rps))
        needed_s = max(LEAST_REQUESTS / rate_rps, LEAST_LEAD_INS * lead_in_s)
    else:
        needed_s = max(WAVES * wave_s, LEAST_ANSWERS / throughput_rps)
        lead_in_s = max(lead_in_s, min(LEAD_IN_WAVES * wave_s, LONGEST_LEAD_IN_S))
    return lead_in_s, min(max(usual_s, needed_s), max(MOST_TIMES * usual_s, LONGEST_S))


def _settling_s(rate_rps: float, capacity_rps: float) -> float:
    load = rate_rps / capacity_rps
    if load >= 1:
        return _LONGEST_SETTLING_S
    return min(_SETTLED / capacity_rps / (1 - sqrt(load)) ** 2, _LONGEST_SETTLING_S)


def _usual_lead_in_s(timing: Timing, cell: Cell) -> float:
    if cell.workload is Workload.LATENCY:
        return timing.latency_lead_in_s
    if cell.workload in {Workload.IDLE, Workload.LIMIT}:
        return budget.IDLE_LEAD_IN_S if cell.workload is Workload.IDLE else budget.LIMIT_LEAD_IN_S
    many = cell.connections >= budget.MANY_CONNECTIONS
    return max(timing.lead_in_s, budget.MANY_LEAD_IN_S) if many else timing.lead_in_s
