"""A database that belongs to somebody else is looked at before anything is made in it."""

import os
from collections.abc import Iterator

import psycopg
import pytest

from harness.model.errors import UsageError
from harness.runtime.database.embedded import EmbeddedPostgres
from harness.runtime.database.external import ExternalPostgres, examine
from harness.runtime.database.given import GivenDatabase
from harness.runtime.ledger import Ledger

RELATIONS = """
SELECT relname FROM pg_class JOIN pg_namespace AS schema ON schema.oid = relnamespace
WHERE relkind IN ('r', 'v', 'm', 'p') AND nspname IN ('public', 'app') ORDER BY 1
"""


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    folder = tmp_path_factory.mktemp("state")
    with Ledger(folder) as ledger:
        server = EmbeddedPostgres(cpus=tuple(os.sched_getaffinity(0)), log=folder / "log", ledger=ledger)
        yield server
        server.stop()


@pytest.fixture
def url(postgres: EmbeddedPostgres) -> Iterator[str]:
    """A database without tables."""
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE work")
    yield postgres.url.replace("/bench?", "/work?")
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute("DROP DATABASE work")


def execute(url: str, *statements: str) -> list[str]:
    """Carry them out; returns the names of the tables that there are then."""
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)
        return [name for (name,) in connection.execute(RELATIONS)]


@pytest.mark.fault(
    where="database",
    what="`BENCH_DATABASE_URL` names a database that has tables of others",
    happens="It is refused and left as it is, unless `--beside-other-tables` is given.",
    lost="Nothing has begun",
    exit_code=2,
)
@pytest.mark.parametrize(
    ("made", "named"),
    [
        (["CREATE TABLE customers (id integer)"], "customers"),
        (["CREATE SCHEMA app", "CREATE TABLE app.orders (id integer)"], "app.orders"),
        (["CREATE VIEW report AS SELECT 1 AS one"], "report"),
        (["CREATE MATERIALIZED VIEW totals AS SELECT 1 AS one"], "totals"),
        (["CREATE TABLE parted (id integer) PARTITION BY HASH (id)"], "parted"),
        (["CREATE SCHEMA app", "CREATE TABLE app.world (id integer)"], "app.world"),
        ([f"CREATE TABLE t{number} ()" for number in range(9)], "t4 and 4 more"),
    ],
)
def test_a_database_with_other_tables_is_refused_unless_they_are_known_of(
    url: str, made: list[str], named: str
) -> None:
    before = execute(url, *made)
    for use in (ExternalPostgres, examine):
        with pytest.raises(UsageError, match="BENCH_DATABASE_URL") as refused:
            use(GivenDatabase(url, shown=url))
        assert named in refused.value.what
        assert "--beside-other-tables" in refused.value.hint
        assert execute(url) == before

    known = GivenDatabase(url, shown=url, beside_other_tables=True)
    examine(known)
    assert execute(url) == before
    ExternalPostgres(known)
    assert sorted(execute(url)) == sorted([*before, "fortune", "world"])


def test_what_an_extension_has_made_is_no_table_of_others(url: str) -> None:
    execute(url, "CREATE VIEW statistics AS SELECT 1 AS one", "ALTER EXTENSION plpgsql ADD VIEW statistics")
    examine(GivenDatabase(url, shown=url))
    ExternalPostgres(GivenDatabase(url, shown=url))
    examine(GivenDatabase(url, shown=url))  # as the next run finds it
