"""Whether a run can decide a claim at all: by which profile, and with the apps as a run knows them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from harness.catalog.selection import variants_named
from harness.claims.decidable import see_that_it_is_decidable
from harness.claims.forecast import Forecast
from harness.claims.holm import LOOKS
from harness.claims.needs import Needs, needs_of
from harness.claims.titles import titles_here
from harness.model.app import CONTROLLED, DEFAULT, App, Endpoint, Family, Interface, Manifest, OnServer, Variant
from harness.model.base import BARE_SITE, BATTERIES_SITE
from harness.model.cell import Workload
from harness.model.claim import Claim
from harness.model.claim_values import VARIANT_SIGN
from harness.model.errors import UsageError
from harness.model.host import CpuLayout
from harness.model.plan import Plan, ProfileName
from harness.model.run import Deployment
from harness.plan.build import Choices, build_plan
from harness.plan.offered import offered
from harness.plan.pace import at_pace, pace_shown
from harness.plan.profiles import PROFILES
from harness.results.records import RecordedRun

_TRIED: Final = (ProfileName.STANDARD, ProfileName.FULL, ProfileName.RATES)
"""The others decide nothing, or less than the first of these. The last one has what neither of them has."""

_SITES: Final = frozenset({BARE_SITE, BATTERIES_SITE})

type AtHand = Mapping[str, App]
"""By their names, apps as their folders have them now."""

NONE_AT_HAND: Final[AtHand] = MappingProxyType({})

MANY_CPUS: Final = CpuLayout(server=(0, 1, 2, 3), generator=(4,), database=(5,))


@cache
def profile_for(claim: Claim) -> ProfileName:
    """The shortest profile that has what a claim asks for, whatever the apps and the host are.

    Raises:
        UsageError: None has, with what there is.
    """
    asked = needs_of(claim).apps
    apps = [_any_app(name, asked) for name in _bare(asked)]
    lacking = None
    for profile in _TRIED:
        try:
            plan = build_plan(apps, choices_for(claim, profile), MANY_CPUS)
            see_that_it_is_decidable(claim, plan, apps)
        except UsageError as error:
            lacking = error
        else:
            return profile
    raise UsageError(
        f"no profile has what {claim.id} asks for",
        hint=f"there is: {'; '.join(map(offered, needs_of(claim).workloads))}. Mend the claim",
    ) from lacking


def choices_for(claim: Claim, profile: ProfileName) -> Choices:
    """What `bench run --claim` chooses where the user leaves the choice to it."""
    needs = needs_of(claim)
    return Choices(
        profile=profile,
        named=variants_named(needs.apps),
        endpoints=endpoints_for(needs),
        workloads=needs.workloads,
        connections=needs.connections,
        deployments=needs.deployments,
        rates=needs.rates,
        looks=len(LOOKS),
    )


def endpoints_for(needs: Needs) -> tuple[Endpoint, ...]:
    """None is an option's way to say all, which footprint needs: it stands on whichever endpoint an app declares."""
    return () if Workload.FOOTPRINT in needs.workloads else needs.endpoints


def why_out_of_reach(claim: Claim, recorded: RecordedRun, at_hand: AtHand = NONE_AT_HAND) -> str | None:
    """Why no further run of a run's apps on its host can decide a claim; None where one can, as far as that is known.

    Of an app or a variant that neither the run has nor what is at hand, anything may be true.
    """
    try:
        profile = profile_for(claim)
    except UsageError as error:
        return f"{error.what} ({error.hint.removesuffix('. Mend the claim')})"
    asked = needs_of(claim).apps
    apps = [_app_as_known(name, asked, recorded, at_hand) for name in _bare(asked)]
    try:
        plan = build_plan(apps, choices_for(claim, profile), recorded.run.plan.cpus)
        see_that_it_is_decidable(claim, plan, apps)
    except UsageError as error:
        return error.what.partition(": ")[2]
    return None


def apps_as_known(claims: Iterable[Claim], recorded: RecordedRun, at_hand: AtHand = NONE_AT_HAND) -> list[App]:
    """The apps that claims are about: as they are at hand, else as the run has recorded them or as they may be."""
    asked = list(dict.fromkeys(name for claim in claims for name in needs_of(claim).apps))
    return [at_hand.get(name) or _app_as_known(name, asked, recorded) for name in _bare(asked)]


def why_not_by(profile: ProfileName, claim: Claim, recorded: RecordedRun, at_hand: AtHand = NONE_AT_HAND) -> str | None:
    """Why a run by this profile, of all that it is about, does not decide a claim; None where it does."""
    asked = needs_of(claim).apps
    apps = [_app_as_known(name, asked, recorded, at_hand) for name in _bare(asked)]
    if (about := PROFILES[profile].apps) and (
        others := [each.manifest.title for each in apps if each.name not in about]
    ):
        return f"it is not about {', '.join(others)}"
    try:
        plan = build_plan(apps, Choices(profile=profile), recorded.run.plan.cpus)
        lacking = see_that_it_is_decidable(claim, plan, apps)
    except UsageError as error:
        return error.what.partition(": ")[2] or error.what
    forecast = Forecast(at_pace(plan, pace_shown(recorded.run, plan)), apps)
    if lacking is None and (rounds := forecast.few_rounds(claim)):
        return f"{rounds} round{'' if rounds == 1 else 's'} hardly would"
    return lacking or forecast.few_requests(claim)


def plan_alone(claim: Claim, recorded: RecordedRun, *, rounds: int) -> Plan:
    """A run for one claim alone, of the apps as a run has recorded them and on its CPUs.

    Raises:
        UsageError: None can decide the claim; see `why_out_of_reach`.
    """
    asked = needs_of(claim).apps
    apps = [_app_as_known(name, asked, recorded) for name in _bare(asked)]
    choices = choices_for(claim, profile_for(claim)).model_copy(update={"rounds": rounds})
    return build_plan(apps, choices, recorded.run.plan.cpus)


def is_planned(claim: Claim, recorded: RecordedRun) -> bool:
    """Whether all rounds of the run together could decide a claim."""
    asked = needs_of(claim).apps
    apps = [_app_as_known(name, asked, recorded) for name in _bare(asked)]
    try:
        see_that_it_is_decidable(claim, recorded.run.plan, apps)
    except UsageError:
        return False
    return True


def _bare(asked: Iterable[str]) -> list[str]:
    """Apps without their variants, each once."""
    return list(dict.fromkeys(name.partition(VARIANT_SIGN)[0] for name in asked))


def _any_app(name: str, asked: Iterable[str]) -> App:
    """An app that has everything, the variants that are asked of it among that."""
    named = [each.partition(VARIANT_SIGN) for each in asked]
    variants = (CONTROLLED, DEFAULT, *(variant for app, sign, variant in named if sign and app == name))
    return _app(name, tuple(Endpoint), dict.fromkeys(variants, _ANY), package=name, family=Family.MICRO, sites=_SITES)


_ANY: Final = Variant(server="any", interface=Interface.ASGI, command=("any",), why="It stands for what is not known.")


def _app_as_known(app: str, asked: Sequence[str], recorded: RecordedRun, at_hand: AtHand = NONE_AT_HAND) -> App:
    """As the run has recorded it; what it tells nothing of, as it is at hand, or else as it may be."""
    deployments = [each for each in recorded.run.deployments if each.subject.app == app]
    here = at_hand.get(app)
    if not deployments:
        return here or _any_app(app, asked)
    first = deployments[0]
    any_app = _any_app(app, asked)
    known = {each.subject.variant: _variant(each) for each in deployments if each.subject.is_original}
    parts = [name.partition(VARIANT_SIGN) for name in asked]
    named = {variant for each, sign, variant in parts if sign and each == app}
    on_servers: Mapping[str, OnServer] = {}
    if here and named - _called(known):
        on_servers, known = here.on_servers, {**here.manifest.variants, **known}
    called = _called(known)
    unknown = {variant: _ANY for variant in any_app.manifest.variants if variant in named - called}
    return _app(
        app,
        tuple(Endpoint) if first.endpoints is None else first.endpoints,
        {name: each for name, each in {**known, **unknown}.items() if name not in on_servers},
        on_servers,
        package=None if first.framework is None and first.framework_version is None else app,
        family=first.family,
        title=first.title,
        sites=_sites(app, recorded),
    )


def _called(variants: Mapping[str, Variant]) -> set[str]:
    return {*variants, *(other for each in variants.values() for other in each.also)}


def _sites(app: str, recorded: RecordedRun) -> frozenset[str]:
    """Those that an app may have: all where it was not probed, and what a run that knew of none tells nothing of."""
    tried = {each.subject.variant for each in recorded.probes if each.subject.app == app}
    unknown = {BATTERIES_SITE} - {each.subject.variant for each in recorded.probes}
    return _SITES & (tried | unknown) if tried else _SITES


def _variant(deployment: Deployment) -> Variant:
    return _ANY.model_copy(
        update={
            "interface": deployment.interface,
            "own_server": deployment.on_own_server,
            "also": deployment.also,
        }
    )


def _app(  # noqa: PLR0913 - what of a manifest a plan asks for
    name: str,
    endpoints: tuple[Endpoint, ...],
    variants: dict[str, Variant],
    on_servers: Mapping[str, OnServer] = MappingProxyType({}),
    *,
    package: str | None,
    family: Family,
    sites: Collection[str],
    title: str | None = None,
) -> App:
    manifest = Manifest.model_construct(
        title=title or titles_here().get(name, name),
        package=package,
        family=family,
        endpoints=endpoints,
        variants=variants,
        bare_site=_ANY if BARE_SITE in sites else None,
        batteries_site=_ANY if BATTERIES_SITE in sites else None,
    )
    return App.model_construct(name=name, folder=Path(), manifest=manifest, python="", on_servers=dict(on_servers))
