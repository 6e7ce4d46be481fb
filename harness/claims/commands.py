"""The commands that measure claims, as a shell takes them: with the file and the folders that they are found by."""

import shlex
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from harness.catalog.selection import USUAL, options_for, variants_of
from harness.claims.decidable import Advice
from harness.claims.needs import Needs, needs_of
from harness.claims.within_reach import endpoints_for, profile_for
from harness.model.app import CONTROLLED, DEFAULT, App, Endpoint
from harness.model.cell import Workload
from harness.model.claim import Claim
from harness.model.claim_values import VARIANT_SIGN
from harness.model.plan import ProfileName
from harness.model.run import Deployment, Run
from harness.plan.profiles import PROFILES
from harness.results.resume_command import CLAIM, FOLDER, PLACES, RESUME, options_named, told_anew

RUNTIME: Final = "--runtime"
_WAYS: Final = (RUNTIME, *PLACES)
"""Options that say where servers run, which whoever starts them has to be told."""
_LOAD: Final = ("--workers", "--listen")
_PYTHON: Final = "--python"


type Variants = Mapping[str, Mapping[str, str]]
"""By app, and by each name of a variant of its, the variant itself."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where claims come from, the apps that they are about, and how a run has measured them."""

    file: Path | None = None
    """None for the article's claims, which need none, and are about the apps in the usual folder."""
    folders: tuple[str, ...] = ()
    """Options, such as `--apps-dir mine`; empty for the usual folder."""
    made_with: tuple[str, ...] = ()
    """Other options that the run was made with, and another is to be made with as well: `--runtime process`."""
    cut_off: str | None = None
    """The run, where that can be gone on with."""
    titles: Mapping[str, str] = field(default_factory=dict)
    """By their names, those of apps that a run may not have."""
    variants: Variants = field(default_factory=dict)
    """Of apps that are here."""
    apps: Mapping[str, App] = field(default_factory=dict)
    """These, by their names."""
    under_way: bool = False
    """Whether the run still goes on by itself."""

    def knowing(self, apps: Iterable[App]) -> "Origin":
        """The same with what there is to know of these apps, which are here."""
        apps = tuple(apps)
        return replace(
            self,
            titles={app.name: app.manifest.title for app in apps},
            variants={app.name: {each: app.resolve(each) or each for each in variants_of(app)} for app in apps},
            apps={app.name: app for app in apps},
        )

    @property
    def words(self) -> tuple[str, ...]:
        """The options that say where the claims and their apps are, of every command that measures or plans them."""
        return (*(("--claims", str(self.file)) if self.file else ()), *self.folders)

    def words_for(self, claims: Iterable[Claim]) -> tuple[str, ...]:
        """The same for some of the claims: the article's are about the usual folder, if others have not all apps."""
        return self.words if self.file or all(map(self.has_all_of, claims)) else ()

    def has_all_of(self, claim: Claim) -> bool:
        """Whether all apps that a claim names are known to lie in its folders."""
        return {name.partition(VARIANT_SIGN)[0] for name in needs_of(claim).apps} <= self.apps.keys()


def origin_of(
    run: Run, name: str, file: Path | None = None, folders: tuple[str, ...] = (), *, under_way: bool = False
) -> Origin:
    """Of the claims of a file that are held against a run, whose folder is called `name`; `folders` are given anew."""
    return Origin(
        file,
        folders or folders_named(run.command),
        (
            *options_named(run.command, (*_WAYS, *_LOAD)),
            *(word for each in run.plan.pythons for word in (_PYTHON, each)),
        ),
        name if run.finished_at is None and not (under_way or run.plan.has_revisions) else None,
        under_way=under_way,
    )


def folders_named(command: Iterable[str]) -> tuple[str, ...]:
    """The options of a command that say where its apps are."""
    return options_named(command, (FOLDER,))


def ways_named(command: Iterable[str]) -> tuple[str, ...]:
    """The options of a command that say where its servers run."""
    return options_named(command, _WAYS)


def command_for(claim: Claim, origin: Origin = Origin(), rounds: int | None = None) -> str:
    """Measures what a claim needs, and nothing more, until it is decided.

    `rounds` where it has to take more than it would.

    Raises:
        UsageError: No profile has that.
    """
    if not claim.condition:
        return ""
    profile_for(claim)
    longer = ("--rounds", str(rounds)) if rounds is not None else ()
    return shlex.join(("bench", "run", *origin.words_for([claim]), *origin.made_with, CLAIM, claim.id, *longer))


def command_by_profile(profile: ProfileName, origin: Origin = Origin()) -> str:
    """Measures what a profile has, and holds the claims against it."""
    return shlex.join(("bench", "run", *origin.words, *origin.made_with, "--profile", profile.value))


def command_to_plan(claim: Claim, origin: Origin = Origin()) -> str:
    """Tells what that measures, of the apps in the folders that were given, and where."""
    where = options_named(origin.made_with, (RUNTIME,))
    return shlex.join(("bench", "plan", *origin.words, *where, CLAIM, claim.id))


def command_to_list(folders: Iterable[str]) -> str:
    """Lists the apps in the folders of these options."""
    return shlex.join(("bench", "list", "apps", *folders))


def advice_on(claim: Claim, origin: Origin, narrowed_by: tuple[str, ...] = ()) -> Advice:
    """What to do where a plan can't decide a claim, with commands that find it and its apps again."""
    return Advice(narrowed_by, command_to_plan(claim, origin), command_to_list(origin.folders))


def command_to_go_on(
    run: str, folders: Sequence[str], made_with: Iterable[str], by: str = "run", *, pursues: bool | None = None
) -> str:
    """Goes on with a run that was cut off, `by` the command that began it; `pursues` a claim, where that is known."""
    return shlex.join(("bench", by, RESUME, run, *folders, *told_anew(made_with, pursues=pursues)))


def goes_on(command: str) -> bool:
    """Whether a command goes on with a run and begins none."""
    return RESUME in shlex.split(command)


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What of a profile claims need, as options of a run say it. What is empty is all that the profile has."""

    apps: tuple[str, ...]
    """Each alone, or with a variant."""
    variants: tuple[str, ...]
    """Of those that are named alone."""
    workloads: tuple[Workload, ...]
    endpoints: tuple[Endpoint, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """The options."""
        options = (
            *(("--app", each) for each in self.apps),
            *(("--variant", each) for each in self.variants),
            *(("--workload", each.value) for each in self.workloads),
            *(("--endpoint", each.value) for each in self.endpoints),
        )
        return tuple(word for option in options for word in option)


def narrowed_to(
    claims: Iterable[Claim], profile: ProfileName, origin: Origin = Origin(), run: Iterable[Deployment] = ()
) -> Narrowed:
    """The workloads that several claims need, on all endpoints and of all variants that they mean.

    Which variants those are is known of apps that are here or in the `run`; of others all are measured that are usual.
    """
    needs = [needs_of(claim) for claim in claims]
    endpoints = [endpoints_for(each) for each in needs]
    options = options_for(_wanted(needs, profile, origin.variants, _of_run(run)))
    named = list(zip(options[::2], options[1::2], strict=True))
    return Narrowed(
        apps=tuple(value for option, value in named if option == "--app"),
        variants=tuple(value for option, value in named if option == "--variant"),
        workloads=tuple(sorted({workload for each in needs for workload in each.workloads})),
        endpoints=tuple(sorted({endpoint for each in endpoints for endpoint in each})) if all(endpoints) else (),
    )


def command_together(
    claims: Sequence[Claim], profile: ProfileName, origin: Origin = Origin(), run: Iterable[Deployment] = ()
) -> str:
    """Measures what several claims of a file need, by one profile."""
    words = narrowed_to(claims, profile, origin, run).words
    where = (*origin.words_for(claims), *origin.made_with)
    return shlex.join(("bench", "run", "--profile", profile.value, *where, *words))


def _wanted(
    needs: Sequence[Needs], profile: ProfileName, here: Variants, in_run: Variants
) -> Mapping[str, Collection[str]]:
    """By app, the variants that claims mean; `USUAL` where that is not known."""
    wanted: dict[str, set[str]] = {}
    for each in needs:
        ways = [way.value for way in each.deployments]
        for name in each.apps:
            app, sign, variant = name.partition(VARIANT_SIGN)
            there = here.get(app, in_run.get(app, {}))
            # Of an app that is not here, there may be more variants than the run has.
            known = app in here or all(way in there for way in ways)
            meant = [variant] if sign else [way for way in ways if way in there] if known else []
            wanted.setdefault(app, set()).update([there.get(way, way) for way in meant] or [USUAL])
    only_named = {Workload.ROUTES, Workload.WORKERS} & {workload for each in needs for workload in each.workloads}
    usual = {CONTROLLED} if only_named or not PROFILES[profile].every_variant else {CONTROLLED, DEFAULT}
    return {app: variants - usual if USUAL in variants else variants for app, variants in wanted.items()}


def _of_run(deployments: Iterable[Deployment]) -> Variants:
    found: dict[str, dict[str, str]] = {}
    for each in deployments:
        if each.subject.is_original:
            names = (*each.also, each.subject.variant)
            found.setdefault(each.subject.app, {}).update(dict.fromkeys(names, each.subject.variant))
    return found
