"""Counts the connections that clients open to a database, and sees which are used, by PostgreSQL's own statistics."""

import json
from collections.abc import Mapping
from typing import Final

import psycopg

from harness.runtime.database.own_connection import connect

OPENED: Final = "SELECT sessions FROM pg_stat_database WHERE datname = current_database()"
"""How many were opened so far, that of whoever asks among them.

A backend reports its own before its client is told that it is ready (pgstat_report_stat, in PostgreSQL's
tcop/postgres.c), so none is missed that has been used.
"""

ACTIVITY: Final = """
    SELECT pg_backend_pid(), CASE WHEN current_setting('track_activities')::boolean THEN
        coalesce(json_object_agg(pid, coalesce(query_start::text, ''))::text, '{}') END
    FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'
    AND pid <> pg_backend_pid() AND application_name <> 'psql'
"""
"""When the newest statement of each connection began, by its backend, those left out that look; and who answers.

A backend tells of a statement as it begins (pgstat_report_activity), while those that it has executed are counted up to
ten seconds later (PGSTAT_IDLE_INTERVAL, in PostgreSQL's pgstat.c).
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

    def activity(self) -> Mapping[str, str] | None:
        """When the newest statement on each client's connection began, by its backend; None where that is not told.

        It is not by a server without track_activities, nor where something between has us share a backend with others.
        Raises psycopg.Error where it can't be asked.
        """
        self._connection = self._connection or connect(self._url)
        backend, told = self._connection.execute(ACTIVITY).fetchall()[0]
        return newest_statements(told) if backend == self._connection.info.backend_pid else None

    def close(self) -> None:
        """Give the connection back. May be called more than once."""
        if self._connection is not None:
            self._connection.close()


def newest_statements(told: str | None) -> Mapping[str, str] | None:
    """What `ACTIVITY` tells of the connections."""
    return {str(backend): str(began) for backend, began in json.loads(told).items()} if told else None
