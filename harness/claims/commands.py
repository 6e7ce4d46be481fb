"""The commands that measure claims, as a shell takes them: with the file and the folders that they are found by."""

import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from harness.claims.needs import needs_of
from harness.claims.within_reach import endpoints_for, profile_for
from harness.model.claim import Claim, ClaimFinding
from harness.model.plan import ProfileName
from harness.model.run import Run
from harness.results.resume_command import FOLDER, PLACES, RESUME, options_named

_WAYS: Final = ("--runtime", *PLACES)
"""Options that say where servers run, which whoever starts them has to be told."""
_LOAD: Final = ("--workers", "--listen")
_PYTHON: Final = "--python"


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
    under_way: bool = False
    """Whether the run still goes on by itself."""


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
    where = ("--claims", str(origin.file), *origin.folders) if origin.file else ()
    longer = ("--rounds", str(rounds)) if rounds is not None else ()
    return shlex.join(("bench", "run", *where, *origin.made_with, "--claim", claim.id, *longer))


def command_by_profile(profile: ProfileName, origin: Origin = Origin()) -> str:
    """Measures what a profile has, and holds the claims against it."""
    file = ("--claims", str(origin.file)) if origin.file else ()
    return shlex.join(("bench", "run", *file, *origin.folders, *origin.made_with, "--profile", profile.value))


def command_to_plan(claim: Claim, origin: Origin = Origin()) -> str:
    """Tells what that measures, of the apps in the folders that were given."""
    file = ("--claims", str(origin.file)) if origin.file else ()
    return shlex.join(("bench", "plan", *file, *origin.folders, "--claim", claim.id))


def command_to_go_on(run: str, folders: Sequence[str], made_with: Iterable[str]) -> str:
    """Goes on with a run that was cut off."""
    return shlex.join(("bench", "run", RESUME, run, *folders, *options_named(made_with, PLACES)))


def goes_on(command: str) -> bool:
    """Whether a command goes on with a run and begins none."""
    return RESUME in shlex.split(command)


def command_for_all(found: Sequence[ClaimFinding]) -> str:
    """Measures the workloads that several claims of a file need, of all apps and on all endpoints that they name.

    Empty where no run can. What only the profile `rates` has is left to another run, where there is more than that.
    """
    found = [each for each in found if each.command]
    rest = next((each.command for each in found if goes_on(each.command)), "")
    if rest or not found:
        return rest
    by_profile = {each.command for each in found if "--profile" in shlex.split(each.command)}
    if len(found) == 1 or by_profile == {each.command for each in found}:
        return found[0].command
    by_rates = [each for each in found if profile_for(each.claim) is ProfileName.RATES]
    found = [each for each in found if each not in by_rates] or by_rates
    needs = [needs_of(each.claim) for each in found]
    profiles = {profile_for(each.claim) for each in found}
    profile = profiles.pop() if len(profiles) == 1 else ProfileName.FULL
    apps = sorted({app for each in needs for app in each.apps})
    workloads = sorted({workload.value for each in needs for workload in each.workloads})
    endpoints = [endpoints_for(each) for each in needs]
    on = sorted({endpoint.value for each in endpoints for endpoint in each}) if all(endpoints) else []
    options = [("--app", app) for app in apps] + [("--workload", workload) for workload in workloads]
    options += [("--endpoint", endpoint) for endpoint in on]
    return shlex.join(
        (
            *("bench", "run", "--profile", profile.value),
            *options_named(shlex.split(found[0].command), ("--claims", FOLDER, *_WAYS, *_LOAD, _PYTHON)),
            *(word for option in options for word in option),
        )
    )
