"""Counts the connections that clients open to a database, by PostgreSQL's own statistics."""

from typing import Final

import psycopg

from harness.runtime.database.own_connection import connect

OPENED: Final = "SELECT sessions FROM pg_stat_database WHERE datname = current_database()"
"""How many were opened so far, that of whoever asks among them.

A backend reports its own before its client is told that it is ready (pgstat_report_stat, in PostgreSQL's
tcop/postgres.c), so none is missed that has been used.
"""


class OpenedConnections:
    """Looks at the count over one connection that stays: there is none to be had where an app has taken all."""

    def __init__(self, url: str) -> None:
        """Of the database at this URL, which is connected to by the first look."""
        self._url = url
        self._connection: psycopg.Connection | None = None

    def count(self) -> int | None:
        """How many were opened so far; None of a server before version 14, which does not count them.

        Raises psycopg.Error where it can't be asked.
        """
        self._connection = self._connection or connect(self._url)
        try:
            return int(self._connection.execute(OPENED).fetchall()[0][0])
        except psycopg.errors.UndefinedColumn:
            return None

    def close(self) -> None:
        """Give the connection back. May be called more than once."""
        if self._connection is not None:
            self._connection.close()
