"""What `bench report` takes."""

import click

from harness.cli.commands.deferred import deferred


@deferred("harness.cli.report:report", short_help="Rebuild a run's report, and the list of all runs.")
@click.argument("run", default="latest")
@click.option("--open", "open_", is_flag=True, help="Open it in the browser.")
def report() -> None:
    """Rebuild the report of a run, and the list of all runs beside it.

    RUN is a folder, an id, the start of one, or `latest`.
    """
