"""`WORKERS` says how many processes answer: more than that are found out, however the server was told of them."""

from functools import partial
from pathlib import Path
from typing import Final

import pytest

from harness.catalog.discover import discover
from harness.contract.conformance import check
from harness.contract.conformance.processes import CHECKS
from harness.host.cpus import layout_here
from harness.measure import verify as verifying
from harness.measure.target import target_of
from harness.measure.verify import verify
from harness.model.app import App, Endpoint
from harness.model.cell import Subject
from harness.model.conformance import CheckResult, Outcome
from harness.runtime.local.runtime import ProcessRuntime
from tests.troubles import Troubles

APPS: Final = {app.name: app for app in discover((Path(__file__).parents[3] / "apps",))}
HINT: Final = "${WORKERS}"


def deployed(name: str, variant: str, *, workers: str | None = None, environment: dict[str, str] | None = None) -> App:
    """The shipped app with another number of workers in its command, or with further variables."""
    app = APPS[name]
    resolved = app.resolve(variant)
    assert resolved
    found = app.variant(resolved)
    command = tuple(word if workers is None else word.replace("${WORKERS}", workers) for word in found.command)
    if environment is not None:
        command = tuple(word for word in command if word not in {"--workers", "${WORKERS}"})
    changed = found.model_copy(update={"command": command, "environment": {**found.environment, **(environment or {})}})
    variants = {variant: changed}
    return app.model_copy(update={"manifest": app.manifest.model_copy(update={"variants": variants})})


def looked_at(app: App, variant: str, state: Path, *, workers: int = 1) -> tuple[CheckResult, tuple[str, ...]]:
    """What the check says of its processes, and which of them answer nobody."""
    subject = Subject(app=app.name, variant=variant, workers=workers)
    with ProcessRuntime(state, layout_here()) as runtime:
        runtime.prepare([app], lambda _: None)
        server = runtime.launch(app, subject, hash_seed=0, database_url=None)
        server.await_ready()
        report = check(
            target_of(app, server, 0), (Endpoint.JSON,), statements=None, workforce=server.at_work, checks=CHECKS
        )
        beside = server.bystanders()
    (result,) = report.results
    return result, beside


@pytest.mark.parametrize(
    ("name", "variant", "workers", "environment"),
    [
        ("wsgi", "controlled", "4", None),
        ("wsgi", "default", "4", None),
        ("wsgi", "controlled", None, {"WEB_CONCURRENCY": "4"}),
        ("wsgi", "controlled", None, {"GUNICORN_CMD_ARGS": "--workers 4"}),
        ("asgi", "controlled", "4", None),
        ("sanic", "default", "4", None),
    ],
)
def test_more_processes_than_workers_are_found_out(
    tmp_path: Path, name: str, variant: str, workers: str | None, environment: dict[str, str] | None
) -> None:
    app = deployed(name, variant, workers=workers, environment=environment)
    result, beside = looked_at(app, variant, tmp_path)
    assert result.outcome is Outcome.FAILED, result.found
    assert "WORKERS asked for 1" in result.found
    assert HINT in (result.hint or "")
    assert beside == (), "whoever watches over those that answer is none"


def test_fewer_processes_than_workers_are_found_out(tmp_path: Path) -> None:
    result, _ = looked_at(deployed("wsgi", "controlled", workers="1"), "controlled", tmp_path, workers=2)
    assert result.outcome is Outcome.FAILED
    assert result.found.startswith("1 process answered")


@pytest.mark.parametrize(
    ("name", "variant"),
    [("wsgi", "default"), ("wsgi", "controlled"), ("pyramid", "default"), ("sanic", "default"), ("tornado", "default")],
)
def test_one_process_is_counted_as_one(tmp_path: Path, name: str, variant: str) -> None:
    result, beside = looked_at(deployed(name, variant), variant, tmp_path)
    assert result.outcome is Outcome.PASSED, result.found
    assert result.found.startswith("1 process answered")
    assert "thread" in result.found
    assert beside == ()


def test_where_no_process_can_be_seen_nothing_is_counted(tmp_path: Path) -> None:
    """As with servers on another host."""
    app = deployed("wsgi", "controlled", workers="4")
    with ProcessRuntime(tmp_path, layout_here()) as runtime:
        runtime.prepare([app], lambda _: None)
        server = runtime.launch(app, Subject(app=app.name, variant="controlled"), hash_seed=0, database_url=None)
        server.await_ready()
        report = check(
            target_of(app, server, 0), (Endpoint.JSON,), statements=None, workforce=lambda: None, checks=CHECKS
        )
    (result,) = report.results
    assert (result.outcome, result.found) == (Outcome.SKIPPED, "its processes can't be seen from here")


IDLE: Final = """
import os, subprocess, sys
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(10**6)"])
os.execvp(sys.argv[1], sys.argv[1:])
"""
"""Starts a process that does nothing, and goes on as the server."""


def test_verify_names_a_process_that_answers_nobody_and_finds_no_fault_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifying, "check", partial(check, checks=CHECKS))
    app = deployed("asgi", "controlled")
    variant = app.manifest.variants["controlled"]
    changed = {"controlled": variant.model_copy(update={"command": ("python", "-c", IDLE, *variant.command)})}
    only = {"variants": changed, "endpoints": (Endpoint.HELLO, Endpoint.JSON)}
    app = app.model_copy(update={"manifest": app.manifest.model_copy(update=only)})
    with ProcessRuntime(tmp_path, layout_here()) as runtime:
        runtime.prepare([app], lambda _: None)
        (verdict,) = verify([app], ("controlled",), runtime, progress := Troubles())
    (told,) = progress.told
    assert told.startswith("asgi/controlled has started a process that answers nobody (`")
    assert "time.sleep" in told
    assert verdict.conforms
