"""A run's own look at its servers sees what their requests do in the database, as `bench verify` does."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from types import SimpleNamespace
from typing import cast

import pytest

from harness.measure.crew import Crew
from harness.measure.round import Round
from harness.measure.run_context import RunContext
from harness.model.app import Endpoint
from harness.model.cell import Workload
from harness.model.conformance import Conformance, Outcome, Target
from harness.model.host import CpuLayout
from harness.model.plan import ProfileName
from harness.plan.build import Choices, build_plan
from harness.runtime.database.embedded import EmbeddedPostgres
from tests.unit.plan.manifests import app_with

Serve = Callable[..., AbstractContextManager[dict[str, Target]]]

SERVED = {
    "first": "ConnectionForEach",
    "pooled": "App",
    "computed": "HardCoded",
    "cached": "CachedById",
    "for-show": "ForShow",
    "last": "ConnectionForEach",
}
"""What looks at the connections of all would blame the second as well, and nobody for none."""
PASSED, FAILED = Outcome.PASSED, Outcome.FAILED


def test_who_opens_connections_for_requests_or_asks_for_no_row_is_told_from_those_checked_with_it(
    monkeypatch: pytest.MonkeyPatch, serve: Serve, postgres: EmbeddedPostgres
) -> None:
    apps = {name: app_with(name, ("db",), default=()) for name in SERVED}
    choices = Choices(profile=ProfileName.SMOKE, workloads=(Workload.CAPACITY,), endpoints=(Endpoint.DB,))
    plan = build_plan(tuple(apps.values()), choices, CpuLayout(server=(0,), generator=(1,), database=(1,)))
    written: list[Conformance] = []
    told: list[str] = []
    looked_by: set[int] = set()

    def connections() -> int | None:
        looked_by.add(threading.get_ident())
        return postgres.connections()

    progress = SimpleNamespace(trouble=told.append, rounds=1, begin=lambda *_: None, advance=lambda _: None)
    with serve(*set(SERVED.values())) as targets:
        running = [
            (
                subject,
                SimpleNamespace(
                    subject=subject,
                    host=targets[SERVED[subject.app]].host,
                    port=targets[SERVED[subject.app]].port,
                    at_work=lambda: None,
                    alive=lambda: True,
                ),
            )
            for subject in plan.subjects
        ]
        monkeypatch.setattr(Crew, "running", lambda _: iter(running))
        context = SimpleNamespace(
            plan=plan,
            apps=apps,
            checked=set(),
            writer=SimpleNamespace(append=written.append),
            progress=progress,
            runtime=SimpleNamespace(clock_ahead_ns=lambda: 0),
        )
        database = SimpleNamespace(
            connections=connections,
            activity=postgres.activity,
            held=postgres.held,
            change=postgres.change,
            alive=postgres.alive,
        )
        Round(cast("RunContext", context), 0, cast("EmbeddedPostgres", database))._check()
    counted = {
        each.subject.app: {
            result.check: result.outcome
            for result in each.results
            if result.check in {"SQL statements", "changed row", "database connections"}
        }
        for each in written
    }
    assert counted == {
        "first": {"SQL statements": PASSED, "changed row": PASSED, "database connections": FAILED},
        "pooled": {"SQL statements": PASSED, "changed row": PASSED, "database connections": PASSED},
        "computed": {"SQL statements": FAILED, "changed row": FAILED, "database connections": PASSED},
        "cached": {"SQL statements": FAILED, "changed row": FAILED, "database connections": PASSED},
        "for-show": {"SQL statements": PASSED, "changed row": FAILED, "database connections": PASSED},
        "last": {"SQL statements": PASSED, "changed row": PASSED, "database connections": FAILED},
    }
    assert [each.subject.app for each in written if each.failed] == ["first", "computed", "cached", "for-show", "last"]
    assert looked_by == {threading.get_ident()}, "one after another"
    assert any("connections to PostgreSQL opened for 96 requests" in each for each in told)
    assert any("no statement in PostgreSQL for 4 of 4 requests" in each for each in told)
