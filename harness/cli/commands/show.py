"""What `bench show` takes."""

import click

from harness.cli import options
from harness.cli.commands.deferred import deferred


@deferred("harness.cli.show:show", short_help="Show what a run found.")
@click.argument("run", default="latest")
@click.option("--app", multiple=True, metavar="APP", help="Given twice: these two side by side; APP or APP/VARIANT.")
@options.as_json
def show() -> None:
    """Show what a run found. RUN is a folder, an id, the start of one, or `latest`."""
