"""What the harness does to its own tables to see what an app does then: they are held, or a row of them is changed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psycopg

from harness.runtime.database.own_connection import connect

_HOLD: Final = "LOCK TABLE world, fortune IN ACCESS EXCLUSIVE MODE"
_PATIENCE: Final = "SET LOCAL lock_timeout = '2s'"


@contextmanager
def held(url: str) -> Iterator[bool]:
    """While this lasts, every statement on the tables waits: by PostgreSQL's strongest lock, which ends with it.

    Yields whether that was to be had: a transaction that somebody leaves open may have the tables for itself. Raises
    psycopg.Error where the database can't be asked.
    """
    with connect(url) as connection, connection.transaction():
        connection.execute(_PATIENCE)
        try:
            with connection.transaction():
                connection.execute(_HOLD)
        except psycopg.errors.LockNotAvailable:
            yield False
        else:
            yield True


def change(url: str, statement: str) -> None:
    """Execute a statement that changes rows, at once and for all clients."""
    with connect(url) as connection:
        connection.execute(statement.encode())
