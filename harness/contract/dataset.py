"""The data set that every app serves; `dataset.sql` creates the same rows in PostgreSQL."""

from pathlib import Path
from typing import Final

WORLD_ROWS: Final = 10_000
"""Ids run from 1 to this."""

MAX_QUERIES: Final = 500
"""The longest list of ids that `/queries` has to accept."""

ADDED_FORTUNE: Final = "Fortune favours the row that was added last."
"""The row that an app adds to the fortunes at request time, with id 0."""

FORTUNES: Final = (
    "Measure twice, publish once.",
    "A benchmark without an interval is an anecdote.",
    "Every mean hides the request that woke you up.",
    "Fast, correct & documented: pick all three.",
    "The bottleneck is always one process further on.",
    "A cache is a bug with good public relations.",
    "He who pins his CPUs sleeps well.",
    '<script>alert("this must never run");</script>',
    "Nulla mensura sine errore — no reading without its error.",
    'It\'s "only" a load generator',
    "測らざれば知らず",
    "Zero errors: check the error counter.",
)
"""Messages of the stored fortunes; the first has id 1."""


def random_number(world_id: int) -> int:
    """The `randomNumber` of the row with this id.

    One step of the Lehmer generator of Park and Miller (1988) with the multiplier 48271, folded to
    1..10000.
    """
    return world_id * 48271 % 2147483647 % 10_000 + 1


def script() -> Path:
    """The file that creates and fills the tables."""
    return Path(__file__).with_name("dataset.sql")


def sql() -> str:
    """What that file says."""
    return script().read_text(encoding="utf-8")


def expected_fortunes() -> tuple[tuple[int, str], ...]:
    """Id and message of each table row that `/fortunes` must show, sorted by message (code points)."""
    rows = [(0, ADDED_FORTUNE), *enumerate(FORTUNES, start=1)]
    return tuple(sorted(rows, key=lambda row: row[1]))
