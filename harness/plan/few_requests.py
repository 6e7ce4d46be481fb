"""Of which latencies a run will come to too few requests to tell them: said before it, with what has enough."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from harness.model.app import App, Endpoint
from harness.model.cell import RateRule
from harness.model.errors import UsageError
from harness.model.latency_figure import MIN_RESPONSES_FOR_LATENCY, enough_rounds, requests_for
from harness.model.naming import RATE_WORDS
from harness.model.plan import Plan, ProfileName
from harness.plan.build import Choices, build_plan, of_profile
from harness.plan.foreseen import exchanges_at, foreseen_requests
from harness.plan.pace import at_pace, rounds_that_fit

_NEEDED: Final = requests_for(0.99)
"""The highest percentile that is told of each cell."""

type Latencies = tuple[Endpoint, RateRule]
"""Cells whose requests arrive by the same rule."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What such cells come to."""

    latencies: Latencies
    requests: float
    """Of all rounds together, of the cell that has fewest."""
    rounds: int


def few_requests(plan: Plan, apps: Sequence[App], choices: Choices) -> Iterator[str]:
    """A sentence for each rate on each endpoint at which a percentile will hardly be known of all that is measured.

    Args:
        plan: Made of these apps by these choices, with the pace of the host.
        apps: What was chosen from.
        choices: What was chosen.
    """
    few = [each for each in _foreseen(plan) if each.requests < _NEEDED]
    if not few:
        return
    other = _profile_with_enough(plan, apps, choices, [each.latencies for each in few])
    for each in few:
        yield _sentence(each, other)


def _sentence(few: Foreseen, other: ProfileName | None) -> str:
    endpoint, rate = few.latencies
    none = few.requests < MIN_RESPONSES_FOR_LATENCY
    what, takes = ("latency", MIN_RESPONSES_FOR_LATENCY) if none else ("p99", _NEEDED)
    its_p99 = f" (its p99 takes {_NEEDED:,})" if none else ""
    of = "" if rate is RateRule.COMMON else " of the slowest app"
    rounds = f"{few.rounds:,} round{'' if few.rounds == 1 else 's'}"
    options = [f"--profile {other.value}"] if other else []
    options.append(f"--rounds {enough_rounds(_NEEDED, max(few.requests, 1.0), few.rounds)}")
    return (
        f"{what} on {endpoint.value} {RATE_WORDS[rate]} will hardly be known: it takes {takes:,} requests{its_p99}, "
        f"and some {few.requests:,.0f} are foreseen{of} in {rounds}; {' or '.join(options)} has enough"
    )


def _foreseen(plan: Plan) -> list[Foreseen]:
    rounds = rounds_that_fit(plan)
    found: Mapping[Latencies, list[float]] = defaultdict(list)
    for cell, requests in foreseen_requests(plan, exchanges_at(plan.pace)).items():
        if cell.rate:
            found[cell.endpoint, cell.rate].append(requests * rounds)
    return [Foreseen(latencies, min(requests), rounds) for latencies, requests in found.items()]


def _profile_with_enough(
    plan: Plan, apps: Sequence[App], choices: Choices, wanted: Sequence[Latencies]
) -> ProfileName | None:
    """Of the other profiles that have enough of all of these, on a host of the same pace, the one that is done soonest.

    None where none has.
    """
    found: list[tuple[float, ProfileName]] = []
    for profile in (each for each in ProfileName if each is not plan.profile):
        chosen = choices.model_copy(update={"profile": profile, "rounds": None})
        try:
            other = at_pace(build_plan(of_profile(apps, chosen), chosen, plan.cpus), plan.pace)
        except UsageError:  # It has nothing for these apps.
            continue
        requests = {each.latencies: each.requests for each in _foreseen(other)}
        if all(requests.get(each, 0.0) >= _NEEDED for each in wanted):
            found.append((other.estimated_s, profile))
    return min(found)[1] if found else None
