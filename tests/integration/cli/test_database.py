"""Which database is used: never that of the developer's shell, and one of the user's own only when it is asked for."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from harness.runtime.database.embedded import EmbeddedPostgres
from harness.runtime.ledger import Ledger

type MakeApp = Callable[..., Path]
type Bench = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = pytest.mark.usefixtures("copied_clusters")

PASSWORD = "Pl4nted-Password"  # of no use: this server trusts everybody


@pytest.fixture
def developer_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database with a table that somebody works with."""
    folder = tmp_path_factory.mktemp("postgres")
    with Ledger(folder) as ledger:
        server = EmbeddedPostgres(cpus=tuple(os.sched_getaffinity(0)), log=folder / "log", ledger=ledger)
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE work")
        url = server.url.replace("/bench?", "/work?").replace("bench@", f"bench:{PASSWORD}@")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE TABLE customers (id integer)")
        yield url
        server.stop()


def tables(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
    return [name for (name,) in found]


@pytest.fixture
def app(make_app: MakeApp) -> Path:
    """One that declares an endpoint of the database, and fails its checks: it has none."""
    folder = make_app("tiny")
    manifest = folder / "pyproject.toml"
    manifest.write_text(manifest.read_text().replace('["hello", "json"]', '["hello", "db"]'))
    return folder


@pytest.mark.fault(
    where="database",
    what="A shell that has the `DATABASE_URL` of a database that somebody works with",
    happens="It is not used, which is said; the apps have an embedded one.",
    lost="Nothing",
    exit_code=0,
)
@pytest.mark.usefixtures("app")
def test_the_database_of_the_shell_is_left_alone(bench: Bench, developer_url: str) -> None:
    done = bench("verify", "tiny", DATABASE_URL=developer_url)
    assert done.returncode == 3, done.stderr
    assert done.stderr.count("DATABASE_URL is not used") == 1
    assert tables(developer_url) == ["customers"]


@pytest.mark.usefixtures("app")
def test_a_database_of_the_user_s_is_said_aloud_and_used_when_its_tables_are_known_of(
    bench: Bench, developer_url: str
) -> None:
    refused = bench("verify", "tiny", BENCH_DATABASE_URL=developer_url)
    assert refused.returncode == 2, refused.stderr
    assert "customers" in refused.stderr
    assert tables(developer_url) == ["customers"]

    done = bench("verify", "tiny", "--beside-other-tables", BENCH_DATABASE_URL=developer_url)
    assert done.returncode == 3, done.stderr
    assert tables(developer_url) == ["customers", "fortune", "world"]
    for said in (refused.stderr, done.stderr):
        assert "dbname=work" in said
        assert "(BENCH_DATABASE_URL)" in said
        assert PASSWORD not in said


def test_containers_can_not_reach_it_and_say_so(bench: Bench, app: Path) -> None:
    done = bench("verify", "tiny", "--runtime", "docker", BENCH_DATABASE_URL="host=nowhere dbname=d")
    assert done.returncode == 2, done.stderr
    assert "--runtime process" in done.stderr
    assert app.is_dir()
