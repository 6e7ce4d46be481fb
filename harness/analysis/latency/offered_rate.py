"""Whether requests that are due at a rate are answered at it.

Completions are held against what was due in the same stretches, so that the chance in the arrivals cancels. What is
left of it are the requests under way at the two ends of each window: Poisson counts around the mean number in flight,
and whatever a stall there holds up. A stall is as likely at the one end as at the other, so it shows as scatter between
windows; a queue that grows, as what all windows lack.

But each window begins with next to no queue. On a host whose CPUs are slow at times, for longer than a window lasts,
one grows throughout those windows, and is never seen to be worked off, however quick the server is. Two things tell
that from a rate that is not kept: most windows lack nothing; and what the server answers when it is never idle is
clearly more, for with all connections busy it works here as it does there.
"""

from typing import Final

import numpy as np

from harness.analysis.latency.stalls import MAX_LOAD
from harness.analysis.table import PAIR
from harness.analysis.windows import CellWindows
from harness.model.validity import Gate, GateName

MIN_ACHIEVED_SHARE: Final = 0.99
"""Of the requests that were due: below, the queue grows and every latency depends on the window's length."""

MAX_CHANCE: Final = 0.1
"""Where windows leave more than that open, they don't tell whether a rate was kept."""

_STANDARD_ERRORS: Final = 3.0
"""How far from its mean a count may be by chance before it is taken for a fault."""
_OF_A_MEDIAN: Final = 1.2533
"""Its standard error, in those of a mean, where counts are many: the root of pi / 2."""


def offered_rate(windows: CellWindows, capacity_rps: float | None) -> Gate:
    """Whether the rate was kept.

    Args:
        windows: Of a cell whose requests are due at a rate.
        capacity_rps: What the same servers answered in closed loop, in the same rounds; None where that was not
            measured. At less than `MAX_LOAD` of it, a queue recovers from whatever made it grow.
    """
    totals = windows.totals
    if totals.offered is None or totals.completed_in_time is None or not totals.offered:
        told = "the number of requests due was not read, so this was not checked"
        return Gate(name=GateName.OFFERED_RATE, held=True, value=None, limit=MIN_ACHIEVED_SHARE, explanation=told)
    share = totals.completed_in_time / totals.offered
    at_ends = float(np.sqrt(2 * totals.in_flight_at_ends))
    lacking = _lacking(windows)
    by_chance = max(at_ends, float(np.std(lacking, ddof=1) * np.sqrt(len(lacking))) if len(lacking) >= PAIR else 0.0)
    chance = _STANDARD_ERRORS * by_chance / totals.offered
    told = f"{share:.1%} of {totals.offered:,} requests due were answered in time (give or take {chance:.1%} by chance)"
    limit: float | None = MIN_ACHIEVED_SHARE
    held = share >= MIN_ACHIEVED_SHARE - chance
    if share < MIN_ACHIEVED_SHARE and chance > MAX_CHANCE:
        told += ": too few windows, or too unlike ones, to tell a queue that grows from the host's stalls"
        limit = None
    elif not held and capacity_rps and (load := _rate_rps(windows) / capacity_rps) < MAX_LOAD:
        usual = len(lacking) * float(np.median(lacking)) / totals.offered
        if usual <= 1 - MIN_ACHIEVED_SHARE + _STANDARD_ERRORS * _OF_A_MEDIAN * at_ends / totals.offered:
            told += (
                f": less in slow moments alone, for half of the windows lack no more than {max(0.0, usual):.1%}, and "
                f"the rate is {load:.0%} of the {capacity_rps:,.0f} requests/s of a server that is never idle"
            )
            held, limit = True, None
    return Gate(name=GateName.OFFERED_RATE, held=held, value=share, limit=limit, explanation=told)


def _rate_rps(windows: CellWindows) -> float:
    """The one rate that all windows of a cell have."""
    return max(window.spec.rate_rps or 0.0 for window in windows.used)


def _lacking(windows: CellWindows) -> list[int]:
    """Of each window, how many more requests were due than were answered."""
    return [
        report.offered - report.completed_in_time
        for report in (window.report for window in windows.used)
        if report.offered is not None and report.completed_in_time is not None
    ]
