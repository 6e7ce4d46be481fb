"""What `bench doctor` takes."""

import click

from harness.cli import options
from harness.cli.commands.deferred import deferred


@deferred("harness.cli.doctor:doctor", short_help="Check whether this host is fit to measure.")
@click.option("--strict", is_flag=True, help="Exit with 6 where a check finds the host unfit.")
@options.as_json
def doctor() -> None:
    """Check this host: each property with its value, its threshold, why it matters, and how to mend it."""
