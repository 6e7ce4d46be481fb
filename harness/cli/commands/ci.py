"""What `bench ci` takes."""

from pathlib import Path
from typing import Final

import click

from harness.cli import options
from harness.cli.commands.deferred import deferred
from harness.cli.given.unused import Unused

OUT: Final = options.REPORTS / "ci"


_KEEPING: Final = ("remote", "branch", "measured_run", "beside_file", "only_measure")
_UNUSED: Final = (
    Unused(
        (*_KEEPING, "out", "against", "alpha", "run_options"),
        lambda given: "comment" in given,
        "beside --comment",
        "it measures nothing and keeps nothing",
    ),
    Unused(_KEEPING, lambda given: "against" in given, "beside --against", "it only measures, and keeps nothing"),
    Unused(
        ("only_measure", "run_options"),
        lambda given: "measured_run" in given,
        "beside --run",
        "it takes a run that is finished, and none is measured",
        "leave out --run to measure one",
    ),
    Unused(
        ("beside_file",),
        lambda given: "measured_run" not in given,
        "without --run",
        "it was written when that run was measured",
        "name that by --run",
    ),
    Unused(
        ("alpha",),
        lambda given: "against" not in given,
        "without --against",
        "what a job measures beside the last kept run has a level of its own",
    ),
)


@deferred("harness.cli.ci:ci", short_help="Measure, compare with the last run, keep it on a branch.", unused=_UNUSED)
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
@click.option(
    "--beside",
    "beside_file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="With --run: the beside.json that was written when it was measured.",
)
@click.option("--only-measure", is_flag=True, help="Push nothing: another job keeps it, by --run and --beside.")
@click.option(
    "--against",
    metavar="REF",
    help="Only measure the apps that differ from this branch, tag or commit beside it, into beside.json and "
    "comparison.md of --out. Options after -- go to `bench ab` then.",
)
@click.option(
    "--alpha",
    type=click.FloatRange(0.01, 50),
    default=5.0,
    show_default=True,
    metavar="PERCENT",
    help="With --against: so often at most is an app told apart that did not change.",
)
@click.option(
    "--comment",
    is_flag=True,
    help="On GitHub, only tell a pull request what its job measured by --against, in one comment that is updated. "
    "Reads the workflow_run event, takes numbers from that job's artifact, and needs GH_TOKEN.",
)
@click.argument("run_options", nargs=-1, type=click.UNPROCESSED, metavar="[-- RUN_OPTIONS...]")
def ci() -> None:
    """Measure, compare with the last run under the same conditions, and keep the result on a branch of its own.

    First, the apps that changed since the last kept run are measured beside what they were then, in one sitting: this
    tells whether they became slower on any host, with false alarms in 1 % of the jobs.

    RUN_OPTIONS go to `bench run`. Nothing is pushed but the data branch. A regression is no failure: it is told in
    regression.md and outcome.json. An incomplete run is kept and not compared; the exit code is then 4.
    """
