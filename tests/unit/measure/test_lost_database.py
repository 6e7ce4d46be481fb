"""An app that has lost its database is not said to break the contract: nobody could tell."""

from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any, cast

import pytest

from harness.measure import round as rounds
from harness.measure import verify as verifying
from harness.measure.crew import Crew
from harness.measure.progress import Silent
from harness.measure.round import Round
from harness.measure.run_context import RunContext
from harness.measure.verify import Verdict
from harness.model.conformance import Outcome
from harness.model.errors import HostFault
from harness.model.naming import called_as
from tests.unit.analysis.simulate import Simulation, subject
from tests.unit.analysis.test_contracts import checked
from tests.unit.plan.manifests import app_with

FLASK = subject("flask")
PLAN = Simulation(capacities_rps={FLASK: 4_000}).recorded().run.plan


def database(*, alive: bool, met: HostFault | None = None) -> Any:
    return SimpleNamespace(
        url="",
        alive=lambda: alive,
        limit_met=lambda: met,
        connections=lambda: None,
        activity=lambda: None,
        held=lambda: nullcontext(enter_result=False),
        change=lambda _: False,
        stop=lambda: None,
    )


@pytest.mark.parametrize("alive", [True, False])
def test_in_a_run_it_is_checked_in_another_round(monkeypatch: pytest.MonkeyPatch, *, alive: bool) -> None:
    told: list[str] = []
    written: list[object] = []
    lost: list[str] = []
    failed = checked(FLASK, Outcome.FAILED)
    monkeypatch.setattr(rounds, "check_servers", lambda *_, **__: iter((failed,)))
    monkeypatch.setattr(Crew, "running", lambda _: iter(((FLASK, SimpleNamespace(subject=FLASK)),)))
    monkeypatch.setattr(Crew, "lose_all", lambda _, reason: lost.append(reason))
    context = SimpleNamespace(
        plan=PLAN,
        apps={"flask": app_with("flask", ("json",), controlled=())},
        checked=set(),
        writer=SimpleNamespace(append=written.append),
        progress=SimpleNamespace(trouble=told.append, rounds=2, begin=lambda *_: None, advance=lambda _: None),
        runtime=SimpleNamespace(clock_ahead_ns=lambda: 0),
    )
    Round(cast("RunContext", context), 0, database(alive=alive))._check()
    if alive:
        assert (written, context.checked, lost) == ([failed], {FLASK}, [])
        assert told[0].startswith(f"{called_as(FLASK, context.apps['flask'])} breaks the contract")
    else:
        assert (written, context.checked) == ([], set())
        assert lost == ["the database ended by itself"]
        assert told == ["whether apps keep the contract could not be told: the database ended by itself"]


@pytest.mark.parametrize("met", [None, HostFault("no more memory", hint="allow more")])
def test_verify_does_not_say_that_it_failed(monkeypatch: pytest.MonkeyPatch, met: HostFault | None) -> None:
    apps = [app_with("flask", ("db",), default=())]
    failing = Verdict(subject=subject("flask"), report=None, fault="it is wrong")
    monkeypatch.setattr(verifying, "_checked", lambda *_: failing)
    for alive, unchecked in ((True, False), (False, True)):
        given = database(alive=alive, met=met)
        runtime: Any = SimpleNamespace(start_database=lambda given=given, **_: given)
        (verdict,) = verifying.verify(apps, (), runtime, Silent())
        assert (verdict.unchecked, verdict.conforms) == (unchecked, False)
    assert (verdict.fault or "").startswith("the database ended by itself" + (": no more memory" if met else ""))
    assert verdict.log_excerpt
