"""Two apps whose servers are one thread each of a test, and a runtime that has started them."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from harness.model.app import App
from harness.model.cell import Subject
from tests.unit.contract.raw_server import answers, server
from tests.unit.plan.manifests import app_with
from tests.unit.results.sample import deployment

NAMES = ("odd", "sound")


@contextmanager
def two_apps() -> Iterator[tuple[list[App], dict[str, Any]]]:
    """Two apps and their servers; what the first does makes a check break off."""
    with server(lambda connection, _: answers(connection)) as port:
        apps = [app_with(name, ("hello",), default=()) for name in NAMES]
        manifest = apps[0].manifest.model_copy(update={"deviates": {"head": "so it is, https://example.org"}})
        apps[0] = apps[0].model_copy(update={"manifest": manifest})
        servers = {
            name: SimpleNamespace(
                subject=Subject(app=name, variant="default"),
                host="127.0.0.1",
                port=port,
                alive=lambda: True,
                at_work=lambda: None,
                await_ready=lambda _: 0.1,
                cut_log=lambda: 0,
                log_excerpt=lambda: "",
                pids=lambda: (),
                log_at_its_end=lambda: "",
                bystanders=lambda: (),
                look_at_accelerators=lambda: None,
                stop=lambda: None,
                start_s=0.1,
            )
            for name in NAMES
        }
        yield apps, servers


def runtime_of(servers: dict[str, Any]) -> Any:
    return SimpleNamespace(
        launch=lambda app, *_, **__: servers[app.name],
        deployment=lambda _, subject: deployment(subject),
        clock_ahead_ns=lambda: 0,
    )
