"""A round counts once it is measured, whatever comes of its servers; and what one silent endpoint costs the others."""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any, cast

import pytest

from harness.measure import round as rounds
from harness.measure.crew import Crew
from harness.measure.rates import Rates
from harness.measure.round import Round
from harness.measure.run_context import RunContext
from harness.model.app import Endpoint
from harness.model.cell import Cell, Workload
from harness.model.conformance import Conformance, Outcome
from harness.model.errors import RuntimeFault
from harness.model.framework_probe import FrameworkProbe, FrameworkProbeResult
from harness.model.run import RoundEnd, Window, WindowKind
from tests.unit.analysis.test_contracts import checked
from tests.unit.measure.test_stalled_warmup import ANSWERED, SILENT, Watched, a_round
from tests.unit.plan.manifests import app_with
from tests.unit.results.sample import FLASK_JSON, run_of

HELLO = FLASK_JSON.model_copy(update={"endpoint": Endpoint.HELLO})


@pytest.mark.parametrize("ending", [KeyboardInterrupt(), RuntimeFault("a server can't be ended", hint="look")])
def test_a_round_is_complete_before_its_servers_are_stopped(
    monkeypatch: pytest.MonkeyPatch, ending: BaseException
) -> None:
    made, written = a_round(monkeypatch, [ANSWERED]), list[object]()
    made._context.writer.append = written.append  # type: ignore[method-assign]
    runtime: Any = SimpleNamespace(clock_ahead_ns=lambda: 0)
    monkeypatch.setattr(made._context, "runtime", runtime, raising=False)

    def stop_all() -> None:
        raise ending

    crew: Any = made._crew
    crew.start_all = crew.read_memory = Watched().any
    crew.running, crew.stop_all = lambda: iter(()), stop_all
    with pytest.raises(type(ending)):
        made.run(Rates(made._plan.cells), lambda: None)
    assert isinstance(written[-1], RoundEnd)


def test_a_round_that_breaks_off_is_not_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    made, written = a_round(monkeypatch, [ANSWERED]), list[object]()
    made._context.writer.append = written.append  # type: ignore[method-assign]
    crew: Any = made._crew
    crew.stop_all = lambda: None

    def start_all(_: object) -> None:
        raise KeyboardInterrupt

    crew.start_all = start_all
    with pytest.raises(KeyboardInterrupt):
        made.run(Rates(made._plan.cells), lambda: None)
    assert written == []


@pytest.mark.parametrize("warm", [(), (HELLO,)])
def test_the_server_that_is_put_in_a_silent_one_s_place_is_warmed_up_as_that_was(
    monkeypatch: pytest.MonkeyPatch, warm: tuple[Cell, ...]
) -> None:
    made, written = a_round(monkeypatch, [SILENT, ANSWERED]), list[Window]()
    made._context.writer.append = written.append  # type: ignore[assignment,method-assign]
    made._plan = run_of((FLASK_JSON, HELLO)).plan
    lost = set[str]()
    crew: Any = made._crew
    crew.note_silence = lambda cell: lost.add(cell.key)
    crew.why_lost = lambda cell: "it did not answer" if cell.key in lost else None
    made._warmed_up = {(cell.subject, cell.endpoint): [] for cell in warm}
    assert len(made._warm_up(FLASK_JSON)) == 1
    assert [(window.cell, window.kind) for window in written] == [
        (FLASK_JSON.key, WindowKind.WARM),
        *((cell.key, WindowKind.WARM) for cell in warm),
    ]


def test_a_server_that_left_nothing_but_silence_is_not_renewed_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    made = a_round(monkeypatch, [SILENT])
    monkeypatch.setattr(rounds, "leaves_a_queue", lambda *_: True)
    renewed = list[object]()
    crew: Any = made._crew
    crew.renew = renewed.append
    made._waiting(FLASK_JSON.model_copy(update={"workload": Workload.WAITING}))
    assert renewed == []


def test_a_database_that_is_lost_during_the_checks_does_not_cost_the_sites_their_probes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    flask = FLASK_JSON.subject
    probed = FrameworkProbeResult(round_index=0, subject=flask, probe=FrameworkProbe.CSRF, held=True, found="it did")
    footprint = FLASK_JSON.model_copy(update={"workload": Workload.FOOTPRINT})
    written: list[object] = []

    def check_servers(*_: object, meanwhile: Callable[[], None]) -> Iterator[Conformance]:
        meanwhile()
        yield checked(flask, Outcome.FAILED)

    monkeypatch.setattr(rounds, "check_servers", check_servers)
    monkeypatch.setattr(rounds, "probe_sites", lambda *_: iter(((probed,),)))
    monkeypatch.setattr(Crew, "running", lambda _: iter(((flask, SimpleNamespace(subject=flask)),)))
    monkeypatch.setattr(Crew, "lose_all", lambda *_: None)
    context = SimpleNamespace(
        plan=run_of((FLASK_JSON, footprint)).plan,
        apps={flask.app: app_with("flask", ("json",), controlled=())},
        checked=set(),
        writer=SimpleNamespace(append=written.append),
        progress=Watched(),
        runtime=SimpleNamespace(clock_ahead_ns=lambda: 0),
    )
    database: Any = SimpleNamespace(alive=lambda: False, limit_met=lambda: None, held=nullcontext)
    Round(cast("RunContext", context), 0, database)._check()
    assert written == [probed]
