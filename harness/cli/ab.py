"""`bench ab`: two revisions of apps, measured side by side in one run."""

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from harness.catalog.discover import SUFFIX, discover
from harness.catalog.selection import SIGN, choose
from harness.cli import options
from harness.cli.output import tell
from harness.cli.plan import planned, read_choices
from harness.cli.progress import announce_interrupts, watched
from harness.cli.run import exit_code, measure
from harness.comparison.ending import looking
from harness.host.cpus import layout_here
from harness.measure.begin import begin
from harness.measure.room import see_to_room
from harness.model.app import App
from harness.model.errors import ExitCode, UsageError, meant
from harness.model.run import RuntimeName
from harness.model.runtime_choice import RuntimeChoice
from harness.plan.demand import demand_of
from harness.results.folder import read_run
from harness.runtime.choose import choose_database, open_runtime
from harness.runtime.passing_folder import passing_folder
from harness.runtime.revisions import NoOtherRevision, at_commit, is_same, with_requirements


def ab(  # noqa: PLR0913 - one for each option
    what: str,
    requirements: tuple[str, ...],
    apps_dirs: tuple[Path, ...],
    app_names: tuple[str, ...],
    *,
    runtime_name: str,
    beside_other_tables: bool,
    fail_on_regression: bool,
    as_markdown: bool,
    as_json: bool,
    detect: float,
    **chosen: object,
) -> ExitCode:
    """Measure two revisions of apps in one run, window by window, and compare them."""
    announce_interrupts()
    if runtime_name == RuntimeChoice.DOCKER.value:
        raise UsageError(
            "bench ab can't measure in containers yet", hint="--runtime process measures local processes (the default)"
        )
    if requirements and app_names:
        raise click.UsageError("with --with, name the app itself: bench ab APP --with REQUIREMENT")
    database = choose_database(tell, beside_other_tables=beside_other_tables)
    names = (what,) if requirements else app_names
    there_are = discover(apps_dirs, names, tell)
    apps = choose(there_are, names)
    with passing_folder(options.STATE, "revisions") as folder:
        if requirements:
            pairs = [(app, with_requirements(app, requirements, folder)) for app in apps]
        else:
            try:
                pairs = _that_differ(apps, what, folder, all_of_them=bool(app_names))
            except NoOtherRevision as error:
                raise _as_an_app(error, what, there_are) from None
        used = [app for pair in pairs for app in pair]
        plan = planned(used, read_choices({**chosen, "detect": detect / 100}, names), layout_here())
        if plan.sequential:
            looks = ", ".join(map(str, plan.sequential.looks))
            tell(f"it ends as soon as it is decided, which is looked at after rounds {looks}")
        place = RuntimeName.PROCESS
        see_to_room(place, demand_of(plan), tell)
        with open_runtime(place, options.STATE, plan.cpus, database=database) as runtime, watched() as progress:
            progress.stage("preparing environments")
            runtime.prepare(used, progress.stage)
            writer, keeper = begin(plan, used, runtime, options.REPORTS, ("bench", *sys.argv[1:]), progress)
            look = looking(writer.folder, plan.sequential, tell) if plan.sequential else None
            interrupted, fault = measure(writer, used, runtime, keeper, look)
    tell(f"run: {writer.folder}")
    if fault:
        raise fault
    if interrupted:
        tell("interrupted; a run of two revisions can't be resumed")
        return ExitCode.INTERRUPTED
    recorded = read_run(writer.folder)
    from harness.cli.compare import show  # noqa: PLC0415 - what judges takes seconds to import
    from harness.comparison.within import compare_within  # noqa: PLC0415 - as above

    if (page := writer.folder / "comparison.html").is_file():
        tell(f"comparison: {page}")
    found = compare_within(recorded, writer.folder.name)
    show(found, as_markdown=as_markdown, as_json=as_json)
    code = exit_code(recorded, apps_dirs)
    return ExitCode.REGRESSION if code is ExitCode.OK and fail_on_regression and found.is_worse else code


def _that_differ(apps: Sequence[App], ref: str, folder: Path, *, all_of_them: bool) -> list[tuple[App, App]]:
    pairs = [(app, at_commit(app, ref, folder)) for app in apps]
    kept = pairs if all_of_them else [pair for pair in pairs if not is_same(*pair)]
    if not kept:
        raise UsageError(
            f"no app differs from {ref}", hint="name one with --app to measure it against its own copy all the same"
        )
    return kept


def _as_an_app(error: NoOtherRevision, what: str, apps: Sequence[App]) -> UsageError:
    """The error as one on an app, where it is an app that was named in place of a commit."""
    name, sign, variant = what.partition(SIGN)
    app = next((app.name for app in apps if app.name == name.removesuffix(SUFFIX)), None)
    if app is None:
        like = meant(name, (app.name for app in apps))
        return UsageError(error.what, hint=f"{like}{error.hint}") if like else error
    named = f"{app}{sign}{variant}"
    return UsageError(
        f"{error.what}; '{what}' is an app",
        hint=f"`bench ab {named} --with REQUIREMENT` compares it with itself under another requirement, "
        f"`bench ab REF --app {named}` with itself as of a commit",
    )
