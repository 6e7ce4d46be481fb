"""A server that ends by itself, or stops answering, under load takes no rank, nor does its copy."""

from collections.abc import Sequence

import pytest

from harness.analysis.analyse import analyse
from harness.model.app import Endpoint
from harness.model.cell import Cell, Subject
from harness.model.findings import Findings
from harness.model.run import ENDED_BY_ITSELF, Window
from harness.model.validity import GateName
from harness.model.window import Failure
from harness.report.view.cast import Cast
from harness.report.view.caveats import caveats
from harness.results.records import RecordedRun
from tests.unit.analysis.fed import fed
from tests.unit.analysis.simulate import CONNECTIONS, Simulation, started, subject

FAST, TWIN, SLOW = subject("fast"), subject("fast", twin=True), subject("slow")
BOTH = (Endpoint.HELLO, Endpoint.JSON)
SOUND = Simulation(capacities_rps={FAST: 8_000, TWIN: 8_000, SLOW: 2_000}, endpoints=BOTH, rounds=2, windows=2)
ENDED = f"{ENDED_BY_ITSELF} under load on hello (exit code 7)"


def last_of(recorded: RecordedRun, who: Subject, endpoint: Endpoint, index: int = 0) -> Window:
    """Its last window on that endpoint in a round, of which it has two."""
    return [
        window
        for window in recorded.windows
        if window.round_index == index and window.cell.startswith(f"{who.key}:{endpoint.value}:")
    ][-1]


def with_window(recorded: RecordedRun, changed: Window) -> RecordedRun:
    windows = tuple(changed if window.sequence == changed.sequence else window for window in recorded.windows)
    return recorded.model_copy(update={"windows": windows})


def that_ended(
    recorded: RecordedRun, who: Subject, endpoint: Endpoint = Endpoint.HELLO, why: str = ENDED, index: int = 0
) -> RecordedRun:
    lost = last_of(recorded, who, endpoint, index).model_copy(update={"lost": why, "report": None, "meter": None})
    again = started(who, index, fault=why)
    return with_window(recorded, lost).model_copy(update={"starts": (*recorded.starts, again)})


def that_hung(recorded: RecordedRun, who: Subject, **report: object) -> RecordedRun:
    window = last_of(recorded, who, Endpoint.HELLO)
    assert window.report is not None
    return with_window(recorded, window.model_copy(update={"report": window.report.model_copy(update=report)}))


def ranked(found: Findings) -> dict[Endpoint, list[Subject]]:
    return {ranking.endpoint: [row.subject for row in ranking.rows] for ranking in found.rankings}


def reasons(found: Findings, who: Subject) -> Sequence[str]:
    return [reason for cell in found.cells if cell.cell.subject == who for reason in cell.reasons]


@pytest.mark.parametrize("who", [FAST, TWIN])
def test_whose_server_or_copy_ended_in_any_round_takes_no_rank_on_any_endpoint(who: Subject) -> None:
    assert ranked(analyse(SOUND.recorded())) == {endpoint: [FAST, SLOW] for endpoint in BOTH}
    found = analyse(that_ended(SOUND.recorded(), who))
    assert ranked(found) == {endpoint: [SLOW] for endpoint in BOTH}
    for each in (FAST, TWIN):
        assert len(reasons(found, each)) == len(BOTH)
        for reason in reasons(found, each):
            copy = "" if who == each else "its copy in the A/A pair: "
            assert reason == f"{copy}{ENDED}, in round 1 of 2"
    assert not reasons(found, SLOW)


def test_what_both_copies_did_in_all_rounds_is_told_once_of_each() -> None:
    recorded = SOUND.recorded()
    for who in (FAST, TWIN):
        for index in range(2):
            recorded = that_ended(recorded, who, index=index)
    (reason, _) = reasons(analyse(recorded), FAST)
    told = f"{ENDED}, in rounds 1 and 2 of 2"
    assert reason.startswith(f"{told}; its copy in the A/A pair: {told}")


@pytest.mark.parametrize(
    "report",
    [
        {"responses": 0, "responses_total": 0, "failures": {Failure.TIMEOUT: CONNECTIONS}},
        {"failures": {Failure.TIMEOUT: CONNECTIONS}},
    ],
    ids=["a whole window", "the end of a window"],
)
@pytest.mark.parametrize("who", [FAST, TWIN])
def test_who_stopped_answering_an_endpoint_takes_no_rank_on_it(who: Subject, report: dict[str, object]) -> None:
    found = analyse(that_hung(SOUND.recorded(), who, **report))
    assert ranked(found) == {Endpoint.HELLO: [SLOW], Endpoint.JSON: [FAST, SLOW]}
    assert all(any("hello stopped answering" in reason for reason in reasons(found, each)) for each in (FAST, TWIN))


def test_a_window_in_which_nothing_was_asked_is_no_silence() -> None:
    window = last_of(SOUND.recorded(), FAST, Endpoint.HELLO)
    assert window.report is not None
    nothing = {"responses": 0, "responses_total": 0, "requests_total": 0}
    assert not window.report.model_copy(update=nothing).silent


def test_the_end_of_a_server_is_among_what_to_beware_of() -> None:
    recorded = that_ended(SOUND.recorded(), TWIN)
    said = list(caveats(recorded.run, analyse(recorded), Cast(recorded.run)))
    (sentence,) = (each for each in said if "did not last under load" in each)
    assert "exit code 7" in sentence


def test_a_database_that_ends_is_no_fault_of_the_app_s() -> None:
    recorded = that_ended(SOUND.recorded(), FAST, why="the database ended by itself")
    assert all(gate.held for cell in analyse(recorded).cells for gate in cell.gates if gate.name is GateName.LASTED)


def test_too_many_subscribers_spoil_neither_fewer_nor_what_came_before() -> None:
    recorded = SOUND.recorded()
    feed = fed({FAST: [100, 100]})
    (few,) = feed.run.plan.cells
    many = few.model_copy(update={"connections": 10 * few.connections})
    ended = f"{ENDED_BY_ITSELF} under load on feed (exit code -9)"
    lost = feed.windows[0].model_copy(update={"cell": many.key, "lost": ended, "feed": None, "sequence": 10_000})
    plan = recorded.run.plan
    cells: tuple[Cell, ...] = (*plan.cells, few, many)
    whole = recorded.model_copy(
        update={
            "run": recorded.run.model_copy(update={"plan": plan.model_copy(update={"cells": cells})}),
            "windows": (*recorded.windows, *feed.windows, lost),
            "starts": (*recorded.starts, started(FAST, 0, fault=ended)),
        }
    )
    found = analyse(whole)
    assert ranked(found) == {endpoint: [FAST, SLOW] for endpoint in BOTH}
    assert {each.cell.connections: each.valid for each in found.feeds} == {
        few.connections: True,
        many.connections: False,
    }


def test_latencies_that_were_not_tried_for_a_server_that_fails_say_so_and_leave_the_run_complete() -> None:
    recorded = Simulation(capacities_rps={FAST: 8_000, SLOW: 2_000}, rounds=2, latency_windows=2).recorded()
    why = "not tried: a rate derives from a capacity, and 90.0% of the requests of its warm-up failed"
    untried = {"skipped": why, "report": None, "spec": None, "meter": None}
    windows = tuple(
        window.model_copy(update=untried) if window.cell.startswith(SLOW.key) and "latency" in window.cell else window
        for window in recorded.windows
    )
    found = recorded.model_copy(update={"windows": windows})
    assert found.complete
    assert any(why in reason for reason in reasons(analyse(found), SLOW))
