"""How commands speak: data on stdout, everything else on stderr."""

import json
from collections.abc import Iterable, Mapping, Sequence

import click
from rich.console import Console
from rich.table import Table

from harness.mask import masked
from harness.runtime.ledger import Leftover

stdout = Console()
stderr = Console(stderr=True)

WIDE = 200
"""Columns for a table that goes to a file or a pipe, where nothing should be cut."""


def print_json(data: object) -> None:
    """Print data for programs."""
    click.echo(json.dumps(data, indent=2, default=str, ensure_ascii=False))


def say(text: str, *, to: Console = stdout) -> None:
    """Print a line for people as it is, but for secrets: no markup, no colours, no breaks."""
    to.print(masked(text), markup=False, highlight=False, soft_wrap=True)


def tell(text: str) -> None:
    """Print a line for people beside the data."""
    say(text, to=stderr)


def tell_what_is_left(leftovers: Iterable[Leftover]) -> None:
    """Say which things of harnesses that are no more could not be removed."""
    for leftover in leftovers:
        if not leftover.removed:
            tell(f"still there, and tried again at the next start: {leftover.what}")


def print_rows(rows: Sequence[Mapping[str, object]], *, empty: str) -> None:
    """Print rows for people: one column per key of the first row."""
    if not rows:
        say(empty)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name, value in rows[0].items():
        table.add_column(name, justify="right" if isinstance(value, int | float) else "left", overflow="fold")
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    console = stdout if stdout.is_terminal else Console(width=WIDE)
    console.print(table, markup=False, highlight=False)
