"""What `bench report` takes."""

from pathlib import Path

import click

from harness.cli import options
from harness.cli.commands.deferred import deferred


@deferred("harness.cli.report:report", short_help="Rebuild a run's report, and the list of all runs.")
@click.argument("run", default="latest")
@click.option(
    "--claims",
    "claims_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A claims file of your own: its claims come first, in this report and in all later ones of the run.",
)
@options.apps_dir
@click.option("--open", "open_", is_flag=True, help="Open it in the browser.")
def report() -> None:
    """Rebuild the report of a run, and the list of all runs beside it.

    RUN is a folder, an id, the start of one, or `latest`.
    """
