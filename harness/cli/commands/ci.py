"""What `bench ci` takes."""

from pathlib import Path
from typing import Final

import click

from harness.cli import options
from harness.cli.commands.deferred import deferred

OUT: Final = options.REPORTS / "ci"


@deferred("harness.cli.ci:ci", short_help="Measure, compare with the last run, keep it on a branch.")
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
def ci() -> None:
    """Measure, compare with the last run under the same conditions, and keep the result on a branch of its own.

    RUN_OPTIONS go to `bench run`. Nothing is pushed but the data branch. A regression is no failure: it is told in
    regression.md and outcome.json. An incomplete run is kept and not compared; the exit code is then 4.
    """
