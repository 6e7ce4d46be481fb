"""Apps find their database in any form of address that libpq takes, as docs/method.md promises."""

import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from harness.catalog.discover import find_app
from harness.host.cpus import layout_here
from harness.model.cell import Subject
from harness.runtime.local.runtime import ProcessRuntime

pytestmark = pytest.mark.usefixtures("copied_clusters")

APPS = Path(__file__).parents[3] / "apps"


def as_keywords(url: str) -> str:
    return make_conninfo("", **conninfo_to_dict(url))


def with_the_short_scheme(url: str) -> str:
    return url.replace("postgresql://", "postgres://", 1)


@pytest.mark.parametrize("written", [as_keywords, with_the_short_scheme])
@pytest.mark.parametrize(
    ("name", "variant"), [("flask", "controlled"), ("flask", "sqlalchemy"), ("django", "controlled")]
)
def test_an_app_reads_a_row(name: str, variant: str, written: Callable[[str], str], tmp_path: Path) -> None:
    """One app for each library that connects: psycopg, SQLAlchemy and Django."""
    app, subject = find_app((APPS,), name), Subject(app=name, variant=variant)
    with ProcessRuntime(tmp_path, layout_here()) as runtime:
        runtime.prepare([app], lambda _: None, [subject])
        address = written(runtime.start_database().url)
        server = runtime.launch(app, subject, hash_seed=0, database_url=address)
        server.await_ready()
        with urllib.request.urlopen(f"http://{server.host}:{server.port}/db?id=1", timeout=10) as answer:
            assert b'"randomNumber"' in answer.read()
