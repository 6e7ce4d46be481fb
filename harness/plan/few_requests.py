"""Of which latencies a run will come to too few requests to tell them: said before it, with what has enough."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from harness.model.app import App, Endpoint
from harness.model.cell import Cell, RateRule
from harness.model.errors import UsageError
from harness.model.latency_figure import MIN_RESPONSES_FOR_LATENCY, comes_short_of, enough_rounds, requests_for
from harness.model.naming import RATE_WORDS
from harness.model.plan import Plan, ProfileName
from harness.plan.build import Choices, build_plan, of_profile
from harness.plan.foreseen import exchanges_at, foreseen_requests
from harness.plan.pace import at_pace, carried_over, rounds_that_fit

_HIGHEST: Final = 0.99
"""The highest percentile that is told of each cell."""
_NEEDED: Final = requests_for(_HIGHEST)

type Latencies = tuple[Endpoint, RateRule]
"""Cells whose requests arrive by the same rule."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What one cell of latency comes to."""

    endpoint: Endpoint
    rate: RateRule
    in_a_round: float
    rounds: int

    @property
    def requests(self) -> float:
        """Of all rounds together."""
        return self.in_a_round * self.rounds

    def lacks(self, quantile: float) -> str | None:
        """What a percentile of it takes and will hardly come, by the rule of whoever judges it; None where it will."""
        return comes_short_of(quantile, self.in_a_round, self.rounds)

    def rounds_for(self, quantile: float) -> int | None:
        """How many rounds have enough for a percentile; None where no number has, since each of them has too few."""
        rounds = enough_rounds(requests_for(quantile), max(self.requests, 1.0), self.rounds)
        return None if comes_short_of(quantile, self.in_a_round, rounds) else rounds

    def came_for(self, quantile: float) -> str:
        """What is foreseen, in words: `some 240 are foreseen of the slowest app in 3 rounds`.

        In each of them, where that is what a percentile lacks.
        """
        of = "" if self.rate is RateRule.COMMON else " of the slowest app"
        rounds = f"{self.rounds:,} round{'' if self.rounds == 1 else 's'}"
        if self.rounds > 1 and self.requests >= requests_for(quantile) and self.lacks(quantile):
            return f"some {self.in_a_round:,.0f} are foreseen{of} in each of {rounds}"
        return f"some {self.requests:,.0f} are foreseen{of} in {rounds}"


def foreseen_latencies(plan: Plan) -> Mapping[Cell, Foreseen]:
    """What each latency cell of a plan comes to in the rounds that fit into its limit, at the pace of the plan."""
    rounds = rounds_that_fit(plan)
    return {
        cell: Foreseen(cell.endpoint, cell.rate, requests, rounds)
        for cell, requests in foreseen_requests(plan, exchanges_at(plan.pace)).items()
        if cell.rate
    }


def few_requests(plan: Plan, apps: Sequence[App], choices: Choices, *, advises_profile: bool = True) -> Iterator[str]:
    """A sentence for each rate on each endpoint at which a percentile will hardly be known of all that is measured.

    Args:
        plan: Made of these apps by these choices, with the pace of the host.
        apps: What was chosen from.
        choices: What was chosen.
        advises_profile: Whether one that has enough is told; not beside claims, which have a command of their own.
    """
    few = [each for each in _fewest(plan).values() if each.lacks(_HIGHEST)]
    if not few:
        return
    other = _profile_with_enough(plan, apps, choices, few) if advises_profile else None
    for each in few:
        yield _sentence(each, other)


def _sentence(few: Foreseen, other: ProfileName | None) -> str:
    none = few.requests < MIN_RESPONSES_FOR_LATENCY
    what, takes = ("latency", f"{MIN_RESPONSES_FOR_LATENCY:,} requests") if none else ("p99", few.lacks(_HIGHEST))
    its_p99 = f" (its p99 takes {_NEEDED:,})" if none else ""
    options = [f"--profile {other.value}"] if other else []
    options += [f"--rounds {rounds}"] if (rounds := few.rounds_for(_HIGHEST)) else []
    enough = f"; {' or '.join(options)} has enough" if options else ""
    return (
        f"{what} on {few.endpoint.value} {RATE_WORDS[few.rate]} will hardly be known: it takes {takes}{its_p99}, "
        f"and {few.came_for(_HIGHEST)}{enough}"
    )


def _fewest(plan: Plan) -> Mapping[Latencies, Foreseen]:
    """Of the cells by the same rule, the one that comes to fewest."""
    found: dict[Latencies, list[Foreseen]] = defaultdict(list)
    for each in foreseen_latencies(plan).values():
        found[each.endpoint, each.rate].append(each)
    return {latencies: min(of_cells, key=lambda each: each.in_a_round) for latencies, of_cells in found.items()}


def _profile_with_enough(
    plan: Plan, apps: Sequence[App], choices: Choices, wanted: Sequence[Foreseen]
) -> ProfileName | None:
    """Of the other profiles that have enough of all of these, on a host of the same pace, the one that is done soonest.

    None where none has.
    """
    found: list[tuple[float, ProfileName]] = []
    for profile in (each for each in ProfileName if each is not plan.profile):
        chosen = choices.model_copy(update={"profile": profile, "rounds": None})
        try:
            other = build_plan(of_profile(apps, chosen), chosen, plan.cpus)
        except UsageError:  # It has nothing for these apps.
            continue
        other = at_pace(other, carried_over(plan.pace, plan, other))
        there = _fewest(other)
        if all(
            (each.endpoint, each.rate) in there and not there[each.endpoint, each.rate].lacks(_HIGHEST)
            for each in wanted
        ):
            found.append((other.estimated_s, profile))
    return min(found)[1] if found else None
