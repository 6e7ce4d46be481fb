"""Requests in flight where a server's CPU was full: how many there are comes down to how fast the host is then."""

import pytest

from harness.analysis.analyse import analyse
from harness.claims.evaluate import evaluate
from harness.model.app import Endpoint
from harness.model.cell import Cell, Subject, Workload
from harness.model.claim import Against, BoundCondition, Claim, ClaimsFile, Metric, RatioCondition
from harness.model.verdict import ClaimFinding, Verdict
from harness.results.records import RecordedRun
from tests.unit.analysis.simulate import Noise, Simulation, meter, subject

FEW, MANY = subject("few"), subject("many")
RATES_RPS = {FEW: 1_500.0, MANY: 5_000.0}
"""Waits of 100 ms that end in a second, so that 150 and 500 of 512 are in flight."""
FULL, IDLE = 0.97, 0.2
NEITHER = {FEW: IDLE, MANY: IDLE}


QUIET = Noise(window=0.01, process=0.002, common=0.01)


def waiting(used: dict[Subject, float], noise: Noise = QUIET) -> RecordedRun:
    """A run in which servers used so much of their CPUs meanwhile."""
    recorded = Simulation(capacities_rps=RATES_RPS, endpoints=(Endpoint.WAIT,), noise=noise).recorded()
    cells = {
        cell.key: cell.model_copy(update={"workload": Workload.WAITING, "connections": 512})
        for cell in recorded.run.plan.cells
    }

    def moved(key: str) -> dict[str, object]:
        cell: Cell = cells[key]
        return {"cell": cell.key, "meter": meter(server_share=used[cell.subject])}

    plan = recorded.run.plan.model_copy(update={"cells": tuple(cells.values())})
    return RecordedRun(
        run=recorded.run.model_copy(update={"plan": plan}),
        windows=tuple(each.model_copy(update=moved(each.cell)) for each in recorded.windows),
        starts=recorded.starts,
        rounds_complete=recorded.rounds_complete,
    )


def found(condition: BoundCondition | RatioCondition, used: dict[Subject, float]) -> ClaimFinding:
    (finding,) = evaluate(ClaimsFile(source="a test", claim=(claim_of(condition),)), waiting(used)).claims
    return finding


def claim_of(condition: BoundCondition | RatioCondition) -> Claim:
    return Claim.model_validate({"id": "one", "says": "It waits.", "condition": [condition]})


def bound(app: str) -> BoundCondition:
    return BoundCondition(
        form="bound",
        subjects=(app,),
        metric=Metric.IN_FLIGHT,
        connections=512,
        endpoints=(Endpoint.WAIT,),
        at_least=461,
    )


def ratio(app: str, other: str) -> RatioCondition:
    return RatioCondition(
        form="ratio", subjects=(app,), metric=Metric.IN_FLIGHT, connections=512, endpoints=(Endpoint.WAIT,),
        against=Against.EVERY, group=(other,), at_least=2.0,
    )  # fmt: skip


@pytest.mark.parametrize("condition", [bound("few"), ratio("few", "many")], ids=["bound", "ratio"])
def test_too_few_in_flight_refute_nothing_where_the_cpu_was_full(condition: BoundCondition | RatioCondition) -> None:
    assert found(condition, NEITHER).verdict is Verdict.REFUTED
    still_open = found(condition, {FEW: FULL, MANY: IDLE})
    assert still_open.verdict is Verdict.INCONCLUSIVE
    assert "no sign of blocking" in still_open.sentence
    assert "no sign of blocking" in still_open.further
    assert (still_open.further_rounds, still_open.evidence[0].further_rounds) == (None, None)


def test_more_than_one_whose_cpu_was_full_supports_nothing() -> None:
    assert found(ratio("many", "few"), NEITHER).verdict is Verdict.SUPPORTED
    assert found(ratio("many", "few"), {FEW: FULL, MANY: IDLE}).verdict is Verdict.INCONCLUSIVE


def test_enough_in_flight_are_enough_although_the_cpu_was_full() -> None:
    assert found(bound("many"), {FEW: IDLE, MANY: FULL}).verdict is Verdict.SUPPORTED
    assert found(ratio("many", "few"), {FEW: IDLE, MANY: FULL}).verdict is Verdict.SUPPORTED


def test_no_interval_reaches_beyond_the_connections() -> None:
    run = waiting(NEITHER, Noise(window=0.2, process=0.05, common=0.01))
    few, many = (each.in_flight for each in analyse(run).cells if each.cell.subject in {FEW, MANY})
    assert few is not None
    assert many is not None
    assert few.low < few.value < few.high < 512
    assert many.low < many.value <= many.high == 512
    (evidence,) = evaluate(ClaimsFile(source="a test", claim=(claim_of(bound("many")),)), run).claims[0].evidence
    assert evidence.value is not None
    assert evidence.value.high == 512
