"""Turn a profile and the user's choices into a plan."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Final

from pydantic import Field

from harness.catalog.misnamed import no_such_variant
from harness.catalog.selection import USUAL, asked_of
from harness.model.app import CONTROLLED, DEFAULT, REFERENCE_FAMILIES, App, Endpoint, Family, Interface
from harness.model.base import Contract
from harness.model.cell import CROWDS, Cell, RateRule, Subject, Workload
from harness.model.course import Pace
from harness.model.crowds.chat import SMALL_ROOM
from harness.model.errors import UsageError
from harness.model.host import CpuLayout
from harness.model.plan import Plan, ProfileName, Timing
from harness.plan.offered import all_measured, measured
from harness.plan.pace import at_pace
from harness.plan.profiles import CAPACITY_CONNECTIONS, IDLE_CONNECTIONS, LATENCY_CONNECTIONS, PROFILES, Profile
from harness.plan.second_copy import twins_cells
from harness.plan.sequential import sequential_test
from harness.plan.workers import too_few_for_workers

_COUNTED: Final = (Workload.CONCURRENCY, Workload.WAITING, Workload.FEED, Workload.CHAT)
"""What is measured with several numbers of connections or subscribers."""

FEW_OF_CAPACITY: Final = 2
"""Windows in each round where a claim is pursued that asks for no capacity: they tell rates and loads."""

TEAM_LEAD_IN_S: Final = 0.25
"""Several generator processes never begin at the same instant; by then they all have, or the window is lost."""


class Choices(Contract):
    """What the user asked for; an empty tuple leaves the choice to the profile."""

    profile: ProfileName
    variants: tuple[str, ...] = ()
    """Of every app that has none `named`."""
    named: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """By app, the variants that were named with it; `USUAL` among them for those that it has besides."""
    guests: bool = False
    """Whether the guests are measured too, where no app is named."""
    apps_named: bool = False
    """Whether the apps are those that were named, and none is left to the profile."""
    deployments: tuple[str, ...] = ()
    """The ways to deploy that are compared: of an app that has one of them, no other is measured unless it is named."""
    endpoints: tuple[Endpoint, ...] = ()
    workloads: tuple[Workload, ...] = ()
    connections: tuple[int, ...] = ()
    """Only these of the profile's numbers of connections or subscribers, where it has several."""
    rates: tuple[RateRule, ...] = ()
    """Only latencies at these of the profile's rates."""
    rounds: int | None = None
    minutes: float | None = None
    """Instead of the profile's."""
    looks: int = 1
    """How often the run may look whether it can end already."""
    detect: float | None = None
    """Of a run of two revisions that may end as soon as they are told apart: the slow-down that it is to find."""
    alpha: float = 0.05
    """The level of that."""
    seed: int = 0
    workers: int = 0
    """Generator processes that drive each window together; 0 for one alone."""


def build_plan(apps: Sequence[App], choices: Choices, cpus: CpuLayout) -> Plan:
    """Decide everything that can be decided before the first server starts.

    Raises:
        UsageError: the choices leave nothing to measure.
    """
    profile = PROFILES[choices.profile]
    chosen = _Chosen(profile, choices, cpus)
    subjects = _subjects(apps, profile, choices)
    by_name = {app.name: app for app in apps}
    cells = [cell for subject in subjects for cell in chosen.cells(by_name[subject.app], subject)]
    if not cells:
        raise UsageError(
            f"nothing is left to measure: {_why_nothing(subjects, by_name, choices, profile, cpus)}",
            hint=_remedy(apps, choices, cpus),
        )
    cells += twins_cells(apps, cells)
    # Servers that nothing is measured on need not be started.
    used = tuple(dict.fromkeys(cell.subject for cell in cells))
    timing = _timing(profile, choices)
    tested = choices.detect is not None and any(cell.workload is Workload.CAPACITY for cell in cells)
    test = sequential_test(choices.rounds, choices.detect or 0.0, choices.alpha) if tested else None
    if test:
        timing = timing.model_copy(update={"rounds": test.looks[-1]})
    plan = Plan(
        profile=choices.profile,
        seed=choices.seed,
        timing=timing,
        subjects=used,
        cells=tuple(cells),
        cpus=cpus,
        looks=choices.looks,
        sequential=test,
        limit_s=None if test or choices.looks > 1 else _limit_s(profile, choices),
        estimated_s=0.0,
    )
    return at_pace(plan, Pace())


def _limit_s(profile: Profile, choices: Choices) -> float | None:
    """Whoever asks for so many rounds gets them; a run that looks whether it can end has a limit of its own."""
    minutes = profile.minutes if choices.minutes is None and choices.rounds is None else choices.minutes
    return None if minutes is None else minutes * 60.0


def _timing(profile: Profile, choices: Choices) -> Timing:
    timing = profile.timing
    changes: dict[str, object] = {} if choices.rounds is None else {"rounds": choices.rounds}
    if choices.looks > 1:
        # It is these that are to decide.
        changes["feed_rounds"] = changes["chat_rounds"] = changes.get("rounds", timing.rounds)
        if Workload.CAPACITY not in choices.workloads:
            changes["capacity_windows"] = min(FEW_OF_CAPACITY, timing.capacity_windows)
    if choices.workers:
        changes["lead_in_s"] = max(timing.lead_in_s, TEAM_LEAD_IN_S)
        changes["latency_lead_in_s"] = max(timing.latency_lead_in_s, TEAM_LEAD_IN_S)
    return timing.model_copy(update=changes)


def of_profile(apps: Sequence[App], choices: Choices) -> Sequence[App]:
    """The apps that were named. Where none was: those that the profile is about, or all if none of these is here.

    Guests belong to these if the choices or the profile invite them.
    """
    if choices.apps_named:
        return apps
    profile = PROFILES[choices.profile]
    invited = choices.guests or profile.guests
    here = tuple(app for app in apps if invited or not app.guest)
    about = {app.base_name for app in here if app.base_name in profile.apps}
    return tuple(app for app in here if not about or app.base_name in about or app.guest)


def _subjects(apps: Sequence[App], profile: Profile, choices: Choices) -> list[Subject]:
    subjects: dict[str, Subject] = {}
    for app in apps:
        asked = asked_of(app, choices.named, choices.variants)
        for variant in _variants(app, profile, asked, choices.deployments):
            subject = Subject(app=app.name, variant=variant)
            subjects[subject.key] = subject
    if not subjects:
        raise no_such_variant(choices.variants or choices.deployments, apps)
    return list(subjects.values())


def _variants(app: App, profile: Profile, asked: Sequence[str], deployments: Sequence[str]) -> Iterable[str]:
    if asked:
        found = [
            variant
            for each in asked
            for variant in (_variants(app, profile, (), deployments) if each == USUAL else [app.resolve(each)])
        ]
        return [*dict.fromkeys(filter(None, found))]
    if compared := [variant for each in deployments if (variant := app.resolve(each))]:
        return [*dict.fromkeys(compared)]
    if profile.every_variant:
        return app.manifest.variants
    controlled = app.resolve(CONTROLLED)
    if profile.every_server:
        return [*([controlled] if controlled else []), *app.on_servers]
    if controlled:
        return [controlled, *app.on_own_server]
    return app.on_own_server or list(app.manifest.variants)[:1]


class _Chosen:
    """What of a profile the user's choices leave."""

    def __init__(self, profile: Profile, choices: Choices, cpus: CpuLayout) -> None:
        self._profile = profile
        self._choices = choices
        self._cpus = cpus

    def cells(self, app: App, subject: Subject) -> Iterator[Cell]:
        """Everything that is measured of one variant."""
        self._declared = app.manifest.endpoints
        asked = asked_of(app, self._choices.named, self._choices.variants)
        named = subject.variant in {app.resolve(each) for each in asked if each != USUAL}
        standing = named or subject.variant in _standing(app, CONTROLLED, DEFAULT)
        like_for_like = named or subject.variant in _standing(app, CONTROLLED)
        yield from self._capacity_and_latency(subject)
        yield from self._few_and_most(subject)
        if standing:
            yield from self._on_many_connections(subject)
            if _has_crowds(app, subject):
                yield from self._crowds(subject)
        if like_for_like and _has_set_ups(app):
            yield from self._set_ups(subject)
        if self._profile.footprint and self._wants(Workload.FOOTPRINT, self._declared[0]):
            yield Cell(subject=subject, endpoint=self._declared[0], workload=Workload.FOOTPRINT, connections=1)

    def _capacity_and_latency(self, subject: Subject) -> Iterator[Cell]:
        # Rates derive from capacities, so an endpoint of latency or a limit is measured for capacity as well.
        limited = [each for each in self._profile.limit if self._wants(Workload.LIMIT, each)]
        latency = [each for each in self._profile.latency if self._wants(Workload.LATENCY, each)]
        capacity = [each for each in self._profile.capacity if self._wants(Workload.CAPACITY, each)]
        for endpoint in dict.fromkeys([*capacity, *latency, *limited]):
            yield Cell(subject=subject, endpoint=endpoint, workload=Workload.CAPACITY, connections=CAPACITY_CONNECTIONS)
        for endpoint in latency:
            usual = Cell(subject=subject, endpoint=endpoint, workload=Workload.LATENCY, connections=LATENCY_CONNECTIONS)
            rates = [each for each in self._profile.rates if not self._choices.rates or each in self._choices.rates]
            yield from (usual.model_copy(update={"rate": each}) for each in rates)

    def _few_and_most(self, subject: Subject) -> Iterator[Cell]:
        """A few requests a second, and as many as leave latencies within a limit."""
        for endpoint in self._profile.idle:
            if self._wants(Workload.IDLE, endpoint):
                yield Cell(subject=subject, endpoint=endpoint, workload=Workload.IDLE, connections=IDLE_CONNECTIONS)
        usual = Cell(subject=subject, endpoint=Endpoint.JSON, workload=Workload.LIMIT, connections=LATENCY_CONNECTIONS)
        for endpoint, limit_ms in product(self._profile.limit, self._profile.limits_ms):
            if self._wants(Workload.LIMIT, endpoint):
                yield usual.model_copy(update={"endpoint": endpoint, "limit_ms": limit_ms})

    def _on_many_connections(self, subject: Subject) -> Iterator[Cell]:
        for workload, endpoint, numbers in (
            (Workload.CONCURRENCY, Endpoint.JSON, self._profile.concurrency),
            (Workload.WAITING, Endpoint.WAIT, self._profile.waiting),
        ):
            if self._wants(workload, endpoint):
                for connections in self._of(numbers):
                    yield Cell(subject=subject, endpoint=endpoint, workload=workload, connections=connections)

    def _crowds(self, subject: Subject) -> Iterator[Cell]:
        if self._wants(Workload.FEED, Endpoint.FEED):
            for subscribers in self._of(self._profile.feed):
                yield Cell(subject=subject, endpoint=Endpoint.FEED, workload=Workload.FEED, connections=subscribers)
        if self._wants(Workload.CHAT, Endpoint.CHAT):
            rooms = [(members, SMALL_ROOM) for members in self._of(self._profile.chat)]
            rooms += [(members, members) for members in self._of(self._profile.chat_in_one_room)]
            for members, room in rooms:
                yield Cell(
                    subject=subject, endpoint=Endpoint.CHAT, workload=Workload.CHAT, connections=members, room=room
                )

    def _set_ups(self, subject: Subject) -> Iterator[Cell]:
        """The usual servers and special ones, side by side."""
        if self._profile.routes and self._wants(Workload.ROUTES, Endpoint.JSON):
            for extra in (0, *self._profile.routes):
                yield _set_up(Workload.ROUTES, subject.model_copy(update={"extra_routes": extra}))
        most = len(self._cpus.server)
        if (
            self._profile.workers
            and not too_few_for_workers(self._cpus)
            and self._wants(Workload.WORKERS, Endpoint.JSON)
        ):
            for workers in range(1, most + 1):
                yield _set_up(Workload.WORKERS, subject.model_copy(update={"workers": workers}))

    def _of(self, numbers: Sequence[int]) -> list[int]:
        asked = self._choices.connections
        return [number for number in numbers if not asked or number in asked]

    def _wants(self, workload: Workload, endpoint: Endpoint) -> bool:
        choices = self._choices
        return (
            endpoint in self._declared
            and (not choices.workloads or workload in choices.workloads)
            and (not choices.endpoints or endpoint in choices.endpoints)
        )


def _has_crowds(app: App, subject: Subject) -> bool:
    """Of what frameworks are compared with, only what they stand on is a floor for their feeds and chats."""
    return app.manifest.family not in REFERENCE_FAMILIES or app.variant(subject.variant).interface is Interface.ASGI


def _has_set_ups(app: App) -> bool:
    """A baseline has no router, and no worker processes of a framework's."""
    return app.manifest.family is not Family.BASELINE


def _why_nothing(
    subjects: Sequence[Subject], apps: Mapping[str, App], choices: Choices, profile: Profile, cpus: CpuLayout
) -> str:
    """Why what was chosen leaves nothing."""
    names = ", ".join(sorted({subject.app for subject in subjects}))
    chosen = set(choices.workloads)
    if chosen and chosen <= CROWDS and not any(_has_crowds(apps[each.app], each) for each in subjects):
        return f"of baselines, feeds and chats are measured on ASGI servers only, and {names} has none"
    if chosen and chosen <= {Workload.ROUTES, Workload.WORKERS} and not any(map(_has_set_ups, apps.values())):
        return f"{' and '.join(sorted(chosen))} are measured of frameworks, and not of baselines ({names})"
    if chosen == {Workload.WORKERS} and profile.workers and (few := too_few_for_workers(cpus)):
        return few
    if choices.endpoints and _declared(apps.values()).isdisjoint(choices.endpoints):
        return f"{' or '.join(choices.endpoints)} is declared by no chosen app ({names})"
    countable = [each for each in _COUNTED if each in chosen]
    if choices.connections and countable:
        there_is = ", ".join(f"{each.value} {measured(each, profile) or 'not at all'}" for each in countable)
        asked = " and ".join(f"{number:,}" for number in choices.connections)
        return f"profile '{choices.profile}' measures {there_is}, and not with {asked}"
    return _why_none_fits(choices, profile)


def _why_none_fits(choices: Choices, profile: Profile) -> str:
    chosen = choices.workloads
    if _takes_no_endpoint(choices):
        return "--endpoint leaves footprint out"
    if chosen and not any(measured(each, profile) for each in chosen):
        return f"profile '{choices.profile}' has no {' and no '.join(sorted(chosen))}"
    return "no chosen app has a chosen endpoint in a chosen workload"


def _remedy(apps: Sequence[App], choices: Choices, cpus: CpuLayout) -> str:
    """What helps where the choices leave nothing; of the profiles, only such as do."""
    if (undeclared := "/".join(choices.endpoints)) and _declared(apps).isdisjoint(choices.endpoints):
        return f"write it, then add {undeclared} to `endpoints`; or name an app that has it"
    if _takes_no_endpoint(choices):
        return "leave --endpoint out"
    others = []
    for name in ProfileName:
        chosen = _Chosen(PROFILES[name], choices, cpus)
        subjects = {app.name: _subjects([app], PROFILES[name], choices) for app in apps}
        if any(True for app in apps for each in subjects[app.name] for _ in chosen.cells(app, each)):
            others.append(name.value)
    told = f"profile '{choices.profile}' measures {all_measured(PROFILES[choices.profile])}; leave {_made(choices)} out"
    return f"{told}, or choose --profile {' or '.join(others)}" if others else told


def _declared(apps: Iterable[App]) -> set[Endpoint]:
    return {endpoint for app in apps for endpoint in app.manifest.endpoints}


def _takes_no_endpoint(choices: Choices) -> bool:
    return set(choices.workloads) == {Workload.FOOTPRINT} and bool(choices.endpoints)


def _made(choices: Choices) -> str:
    """The options that left nothing: without any, a footprint is left at least."""
    asked = {"--endpoint": choices.endpoints, "--workload": choices.workloads, "--connections": choices.connections}
    return " or ".join(option for option, values in asked.items() if values)


def _set_up(workload: Workload, subject: Subject) -> Cell:
    connections = CAPACITY_CONNECTIONS * subject.workers
    return Cell(subject=subject, endpoint=Endpoint.JSON, workload=workload, connections=connections)


def _standing(app: App, *names: str) -> set[str]:
    """The variants that stand for the app by these names, and its own server where it brings one."""
    return set(app.on_own_server) | {found for name in names if (found := app.resolve(name))}
