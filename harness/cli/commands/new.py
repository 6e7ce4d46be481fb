"""What `bench new` takes."""

import click

from harness.cli import options
from harness.cli.commands.deferred import deferred
from harness.model.app import Interface


@deferred("harness.cli.new:new", short_help="Begin an app of your own, and say what is left to do.")
@click.argument("name")
@click.option("--like", metavar="APP", help="Begin with a copy of this app instead of a skeleton.")
@click.option(
    "--interface",
    type=click.Choice([each.value for each in Interface]),
    help="How servers call the framework, where its distribution does not tell; native for a server of its own.",
)
@click.option("--package", metavar="REQUIREMENT", help="The framework's distribution, where it is not called NAME.")
@options.apps_dir
def new() -> None:
    """Make a folder for the app NAME that already keeps the contract for hello and json, and say what is left to do.

    Whether the framework is WSGI or ASGI is told by --like, or by what is in its distribution; where nothing tells, it
    is asked for.
    """
