"""What `bench run` takes."""

from pathlib import Path
from typing import Final

import click

from harness.cli import options
from harness.cli.commands.deferred import deferred
from harness.cli.given.unused import Unused

_UNUSED: Final = (
    Unused(
        ("listen",),
        lambda given: "resumed" not in given and not given.get("workers"),
        "without --workers",
        "it awaits workers, and none are asked for",
        "add --workers N",
    ),
    options.GUESTS_BESIDE_NAMES,
    options.GUESTS_BESIDE_CLAIM,
    options.VARIANTS_BESIDE_NAMES,
    options.TABLES_WITHOUT_DATABASE,
)


@deferred("harness.cli.run:run", short_help="Measure the chosen apps and write a report.", unused=_UNUSED)
@options.choices
@options.pythons
@options.runtime
@options.app_host
@options.beside_other_tables
@click.option(
    "--workers",
    type=options.WholeNumber(0, 256),
    default=0,
    help="Generate the load in so many processes instead of one.",
)
@click.option("--listen", metavar="HOST:PORT", help="Await the workers here, from any host, instead of starting them.")
@click.option(
    "--claim",
    "claim_id",
    metavar="ID",
    help="Measure what this claim needs, by the first of standard, full and rates that has it, until it is decided.",
)
@click.option(
    "--claims",
    "claims_file",
    type=click.Path(path_type=Path, dir_okay=False),
    show_default="the article's",
    help="A claims file of your own: its claims come first in the report, and --claim is looked up in it. Without "
    "--profile, the one that it names is used.",
)
@options.minutes
@click.option(
    "--resume",
    "resumed",
    metavar="RUN",
    help="Go on with a run that was cut off. Its choices are its own: others are refused.",
)
def run() -> None:
    """Measure the chosen apps, write a report, and print the run folder.

    The database is an embedded one, or that of BENCH_DATABASE_URL (never that of DATABASE_URL).
    """
