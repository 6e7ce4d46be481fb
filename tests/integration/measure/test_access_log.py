"""A line in the log for each request is told by `bench verify`, however it is written; other lines are not."""

import re
import sys
from functools import partial
from pathlib import Path

import pytest

from harness.catalog.discover import read_app
from harness.contract.conformance import check
from harness.host.cpus import layout_here
from harness.measure import verify as verifying
from harness.measure.access_log import logged_for_each_request
from harness.measure.target import target_of
from harness.measure.verify import verify
from harness.model.app import CONTROLLED, App, Endpoint, Family, Interface, Manifest, Variant
from harness.model.cell import Subject
from harness.runtime.local.runtime import ProcessRuntime
from tests.troubles import Troubles

APPS = Path(__file__).parents[3] / "apps"


def app_that_writes(folder: Path, habit: str) -> App:
    programs = folder / "odd_app" / ".venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "python").symlink_to(Path(sys.executable).resolve())
    command = ("python", str(Path(__file__).with_name("logging_server.py")))
    variant = Variant(
        server="its own", interface=Interface.NATIVE, command=command, why="a test", environment={"HABIT": habit}
    )
    manifest = Manifest(title="Odd", family=Family.MICRO, endpoints=(Endpoint.HELLO,), variants={"default": variant})
    return App(name="odd", folder=folder / "odd_app", manifest=manifest, python=">=3.13")


@pytest.mark.parametrize(
    ("habit", "told"),
    [
        ("each request", r"INFO answered request 201 in 0\.201 ms"),
        ("each request, kept back", "INFO answered request 201"),
        ("each request, the last ones lost", "INFO answered request (19[2-9]|20[01])'"),
        ("each request, to own.log", "INFO answered request 201"),
        ("each request, to own.log, kept back", "INFO answered request 201"),
        ("now and then, to own.log", None),
        ("nothing", None),
        ("a warning once", None),
        ("now and then", None),
        ("each connection", None),
        ("each route at its start", None),
    ],
)
def test_lines_that_come_with_requests_are_told_from_others(habit: str, told: str | None, tmp_path: Path) -> None:
    """The first request is that which shows the server ready."""
    app = app_that_writes(tmp_path, habit)
    with ProcessRuntime(tmp_path / "state", layout_here()) as runtime:
        server = runtime.launch(app, Subject(app="odd", variant="default"), hash_seed=0, database_url=None)
        server.await_ready()
        said = logged_for_each_request(server, target_of(app, server, 0), app.manifest.endpoints)
    assert (said is None) is (told is None), said
    if told:
        where = re.escape(str(app.folder / "own.log")) if "own.log" in habit else "its log"
        assert re.match(rf"odd/default writes a line to {where} for each request, such as '{told}", said)
        assert "Turn its access log off" in said


def loud(name: str, environment: dict[str, str], *left_out: str) -> App:
    """The shipped app with its server's access log on, and no endpoint that takes a database."""
    app = read_app(APPS / f"{name}_app")
    resolved = app.resolve(CONTROLLED)
    assert resolved
    variant = app.variant(resolved)
    changed = variant.model_copy(
        update={
            "command": tuple(word for word in variant.command if word not in left_out),
            "environment": {**variant.environment, **environment},
        }
    )
    manifest = {"variants": {CONTROLLED: changed}, "endpoints": (Endpoint.HELLO, Endpoint.JSON)}
    return app.model_copy(update={"manifest": app.manifest.model_copy(update=manifest)})


@pytest.mark.parametrize(
    ("app", "line"),
    [
        (loud("asgi", {}, "--no-access-log"), '"GET /json HTTP/1.1" 200 OK'),
        (loud("wsgi", {"GUNICORN_CMD_ARGS": "--access-logfile -"}), '"GET /json HTTP/1.1" 200 '),
    ],
    ids=["uvicorn", "gunicorn"],
)
def test_verify_warns_of_an_access_log_that_is_on(
    app: App, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifying, "check", partial(check, checks=()))
    with ProcessRuntime(tmp_path, layout_here()) as runtime:
        runtime.prepare([app], lambda _: None)
        (verdict,) = verify([app], (CONTROLLED,), runtime, progress := Troubles())
    (told,) = progress.told
    assert told.startswith(f"{app.name}/controlled writes a line to its log for each request, such as ")
    assert line in told
    assert verdict.report is not None
    assert [each.check for each in verdict.report.results] == ["extra routes"]
    assert verdict.report.failures == ()
