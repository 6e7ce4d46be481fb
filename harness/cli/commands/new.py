"""What `bench new` takes."""

from typing import Final

import click

from harness.cli import options
from harness.cli.commands.deferred import deferred
from harness.cli.given.unused import Unused, number_of
from harness.model.app import Interface

_UNUSED: Final = (
    Unused(
        ("apps_dirs",),
        lambda given: "like" not in given and number_of(given, "apps_dirs") > 1,
        "a second time without --like",
        "the app is begun in the first folder, and --like looks for its model in all of them",
    ),
)


@deferred("harness.cli.new:new", short_help="Begin an app of your own, and say what is left to do.", unused=_UNUSED)
@click.argument("name")
@click.option(
    "--like",
    metavar="APP",
    help="Begin with a copy of this app instead of a skeleton, on its framework unless --package names another.",
)
@click.option(
    "--interface",
    type=click.Choice([each.value for each in Interface]),
    help="How servers call the framework, where its distribution does not tell; native for a server of its own.",
)
@click.option("--package", metavar="REQUIREMENT", help="The framework's distribution, where it is not called NAME.")
@options.apps_dir
def new() -> None:
    """Make a folder for the app NAME that already keeps the contract for hello and json, and say what is left to do.

    The framework is the distribution that is called NAME, that of --package, or that of the app that is copied. Whether
    it is WSGI or ASGI is told by --like, or by what is in its distribution; where nothing tells, it is asked for.
    """
