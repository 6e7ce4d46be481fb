"""`bench ci`: what a scheduled job does, from measuring to the data branch."""

from pathlib import Path

import click

from harness.ci.branch import DataBranch
from harness.ci.measure import measure
from harness.ci.outcome import clear
from harness.cli import options
from harness.cli.output import print_path, tell
from harness.model.errors import ExitCode
from harness.results.folder import resolve_run


def ci(remote: str, branch: str, out: Path, measured_run: str | None, run_options: tuple[str, ...]) -> ExitCode:
    """Measure, compare with the last run under the same conditions, and keep the result on a branch of its own."""
    if measured_run and run_options:
        raise click.UsageError("--run takes a run that is finished, and RUN_OPTIONS are for a new one")
    data = DataBranch(Path.cwd(), remote, branch)
    with data.checked_out(options.STATE):
        pass  # what is wrong with the branch is better known before the run than after it
    clear(out)
    folder = resolve_run(options.REPORTS, measured_run) if measured_run else measure(run_options)
    from harness.ci.job import keep  # noqa: PLC0415 - what judges takes seconds to import

    outcome = keep(folder, data, out=out, state=options.STATE, say=tell)
    tell(f"told in {out}")
    print_path(folder)
    if not outcome.complete:
        return ExitCode.INCOMPLETE
    return ExitCode.CONFORMANCE if outcome.broken else ExitCode.OK
