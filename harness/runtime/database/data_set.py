"""The data set in a database, without harm to anything that is there already."""

import psycopg

from harness.contract import dataset
from harness.model.errors import UsageError


def load_into_empty(connection: psycopg.Connection) -> None:
    """Create and fill the tables in a database that has none of those names."""
    # One simple query, because the script holds many statements.
    connection.execute(dataset.sql().encode())


def load_with_care(connection: psycopg.Connection) -> None:
    """See to it that the data set is there, in a database that belongs to somebody else.

    Tables of the same names that hold exactly the data set are used as they are. Raises UsageError where
    they hold anything else: they are not ours to replace.
    """
    present = _tables(connection)
    if not present:
        load_into_empty(connection)
    elif present != {"world", "fortune"} or not _is_data_set(connection):
        raise UsageError(
            f"the database in DATABASE_URL has other data in the tables named {' and '.join(sorted(present))}",
            hint="name an empty database of its own in DATABASE_URL, or unset it to have an embedded one",
        )


def _tables(connection: psycopg.Connection) -> set[str]:
    query = "SELECT name FROM (VALUES ('world'), ('fortune')) AS t (name) WHERE to_regclass(name) IS NOT NULL"
    return {name for (name,) in connection.execute(query)}


def _is_data_set(connection: psycopg.Connection) -> bool:
    try:
        world = connection.execute("SELECT id, random_number FROM world ORDER BY id").fetchall()
        fortunes = connection.execute("SELECT id, message FROM fortune ORDER BY id").fetchall()
    except psycopg.errors.UndefinedColumn:
        return False
    return world == [
        (row, dataset.random_number(row)) for row in range(1, dataset.WORLD_ROWS + 1)
    ] and fortunes == list(enumerate(dataset.FORTUNES, start=1))
