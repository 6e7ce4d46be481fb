"""`bench ci`: what a scheduled job does, from measuring to the data branch."""

from pathlib import Path
from typing import Final

import click

from harness.ci.branch import DataBranch
from harness.ci.git import Git
from harness.ci.job import keep
from harness.ci.measure import measure
from harness.ci.outcome import clear
from harness.cli import options
from harness.cli.output import tell
from harness.model.errors import ExitCode
from harness.results.folder import resolve_run

OUT: Final = options.REPORTS / "ci"


@click.command()
@click.option("--remote", default="origin", show_default=True, metavar="REMOTE", help="Where the data branch is.")
@click.option(
    "--branch", default="bench-data", show_default=True, metavar="BRANCH", help="The data branch; begun if missing."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=OUT,
    show_default=True,
    help="For summary.md, outcome.json, site/ and, only on a regression, regression.md.",
)
@click.option("--run", "measured_run", metavar="RUN", help="Keep this finished run instead of measuring one.")
@click.argument("run_options", nargs=-1, type=click.UNPROCESSED, metavar="[-- RUN_OPTIONS...]")
def ci(remote: str, branch: str, out: Path, measured_run: str | None, run_options: tuple[str, ...]) -> ExitCode:
    """Measure, compare with the last run under the same conditions, and keep the result on a branch of its own.

    RUN_OPTIONS go to `bench run`. Nothing is pushed but the data branch. A regression is no failure: it is told in
    regression.md and outcome.json. An incomplete run is kept and not compared; the exit code is then 4.
    """
    if measured_run and run_options:
        raise click.UsageError("--run takes a run that is finished, and RUN_OPTIONS are for a new one")
    options.STATE.mkdir(exist_ok=True)
    data = DataBranch(Git(Path.cwd()), remote, branch)
    with data.checked_out(options.STATE):
        pass  # what is wrong with the branch is better known before the run than after it
    clear(out)
    folder = resolve_run(options.REPORTS, measured_run) if measured_run else measure(run_options)
    outcome = keep(folder, data, out=out, state=options.STATE, say=tell)
    tell(f"kept on branch {branch} of {remote}: {outcome.commit[:9]}; told in {out}")
    click.echo(folder)
    return ExitCode.OK if outcome.complete else ExitCode.INCOMPLETE
