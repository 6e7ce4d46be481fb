"""What `bench plan` takes."""

from harness.cli import options
from harness.cli.commands.deferred import deferred


@deferred("harness.cli.plan:plan", short_help="Tell what a run would do and how long it takes.")
@options.choices
@options.as_json
def plan() -> None:
    """Tell what `bench run` with the same options would do and how long it takes on this host.

    The time is as the newest run here showed it; where there is none, a trial of the host takes a second.
    """
