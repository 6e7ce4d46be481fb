"""Tables for people."""

import sys
from collections.abc import Mapping, Sequence
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from harness.cli.output import say, shown

WIDE: Final = 200
"""Columns for a table that goes to a file or a pipe, where nothing should be cut."""


def print_rows(rows: Sequence[Mapping[str, object]], *, empty: str) -> None:
    """Print rows: one column per key of the first row."""
    if not rows:
        say(empty)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name, value in rows[0].items():
        table.add_column(
            Text(shown(name)), justify="right" if isinstance(value, int | float) else "left", overflow="fold"
        )
    for row in rows:
        table.add_row(*(Text(shown(str(value)).replace("\n", " ")) for value in row.values()))
    # A pipe gets no codes for bold letters, whatever FORCE_COLOR asks of others.
    console = Console() if sys.stdout.isatty() else Console(width=WIDE, force_terminal=False)
    console.print(table)
