"""One run for several claims that another leaves open: the cheapest of those that decide most of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from harness.catalog.selection import choose, variants_named
from harness.claims.commands import Narrowed, Origin, command_by_profile, command_together, narrowed_to
from harness.claims.forecast import Forecast
from harness.model.app import App
from harness.model.claim import Claim
from harness.model.course import Pace
from harness.model.errors import UsageError
from harness.model.host import CpuLayout
from harness.model.plan import Plan, ProfileName
from harness.model.run import Deployment
from harness.plan.build import Choices, build_plan
from harness.plan.pace import at_pace

_OF_THEIR_OWN: Final = frozenset({ProfileName.SERVERS, ProfileName.WIDE, ProfileName.RATES})
"""Profiles for a question of their own. What another decides as well is not measured by them: who reads that it is to
be measured by `rates` looks for a reason."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Where such a run would be made, and of what."""

    apps: Sequence[App]
    cpus: CpuLayout
    pace: Callable[[Plan], Pace]
    """At which a plan would be carried out there."""
    deployments: tuple[Deployment, ...] = ()
    """What a run has of them, for apps that are not at hand."""


@dataclass(frozen=True, slots=True)
class OneRun:
    """Such a run."""

    claims: tuple[Claim, ...]
    """Those that it can decide."""
    command: str


def advised_run(
    claims: Sequence[Claim], by_named: Sequence[Claim], ground: Ground, origin: Origin, named: ProfileName | None
) -> OneRun | None:
    """The one run that is advised for several claims, whoever advises it; None where none decides two of them.

    That by the profile which their file names, where it decides two; else the cheapest for those that it does not.

    Args:
        claims: Those that are left open, and that some run can decide.
        by_named: Those that a run by the profile `named` decides, of all that it is about.
        ground: What the run is made of.
        origin: Of the claims.
        named: None where their file names none.
    """
    if named and len(by_named) > 1:
        return OneRun(tuple(by_named), command_by_profile(named, origin))
    return _cheapest_run([each for each in claims if each not in by_named], ground, origin)


def run_for_one(claim: Claim, ground: Ground, origin: Origin) -> str:
    """The command of the run by a profile that can decide one claim and is soonest done; empty where none can."""
    found = _cheapest_run([claim], ground, origin, least=1)
    return found.command if found else ""


def _cheapest_run(claims: Sequence[Claim], ground: Ground, origin: Origin, least: int = 2) -> OneRun | None:
    """By the profile, narrowed to what the claims need, that can decide most of them; None where less than `least`.

    Of two that decide as many, the one that is sooner done.
    """
    if not claims:
        return None
    ways = {profile: _ways(claims, profile, ground, origin) for profile in ProfileName}
    # On a host with few CPUs, some can but be refuted, by whichever run.
    best = [max(each) for each in zip(*ways.values(), strict=True)]
    decided = {
        profile: tuple(claim for claim, own, most in zip(claims, of_profile, best, strict=True) if own == most > 0)
        for profile, of_profile in ways.items()
    }
    most = max(map(len, decided.values()))
    if most < least:  # One by itself is measured until it is decided, where that comes to enough.
        return None
    found: list[tuple[bool, float, ProfileName]] = []
    for profile, those in decided.items():
        if len(those) == most and (plan := _planned(those, profile, ground, origin)):
            found.append((profile in _OF_THEIR_OWN, plan.estimated_s, profile))
    *_, profile = min(found)
    return OneRun(decided[profile], command_together(decided[profile], profile, origin, ground.deployments))


def _ways(claims: Sequence[Claim], profile: ProfileName, ground: Ground, origin: Origin) -> list[int]:
    """In how many ways a run by a profile, which measures what all of them need, can decide each."""
    plan = _planned(claims, profile, ground, origin)
    if plan is None:
        return [0] * len(claims)
    forecast = Forecast(plan, ground.apps)
    return [forecast.ways(each) for each in claims]


def _planned(claims: Sequence[Claim], profile: ProfileName, ground: Ground, origin: Origin) -> Plan | None:
    """What `command_together` measures; None where that is nothing."""
    narrowed = narrowed_to(claims, profile, origin, ground.deployments)
    try:
        chosen = choose(ground.apps, narrowed.apps)
        built = build_plan(chosen, _choices(narrowed, profile), ground.cpus)
    except UsageError:  # It has nothing for these apps, or what is named is not at hand.
        return None
    return at_pace(built, ground.pace(built))


def _choices(narrowed: Narrowed, profile: ProfileName) -> Choices:
    return Choices(
        profile=profile,
        variants=narrowed.variants,
        named=variants_named(narrowed.apps),
        apps_named=True,
        endpoints=narrowed.endpoints,
        workloads=narrowed.workloads,
    )
