"""A real PostgreSQL with the data set, and apps that read it: one right, the others wrong."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psutil
import psycopg
import pytest

from harness.contract import dataset
from harness.host import ports
from harness.metering.process_tree import thread_count
from harness.model.conformance import ProcessAtWork, Target
from harness.runtime.database.embedded import EmbeddedPostgres
from harness.runtime.ledger import Ledger

SERVE = Path(__file__).parent / "wrong_apps" / "serve.py"

Serve = Callable[..., AbstractContextManager[dict[str, Target]]]


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    folder = tmp_path_factory.mktemp("postgres")
    cpus = tuple(os.sched_getaffinity(0))
    with Ledger(folder / "state") as ledger:
        server = EmbeddedPostgres(cpus=cpus, log=folder / "log", ledger=ledger, count_statements=True)
        yield server
        server.stop()


@pytest.fixture(scope="session")
def serve(postgres: EmbeddedPostgres) -> Serve:
    """Starts the named apps in one process, and says where each of them listens."""

    @contextmanager
    def serve(*names: str) -> Iterator[dict[str, Target]]:
        with subprocess.Popen(
            [sys.executable, str(SERVE), *names],
            env={**os.environ, "DATABASE_URL": postgres.url},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                ports = json.loads(process.stdout.readline())
                yield {name: Target(host="127.0.0.1", port=port) for name, port in ports.items()}
            finally:
                process.stdin.close()

    return serve


def at_work(target: Target) -> tuple[ProcessAtWork, ...]:
    """The processes of an app that `serve` has started which hold connections, as a server's `at_work` tells them."""
    pids = [process.pid for process in psutil.Process().children(recursive=True)]
    held = ports.connections_held(pids, target.port)
    return tuple(
        ProcessAtWork(pid=pid, connections=number, threads=thread_count(pid) or 1) for pid, number in held.items()
    )


@pytest.fixture
def restored_data(postgres: EmbeddedPostgres) -> Iterator[None]:
    """For a test that damages the tables."""
    yield
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ~ '^SELECT id.* pg_sleep'"
        )
        connection.execute(dataset.sql())
