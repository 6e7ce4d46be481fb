"""The pace of a host on which no run tells it yet: from what a trial showed, and what is known beforehand."""

import math
from typing import Final

from harness.model.app import Endpoint
from harness.model.cell import AT_A_RATE, CROWDS, SATURATING, Cell, RateRule, Subject, Workload
from harness.model.course import Pace, Part, Span, Times
from harness.model.plan import Plan
from harness.model.run import RuntimeName
from harness.plan.budget import IN_CONTAINERS, window
from harness.plan.lengths import by_clock_s, lengths_of

BY_EXCHANGES: Final = {
    Part.WARMING: 1.0,
    Part.WINDOWS: 1.0,
    Part.FEEDS: 1.0,
    Part.WAITING: 0.8,
    Part.SETUP: 0.5,
    Part.STARTS: 0.35,
}
"""How far a part goes by what an exchange takes, where the rest of it goes by what a start takes. Parts that are not
here go by starts alone.

Read off two standard runs of local processes and one of containers, on a host where starts took 1.1 times as long as on
the calm one. Beside the budget, warming up took 3.3 to 3.8 times as long, windows (as many as there were) 2.9 to 3.4
times, feeds and chats (as many) 3.8 to 4.0 times: exchanges stand for 3.4. Waiting took 2.9 to 3.1 times, the set-up
2.0 to 2.5 times, starts 1.8 to 2.0 times; and checks, imports, ends and the report 0.9 to 1.4 times. With these shares,
and those in containers, all three are foreseen within 5 % of what they took.
"""

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

Geometric means of what twenty deployments answered after their warm-up on a slow host, times 3.4 (as above).
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
answers in its fastest deployment."""


def first_pace(
    plan: Plan, runtime: RuntimeName, told: str | None = None, starts: float = 1.0, exchanges: float = 1.0
) -> Pace:
    """The pace of a host from what can be known before the first run there.

    Args:
        plan: Of the run to come.
        runtime: Where its servers will run.
        told: Where the following is known from; None where it is not, and the host has to pass for a calm one.
        starts: How many times as long a start of an interpreter takes there.
        exchanges: The same of a question over a connection, and its answer.
    """
    in_runtime = IN_CONTAINERS if runtime is RuntimeName.DOCKER else {}

    def by_host(part: Part) -> float:
        share = BY_EXCHANGES.get(part, 0.0)
        return (share * exchanges + (1 - share) * starts) * in_runtime.get(part, 1.0)

    parts = {part: Times(by_host=by_host(part)) for part in Part}
    for part, (by_clock, fewer) in (
        (Part.WINDOWS, foreseen_windows(plan, exchanges)),
        (Part.FEEDS, foreseen_feeds(plan)),
    ):
        parts[part] = Times(by_clock=by_clock, by_host=fewer * by_host(part))
    usual = Times(by_host=starts)
    return Pace(usual=usual, parts=parts) if told is None else Pace(told=told, usual=usual, parts=parts)


def foreseen_windows(plan: Plan, exchanges: float) -> tuple[float, float]:
    """How many times as long as planned all measured windows pass by the clock, and how many times as many there are.

    Where servers answer slowly, windows are longer, and a little fewer. How slowly each app answers is seen once it is
    warmed up; before that, those of a plan stand for a spread of apps, from quick to slow.
    """
    loaded = [cell for cell in plan.cells if cell.workload in LOADED]
    planned = sum(plan.timing.windows_of(cell) for cell in loaded)
    if not planned:
        return 1.0, 1.0
    planned_s = sum(window(plan.timing, cell).by_clock_s * plan.timing.windows_of(cell) for cell in loaded)
    throughputs = _foreseen_rps(plan, exchanges)
    of_app: dict[tuple[str, Endpoint], float] = {}
    for (subject, endpoint), throughput_rps in throughputs.items():
        app = subject.kin[0], endpoint
        of_app[app] = max(throughput_rps, of_app.get(app, throughput_rps))
    slowest: dict[Endpoint, float] = {}
    for (_, endpoint), throughput_rps in of_app.items():
        slowest[endpoint] = min(throughput_rps, slowest.get(endpoint, throughput_rps))
    rates_rps = {
        cell: OFFERED[cell.rate]
        * (slowest[cell.endpoint] if cell.rate is RateRule.COMMON else throughputs[cell.subject, cell.endpoint])
        for cell in loaded
        if cell.rate
    }
    lengths = lengths_of(plan.timing, loaded, throughputs, rates_rps)
    return by_clock_s(lengths) / planned_s, sum(length.windows for length in lengths.values()) / planned


def foreseen_feeds(plan: Plan) -> tuple[float, float]:
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


def _foreseen_rps(plan: Plan, exchanges: float) -> dict[tuple[Subject, Endpoint], float]:
    """Requests per second of each subject, as far as that is known before it is started."""
    kins = list(dict.fromkeys(subject.kin for subject in plan.subjects))
    quickness = {kin: math.pow(SPREAD, 1 - 2 * (place + 0.5) / len(kins)) for place, kin in enumerate(kins)}

    def foreseen(cell: Cell) -> float:
        calm_rps = CALM_RPS.get(cell.endpoint, CALM_RPS[Endpoint.JSON])
        return calm_rps / exchanges * quickness[cell.subject.kin] * cell.subject.workers

    return {(cell.subject, cell.endpoint): foreseen(cell) for cell in plan.cells}
