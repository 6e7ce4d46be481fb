"""Which claims of a file a planned run could decide: a line for each, and a refusal where no run can decide one."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from harness.catalog.selection import choose
from harness.claims.by_itself import command_deciding
from harness.claims.commands import Origin, advice_on, command_by_profile
from harness.claims.decidable import how_to_mend, see_that_it_is_decidable
from harness.claims.forecast import Forecast
from harness.claims.holm import LOOKS
from harness.claims.needs import needs_of
from harness.claims.one_run import Ground, advised_run
from harness.claims.verdict_sentences import listed
from harness.claims.within_reach import MANY_CPUS, choices_for, profile_for
from harness.model.app import App
from harness.model.claim import Claim
from harness.model.errors import UsageError
from harness.model.host import CpuLayout
from harness.model.plan import Plan, ProfileName
from harness.plan.build import Choices, build_plan, of_profile
from harness.plan.pace import at_pace, carried_over
from harness.results.resume_command import CLAIM

_AS_HOSTS_ARE: Final = CpuLayout(server=(0,), generator=(1,), database=(2,))
"""Servers have one CPU, whatever host it is (docs/method.md#who-runs-where)."""


@dataclass(frozen=True, slots=True)
class Could:
    """Whether a run by a plan could decide a claim."""

    claim: Claim
    told: str
    """That it could, or why not."""
    command: str = ""
    """What could, where another run can."""
    refusal: UsageError | None = None
    """What `bench run --claim` would say of it, where no run can decide it, on whichever host."""

    @property
    def is_for_it_alone(self) -> bool:
        """Whether the command is of a run for this claim, and not by a profile."""
        return self.command.endswith(f" {CLAIM} {self.claim.id}")


def could_decide(claims: Sequence[Claim], built: Plan, apps: Sequence[App], origin: Origin) -> list[Could]:
    """Of each claim, whether a run by this plan, at its pace, could decide it."""
    return [_could_decide(each, built, apps, origin) for each in claims]


def out_of_reach(claim: Claim, apps: Sequence[App]) -> str | None:
    """Why no run of these apps could decide a claim, on whichever host; None where one could."""
    try:
        profile_for(claim)
    except UsageError as error:
        return f"{error.what}; {error.hint}"
    try:
        _short_of_by_itself(claim, apps, _AS_HOSTS_ARE)
    except UsageError as error:
        return error.what
    return None


def lines_of(
    found: Sequence[Could], built: Plan, apps: Sequence[App], origin: Origin, named: ProfileName | None = None
) -> Iterator[str]:
    """A line for each claim: whether this run could decide it, or what could; of several that one run can, once.

    `named` is the profile that their file names, which goes before.
    """
    left_open = [each.claim for each in found if each.command]
    by_named = [each for each in left_open if named and _decided_by(named, each, built, apps)]
    one = advised_run(
        left_open, by_named, Ground(apps, built.cpus, lambda plan: carried_over(built.pace, built, plan)), origin, named
    )
    together = one.claims if one else ()
    for each in found:
        by_itself = each.command and each.claim not in together
        command = command_by_profile(named, origin) if named and each.claim in by_named else each.command
        yield f"{each.claim.id}: {each.told}" + (f"; this one can: {command}" if by_itself else "")
    if one:
        those = [each for each in found if each.claim in together]
        instead = f" (one of them alone: {those[0].command.rpartition(' ')[0]} ID)"
        alone = instead if all(each.is_for_it_alone for each in those) else ""
        yield f"one run can decide {listed([each.claim.id for each in those])}: {one.command}{alone}"


def _decided_by(profile: ProfileName, claim: Claim, built: Plan, apps: Sequence[App]) -> bool:
    """Whether a run by a profile, of all that it is about, decides a claim."""
    choices = Choices(profile=profile)
    try:
        plan = build_plan(of_profile(apps, choices), choices, built.cpus)
    except UsageError:  # It has nothing for these apps.
        return False
    return Forecast(at_pace(plan, carried_over(built.pace, built, plan)), apps).decides(claim)


def refuse_undecidable(found: Sequence[Could], file: Path | None) -> None:
    """Raises UsageError where no run can decide one of the claims, as `bench run --claim` would."""
    refused = {each.claim.id: each.refusal for each in found if each.refusal}
    if len(refused) == 1:
        raise next(iter(refused.values()))
    if refused:
        raise UsageError(
            f"no run can decide {listed([*refused])}",
            hint=f"above is told why, of each: mend them in {file}, or take them out of it",
        )


def _could_decide(claim: Claim, built: Plan, apps: Sequence[App], origin: Origin) -> Could:
    if claim.not_testable is not None:
        return Could(claim, f"nothing can decide it: {claim.not_testable}")
    try:
        here = see_that_it_is_decidable(claim, built, apps)
    except UsageError as error:
        here = f"this run can't decide it: {error.what.partition(': ')[2]}"
    forecast = Forecast(built, apps)
    if here is None and (rounds := forecast.few_rounds(claim)):
        few = "1 round hardly decides it" if rounds == 1 else f"{rounds} rounds hardly decide it"
        here = f"this run measures it, and {few}: a run for it alone takes {LOOKS[0]} to {LOOKS[-1]}, as they differ"
    elif here is None and (lacking := forecast.few_requests(claim)):
        here = f"this run measures it, and hardly decides it: {lacking}"
    elif here is None:
        return Could(claim, "this run can decide it")
    return _by_another_run(claim, here, built, apps, origin)


def _by_another_run(claim: Claim, here: str, built: Plan, apps: Sequence[App], origin: Origin) -> Could:
    """What could decide a claim that this run does not; `here` is why it does not."""
    try:
        profile_for(claim)
    except UsageError as error:
        return Could(claim, f"no run can decide it: {error.what}; {error.hint}", refusal=error)
    try:
        if short_of := _short_of_by_itself(claim, apps, built.cpus):
            alone = short_of.replace("this run can", "; a run for it alone can", 1)
            return Could(claim, here if here == short_of else f"{here}{alone}")
    except UsageError as error:  # The choices are the claim's, and nobody could leave one out.
        why = (error.what.partition(": ")[2] or error.what).removeprefix("nothing is left to measure: ")
        remedy = _remedy(claim, apps, origin)
        if _lacks_only_cpus(claim, apps):
            return Could(claim, f"no run on this host can decide it: {why}; {remedy}")
        return Could(claim, f"no run can decide it: {why}; {remedy}", refusal=UsageError(error.what, hint=remedy))
    command, why_not = command_deciding(
        claim, Ground(apps, built.cpus, lambda plan: carried_over(built.pace, built, plan)), origin
    )
    if why_not and why_not not in here:
        here = f"{here}; a run for it alone hardly would: {why_not}"
    return Could(claim, here, command)


def _short_of_by_itself(claim: Claim, apps: Sequence[App], cpus: CpuLayout) -> str | None:
    """Why a run for this claim alone, on these CPUs, could decide it one way only; None where both.

    Raises:
        UsageError: It could decide it neither way.
    """
    choices = choices_for(claim, profile_for(claim))
    try:
        alone = build_plan(choose(apps, needs_of(claim).apps), choices, cpus)
    except UsageError as error:
        raise UsageError(_asks_for(claim, error), hint=error.hint) from None
    return see_that_it_is_decidable(claim, alone, apps)


def _lacks_only_cpus(claim: Claim, apps: Sequence[App]) -> bool:
    with suppress(UsageError):
        return _short_of_by_itself(claim, apps, MANY_CPUS) is None
    return False


def _remedy(claim: Claim, apps: Sequence[App], origin: Origin, narrowed_by: tuple[str, ...] = ()) -> str:
    """What helps where a run here can't decide a claim."""
    if not narrowed_by and _lacks_only_cpus(claim, apps):
        return "leave out what it asks of `workers`, which no host measures so far: docs/method.md#who-runs-where"
    return how_to_mend(advice_on(claim, origin, narrowed_by))


def undecidable(
    claim: Claim, apps: Sequence[App], origin: Origin, narrowed_by: tuple[str, ...], error: UsageError
) -> UsageError:
    """What is said of a claim whose choices leave nothing to measure, which `error` says; some may be the user's."""
    return UsageError(_asks_for(claim, error), hint=_remedy(claim, apps, origin, narrowed_by))


def _asks_for(claim: Claim, error: UsageError) -> str:
    needs = needs_of(claim)
    workloads, endpoints, names = (", ".join(each) for each in (needs.workloads, needs.endpoints, needs.apps))
    on = f" on {endpoints}" if endpoints else ""
    return f"{claim.id} asks for {workloads}{on} of {names}: {error.what}"
