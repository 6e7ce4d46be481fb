"""A PostgreSQL server that somebody else runs, with a database that was given to the harness."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Final

import psycopg

from harness.mask import masked
from harness.model.errors import RuntimeFault
from harness.model.run import Database
from harness.runtime.database.data_set import load_with_care, refuse_other_data
from harness.runtime.database.embedded import version_and_settings
from harness.runtime.database.given import VARIABLE, GivenDatabase
from harness.runtime.database.opened_connections import OpenedConnections
from harness.runtime.database.own_connection import connect
from harness.runtime.database.own_tables import held

_CONNECT_TIMEOUT_S: Final = 10

EXECUTED_SELECTS: Final = (
    "SELECT coalesce(sum(calls), 0)::bigint FROM pg_stat_statements "
    "WHERE query ~* '^\\s*select' AND query ~* '\\m(world|fortune)\\M' AND query !~ 'to_regclass|pg_stat_statements'"
)
"""Counts the SELECTs on the data set's tables that clients have executed. A driver may send others of its own."""


class ExternalPostgres:
    """The same shape as `EmbeddedPostgres`, for a server whose processes are not ours to see or to stop."""

    def __init__(self, given: GivenDatabase) -> None:
        """Connect once and see to the data set.

        Raises RuntimeFault where it can't be reached, UsageError where it has other tables or other data. The
        tables stay when the run is over, and the next run uses them as they are.
        """
        self.url: Final = given.url
        self._opened: Final = OpenedConnections(given.url)
        with _connected(given) as connection:
            load_with_care(connection, beside_other_tables=given.beside_other_tables)
            self.version, self.settings = version_and_settings(connection)

    def describe(self) -> Database:
        """What stands in the run about it."""
        return Database(version=self.version, embedded=False, settings=self.settings)

    def cpu_ns(self) -> None:
        """Not known: its processes may be on another machine."""

    def pids(self) -> tuple[()]:
        """Not known either."""
        return ()

    def alive(self) -> bool:
        """Whether it can be connected to."""
        try:
            connect(self.url, timeout_s=_CONNECT_TIMEOUT_S).close()
        except psycopg.Error:
            return False
        return True

    def statements(self) -> int | None:
        """How many SELECTs have been executed so far by pg_stat_statements, or None where it isn't installed."""
        return executed_selects(self.url)

    def connections(self) -> int | None:
        """How many connections to the database clients have opened so far; None of a server before version 14."""
        return self._opened.count()

    def activity(self) -> Mapping[str, str] | None:
        """When the newest statement on each client's connection began; None where that is not told."""
        return self._opened.activity()

    def held(self) -> AbstractContextManager[bool]:
        """While it lasts, statements on the tables wait; yields whether they do."""
        return held(self.url)

    def change(self, _statement: str) -> bool:
        """Leave the rows as they are: whoever ends a run in between would leave them changed."""
        return False

    def limit_met(self) -> None:
        """Not known: it is not a process of this host's."""

    def ask_to_end(self) -> None:
        """Nothing, as `stop`."""

    def stop(self) -> None:
        """Leave it: it is not ours to stop."""
        self._opened.close()


def examine(given: GivenDatabase) -> None:
    """See whether it can be used, and change nothing.

    Raises RuntimeFault where it can't be reached, UsageError where it has other tables or other data.
    """
    with _connected(given) as connection:
        refuse_other_data(connection, beside_other_tables=given.beside_other_tables)


@contextmanager
def _connected(given: GivenDatabase) -> Iterator[psycopg.Connection]:
    try:
        with connect(given.url, timeout_s=_CONNECT_TIMEOUT_S) as connection:
            yield connection
    except psycopg.Error as error:
        raise RuntimeFault(
            f"the database in {VARIABLE} can't be used: {masked(str(error).strip())}",
            hint=f'try it with `psql "${VARIABLE}"`, or unset that variable to have an embedded PostgreSQL',
        ) from None


def executed_selects(url: str) -> int | None:
    """SELECTs executed so far by the server's pg_stat_statements, these two left out; None where it isn't installed."""
    with connect(url) as connection:
        if connection.execute("SELECT to_regclass('pg_stat_statements')").fetchall() == [(None,)]:
            return None
        return int(connection.execute(EXECUTED_SELECTS).fetchall()[0][0])
