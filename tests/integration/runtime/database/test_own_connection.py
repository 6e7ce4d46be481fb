"""What a developer's shell has for other PostgreSQL servers does not reach the harness's own connections."""

import os
from collections.abc import Iterator

import psycopg
import pytest

from harness.host import variables
from harness.runtime.database.embedded import EmbeddedPostgres
from harness.runtime.database.own_connection import connect
from harness.runtime.ledger import Ledger

OF_A_SHELL = {
    "PGPORT": "1",
    "PGSERVICE": "nosuch",
    "PGREQUIREAUTH": "scram-sha-256",
    "PGTARGETSESSIONATTRS": "standby",
    "PGTZ": "Nowhere/Nothing",
    "PGOPTIONS": "-c default_transaction_read_only=on",
    "PGHOSTADDR": "192.0.2.1",
    "PGCLIENTENCODING": "nosuch",
    "PGDATESTYLE": "nosuch",
    "PGGEQO": "nosuch",
    "PGCONNECT_TIMEOUT": "nosuch",
    "PGLOADBALANCEHOSTS": "nosuch",
    "PGSSLMODE": "nosuch",
    "PGMAXPROTOCOLVERSION": "nosuch",
}
"""Each of them by itself keeps libpq from this server, or changes what it does there."""


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """Started, and filled, with all of them set."""
    folder = tmp_path_factory.mktemp("state")
    with pytest.MonkeyPatch.context() as patch, Ledger(folder) as ledger:
        for name, value in OF_A_SHELL.items():
            patch.setenv(name, value)
        server = EmbeddedPostgres(cpus=tuple(os.sched_getaffinity(0)), log=folder / "log", ledger=ledger)
        yield server
        server.stop()


@pytest.mark.fault(
    where="database",
    what="A shell that has PGPORT, PGSERVICE, PGOPTIONS and the like for another server",
    happens="They reach neither the harness's own connections nor the apps'.",
    lost="Nothing",
    exit_code=0,
)
@pytest.mark.parametrize("name", OF_A_SHELL)
def test_a_variable_of_libpq_does_not_reach_a_connection(
    postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for other in OF_A_SHELL:
        monkeypatch.delenv(other, raising=False)
    with connect(postgres.url) as connection:
        usual = connection.execute(SHOWN).fetchall()
    monkeypatch.setenv(name, OF_A_SHELL[name])
    with connect(postgres.url) as connection:
        assert connection.execute(SHOWN).fetchall() == usual
    assert os.environ[name] == OF_A_SHELL[name], "it is left to whoever else wants it"


SHOWN = """
SELECT name, setting FROM pg_settings
WHERE name IN ('TimeZone', 'default_transaction_read_only', 'DateStyle', 'geqo', 'client_encoding') ORDER BY name
"""


def test_what_the_url_says_holds(postgres: EmbeddedPostgres) -> None:
    with connect(f"{postgres.url}&options=-c%20default_transaction_read_only%3Don") as connection:
        assert connection.execute("SHOW default_transaction_read_only").fetchall() == [("on",)]
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            connection.execute("CREATE TABLE other ()")


def test_none_of_them_reaches_a_server_of_an_app(postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in OF_A_SHELL.items():
        monkeypatch.setenv(name, value)
    assert [name for name in variables.base(postgres._folder) if name.startswith("PG")] == []
