"""Latencies of the server: of each cell, without the host's stalls, or why they can't be told."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from harness.analysis.cells import JudgedCell
from harness.analysis.latency.durations import Durations
from harness.analysis.latency.percentiles import CellLatencies, WindowLatencies
from harness.analysis.latency.stalls import MAX_LOAD, Stretch, clear_of_stalls, held_up
from harness.analysis.table import Array
from harness.analysis.windows import Capacities, UsedWindow
from harness.arrival_log import ArrivalLog
from harness.model.app import DATABASE_ENDPOINTS

SETTLE_MEDIANS: Final = 8.0
"""How long a queue is given to take its usual length, in median latencies of the slowest subject, as without stalls.
Some ten times what a request takes by itself: so long a queue at half of its capacity remembers."""

MIN_CLEAR_SHARE: Final = 0.2
"""Of a cell's requests. Where less arrived clear of stalls, the next stall comes before the queue has settled."""
TOO_FEW_CLEAR: Final = f"less than {100 * MIN_CLEAR_SHARE:.0f} % of the requests arrived clear of stalls"
TOO_SLOW: Final = "answers come so slowly that the host stalls again before the queue has settled"
"""Of a subject without which those of more can be told."""

MAX_SKEW_NS: Final = 1_000_000
"""Several generator processes begin their stretches so far apart at most, or stalls can't be placed among requests."""


@dataclass(frozen=True)
class OfServer:
    """The latencies of one cell that no stall had a part in."""

    latencies: CellLatencies = ()
    clear_share: float | None = None
    """Of the requests, how many arrived clear of stalls; None where that was not looked at."""
    unknown: str | None = None
    """Why they can't be told; None where they can."""


def latencies_of_server(
    kind: Sequence[JudgedCell], capacities: Capacities, unwatched: str | None = None
) -> dict[str, OfServer]:
    """Of all cells of a kind, by their keys; stalls are taken out with the same constants for all.

    The queues of all are given as long to settle as the slowest subject's takes. On a host that stalls often, one that
    is very slow would leave nothing of the others: it is left out where those of more can be told without it.
    `unwatched` is why stalls were not watched, if the run says that.
    """
    found = {each.cell.key: OfServer(unknown=_why_not(each, capacities, unwatched)) for each in kind}
    able = [each for each in kind if found[each.cell.key].unknown is None]
    return found | _without_stalls(able)


def _why_not(judged: JudgedCell, capacities: Capacities, unwatched: str | None) -> str | None:
    watched = [window for window in judged.windows.used if _is_watched(window)]
    if not watched:
        return f"stalls of the host were not watched{f': {unwatched}' if unwatched else ''}"
    capacity_rps = capacities.get((judged.cell.subject, judged.cell.endpoint))
    offered_rps = watched[0].spec.rate_rps
    if capacity_rps is None or offered_rps is None:
        return "its capacity was not measured, so its load is not known"
    load = offered_rps / capacity_rps
    return f"at {load:.0%} of its capacity, a queue recovers too slowly from a stall" if load >= MAX_LOAD else None


def _is_watched(window: UsedWindow) -> bool:
    in_step = window.report.skew_ns is None or window.report.skew_ns <= MAX_SKEW_NS
    return window.stalls is not None and window.report.arrivals is not None and in_step


@dataclass(frozen=True)
class _Watched:
    """A window whose stalls were watched, and what happened in it."""

    window: UsedWindow
    arrivals_ns: Array
    latencies_ns: Array
    stalls: Sequence[Stretch]
    during: Stretch
    """When stalls were watched."""

    @classmethod
    def of(cls, window: UsedWindow, *, asks_database: bool) -> "_Watched | None":
        if not _is_watched(window) or window.stalls is None or window.report.arrivals is None:
            return None
        log, stalls = ArrivalLog.decode(window.report.arrivals), window.stalls
        arrivals_ns, latencies_ns = log.arrivals_ns.astype(np.float64), log.latencies_ns.astype(np.float64)
        held = (*(stalls.held or ()), *(stalls.database_held if asks_database else ()))
        met = (
            *(*stalls.server, *stalls.generator, *(stalls.database if asks_database else ())),
            *held_up(held, arrivals_ns, latencies_ns, stalls.late_ns),
        )
        return cls(window, arrivals_ns, latencies_ns, met, (stalls.from_ns, stalls.to_ns - stalls.from_ns))


def _without_stalls(cells: Sequence[JudgedCell]) -> dict[str, OfServer]:
    """With the time to settle by which those of most can be told; of several, the longest.

    How long that is follows from how slow the subjects are and when the host stalled, and not from what is left.
    """
    watched = {each.cell.key: _watched(each) for each in cells}
    medians_ns = {
        each.cell.key: _median_ns(watched[each.cell.key], each.latencies.merged.value_at(0.5)) for each in cells
    }
    best: dict[str, OfServer] = {}
    most = -1
    for median_ns in sorted(set(medians_ns.values()), reverse=True):
        settles = [key for key, its_ns in medians_ns.items() if its_ns <= median_ns]
        if len(settles) <= most:
            break
        found = {key: _clear(watched[key], SETTLE_MEDIANS * median_ns) for key in settles}
        if (known := sum(each.unknown is None for each in found.values())) > most:
            best, most = found, known
    return dict.fromkeys(medians_ns, OfServer(unknown=TOO_SLOW)) | best


def _median_ns(windows: Sequence[_Watched], as_met_ns: float) -> float:
    """What half of a subject's requests take less than without the host's stalls, which as met they don't."""
    found = _clear(windows, SETTLE_MEDIANS * as_met_ns)
    clear = [each.durations for each in found.latencies]
    median_ns = Durations.together(clear, [1.0] * len(clear)).quantile_ns(0.5) if clear else None
    return as_met_ns if median_ns is None else min(median_ns, as_met_ns)


def _watched(judged: JudgedCell) -> list[_Watched]:
    asks_database = judged.cell.endpoint in DATABASE_ENDPOINTS
    found = (_Watched.of(window, asks_database=asks_database) for window in judged.windows.used)
    return [each for each in found if each is not None]


def _clear(windows: Sequence[_Watched], settle_ns: float) -> OfServer:
    latencies: list[WindowLatencies] = []
    requests = 0
    for each in windows:
        durations = clear_of_stalls(each.arrivals_ns, each.latencies_ns, each.stalls, each.during, settle_ns)
        requests += len(each.arrivals_ns)
        if durations.total:
            latencies.append(WindowLatencies(each.window, durations))
    share = sum(each.durations.total for each in latencies) / requests if requests else 0.0
    if share < MIN_CLEAR_SHARE:
        return OfServer(clear_share=share, unknown=TOO_FEW_CLEAR)
    return OfServer(latencies, share)
