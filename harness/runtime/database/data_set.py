"""The data set in a database, without harm to anything that is there already."""

from typing import Final

import psycopg

from harness.contract import dataset
from harness.model.errors import UsageError
from harness.runtime.database.given import VARIABLE

_NAMED: Final = 5
"""Tables that a refusal names."""


def load_into_empty(connection: psycopg.Connection) -> None:
    """Create and fill the tables in a database that has none of those names."""
    # One simple query, because the script holds many statements.
    connection.execute(dataset.sql().encode())


def load_with_care(connection: psycopg.Connection, *, beside_other_tables: bool = False) -> None:
    """See to it that the data set is there, in a database that belongs to somebody else.

    Raises UsageError as `refuse_other_data` does.
    """
    if not refuse_other_data(connection, beside_other_tables=beside_other_tables):
        load_into_empty(connection)


def refuse_other_data(connection: psycopg.Connection, *, beside_other_tables: bool) -> bool:
    """Look whether the data set is in a database that belongs to somebody else, and change nothing.

    Tables of the same names that hold exactly the data set may be used as they are. Raises UsageError where they hold
    anything else, since they are not ours to replace; and where there are other tables, unless these are known of:
    hostile requests and load are about to come upon this database.
    """
    others = [] if beside_other_tables else _other_tables(connection)
    if others:
        more = f" and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
        raise UsageError(
            f"the database in {VARIABLE} has tables that are not of the data set: {', '.join(others[:_NAMED])}{more}",
            hint="name an empty database, such as one that `createdb bench` makes; "
            "--beside-other-tables has its two tables made in this one all the same",
        )
    present = _tables(connection)
    if present and (present != {"world", "fortune"} or not _is_data_set(connection)):
        raise UsageError(
            f"the database in {VARIABLE} has other data in the tables named {' and '.join(sorted(present))}",
            hint=f"name an empty database of its own in {VARIABLE}, or unset it to have an embedded one",
        )
    return bool(present)


def _tables(connection: psycopg.Connection) -> set[str]:
    query = "SELECT name FROM (VALUES ('world'), ('fortune')) AS t (name) WHERE to_regclass(name) IS NOT NULL"
    return {name for (name,) in connection.execute(query)}


def _other_tables(connection: psycopg.Connection) -> list[str]:
    """What holds rows in any schema, but for PostgreSQL's own and what extensions have made."""
    query = """
        SELECT class.oid::regclass::text FROM pg_class AS class JOIN pg_namespace AS schema ON schema.oid = relnamespace
        WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND nspname <> 'information_schema' AND nspname NOT LIKE 'pg\\_%'
        AND class.oid IS DISTINCT FROM to_regclass('world') AND class.oid IS DISTINCT FROM to_regclass('fortune')
        AND NOT EXISTS (
            SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = class.oid AND deptype = 'e'
        )
        ORDER BY 1
    """
    return [name for (name,) in connection.execute(query)]


def _is_data_set(connection: psycopg.Connection) -> bool:
    try:
        world = connection.execute("SELECT id, random_number FROM world ORDER BY id").fetchall()
        fortunes = connection.execute("SELECT id, message FROM fortune ORDER BY id").fetchall()
    except psycopg.errors.UndefinedColumn:
        return False
    return world == [
        (row, dataset.random_number(row)) for row in range(1, dataset.WORLD_ROWS + 1)
    ] and fortunes == list(enumerate(dataset.FORTUNES, start=1))
