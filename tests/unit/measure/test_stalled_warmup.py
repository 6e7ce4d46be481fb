"""A warm-up window in which the host stood still is no reason to give a server up."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import count
from types import SimpleNamespace
from typing import cast

import pytest

from harness.measure.capacities import Capacities
from harness.measure.round import Round, _Shape
from harness.measure.run_context import RunContext
from harness.model.cell import RateRule, Workload
from harness.model.run import Window, WindowKind
from harness.model.window import Failure, Mode, StallReading, WindowReport, WindowSpec
from tests.unit.analysis.simulate import EMPTY_REPORT
from tests.unit.plan.manifests import app_with
from tests.unit.results.sample import FLASK_JSON, run_of

STALLED = EMPTY_REPORT.model_copy(update={"requests_total": 64, "responses_total": 64})
ANSWERED = STALLED.model_copy(update={"responses": 100})
WATCHED = StallReading(from_ns=0, to_ns=1, every_ns=1, late_ns=1, server=(), generator=())
SILENT = STALLED.model_copy(update={"responses_total": 0})


class Watched:
    def __getattr__(self, _: str) -> object:
        return lambda *_: None


def warmed_up(monkeypatch: pytest.MonkeyPatch, reports: Sequence[WindowReport]) -> list[Window]:
    """The windows of a warm-up that goes like this, and goes on like the last of them."""
    return a_round(monkeypatch, reports)._warm_up(FLASK_JSON)


def a_round(monkeypatch: pytest.MonkeyPatch, reports: Sequence[WindowReport]) -> Round:
    """One whose windows go like this, and go on like the last of them."""
    left = list(reports)

    def take(window: Window, spec: WindowSpec, *_: object, watch_stalls: bool) -> Window:
        return window.model_copy(
            update={
                "report": left.pop(0) if left[1:] else left[0],
                "spec": spec,
                "stalls": WATCHED if watch_stalls else None,
            }
        )

    server = SimpleNamespace(host="127.0.0.1", port=8000, alive=lambda: True)
    crew = SimpleNamespace(
        cut_logs=lambda: None,
        server=lambda _: server,
        why_lost=lambda _: None,
        note_silence=lambda _: None,
        note_failures=lambda _: None,
    )
    monkeypatch.setattr("harness.measure.round.Crew", lambda *_: crew)
    plan = run_of().plan
    context = SimpleNamespace(
        plan=plan,
        capacities=Capacities(plan.cells),
        apps=defaultdict(lambda: app_with("flask", ("json",), controlled=(), default=())),
        progress=Watched(),
        instruments=SimpleNamespace(take=take),
        writer=Watched(),
        sequence=count(),
        most_connections=None,
        trials=defaultdict(list),
        variant=lambda _: SimpleNamespace(keep_alive=True),
    )
    return Round(cast("RunContext", context), 0, None)


def test_a_window_without_an_answer_in_its_stretch_is_followed_by_another(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [window.report for window in warmed_up(monkeypatch, [STALLED, ANSWERED])]
    assert found == [STALLED, ANSWERED, ANSWERED]


def test_a_server_that_answers_nothing_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(warmed_up(monkeypatch, [SILENT])) == 1


def test_latencies_of_a_server_that_fails_are_not_tried_and_say_what_its_warm_up_was_like(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    failing = ANSWERED.model_copy(update={"failures": {Failure.CLOSED_EARLY: 25}, "first_failure": "closed"})
    measured = a_round(monkeypatch, [failing])
    measured._warm_up(FLASK_JSON)
    latency = FLASK_JSON.model_copy(update={"workload": Workload.LATENCY, "rate": RateRule.COMMON})
    window = measured._take(latency, _Shape(WindowKind.MEASURED, Mode.OPEN, 0.1, 0.1))
    assert (window.report, window.lost) == (None, None)
    assert window.skipped is not None
    assert "20.0% of the requests of its warm-up failed, the first: closed" in window.skipped
