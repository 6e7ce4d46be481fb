"""How long a run takes, from what its parts take.

The constants were read off runs on a two-core virtual machine; `bench plan` announces the sum.
"""

from collections.abc import Sequence
from typing import Final

from harness.model.app import Endpoint
from harness.model.cell import Cell, Subject, Workload
from harness.model.plan import Timing

SETUP_S: Final = 24.0
"""Database start, host checks, calibration, first start of each program and, at the end, analysis and report."""
START_S: Final = 0.55
"""Start of one server up to its first right answer."""
IMPORT_S: Final = 0.25
"""Importing one framework by itself."""
STOP_S: Final = 0.2
"""End of one server."""
WINDOW_OVERHEAD_S: Final = 0.016
"""Opening connections, draining, closing and writing one window."""
MANY_CONNECTIONS: Final = 100
MANY_CONNECTIONS_S: Final = 0.06
"""Opening and closing so many."""
MANY_LEAD_IN_S: Final = 0.1
"""The first wave of so many requests is not counted."""
ACCEPTING_S: Final = 0.15
"""Until an idle server has accepted so many."""
WAITING_RAMP_S: Final = 0.1
"""As long as each request waits: spread over that, their answers come evenly."""
WAITING_LEAD_IN_S: Final = 0.15
"""More than the first answers take, after the ramp."""
RENEWED_SHARE: Final = 0.5
"""Of the windows of waiting, how many leave a queue behind, so that the server is started afresh."""
FEED_LEAD_IN_S: Final = 0.3
FEED_STALL_S: Final = 1.0
"""When nobody has had a first event for so long, nobody else is let in."""
FEED_OPENINGS_PER_S: Final = 4_000.0
WARM_SHARE: Final = 0.8
"""Of the warm-up windows allowed, how many are used before the data say warm."""


def capacity_window_s(timing: Timing) -> float:
    """Seconds that one measured window of capacity takes."""
    return timing.lead_in_s + timing.capacity_window_s + WINDOW_OVERHEAD_S


def latency_window_s(timing: Timing) -> float:
    """Seconds that one measured window of latency takes."""
    return timing.latency_lead_in_s + timing.latency_window_s + WINDOW_OVERHEAD_S


def warm_s(timing: Timing) -> float:
    """Seconds that the warm-up of one subject on one endpoint takes."""
    return WARM_SHARE * timing.warm_windows_max * (timing.warm_window_s + WINDOW_OVERHEAD_S)


def waiting_window_s(timing: Timing) -> float:
    """Seconds that one window of waiting takes."""
    renewal_s = RENEWED_SHARE * (START_S + STOP_S)
    return WAITING_RAMP_S + WAITING_LEAD_IN_S + ACCEPTING_S + timing.waiting_window_s + MANY_CONNECTIONS_S + renewal_s


def feed_window_s(timing: Timing, cell: Cell) -> float:
    """Seconds that one window of a feed takes."""
    return cell.connections / FEED_OPENINGS_PER_S + FEED_LEAD_IN_S + timing.feed_window_s + timing.feed_limit_s


def accepting_s(cell: Cell) -> float:
    """How long a server is left alone to accept many connections.

    Without that, servers on uvicorn had some 300 of 512 requests under way while they were busy; with it, all of them.
    """
    return ACCEPTING_S if cell.connections >= MANY_CONNECTIONS else 0.0


def window_s(timing: Timing, cell: Cell) -> float:
    """Seconds that one measured window of a cell takes."""
    match cell.workload:
        case Workload.LATENCY:
            return latency_window_s(timing)
        case Workload.WAITING:
            return waiting_window_s(timing)
        case Workload.FEED:
            return feed_window_s(timing, cell)
        case Workload.FOOTPRINT:
            return 0.0
        case _:
            many_s = MANY_CONNECTIONS_S + MANY_LEAD_IN_S if cell.connections >= MANY_CONNECTIONS else 0.0
            return capacity_window_s(timing) + accepting_s(cell) + many_s


def warmed_up(cells: Sequence[Cell]) -> tuple[Cell, ...]:
    """The cells whose windows warm a server up: one for each endpoint that it is asked for as much as it answers.

    Where nothing of that kind is measured, footprint has its own, for a memory after load.
    """
    found: dict[tuple[Subject, Endpoint], Cell] = {}
    for cell in cells:
        if cell.workload.saturates:
            found.setdefault((cell.subject, cell.endpoint), cell)
    loaded = {subject for subject, _ in found}
    for cell in cells:
        if cell.workload is Workload.FOOTPRINT and cell.subject not in loaded:
            found[cell.subject, cell.endpoint] = cell
    return tuple(found.values())


def round_s(timing: Timing, subjects: Sequence[Subject], cells: Sequence[Cell]) -> float:
    """Seconds that one round takes, feeds left out."""
    measured = sum(
        timing.windows(cell.workload) * window_s(timing, cell) for cell in cells if cell.workload is not Workload.FEED
    )
    imports = IMPORT_S * len({cell.subject.app for cell in cells if cell.workload is Workload.FOOTPRINT})
    return imports + len(subjects) * (START_S + STOP_S) + len(warmed_up(cells)) * warm_s(timing) + measured


def estimate_s(timing: Timing, subjects: Sequence[Subject], cells: Sequence[Cell]) -> float:
    """Seconds for the whole run, from the first server's start to the written report."""
    feeds = sum(feed_window_s(timing, cell) for cell in cells if cell.workload is Workload.FEED)
    feed_rounds = min(timing.rounds, timing.feed_rounds)
    return SETUP_S + timing.rounds * round_s(timing, subjects, cells) + feed_rounds * feeds
