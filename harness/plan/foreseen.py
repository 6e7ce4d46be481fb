"""What can be foreseen of the windows of a plan before any server is started: how fast apps answer, and what follows.

How slowly each app answers is seen once it is warmed up; before that, those of a plan stand for a spread of apps, from
quick to slow.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from harness.model.app import Endpoint
from harness.model.cell import AT_A_RATE, CROWDS, SATURATING, Cell, OfferedRate, RateRule, Subject, Workload
from harness.model.course import Pace, Part, Span
from harness.model.plan import Plan
from harness.plan.budget import window
from harness.plan.lengths import Length, by_clock_s, lengths_of
from harness.plan.slowest_app import slowest_app

CALM_RPS: Final = {
    Endpoint.HELLO: 7_700.0,
    Endpoint.JSON: 7_300.0,
    Endpoint.ITEMS: 2_500.0,
    Endpoint.ORDERS: 4_900.0,
    Endpoint.DB: 3_200.0,
    Endpoint.QUERIES: 550.0,
    Endpoint.FORTUNES: 2_900.0,
}
"""Requests a second that a middling app answers on the host that the lengths are from. Of an endpoint that is not here,
as many as of `json`.

Geometric means of what twenty deployments answered after their warm-up on a slow host, times 3.4
(`harness.plan.first_pace.BY_EXCHANGES`).
"""
SPREAD: Final = 3.0
"""Of twenty deployments, the quickest answers so many times as much, and the slowest so many times less. On the mean of
those endpoints their throughputs lay as far from the middle as they would with this."""
SKIPPED_FEEDS: Final = 0.58
"""Of the feeds that ask for more than the least do, how many are not tried, since a server did not hold fewer: in two
of those runs, of 135 each, 78."""
LOADED: Final = SATURATING | AT_A_RATE
"""The workloads of `Part.WINDOWS`."""
OFFERED: Final = {RateRule.HALF: 0.5, RateRule.HIGH: 0.8, RateRule.COMMON: 0.4}
"""Shares of a capacity; the common rate is the largest round one that is no more than half of what the slowest app
answers (`slowest_app`)."""

_LEAST_EXCHANGES: Final = 0.01
"""No host is a hundred times as fast as that one; a record may say so all the same."""

type Foreseen = tuple[float, float]
"""How many times as long as planned something passes by the clock, and how many times as much of it there is."""


def exchanges_at(pace: Pace) -> float:
    """How many times as long a question over a connection takes, and its answer, on a host of this pace.

    Warming servers up goes by nothing else.
    """
    return max(pace.of(Part.WARMING).by_host, _LEAST_EXCHANGES)


def foreseen_times(plan: Plan, exchanges: float) -> Mapping[Part, Foreseen]:
    """Of the parts of which a plan has other lengths and numbers than will come of it."""
    return {Part.WINDOWS: foreseen_windows(plan, exchanges), Part.FEEDS: foreseen_feeds(plan)}


def foreseen_windows(plan: Plan, exchanges: float) -> Foreseen:
    """How many times as long as planned all measured windows pass by the clock, and how many times as many there are.

    Where servers answer slowly, windows are longer, and a little fewer.
    """
    loaded = [cell for cell in plan.cells if cell.workload in LOADED]
    planned = sum(plan.timing.windows_of(cell) for cell in loaded)
    if not planned:
        return 1.0, 1.0
    planned_s = sum(window(plan.timing, cell).by_clock_s * plan.timing.windows_of(cell) for cell in loaded)
    lengths, _ = _lengths(plan, exchanges)
    return by_clock_s(lengths) / planned_s, sum(length.windows for length in lengths.values()) / planned


def foreseen_requests(plan: Plan, exchanges: float) -> Mapping[Cell, float]:
    """How many requests the windows of each latency cell come to in a round.

    At the rates that a run on the host had, where the plan has the app that they were decided by.
    """
    lengths, rates_rps = _lengths(plan, exchanges, plan.pace.rates)
    return {cell: rate_rps * lengths[cell].windows * lengths[cell].duration_s for cell, rate_rps in rates_rps.items()}


def foreseen_feeds(plan: Plan) -> Foreseen:
    """Which shares of feeds and chats are tried, by the clock and by the host, as planned for all of them."""
    crowds = [cell for cell in plan.cells if cell.workload in CROWDS]
    least = min((cell.connections for cell in crowds if cell.workload is Workload.FEED), default=0)
    planned = foreseen = Span()
    for cell in crowds:
        span = window(plan.timing, cell) * (plan.timing.windows_of(cell) * plan.timing.crowd_rounds(cell.workload))
        further = cell.workload is Workload.FEED and cell.connections > least
        planned, foreseen = planned + span, foreseen + span * (1 - SKIPPED_FEEDS if further else 1.0)
    if not planned.total_s:
        return 1.0, 1.0
    return foreseen.by_clock_s / planned.by_clock_s, foreseen.by_host_s / planned.by_host_s


def _lengths(
    plan: Plan, exchanges: float, known: Sequence[OfferedRate] = ()
) -> tuple[dict[Cell, Length], dict[Cell, float]]:
    """Of the windows of all cells that are loaded, and the rates of those that have one; some may be known."""
    loaded = [cell for cell in plan.cells if cell.workload in LOADED]
    throughputs = _foreseen_rps(plan, exchanges)
    capacities = {(each.slowest.kin, each.endpoint): each.capacity_rps for each in known}
    for subject, endpoint in throughputs:
        throughput_rps = capacities.get((subject.kin, endpoint), throughputs[subject, endpoint])
        throughputs[subject, endpoint] = throughput_rps
    by_endpoint: dict[Endpoint, dict[Subject, float]] = defaultdict(dict)
    for (subject, endpoint), throughput_rps in throughputs.items():
        by_endpoint[endpoint][subject] = throughput_rps
    slowest = {endpoint: found[slowest_app(found)] for endpoint, found in by_endpoint.items()}
    rates_rps = {
        cell: OFFERED[cell.rate]
        * (slowest[cell.endpoint] if cell.rate is RateRule.COMMON else throughputs[cell.subject, cell.endpoint])
        for cell in loaded
        if cell.rate
    }
    apps = {subject.kin[0] for subject in plan.subjects}
    for cell in rates_rps:
        for each in known:
            by_cell = (
                each.slowest.kin[0] in apps if each.rule is RateRule.COMMON else each.slowest.kin == cell.subject.kin
            )
            if by_cell and (each.endpoint, each.rule) == (cell.endpoint, cell.rate):
                rates_rps[cell] = each.rate_rps
    return lengths_of(plan.timing, loaded, throughputs, rates_rps), rates_rps


def _foreseen_rps(plan: Plan, exchanges: float) -> dict[tuple[Subject, Endpoint], float]:
    """Requests per second of each subject, as far as that is known before it is started."""
    kins = list(dict.fromkeys(subject.kin for subject in plan.subjects))
    quickness = {kin: math.pow(SPREAD, 1 - 2 * (place + 0.5) / len(kins)) for place, kin in enumerate(kins)}

    def foreseen(cell: Cell) -> float:
        calm_rps = CALM_RPS.get(cell.endpoint, CALM_RPS[Endpoint.JSON])
        return calm_rps / exchanges * quickness[cell.subject.kin] * cell.subject.workers

    return {(cell.subject, cell.endpoint): foreseen(cell) for cell in plan.cells}
