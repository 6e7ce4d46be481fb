"""Counts the statements that a PostgreSQL server has executed, by its log.

The embedded server comes without the `pg_stat_statements` extension. With `log_statement = all` each
backend writes a line by write(2) before it executes a statement, so once a client has its answer the line
is in the file, and the count is exact.
"""

import re
from pathlib import Path
from typing import Final

_SELECT: Final = re.compile(
    rb"LOG:  (?:statement|execute [^:]*):\s*SELECT\b(?:[^\n]|\n\t)*?\b(?:world|fortune)\b", re.IGNORECASE
)
"""Of the data set's tables: a driver may send others of its own, as asyncpg does where a connection is given back
(`SELECT pg_advisory_unlock_all()`). The lines of a statement after its first begin with a tab."""


class StatementLog:
    """A log file that grows."""

    def __init__(self, path: Path) -> None:
        """Counts from the file's present end on."""
        self._path = path
        self._position = path.stat().st_size
        self._selects = 0

    def selects(self) -> int:
        """How many SELECTs on the data set's tables have been executed since this was made, by whichever client."""
        with self._path.open("rb") as file:
            file.seek(self._position)
            text = file.read()
        complete = text[: text.rfind(b"\n") + 1]
        self._position += len(complete)
        self._selects += len(_SELECT.findall(complete))
        return self._selects
