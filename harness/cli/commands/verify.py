"""What `bench verify` takes."""

import click

from harness.cli import options
from harness.cli.commands.deferred import deferred


@deferred(
    "harness.cli.verify:verify",
    short_help="Check that apps keep the HTTP contract.",
    unused=(options.GUESTS_BESIDE_NAMES, options.VARIANTS_BESIDE_NAMES, options.TABLES_WITHOUT_DATABASE),
)
@click.argument("app_names", nargs=-1, metavar="[APP[/VARIANT]]...")
@options.variants
@options.guests
@options.apps_dir
@options.pythons
@options.runtime
@options.app_host
@options.beside_other_tables
@options.as_json
def verify() -> None:
    """Check that apps keep the HTTP contract: right answers, also to hostile and concurrent requests.

    The database is an embedded one, or that of BENCH_DATABASE_URL (never that of DATABASE_URL).
    """
