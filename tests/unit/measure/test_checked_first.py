"""Whatever a run measures was checked before, whatever was chosen, and by the checks of `bench verify`."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from harness.catalog.discover import discover
from harness.contract.conformance import database_connections, processes
from harness.measure import check_first
from harness.measure import round as rounds
from harness.measure.check_first import Unchecked, check_servers
from harness.measure.crew import Crew
from harness.measure.round import Round
from harness.measure.run_context import RunContext
from harness.model.app import Endpoint
from harness.model.cell import Subject, Workload
from harness.model.conformance import Outcome, ProcessAtWork
from harness.model.host import CpuLayout
from harness.model.plan import ProfileName
from harness.plan.build import Choices, build_plan
from harness.plan.offered import measured
from harness.plan.profiles import PROFILES
from tests.unit.measure.two_apps import two_apps

APPS = discover((Path(__file__).parents[3] / "apps",))
CPUS = CpuLayout(server=(0, 1), generator=(2,), database=(3,))
AFTER_THE_FIRST = 1
"""A round in which no site is probed."""


@pytest.mark.parametrize(
    ("workload", "endpoints"), [*((each, ()) for each in Workload), (Workload.CAPACITY, (Endpoint.JSON,))]
)
def test_each_server_is_checked_on_all_that_is_measured_of_its_app(
    monkeypatch: pytest.MonkeyPatch, workload: Workload, endpoints: tuple[Endpoint, ...]
) -> None:
    """The usual server of those that are set up specially, too: it is a part of each plan that has such."""
    profile = next(name for name in ProfileName if measured(workload, PROFILES[name]))
    plan = build_plan(APPS, Choices(profile=profile, workloads=(workload,), endpoints=endpoints), CPUS)
    assert workload in {cell.workload for cell in plan.cells}
    checked: dict[Subject, set[Endpoint]] = {}

    def check_servers(servers: list[Unchecked], *_: object, **__: object) -> tuple[()]:
        checked.update({each.server.subject: set(each.endpoints) for each in servers})
        return ()

    monkeypatch.setattr(rounds, "check_servers", check_servers)
    running = [(subject, SimpleNamespace(subject=subject)) for subject in plan.subjects]
    monkeypatch.setattr(Crew, "running", lambda _: iter(running))
    context = SimpleNamespace(
        plan=plan,
        apps={app.name: app for app in APPS},
        checked=set(),
        progress=SimpleNamespace(rounds=2, begin=lambda *_: None, advance=lambda _: None),
        runtime=SimpleNamespace(clock_ahead_ns=lambda: 0),
    )
    Round(cast("RunContext", context), AFTER_THE_FIRST, None)._check()
    assert {(cell.subject.original, cell.endpoint) for cell in plan.cells} <= {
        (subject, endpoint) for subject, asked in checked.items() for endpoint in asked
    }


def test_all_checks_are_made_but_the_lengthy_ones() -> None:
    made = (*check_first._SHORT, *check_first._ALONE)
    assert {each for each in check_first.CHECKS if not each.lengthy} == {*made}
    assert {*processes.CHECKS, *database_connections.CHECKS} <= {*made}


@pytest.mark.parametrize(
    ("at_work", "outcome", "found"),
    [
        ([(1, 48, 17)], Outcome.PASSED, "1 process answered 48 clients, with 17 threads"),
        ([(1, 40, 1), (2, 8, 1)], Outcome.FAILED, "2 processes answered 48 clients, and WORKERS asked for 1"),
        ([], Outcome.SKIPPED, "its processes can't be seen from here"),
    ],
)
def test_a_run_counts_the_processes_and_threads_that_answer(
    monkeypatch: pytest.MonkeyPatch, at_work: list[tuple[int, int, int]], outcome: Outcome, found: str
) -> None:
    seen: Any = [ProcessAtWork(pid=pid, connections=held, threads=threads) for pid, held, threads in at_work] or None
    monkeypatch.setattr(check_first, "_SHORT", processes.CHECKS)
    with two_apps() as (apps, servers):
        server = servers[apps[1].name]
        server.at_work = lambda: seen
        (checked,) = check_servers([Unchecked(apps[1], server, {Endpoint.HELLO})], 0, 0)
    (result,) = checked.results
    assert (result.outcome, result.found) == (outcome, found)
    assert (checked.failed != ()) is (outcome is Outcome.FAILED)
