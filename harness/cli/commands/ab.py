"""What `bench ab` takes."""

from dataclasses import replace
from typing import Final

import click

from harness.cli import options
from harness.cli.commands.deferred import deferred

_APP_IS_NAMED: Final = frozenset({"requirements", "pythons", "variables"})
"""Beside these, REF|APP is an app."""


_UNUSED: Final = (
    options.GUESTS_BESIDE_NAMES,
    replace(options.GUESTS_BESIDE_NAMES, when=lambda given: bool(given.keys() & _APP_IS_NAMED), instead=""),
    options.VARIANTS_BESIDE_NAMES,
    replace(
        options.VARIANTS_BESIDE_NAMES,
        when=lambda given: bool(given.keys() & _APP_IS_NAMED) and "/" in str(given.get("what")),
    ),
    options.TABLES_WITHOUT_DATABASE,
    options.MARKDOWN_BESIDE_JSON,
)


@deferred("harness.cli.ab:ab", short_help="Measure two revisions of apps in one run and compare them.", unused=_UNUSED)
@click.argument("what", metavar="REF|APP", required=False)
@click.option(
    "--with",
    "requirements",
    multiple=True,
    metavar="REQUIREMENT",
    help="Compare APP with itself under this requirement: a version such as 'fastapi==0.120.0', a folder of sources "
    "such as ./checkout, or a wheel. Repeatable; of two of one package, A has the first and B the second.",
)
@click.option(
    "--python",
    "pythons",
    multiple=True,
    metavar="PYTHON",
    help="Compare APP with itself on this interpreter: a version, a path, or in containers an image. Twice: A on the "
    "first, B on the second.",
)
@click.option(
    "--env",
    "variables",
    multiple=True,
    metavar="NAME=VALUE",
    help="Compare APP with itself told this variable. With two values of a variable: A told the first, B the second.",
)
@click.option(
    "--detect",
    type=click.FloatRange(min=0.1, max=99),
    default=3.0,
    show_default=True,
    metavar="PERCENT",
    help="The run ends as soon as a slow-down of so much is excluded, or the two are told apart.",
)
@click.option(
    "--resume",
    "resumed",
    metavar="RUN",
    help="Go on with a run that was cut off. Its choices are its own: others are refused.",
)
@options.choices
@options.runtime
@options.app_host
@options.beside_other_tables
@click.option(
    "--fail-on-regression",
    is_flag=True,
    help="Exit with 4 where an app can't be compared, with 5 where anything has surely become worse.",
)
@click.option("--markdown", "as_markdown", is_flag=True, help="Print Markdown, for a job summary.")
@options.as_json
def ab() -> None:
    """Measure two revisions of apps in one run, window by window, and compare them.

    REF is a git commit, branch or tag: A is each app as it is there, B as it is in the tree. Without --app, all apps
    that differ are measured. With --with, A is APP as its lock has it, B the same under the requirement; likewise with
    --python and --env. With APP and two --variant, A is the first of these and B the second.

    What is tested is each app's mean CPU time per request. It is looked at after 4, 6, 8, 12, 16, 24 and 32 rounds, and
    the run ends as soon as B is surely slower or faster, or a slow-down of --detect is excluded. --rounds sets another
    maximum. Without REF, --resume goes on with a run that was cut off.
    """
