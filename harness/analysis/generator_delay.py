"""What the generator's waiting for a CPU can have done to a ratio.

A shared host has other work, and at times some of it is before the generator on its CPU. What that does depends on the
kind of load:

- In closed loop, nothing, as long as requests are left that the server can work on. So it costs no more of the
  throughput than the share of time that the generator waited, and no more than that in which the server had nothing to
  do, whichever is less.
- In open loop it is part of every latency as it was met, as the host's stalls are: what is sent late or read late took
  so much longer. In simulation (1 ms of work a request, half load), the p50 grows by 1.3 times the share waited; the
  p99 by as much as one wait takes.

What all subjects have in common is the host's, and cancels in the ratio of medians and throughputs. So a cell is
judged by how it differs from the others of its kind, round by round: a wait that goes with one subject, and surely so,
is no chance of the host. Where it is chance, intervals over rounds have counted it.

Time in which a CPU limit stopped everything is no waiting, since the server was stopped as well.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import sqrt
from statistics import fmean, median, stdev
from typing import Final

import scipy

from harness.analysis.table import PAIR
from harness.analysis.windows import CellWindows, UsedWindow
from harness.model.cell import Workload
from harness.model.findings import TIE_MARGIN
from harness.model.host import CpuLayout
from harness.model.validity import Gate, GateName

MAX_DIFFERENCE: Final = TIE_MARGIN
"""Of what it can have cost of the throughput: with less, no ratio moves by more than what counts as a tie."""
MAX_DIFFERENCE_FOR_LATENCY: Final = 0.01
"""Of the time: more moves a p50 by 1.3 %, and may move a p99 by far more than the margin."""

_SURE: Final = 0.99
"""How sure it is to be that a difference is beyond its limit."""

type ByRound = Mapping[int, float]


def cost_by_round(windows: CellWindows, cpus: CpuLayout, server_workers: int) -> ByRound:
    """What the generator's waiting can have cost at most: a share of the throughput, or in open loop of the time.

    A round in which no meter was read tells none in closed loop: it can't be held against rounds that do.
    """
    by_round: dict[int, list[UsedWindow]] = defaultdict(list)
    for window in windows.used:
        by_round[window.round_index].append(window)
    server_cpus = min(len(cpus.server), server_workers)
    costs = {
        index: _cost(CellWindows(windows.cell, tuple(found)), cpus, server_cpus) for index, found in by_round.items()
    }
    return {index: cost for index, cost in costs.items() if cost is not None}


def generator_delay(windows: CellWindows, own: ByRound, others: Sequence[ByRound]) -> Gate:
    """Whether the wait differs from that of the other cells of its kind by what can change a ratio.

    Args:
        windows: Of the cell.
        own: What its waits can have cost.
        others: The same of the other cells.
    """
    who, share = windows.totals.most_delayed_generator
    limit = MAX_DIFFERENCE_FOR_LATENCY if windows.cell.workload is Workload.LATENCY else MAX_DIFFERENCE
    told = f"{who} waited for its CPU {share:.2%} of the time"
    differences = [
        cost - _middle(cost, beside)
        for index, cost in own.items()
        if (beside := [other[index] for other in others if index in other])
    ]
    if not differences:
        return Gate(name=GateName.GENERATOR_DELAY, held=True, value=share, limit=None, explanation=told)
    difference = fmean(differences)
    held = _surely(differences) <= limit
    told += f"; what that can have cost differs by {difference:+.2%} from the median of its kind"
    if not held:
        told += f", surely by more than {limit:.0%}"
    elif abs(difference) > limit:
        told += f", yet too unlike from round to round to be surely more than {limit:.0%}"
    return Gate(name=GateName.GENERATOR_DELAY, held=held, value=abs(difference), limit=limit, explanation=told)


def _cost(windows: CellWindows, cpus: CpuLayout, server_cpus: int) -> float | None:
    """Of the windows of one round. A meter that was not read in one of them is no reason to think that all was lost."""
    metered = CellWindows(windows.cell, tuple(window for window in windows.used if window.meter))
    meters = [window.meter for window in metered.used if window.meter]
    metered_ns = sum(meter.elapsed_ns for meter in meters)
    stopped = sum(meter.throttled_ns for meter in meters) / metered_ns if metered_ns else 0.0
    waited = max(0.0, windows.totals.most_delayed_generator[1] - stopped)
    if not windows.cell.workload.saturates:
        return waited
    used = metered.totals.server_cpu_share if metered.used else None
    return None if used is None else min(waited, max(0.0, _idle(metered, cpus, server_cpus, used) - stopped))


def _idle(windows: CellWindows, cpus: CpuLayout, server_cpus: int, used: float) -> float:
    """Share of the time in which the server had nothing to do, at most.

    A CPU that was taken by others was not idle. Where only the server's own CPU time is known, what it did not use may
    have been that.
    """
    meters = [window.meter for window in windows.used if window.meter]
    metered_ns = sum(meter.elapsed_ns for meter in meters)
    known = [meter.server_idle_ns for meter in meters if meter.server_idle_ns is not None]
    if len(known) == len(meters):
        never_used = len(cpus.server) - server_cpus
        return (sum(known) / metered_ns - never_used) / server_cpus
    stolen = sum(meter.steal_ns for meter in meters) / metered_ns / cpus.cpus_in_use
    return 1 - stolen - used / server_cpus


def _middle(own: float, others: Sequence[float]) -> float:
    """What it is held against: the median of all, or of two the other one."""
    return others[0] if len(others) == 1 else median([own, *others])


def _surely(differences: Sequence[float]) -> float:
    """How far they are from 0 at least, taken together; 0 where too few rounds tell."""
    rounds = len(differences)
    if rounds < PAIR:
        return 0.0
    error = stdev(differences) / sqrt(rounds)
    return max(0.0, abs(fmean(differences)) - float(scipy.special.stdtrit(rounds - 1, _SURE)) * error)
