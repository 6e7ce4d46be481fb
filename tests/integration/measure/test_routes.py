"""Every app has the routes that EXTRA_ROUTES asks for, and one that ignores it is found out."""

from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import cast, override

import pytest

from harness.catalog.discover import discover
from harness.host.cpus import layout_here
from harness.measure.routes import expect_routes
from harness.model.app import CONTROLLED, App
from harness.model.cell import Subject
from harness.model.errors import RuntimeFault
from harness.runtime.local.runtime import ProcessRuntime
from harness.runtime.roles import RunningServer

APPS = discover((Path(__file__).parents[3] / "apps",))
ROUTES = 7


@pytest.mark.parametrize("app", APPS, ids=[app.name for app in APPS])
def test_a_shipped_app_registers_the_routes(app: App, tmp_path: Path) -> None:
    subject = Subject(app=app.name, variant=app.resolve(CONTROLLED) or "default", extra_routes=ROUTES)
    with ProcessRuntime(tmp_path, layout_here()) as runtime:
        runtime.prepare([app], lambda _: None)
        server = runtime.launch(app, subject, hash_seed=1, database_url=None)
        server.await_ready()
        expect_routes(server, ROUTES)
        with pytest.raises(RuntimeFault, match="too"):
            expect_routes(server, ROUTES - 1)


@dataclass(frozen=True)
class Stub:
    """As much of a running server as is asked for."""

    subject: Subject
    host: str
    port: int


@pytest.mark.fault(
    where="app",
    what="It does not register the routes that it is asked to",
    happens="Its cells of routes are invalid and say so.",
    lost="Those cells",
    exit_code=4,
)
@pytest.mark.parametrize(("status", "found"), [(404, "/extra/6 gives 404"), (200, "/extra/7 gives 200 too")])
def test_a_server_that_ignores_the_wish_is_found_out(status: int, found: str) -> None:
    class Ignorant(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_error(status)

        @override
        def log_message(self, format: str, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Ignorant) as listener:
        thread = Thread(target=listener.serve_forever)
        thread.start()
        stub = Stub(Subject(app="tiny", variant="default", extra_routes=ROUTES), "127.0.0.1", listener.server_port)
        try:
            with pytest.raises(RuntimeFault, match=found) as refused:
                expect_routes(cast("RunningServer", stub), ROUTES)
        finally:
            listener.shutdown()
            thread.join()
    assert "EXTRA_ROUTES" in refused.value.what
    assert ("one route takes whatever comes" in refused.value.hint) is (status == HTTPStatus.OK)
