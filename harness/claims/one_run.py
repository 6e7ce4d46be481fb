"""One run for several claims that another leaves open, where one by a profile decides more than one of them."""

from collections.abc import Sequence

from harness.claims.decidable import see_that_it_is_decidable
from harness.claims.needs import takes_rounds
from harness.claims.pursue import LOOKS
from harness.model.app import App
from harness.model.claim import Claim
from harness.model.errors import UsageError
from harness.model.host import CpuLayout
from harness.model.plan import Plan, ProfileName
from harness.plan.build import Choices, build_plan, of_profile


def deciding_most(
    claims: Sequence[Claim], apps: Sequence[App], cpus: CpuLayout
) -> tuple[ProfileName, tuple[Claim, ...]] | None:
    """The profile by which a run of all that it is about can decide most of the claims, and which those are.

    Of two that decide as many, the one that is sooner done; None where none decides two.
    """
    found: list[tuple[int, float, ProfileName, tuple[Claim, ...]]] = []
    for profile in ProfileName:
        choices = Choices(profile=profile)
        try:
            plan = build_plan(of_profile(apps, choices), choices, cpus)
        except UsageError:  # It has nothing for these apps.
            continue
        decided = tuple(each for each in claims if _decides(plan, each, apps))
        found.append((-len(decided), plan.estimated_s, profile, decided))
    _, _, profile, decided = min(found, default=(0, 0.0, ProfileName.FULL, ()))
    return (profile, decided) if len(decided) > 1 else None


def _decides(plan: Plan, claim: Claim, apps: Sequence[App]) -> bool:
    try:
        enough = plan.timing.rounds >= LOOKS[0] or not takes_rounds(claim)
        return enough and see_that_it_is_decidable(claim, plan, apps) is None
    except UsageError:
        return False
