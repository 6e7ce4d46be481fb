"""What `bench calibrate` takes."""

import click

from harness.cli import options
from harness.cli.commands.deferred import deferred


@deferred("harness.cli.calibrate:calibrate", short_help="Measure how much load this host's generator can make.")
@click.option(
    "--windows", type=options.WholeNumber(min=3), default=15, show_default=True, help="Windows of each generator."
)
@click.option(
    "--window-s", type=click.FloatRange(min=0.2), default=1.0, show_default=True, help="Length of one, in seconds."
)
@options.as_json
def calibrate() -> None:
    """Measure how much load this host's generator can make, against a trivial responder.

    Stock Locust users and, where it is installed, wrk are measured in the same run, window by window.
    """
