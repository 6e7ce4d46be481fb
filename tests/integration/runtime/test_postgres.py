import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from harness.contract import dataset
from harness.model.errors import RuntimeFault, UsageError
from harness.runtime.database import own_tables
from harness.runtime.database.embedded import SETTINGS, EmbeddedPostgres
from harness.runtime.database.external import ExternalPostgres
from harness.runtime.database.given import GivenDatabase
from harness.runtime.ledger import Ledger
from tests.waiting import eventually


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    folder = tmp_path_factory.mktemp("state")
    cpus = tuple(os.sched_getaffinity(0))
    with Ledger(folder) as ledger:
        server = EmbeddedPostgres(cpus=cpus, log=folder / "log", ledger=ledger, count_statements=True)
        yield server
        server.stop()


@pytest.fixture
def empty_url(postgres: EmbeddedPostgres) -> Iterator[str]:
    """A database without tables in the same server."""
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE other")
    yield postgres.url.replace("/bench?", "/other?")
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute("DROP DATABASE other")


def test_the_data_set_is_what_the_contract_says(postgres: EmbeddedPostgres) -> None:
    with psycopg.connect(postgres.url) as connection:
        world = connection.execute("SELECT id, random_number FROM world ORDER BY id").fetchall()
        fortunes = connection.execute("SELECT message FROM fortune ORDER BY id").fetchall()
    assert world == [(row, dataset.random_number(row)) for row in range(1, dataset.WORLD_ROWS + 1)]
    assert tuple(message for (message,) in fortunes) == dataset.FORTUNES


def test_it_describes_itself_with_all_settings_in_force(postgres: EmbeddedPostgres) -> None:
    described = postgres.describe()
    assert described.embedded
    assert described.version.startswith("18.")
    assert described.settings.keys() == SETTINGS.keys()
    assert described.settings["fsync"] == "off"


def test_it_holds_the_pools_of_all_apps_at_once(postgres: EmbeddedPostgres) -> None:
    connections = [psycopg.connect(postgres.url) for _ in range(14 * 16)]
    assert len(postgres.pids()) > len(connections)
    for connection in connections:
        connection.close()


def test_statements_are_counted_exactly(postgres: EmbeddedPostgres) -> None:
    """Simple, parametrised, prepared and failing ones, of several clients, comments and other statements left out."""
    with psycopg.connect(postgres.url, autocommit=True) as one, psycopg.connect(postgres.url) as two:
        before = postgres.statements()
        for world_id in range(1, 21):  # psycopg prepares the statement at the sixth execution.
            one.execute("SELECT random_number FROM world WHERE id = %s", [world_id])
        two.execute("select id,\n message from fortune")
        two.execute("SET application_name = 'SELECT'")
        # As asyncpg sends where a connection is given back, and as a pool asks whether one is alive.
        two.execute("SELECT pg_advisory_unlock_all();\nCLOSE ALL;")
        two.execute("SELECT 1 AS world_of_its_own")
        assert postgres.statements() - before == 21


def backends(connection: psycopg.Connection) -> set[int]:
    """Those of clients that are there."""
    there = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"
    return {pid for (pid,) in connection.execute(there).fetchall()}


def test_opened_connections_are_counted_however_short_they_were_and_a_look_is_none(postgres: EmbeddedPostgres) -> None:
    before = postgres.connections()
    assert before is not None
    with psycopg.connect(postgres.url, autocommit=True) as stays:
        others = backends(stays)
        for _ in range(20):
            psycopg.connect(postgres.url).close()
        # What a backend has not reported before, it reports as it ends. Of a count that lacks some, nobody waits.
        eventually(lambda: backends(stays) <= others, "20 backends that have ended")
        stays.execute("SELECT 1")
    assert [postgres.connections() for _ in range(3)] == [before + 21] * 3


def test_a_statement_shows_at_once_and_a_look_is_none(postgres: EmbeddedPostgres) -> None:
    with psycopg.connect(postgres.url, autocommit=True) as one:
        before = postgres.activity()
        assert before is not None
        assert postgres.activity() == before
        for _ in range(8):  # psycopg prepares the statement at the sixth execution.
            one.execute("SELECT random_number FROM world WHERE id = %s", [7])
            after = postgres.activity()
            assert after is not None
            assert dict(after.items() - before.items()).keys() == {str(one.info.backend_pid)}
            before = after


def test_of_a_server_that_does_not_track_them_no_statement_is_missed(postgres: EmbeddedPostgres) -> None:
    external = ExternalPostgres(GivenDatabase(f"{postgres.url}&options=-ctrack_activities%3Doff", shown=""))
    assert external.activity() is None
    external.stop()


def test_statements_on_the_tables_wait_while_they_are_held_and_no_longer(postgres: EmbeddedPostgres) -> None:
    external = ExternalPostgres(GivenDatabase(postgres.url, shown=""))
    with psycopg.connect(postgres.url, autocommit=True) as one:
        one.execute("SET lock_timeout = '10ms'")
        for database in (postgres, external):
            with database.held() as held:
                assert held
                for table in ("world", "fortune"):
                    with pytest.raises(psycopg.errors.LockNotAvailable):
                        one.execute(f"SELECT id FROM {table}")
            assert one.execute("SELECT count(*) FROM world").fetchall() == [(10_000,)]
    external.stop()


def test_tables_that_somebody_else_holds_are_said_not_to_be(
    monkeypatch: pytest.MonkeyPatch, postgres: EmbeddedPostgres
) -> None:
    monkeypatch.setattr(own_tables, "_PATIENCE", "SET LOCAL lock_timeout = '10ms'")
    with psycopg.connect(postgres.url) as one:
        one.execute("SELECT id FROM world LIMIT 1")
        with postgres.held() as held:
            assert not held


def test_rows_of_an_embedded_server_are_changed_and_those_of_somebody_elses_never(postgres: EmbeddedPostgres) -> None:
    def number() -> int:
        with psycopg.connect(postgres.url) as one:
            return int(one.execute("SELECT random_number FROM world WHERE id = 3").fetchall()[0][0])

    before, other = number(), "UPDATE world SET random_number = 0 WHERE id = 3"
    external = ExternalPostgres(GivenDatabase(postgres.url, shown=""))
    assert not external.change(other)
    external.stop()
    assert number() == before
    assert postgres.change(other)
    assert number() == 0
    postgres.change(f"UPDATE world SET random_number = {before} WHERE id = 3")


def test_cpu_time_counts_backends_that_have_ended(postgres: EmbeddedPostgres) -> None:
    before = postgres.cpu_ns()
    with psycopg.connect(postgres.url) as connection:
        connection.execute("SELECT sum(sqrt(n)) FROM generate_series(1, 2000000) AS n")
        during = postgres.cpu_ns()
    assert during - before > 50_000_000
    assert postgres.cpu_ns() >= during


def test_an_empty_database_of_somebody_else_is_filled_and_then_used_as_it_is(empty_url: str) -> None:
    ExternalPostgres(GivenDatabase(empty_url, shown=empty_url))
    with psycopg.connect(empty_url) as connection:
        made = connection.execute("SELECT 'world'::regclass::oid").fetchall()
    again = ExternalPostgres(GivenDatabase(empty_url, shown=empty_url))
    with psycopg.connect(empty_url) as connection:
        assert connection.execute("SELECT 'world'::regclass::oid").fetchall() == made
    assert not again.describe().embedded
    assert again.cpu_ns() is None
    assert again.statements() is None
    assert (again.connections() or 0) > 0
    again.stop()
    assert again.alive()


@pytest.mark.fault(
    where="database",
    what="A database named by the user holds other tables of our names",
    happens="They are left as they are.",
    lost="Nothing",
    exit_code=2,
)
@pytest.mark.parametrize(
    "table",
    ["CREATE TABLE world (id integer, name text)", "CREATE TABLE fortune (id integer, message text)"],
)
def test_tables_of_somebody_else_are_not_touched(empty_url: str, table: str) -> None:
    with psycopg.connect(empty_url, autocommit=True) as connection:
        connection.execute(table)
    with pytest.raises(UsageError, match="other data in the tables named"):
        ExternalPostgres(GivenDatabase(empty_url, shown=empty_url))
    with psycopg.connect(empty_url) as connection:
        assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchall() == [(1,)]


@pytest.mark.fault(
    where="database",
    what="The data set in a database of the user's has been changed",
    happens="It is not taken for the data set, and left as it is.",
    lost="Nothing has begun",
    exit_code=2,
)
def test_changed_rows_are_not_taken_for_the_data_set(empty_url: str) -> None:
    ExternalPostgres(GivenDatabase(empty_url, shown=empty_url))
    with psycopg.connect(empty_url, autocommit=True) as connection:
        connection.execute("UPDATE world SET random_number = 0 WHERE id = 5000")
    with pytest.raises(UsageError):
        ExternalPostgres(GivenDatabase(empty_url, shown=empty_url))


@pytest.mark.fault(
    where="database",
    what="A database named by the user can't be reached",
    happens="It is told as such, before any app starts.",
    lost="What needs a database",
    exit_code=4,
)
def test_a_database_that_can_not_be_reached_is_a_clear_fault() -> None:
    url = "postgresql://nobody@127.0.0.1:1/none"
    with pytest.raises(RuntimeFault, match="BENCH_DATABASE_URL can't be used"):
        ExternalPostgres(GivenDatabase(url, shown=url))


@pytest.mark.fault(
    where="database",
    what="PostgreSQL refuses to start",
    happens="It is told with the end of its log.",
    lost="What needs a database",
    exit_code=4,
)
def test_a_database_that_will_not_start_is_told_with_its_log(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(SETTINGS, "shared_buffers", "never")
    with Ledger(tmp_path) as ledger, pytest.raises(RuntimeFault, match="shared_buffers"):
        EmbeddedPostgres(cpus=tuple(os.sched_getaffinity(0)), log=tmp_path / "log", ledger=ledger)
