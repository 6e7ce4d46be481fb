"""What `bench claims` takes."""

from pathlib import Path

import click

from harness.cli import options
from harness.cli.commands.deferred import deferred


@deferred("harness.cli.claims:claims", short_help="Say of each claim whether a run supports or refutes it.")
@click.argument("run", default="latest", metavar="[RUN]")
@click.option(
    "--claims",
    "claims_file",
    type=click.Path(path_type=Path, dir_okay=False),
    show_default="those that RUN was asked for, or the article's",
    help="A claims file of your own.",
)
@options.apps_dir
@options.as_json
def claims() -> None:
    """Say of each claim whether RUN supports or refutes it, and with which numbers."""
