"""Turn a profile and the user's choices into a plan."""

from collections.abc import Iterable, Sequence
from typing import Final

from harness.model.app import REFERENCE_FAMILIES, App, Endpoint, Interface
from harness.model.base import Contract
from harness.model.cell import Cell, Subject, Workload
from harness.model.errors import UsageError
from harness.model.host import CpuLayout
from harness.model.plan import Plan, ProfileName, Timing
from harness.plan.budget import estimate_s
from harness.plan.profiles import CAPACITY_CONNECTIONS, LATENCY_CONNECTIONS, PROFILES, Profile

CONTROLLED: Final = "controlled"
"""The variant that shares one server per interface with the other apps."""

TEAM_LEAD_IN_S: Final = 0.25
"""Several generator processes never begin at the same instant; by then they all have, or the window is lost."""


class Choices(Contract):
    """What the user asked for; an empty tuple leaves the choice to the profile."""

    profile: ProfileName
    variants: tuple[str, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    workloads: tuple[Workload, ...] = ()
    rounds: int | None = None
    seed: int = 0
    workers: int = 0
    """Generator processes that drive each window together; 0 for one alone."""


def build_plan(apps: Sequence[App], choices: Choices, cpus: CpuLayout) -> Plan:
    """Decide everything that can be decided before the first server starts.

    Raises:
        UsageError: the choices leave nothing to measure.
    """
    profile = PROFILES[choices.profile]
    subjects = tuple(_with_twin(apps, _subjects(apps, profile, choices.variants)))
    by_name = {app.name: app for app in apps}
    cells = tuple(
        cell
        for subject in subjects
        for cell in _cells(subject, by_name[subject.app].manifest.endpoints, profile, choices)
    )
    if not cells:
        raise UsageError(
            "nothing is left to measure: no chosen app has a chosen endpoint in a chosen workload",
            hint=f"profile '{choices.profile}' measures {_named(profile)}; leave --endpoint or --workload out",
        )
    timing = _timing(profile, choices)
    return Plan(
        profile=choices.profile,
        seed=choices.seed,
        timing=timing,
        subjects=subjects,
        cells=cells,
        cpus=cpus,
        estimated_s=estimate_s(timing, subjects, cells),
    )


def _timing(profile: Profile, choices: Choices) -> Timing:
    timing = profile.timing
    changes: dict[str, object] = {} if choices.rounds is None else {"rounds": choices.rounds}
    if choices.workers:
        changes["lead_in_s"] = max(timing.lead_in_s, TEAM_LEAD_IN_S)
        changes["latency_lead_in_s"] = max(timing.latency_lead_in_s, TEAM_LEAD_IN_S)
    return timing.model_copy(update=changes)


def _subjects(apps: Sequence[App], profile: Profile, variants: tuple[str, ...]) -> list[Subject]:
    subjects: dict[str, Subject] = {}
    for app in apps:
        for variant in _variants(app, profile, variants):
            subject = Subject(app=app.name, variant=variant)
            subjects[subject.key] = subject
    if not subjects:
        known = sorted(
            {name for app in apps for name, variant in app.manifest.variants.items() for name in (name, *variant.also)}
        )
        raise UsageError(
            f"no chosen app has a variant named {' or '.join(variants)}", hint=f"choose from: {', '.join(known)}"
        )
    return list(subjects.values())


def _variants(app: App, profile: Profile, asked: tuple[str, ...]) -> Iterable[str]:
    if asked:
        return filter(None, map(app.resolve, asked))
    if profile.every_variant:
        return app.manifest.variants
    own = [name for name, variant in app.manifest.variants.items() if variant.interface is Interface.NATIVE]
    controlled = app.resolve(CONTROLLED)
    return [controlled, *own] if controlled else own or list(app.manifest.variants)[:1]


def _with_twin(apps: Sequence[App], subjects: list[Subject]) -> list[Subject]:
    """Add the A/A pair's second copy, of the first framework that is no baseline where there is one."""
    frameworks = {app.name for app in apps if app.manifest.family not in REFERENCE_FAMILIES}
    original = next((subject for subject in subjects if subject.app in frameworks), subjects[0])
    return [*subjects, original.model_copy(update={"twin": True})]


def _cells(subject: Subject, declared: Sequence[Endpoint], profile: Profile, choices: Choices) -> Iterable[Cell]:
    def chosen(workload: Workload, endpoints: tuple[Endpoint, ...]) -> list[Endpoint]:
        if choices.workloads and workload not in choices.workloads:
            return []
        return [e for e in endpoints if e in declared and (not choices.endpoints or e in choices.endpoints)]

    # Latency rates derive from capacities, so a latency endpoint is measured for capacity as well.
    latency = chosen(Workload.LATENCY, profile.latency)
    capacity = chosen(Workload.CAPACITY, profile.capacity)
    for endpoint in [*capacity, *(e for e in latency if e not in capacity)]:
        yield Cell(subject=subject, endpoint=endpoint, workload=Workload.CAPACITY, connections=CAPACITY_CONNECTIONS)
    for endpoint in latency:
        for rate in profile.rates:
            yield Cell(
                subject=subject,
                endpoint=endpoint,
                workload=Workload.LATENCY,
                connections=LATENCY_CONNECTIONS,
                rate=rate,
            )


def _named(profile: Profile) -> str:
    capacity = ", ".join(profile.capacity)
    latency = ", ".join(profile.latency)
    return f"capacity on {capacity} and latency on {latency}"
