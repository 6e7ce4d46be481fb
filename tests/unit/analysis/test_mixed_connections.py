"""A server that keeps some connections and closes others: no gate on reconnects, and the number of them is told."""

import pytest

from harness.analysis.cells import judge_cells
from harness.model.validity import GateName
from tests.unit.analysis.test_gates import Case

RECONNECTS = 5_000


@pytest.mark.parametrize(
    ("keep_alive", "tripped"), [(True, {GateName.RECONNECTS}), (False, set()), ("mixed", set())], ids=str
)
def test_reconnects_are_a_fault_only_where_connections_are_to_be_kept(
    *, keep_alive: bool | str, tripped: set[GateName]
) -> None:
    assert Case(report={"reconnects": RECONNECTS}, keep_alive=keep_alive).tripped() == tripped


def test_how_many_there_were_is_told_without_a_limit() -> None:
    case = Case(report={"reconnects": RECONNECTS}, keep_alive="mixed")
    gate = case.gate(GateName.RECONNECTS)
    assert gate.value
    assert gate.limit is None
    assert "% of the responses cost a new connection, as the manifest says" in gate.explanation


def test_latencies_are_not_held_against_connections_that_are_being_opened() -> None:
    (judged,) = judge_cells(Case(keep_alive="mixed").recorded())
    assert GateName.LITTLES_LAW not in {gate.name for gate in judged.gates}
