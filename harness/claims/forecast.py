"""Whether a run that measures what a claim asks for will come to enough of it: rounds, and requests for a percentile.

Told before the run by the rules that it is judged by after it.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property

from harness.claims.decidable import cells_by_comparison, see_that_it_is_decidable
from harness.claims.holm import LOOKS
from harness.claims.needs import needed, takes_rounds
from harness.model.app import App
from harness.model.cell import Cell
from harness.model.claim import LATENCIES, BoundCondition, Claim, RatioCondition
from harness.model.errors import UsageError
from harness.model.latency_figure import percentile_words
from harness.model.naming import RATE_WORDS
from harness.model.plan import Plan
from harness.plan.few_requests import Foreseen, foreseen_latencies


class Forecast:
    """What is foreseen of a run by a plan, at its pace."""

    def __init__(self, plan: Plan, apps: Sequence[App]) -> None:
        self._plan = plan
        self._apps = apps

    def ways(self, claim: Claim) -> int:
        """In how many ways the run can decide a claim: 2 where it can support it and refute it, 0 where neither."""
        try:
            lacking = see_that_it_is_decidable(claim, self._plan, self._apps)
        except UsageError:
            return 0
        if self.few_rounds(claim) or self.few_requests(claim):
            return 0
        return 2 if lacking is None else 1

    def decides(self, claim: Claim) -> bool:
        """Whether the run can support a claim and refute it."""
        return self.ways(claim) == 2  # noqa: PLR2004 - as above

    def few_rounds(self, claim: Claim) -> int | None:
        """How many rounds it has where these hardly decide a claim; None where they may."""
        rounds = self._plan.timing.rounds
        return rounds if rounds < LOOKS[0] and takes_rounds(claim) else None

    def few_requests(self, claim: Claim) -> str | None:
        """Of which percentile too few requests will come for a claim to be decided both ways; None of none."""
        if not any(isinstance(each, RatioCondition | BoundCondition) and each.rate for each in claim.condition):
            return None
        told = [
            self._lacks(LATENCIES[condition.metric].quantile, cells) if condition.metric in LATENCIES else None
            for condition, cells in cells_by_comparison(claim, self._plan, self._apps)
        ]
        short = [each for each in told if each]
        # What is supported has to hold of so many comparisons; what is refuted, to fail of so many.
        enough, need = len(told) - len(short), needed(claim, len(told))
        return short[0] if short and enough < max(need, len(told) - need + 1) else None

    def _lacks(self, quantile: float, cells: Sequence[Cell]) -> str | None:
        """What a percentile takes of one of these cells, and that fewer requests will come; None where enough will."""
        of_cells = [self._foreseen[cell] for cell in cells if cell in self._foreseen]
        few = min(of_cells, key=lambda each: each.in_a_round, default=None)
        takes = few.lacks(quantile) if few else None
        if few is None or takes is None:
            return None
        where = f"on {few.endpoint.value} {RATE_WORDS[few.rate]}"
        rounds = few.rounds_for(quantile)
        enough = f"; --rounds {rounds} has enough" if rounds else ""
        return f"a {percentile_words(quantile)} takes {takes}, and {few.came_for(quantile)} {where}{enough}"

    @cached_property
    def _foreseen(self) -> Mapping[Cell, Foreseen]:
        return foreseen_latencies(self._plan)
