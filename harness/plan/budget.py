"""How long a run takes, from what its parts take on one host.

The constants that take a host's speed were read off runs of local processes on a calm two-core virtual machine. Other
hosts take other multiples of them (`harness.plan.pace`); what passes by the clock is the same on all.
"""

from collections.abc import Sequence
from typing import Final

from harness.model.app import Endpoint
from harness.model.cell import CROWDS, Cell, Subject, Workload
from harness.model.course import Course, Part, Span
from harness.model.plan import Plan, Timing

SETUP: Final = Span(by_clock_s=1.0, by_host_s=4.0)
"""By the clock, the doctor's look at the host; by the host, the description of host and apps, and starts of the load
driver, the responder and the database."""
CALIBRATION_LEAD_IN_S: Final = 0.2
"""Not counted, at the start of each window of the calibration."""
REPORT_S: Final = 4.0
"""Importing what analyses and draws, and what of that does not depend on the number of windows."""
REPORT_CELL_S: Final = 0.05
"""Analysing and drawing one cell."""
BETWEEN_S: Final = 1.1
"""Writing down how the servers were deployed."""
LOOK_S: Final = 3.0
"""Judging whether a claim is decided."""
CHECK_S: Final = 1.5
"""Checking the contract and probing for security, for each subject."""
SITES_S: Final = 1.5
"""Starting and probing the sites of a framework that are made for that, beyond what passes beside the checks."""
START_S: Final = 0.5
"""Start of one server up to its first right answer."""
IMPORT_S: Final = 0.2
"""Importing one framework by itself."""
STOP_S: Final = 0.2
"""End of one server by itself."""
END_S: Final = 0.08
"""The same where all of a round end at the same time."""
WINDOW_OVERHEAD_S: Final = 0.016
"""Opening connections, draining, closing and writing one window."""
MANY_CONNECTIONS: Final = 100
MANY_CONNECTIONS_S: Final = 0.06
"""Opening and closing so many."""
MANY_LEAD_IN_S: Final = 0.1
"""The first wave of so many requests is not counted."""
ACCEPTING_S: Final = 0.15
"""Until an idle server has accepted so many."""
LIMIT_LEAD_IN_S: Final = 0.3
"""In which a queue takes most of its usual length."""
IDLE_LEAD_IN_S: Final = 0.5
"""Some requests, by which what was done under load before is over."""
WAITING_RAMP_S: Final = 0.1
"""As long as each request waits: spread over that, their answers come evenly."""
WAITING_LEAD_IN_S: Final = 0.15
"""More than the first answers take, after the ramp."""
RENEWED_SHARE: Final = 0.5
"""Of the windows of waiting, how many leave a queue behind, so that the server is started afresh."""
CROWD_LEAD_IN_S: Final = 0.3
CROWD_STALL_S: Final = 1.0
"""When nobody has come in for so long, nobody else is let in."""
CHAT_OPENING_S: Final = 15.0
"""By then whoever is in is; those that are not count as not held."""
FEED_OPENINGS_PER_S: Final = 4_000.0
CHAT_OPENINGS_PER_S: Final = 2_500.0
CROWD_OVERHEAD_S: Final = 0.6
"""Awaiting what comes first, reading memory, closing, and ending the server whose feeds or chats are over."""
IN_CONTAINERS: Final = {Part.STARTS: 1.5, Part.IMPORTS: 2.3, Part.WAITING: 1.3, Part.STOPS: 1.2}
"""How many times as long parts take in a round where servers run in containers, beside processes of the same host; of
waiting, since servers are started afresh in it.

Read off a standard run in containers and two of processes, on one host within ten hours. The others took as long there,
within what these two differed by: checks 1.02 times, warming up 1.03, windows 0.94, feeds 0.98.
"""
RATE_PASSES: Final = 4
"""Over all whose offered rates are to be decided, each with a further window of the warm-up in each pass: moments of a
host that lie apart. More of them tell a capacity little better, as simulated hosts show
(`tests/unit/measure/test_same_rate.py`)."""
WARM_LEAST: Final = 2
"""Windows before the data can say warm."""
WARM_SHARE: Final = 0.4
"""Of the further warm-up windows allowed, how many are used."""


def calibration_s(timing: Timing) -> float:
    """Seconds that pass by the clock while the generator's own limit is read, on whatever host; a window warms up."""
    return (1 + timing.ceiling_windows) * (CALIBRATION_LEAD_IN_S + timing.ceiling_window_s)


def capacity_window_s(timing: Timing) -> float:
    """Seconds that one measured window of capacity takes."""
    return _saturated_window(timing, Workload.CAPACITY).total_s


def latency_window_s(timing: Timing) -> float:
    """Seconds that one measured window of latency takes."""
    return _latency_window(timing).total_s


def warm_s(timing: Timing) -> float:
    """Seconds that the warm-up of one subject on one endpoint takes."""
    return _warm_up(timing).total_s


def warm_window_s(timing: Timing) -> float:
    """Seconds that one window of it takes."""
    return _warm_window(timing).total_s


def window_s(timing: Timing, cell: Cell) -> float:
    """Seconds that one measured window of a cell takes."""
    return window(timing, cell).total_s


def accepting_s(cell: Cell) -> float:
    """How long a server is left alone to accept many connections.

    Without that, servers on uvicorn had some 300 of 512 requests under way while they were busy; with it, all of them.
    """
    return ACCEPTING_S if cell.connections >= MANY_CONNECTIONS else 0.0


def window(timing: Timing, cell: Cell) -> Span:
    """One measured window of a cell."""
    match cell.workload:
        case Workload.LATENCY:
            return _latency_window(timing)
        case Workload.IDLE | Workload.LIMIT:
            return _open_window(timing, cell)
        case Workload.WAITING:
            return _waiting_window(timing, cell)
        case Workload.FEED | Workload.CHAT:
            return _crowd_window(timing, cell)
        case Workload.FOOTPRINT:
            return Span()
        case _:
            many = Span(by_clock_s=MANY_LEAD_IN_S + accepting_s(cell), by_host_s=MANY_CONNECTIONS_S)
            usual = _saturated_window(timing, cell.workload)
            return usual + (many if cell.connections >= MANY_CONNECTIONS else Span())


def _saturated_window(timing: Timing, workload: Workload) -> Span:
    return Span(by_clock_s=timing.lead_in_s + timing.window_s(workload), by_host_s=WINDOW_OVERHEAD_S)


def _latency_window(timing: Timing) -> Span:
    return Span(by_clock_s=timing.latency_lead_in_s + timing.latency_window_s, by_host_s=WINDOW_OVERHEAD_S)


def _open_window(timing: Timing, cell: Cell) -> Span:
    if cell.workload is Workload.IDLE:
        return Span(by_clock_s=IDLE_LEAD_IN_S + timing.idle_window_s, by_host_s=WINDOW_OVERHEAD_S)
    return Span(by_clock_s=LIMIT_LEAD_IN_S + timing.limit_window_s, by_host_s=WINDOW_OVERHEAD_S)


def _warm_up(timing: Timing) -> Span:
    further = max(0, timing.warm_windows_max - WARM_LEAST)
    windows = min(timing.warm_windows_max, WARM_LEAST) + WARM_SHARE * further
    return _warm_window(timing) * windows


def _warm_window(timing: Timing) -> Span:
    return Span(by_clock_s=timing.lead_in_s + timing.warm_window_s, by_host_s=WINDOW_OVERHEAD_S)


def _waiting_window(timing: Timing, cell: Cell) -> Span:
    by_clock_s = WAITING_RAMP_S + WAITING_LEAD_IN_S + accepting_s(cell) + timing.waiting_window_s
    return Span(by_clock_s=by_clock_s, by_host_s=MANY_CONNECTIONS_S + RENEWED_SHARE * (START_S + STOP_S))


def _crowd_window(timing: Timing, cell: Cell) -> Span:
    if cell.workload is Workload.FEED:
        counted_s, openings_per_s = timing.feed_window_s + timing.feed_limit_s, FEED_OPENINGS_PER_S
    else:
        counted_s, openings_per_s = timing.chat_window_s + timing.chat_limit_s, CHAT_OPENINGS_PER_S
    by_host_s = CROWD_OVERHEAD_S + cell.connections / openings_per_s
    return Span(by_clock_s=CROWD_LEAD_IN_S + counted_s, by_host_s=by_host_s)


def warmed_up(cells: Sequence[Cell]) -> tuple[Cell, ...]:
    """The cells whose windows warm a server up: one for each endpoint that it is asked for as much as it answers.

    Where nothing of that kind is measured, `idle` has its own, and footprint, for a memory after load.
    """
    found: dict[tuple[Subject, Endpoint], Cell] = {}
    for cell in cells:
        if cell.workload.saturates:
            found.setdefault((cell.subject, cell.endpoint), cell)
    for cell in cells:
        if cell.workload is Workload.IDLE:
            found.setdefault((cell.subject, cell.endpoint), cell)
    loaded = {subject for subject, _ in found}
    for cell in cells:
        if cell.workload is Workload.FOOTPRINT and cell.subject not in loaded:
            found[cell.subject, cell.endpoint] = cell
    return tuple(found.values())


_PARTS: Final = {Workload.WAITING: Part.WAITING, **dict.fromkeys(CROWDS, Part.FEEDS)}


def course_of(plan: Plan) -> Course:
    """What the parts of a run would take on the host that the constants are from."""
    rounds = range(1, plan.timing.rounds)
    looks = plan.sequential.looks if plan.sequential else rounds if plan.looks > 1 else ()
    # From here on all have the same parts, and a plan may have hundreds of cells.
    usual = min(max(1, plan.timing.feed_rounds, plan.timing.chat_rounds), plan.timing.rounds - 1)
    kinds = [_round(plan.timing, plan.subjects, plan.cells, index) for index in range(usual + 1)]
    return Course(
        setup=SETUP + Span(by_clock_s=calibration_s(plan.timing)),
        rounds={
            index: kinds[min(index, usual)]
            | {Part.BETWEEN: Span(by_host_s=BETWEEN_S + (LOOK_S if index + 1 in looks else 0.0))}
            for index in range(plan.timing.rounds)
        },
        report=Span(by_host_s=REPORT_S + REPORT_CELL_S * len(plan.cells)),
    )


def _round(timing: Timing, subjects: Sequence[Subject], cells: Sequence[Cell], index: int) -> dict[Part, Span]:
    """What the parts of one round take; feeds, chats, checks and what decides rates are part of the first ones only."""
    looked_at = [cell for cell in cells if cell.workload is Workload.FOOTPRINT]
    apps = {cell.subject.app for cell in looked_at}
    checked = sum(subject.is_original for subject in subjects)
    rated = {(cell.subject, cell.endpoint) for cell in cells if cell.workload is Workload.LATENCY}
    passes = RATE_PASSES if index == 0 else 0
    parts = {
        Part.STARTS: Span(by_host_s=START_S * len(subjects)),
        Part.IMPORTS: Span(by_host_s=IMPORT_S * len(apps)),
        Part.CHECKS: Span(by_host_s=CHECK_S * checked + SITES_S * len(apps) if index == 0 else 0.0),
        Part.WARMING: _warm_up(timing) * len(warmed_up(cells)) + _warm_window(timing) * (passes * len(rated)),
        Part.STOPS: Span(by_host_s=END_S * len(subjects)),
    }
    for cell in cells:
        if index < timing.crowd_rounds(cell.workload):
            part = _PARTS.get(cell.workload, Part.WINDOWS)
            parts[part] = parts.get(part, Span()) + window(timing, cell) * timing.windows_of(cell)
    return {part: span for part, span in parts.items() if span.total_s}
