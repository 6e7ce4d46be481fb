"""`bench ab`: two revisions of apps, measured side by side in one run."""

import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from harness.catalog.discover import choose, discover
from harness.cli import options
from harness.cli.output import tell
from harness.cli.plan import read_choices
from harness.cli.progress import watched
from harness.cli.run import measure
from harness.host.cpus import layout_here
from harness.measure.begin import begin
from harness.measure.room import see_to_room
from harness.model.app import App
from harness.model.errors import ExitCode, UsageError
from harness.model.run import RuntimeName
from harness.model.runtime_choice import RuntimeChoice
from harness.plan.build import build_plan
from harness.plan.demand import demand_of
from harness.results.folder import read_run
from harness.runtime.choose import choose_database, open_runtime
from harness.runtime.passing_folder import passing_folder
from harness.runtime.revisions import at_commit, is_same, with_requirements


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
    **chosen: object,
) -> ExitCode:
    """Measure two revisions of apps in one run, window by window, and compare them."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if runtime_name == RuntimeChoice.DOCKER.value:
        raise UsageError(
            "bench ab can't measure in containers yet", hint="--runtime process measures local processes (the default)"
        )
    if requirements and app_names:
        raise click.UsageError("with --with, name the app itself: bench ab APP --with REQUIREMENT")
    database = choose_database(tell, beside_other_tables=beside_other_tables)
    apps = choose(discover(apps_dirs), (what,) if requirements else app_names)
    with passing_folder(options.STATE, "revisions") as folder:
        if requirements:
            pairs = [(app, with_requirements(app, requirements, folder)) for app in apps]
        else:
            pairs = _that_differ(apps, what, folder, all_of_them=bool(app_names))
        used = [app for pair in pairs for app in pair]
        plan = build_plan(used, read_choices(chosen), layout_here())
        place = RuntimeName.PROCESS
        see_to_room(place, demand_of(plan), tell)
        with open_runtime(place, options.STATE, plan.cpus, database=database) as runtime, watched() as progress:
            progress.stage("preparing environments")
            runtime.prepare(used, progress.stage)
            writer, keeper = begin(plan, used, runtime, options.REPORTS, ("bench", *sys.argv[1:]), progress)
            interrupted, fault = measure(writer, used, runtime, keeper)
    tell(f"run: {writer.folder}")
    if fault:
        raise fault
    if interrupted:
        tell("interrupted; a run of two revisions can't be resumed")
        return ExitCode.INTERRUPTED
    recorded = read_run(writer.folder)
    from harness.cli.compare import show  # noqa: PLC0415 - what judges takes seconds to import
    from harness.comparison.within import compare_within  # noqa: PLC0415 - as above

    found = compare_within(recorded, writer.folder.name)
    show(found, as_markdown=as_markdown, as_json=as_json)
    if not recorded.complete:
        return ExitCode.INCOMPLETE
    return ExitCode.REGRESSION if fail_on_regression and found.regressions else ExitCode.OK


def _that_differ(apps: Sequence[App], ref: str, folder: Path, *, all_of_them: bool) -> list[tuple[App, App]]:
    pairs = [(app, at_commit(app, ref, folder)) for app in apps]
    kept = pairs if all_of_them else [pair for pair in pairs if not is_same(*pair)]
    if not kept:
        raise UsageError(
            f"no app differs from {ref}", hint="name one with --app to measure it against its own copy all the same"
        )
    return kept
