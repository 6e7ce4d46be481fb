"""The pace of a host on which no run tells it yet: from what a trial showed, and what is known beforehand."""

from typing import Final

from harness.model.course import Pace, Part, Times
from harness.model.plan import Plan
from harness.model.run import RuntimeName
from harness.plan.budget import IN_CONTAINERS
from harness.plan.foreseen import foreseen_times

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


AT_ONCE: Final = 1.3
"""CPUs that a closed loop keeps busy: 1.20 to 1.33 on every endpoint of a standard run in containers, 0.9 of them by
the server. A trial is one process at a time, so it does not meet a limit that these meet: that of its control group, or
a host of one CPU."""


def held_back(cpus: float) -> float:
    """How many times as long exchanges take under load than a trial shows, where they may use so many CPUs."""
    return max(1.0, AT_ONCE / cpus)


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
    for part, (by_clock, fewer) in foreseen_times(plan, exchanges).items():
        parts[part] = Times(by_clock=by_clock, by_host=fewer * by_host(part))
    usual = Times(by_host=starts)
    return Pace(usual=usual, parts=parts) if told is None else Pace(told=told, usual=usual, parts=parts)
