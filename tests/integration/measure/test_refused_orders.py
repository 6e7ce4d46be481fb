"""A wrong order is refused without a line in the log: one in twenty is wrong under load, and no app is to write more.

A failure of the server's own is told there all the same.
"""

import http.client
from pathlib import Path

import pytest

from harness.catalog.discover import discover, find_app
from harness.host.cpus import layout_here
from harness.measure.access_log import REQUESTS, line_in_step
from harness.model.app import CONTROLLED, Endpoint
from harness.model.cell import Subject
from harness.runtime.local.runtime import ProcessRuntime

APPS = Path(__file__).parents[3] / "apps"
NO_GUESTS = tuple(app.name for app in discover((APPS,)) if Endpoint.ORDERS in app.manifest.endpoints)
ON_DJANGO = ("django", "drf", "ninja")

WRONG_ORDER = ("POST", "/orders", b'{"reference": "A-4711", "discount_percent": 51, "lines": []}')
ROW = ("GET", "/db?id=1", b"")

type Question = tuple[str, str, bytes]
"""Method, path and body."""


def asked(name: str, folder: Path, question: Question, times: int = 1) -> tuple[set[int], str]:
    """The app is asked so often without a database: the statuses that it answers with, and its log."""
    app = find_app((APPS,), name)
    subject = Subject(app=name, variant=app.resolve(CONTROLLED) or CONTROLLED)
    with ProcessRuntime(folder, layout_here()) as runtime:
        runtime.prepare([app], lambda _: None)
        server = runtime.launch(app, subject, hash_seed=0, database_url=None)
        server.await_ready()
        statuses = {status_of(server.host, server.port, question) for _ in range(times)}
        return statuses, server.log_at_its_end()


def status_of(host: str, port: int, question: Question) -> int:
    connection = http.client.HTTPConnection(host, port, timeout=10)
    try:
        connection.request(*question, {"Content-Type": "application/json"})
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.parametrize("name", dict.fromkeys((*NO_GUESTS, *ON_DJANGO)))
def test_a_wrong_order_writes_no_line(name: str, tmp_path: Path) -> None:
    statuses, log = asked(name, tmp_path, WRONG_ORDER, REQUESTS)
    assert statuses <= {400, 422}
    assert line_in_step(log) is None


@pytest.mark.parametrize("name", ON_DJANGO)
def test_django_tells_what_is_the_servers_own_fault(name: str, tmp_path: Path) -> None:
    statuses, log = asked(name, tmp_path, ROW)
    assert statuses == {503}
    assert "Service Unavailable: /db" in log
