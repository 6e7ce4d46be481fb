"""`bench run`: measure, then report."""

import shlex
import signal
import sys
from pathlib import Path

import click

from harness.catalog.discover import choose, discover
from harness.cli import options
from harness.cli.plan import read_choices
from harness.cli.progress import watched
from harness.measure.begin import begin, resume
from harness.measure.loop import carry_out, is_complete
from harness.model.errors import ExitCode
from harness.plan.build import build_plan
from harness.report.publish import publish
from harness.results.folder import read_run, resolve_run
from harness.runtime.cpus import layout_here
from harness.runtime.process import ProcessRuntime


@click.command()
@options.choices
@click.option(
    "--resume", "resumed", metavar="RUN", help="Go on with a run that was cut off; other choices are its own."
)
def run(apps_dirs: tuple[Path, ...], app_names: tuple[str, ...], *, resumed: str | None, **chosen: object) -> ExitCode:
    """Measure the chosen apps, write a report, and print the run folder."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    apps = discover(apps_dirs)
    with ProcessRuntime(options.STATE, layout_here()) as runtime, watched() as progress:
        if resumed:
            folder = resolve_run(options.REPORTS, resumed)
            plan = read_run(folder).run.plan
        else:
            plan = build_plan(choose(apps, app_names), read_choices(chosen), layout_here())
        used = [app for app in apps if app.name in {subject.app for subject in plan.subjects}]
        progress.stage("preparing environments")
        runtime.prepare(used, progress.stage)
        progress.total(plan.estimated_s)
        writer = (
            resume(folder, used, runtime)
            if resumed
            else begin(plan, used, runtime, options.REPORTS, ("bench", *sys.argv[1:]))
        )
        interrupted = False
        try:
            carry_out(writer, used, runtime, progress)
        except KeyboardInterrupt:
            interrupted = True
        progress.stage("writing the report")
        page = publish(writer.folder)
    click.echo(f"report: {page}", err=True)
    click.echo(writer.folder)
    if interrupted:
        click.echo(f"interrupted; to go on: {shlex.join(('bench', 'run', '--resume', writer.folder.name))}", err=True)
        return ExitCode.INTERRUPTED
    return ExitCode.OK if is_complete(writer) else ExitCode.INCOMPLETE
