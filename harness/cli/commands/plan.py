"""What `bench plan` takes."""

from pathlib import Path

import click

from harness.cli import options
from harness.cli.commands.deferred import deferred


@deferred(
    "harness.cli.plan:plan",
    short_help="Tell what a run would do and how long it takes.",
    unused=(options.GUESTS_BESIDE_NAMES, options.GUESTS_BESIDE_CLAIM, options.VARIANTS_BESIDE_NAMES),
)
@options.choices
@options.pythons
@options.runtime
@click.option(
    "--claim", "claim_id", metavar="ID", help="Plan what this claim needs, as `bench run --claim` measures it."
)
@click.option(
    "--claims",
    "claims_file",
    type=click.Path(path_type=Path, dir_okay=False),
    show_default="the article's, with --claim",
    help="A claims file of your own: which of its claims the run could decide is told, and why others not. Without "
    "--profile, the one that it names is used.",
)
@options.minutes
@options.as_json
def plan() -> None:
    """Tell what `bench run` with the same options would do and how long it takes on this host.

    What the run would refuse is refused, and a claim that no run can decide. The time is as the newest run showed it
    here and in the same runtime; where there is none, a trial of the host takes some seconds.
    """
