"""A run for one claim by itself: whether it is foreseen to come to enough, and what decides the claim where not."""

from harness.catalog.selection import choose
from harness.claims.commands import Origin, command_for
from harness.claims.forecast import Forecast
from harness.claims.holm import LOOKS
from harness.claims.needs import needs_of
from harness.claims.one_run import Ground, run_for_one
from harness.claims.within_reach import choices_for, profile_for
from harness.model.claim import Claim
from harness.model.errors import UsageError
from harness.plan.build import build_plan
from harness.plan.pace import at_pace


def few_by_itself(claim: Claim, ground: Ground, rounds: int | None = None) -> str | None:
    """Of which percentile `bench run --claim` will come to too few requests, in all its rounds; None of none.

    None too where it is not known what it measures.

    Raises:
        UsageError: No profile has what the claim asks for.
    """
    needs = needs_of(claim)
    choices = choices_for(claim, profile_for(claim)).model_copy(update={"rounds": max(LOOKS[-1], rounds or 0)})
    try:
        plan = build_plan(choose(ground.apps, needs.apps), choices, ground.cpus)
    except UsageError:  # An app or a variant is not at hand.
        return None
    return Forecast(at_pace(plan, ground.pace(plan)), ground.apps).few_requests(claim)


def command_deciding(claim: Claim, ground: Ground, origin: Origin, rounds: int | None = None) -> tuple[str, str]:
    """The command of a run that is foreseen to decide a claim, and why `bench run --claim` is not, if it is not.

    The command is that one, or else of a run by a profile, or empty where neither is foreseen to decide it.

    Args:
        claim: Which some run can measure.
        ground: Where it would be made, and of what.
        origin: Of the claim.
        rounds: Where a run for it alone has to take more than it would.

    Raises:
        UsageError: No profile has what the claim asks for.
    """
    if why := few_by_itself(claim, ground, rounds):
        return run_for_one(claim, ground, origin), why
    return command_for(claim, origin, rounds), ""
