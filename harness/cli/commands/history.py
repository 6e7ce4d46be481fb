"""What `bench history` takes."""

from pathlib import Path
from typing import Final

import click

from harness.cli import options
from harness.cli.commands.deferred import deferred
from harness.cli.given.unused import Unused

_UNUSED: Final = (
    Unused(
        ("run",), lambda given: "target" not in given, "without --append", "all runs are shown", "add --append FILE"
    ),
    Unused(
        ("source", "as_json"),
        lambda given: "target" in given,
        "beside --append",
        "a run is added from its folder, and nothing is shown",
        "leave out --append",
    ),
)


@deferred("harness.cli.history:history", short_help="Show runs as series, and where they changed.", unused=_UNUSED)
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
