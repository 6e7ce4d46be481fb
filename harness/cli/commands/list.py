"""What `bench list` takes."""

from pathlib import Path
from typing import Final

import click

from harness.cli import options
from harness.cli.commands.deferred import deferred
from harness.cli.given.unused import Unused

LISTS: Final = ("apps", "servers", "endpoints", "workloads", "profiles", "claims", "runs")
"""What there are lists of."""


@deferred(
    "harness.cli.list:list_",
    name="list",
    short_help="List apps, servers, endpoints, workloads, profiles, claims or runs.",
    unused=(
        Unused(
            ("apps_dirs",),
            lambda given: (
                given.get("what", "apps") not in {"apps", "servers"}
                and not (given.get("what") == "claims" and "claims_file" in given)
            ),
            "beside other lists than those of apps and servers, and of the claims of a file",
            "they don't depend on what is in it",
        ),
        Unused(
            ("claims_file",),
            lambda given: given.get("what", "apps") != "claims",
            "beside other lists than that of claims",
            "it names a file of claims",
        ),
    ),
)
@click.argument("what", type=click.Choice(LISTS), default="apps")
@options.apps_dir
@click.option(
    "--claims",
    "claims_file",
    type=click.Path(path_type=Path, dir_okay=False),
    show_default="the article's",
    help="Of `bench list claims`: the claims of this file, whose apps have to be there.",
)
@options.as_json
def list_() -> None:
    """List apps, servers, endpoints, workloads, profiles, claims or runs."""
