"""What `bench history` takes."""

from pathlib import Path

import click

from harness.cli import options
from harness.cli.commands.deferred import deferred


@deferred("harness.cli.history:history", short_help="Show runs as series, and where they changed.")
@click.argument("run", required=False, metavar="[RUN]")
@click.option(
    "--append", "target", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Add RUN to this file."
)
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Read runs from this file, not from the run folders.",
)
@options.as_json
def history() -> None:
    """Show the series that runs under equal conditions form, and where they changed.

    With --append, add RUN (`latest` if none is named) to FILE, one line for each cell; a run that is in it already is
    left alone.
    """
