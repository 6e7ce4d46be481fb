"""What `bench compare` takes."""

from pathlib import Path
from typing import Final

import click

from harness.cli import options
from harness.cli.commands.deferred import deferred
from harness.cli.given.unused import Unused, number_of

_UNUSED: Final = (
    options.MARKDOWN_BESIDE_JSON,
    Unused(
        ("force",),
        lambda given: number_of(given, "runs") == 1,
        "with one run",
        "what that is compared with was measured under the same conditions",
        "name the run A that it is to be compared with",
    ),
)


@deferred("harness.cli.compare:compare", short_help="Tell what changed between two runs.", unused=_UNUSED)
@click.argument("runs", nargs=-1, required=True, metavar="[A] B")
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Take A from this history: the newest run in it that B can be compared with, unless A is named.",
)
@click.option("--force", is_flag=True, help="Compare although host, interpreter, runtime or method differ.")
@click.option(
    "--fail-on-regression",
    is_flag=True,
    help="Exit with 4 where it can't be told of an app in both whether it is worse, with 5 where anything surely is.",
)
@click.option("--markdown", "as_markdown", is_flag=True, help="Print Markdown, for a job summary.")
@click.option(
    "--html", "page", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write a page as well."
)
@options.as_json
def compare() -> None:
    """Tell what changed from run A to run B: folders, ids, starts of one, or `latest`.

    With one run that `bench ab` made, its two revisions are compared.

    Exits with 2 where the runs' conditions differ, naming each difference; --force compares all the same. With --from,
    that no run in the history can be compared with B is no error: a first run has none.
    """
