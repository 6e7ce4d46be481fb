"""The section on the highest rate at which a limit on the p99 is kept."""

from harness.model.cell import Cell, Subject, Workload
from harness.model.findings import CellFinding
from harness.report.numbers import NOTHING, percent
from harness.report.view.limit import LimitView, limit_view
from harness.report.view.terms import Lack
from harness.report.view.text_tables import text_tables
from tests.unit.report.test_special_workloads import CAST, FLASK, TORNADO, cell, exactly, findings, found
from tests.unit.results.sample import run_of


def limit(subject: Subject, rate_rps: float | None, of_highest: float | None = None, limit_ms: int = 10) -> CellFinding:
    of: Cell = cell(subject, Workload.LIMIT, 64).model_copy(update={"limit_ms": limit_ms})
    if rate_rps is None:
        return found(of, valid=False)
    return found(of, limit_rps=exactly(rate_rps), limit_to_highest=exactly(of_highest) if of_highest else None)


def capacity(subject: Subject, rps: float) -> CellFinding:
    return found(cell(subject, Workload.CAPACITY, 32), throughput_rps=exactly(rps))


def view_of(*cells: CellFinding) -> LimitView:
    return limit_view(findings(cells=cells), CAST)


def test_the_highest_rate_stands_first_and_who_is_invalid_last() -> None:
    (json,) = view_of(limit(FLASK, None), limit(TORNADO, 1_800.0), capacity(TORNADO, 2_000.0)).limits
    assert [row.label.title for row in json.rows] == ["tornado", "flask"]
    assert [row.lack for row in json.rows] == [None, Lack("invalid", "errors: half of it failed")]
    assert [row.of_capacity for row in json.rows] == [percent(0.9), NOTHING]


def test_each_limit_is_told_by_itself() -> None:
    assert [each.slug for each in view_of(limit(FLASK, 900.0), limit(FLASK, 950.0, limit_ms=100)).limits] == [
        "limit-json-10",
        "limit-json-100",
    ]


def test_the_terminal_tells_the_rate_and_its_ratio_to_the_highest() -> None:
    cells = (limit(FLASK, 900.0, 0.5), limit(TORNADO, 1_800.0), capacity(FLASK, 1_000.0))
    _, table = text_tables(run_of([]), findings(cells=cells), (), CAST)
    assert table.heading == "Highest rate on json with a p99 under 10 ms"
    told = [(row["app"], row["requests/s"].split()[0], row["of the highest"].split()[0]) for row in table.rows]
    assert told == [("tornado", "1,800", "highest"), ("flask", "900", "0.500")]
    assert [row["of its capacity"] for row in table.rows] == [NOTHING, percent(0.9)]


def test_a_rate_that_is_not_told_apart_from_the_highest_says_so() -> None:
    cells = (limit(FLASK, 1_790.0, 0.99), limit(TORNADO, 1_800.0))
    (table,) = text_tables(run_of([]), findings(cells=cells), (), CAST)
    assert [row["of the highest"] for row in table.rows] == ["highest", "0.990, not told apart"]


def test_there_is_nothing_where_the_workload_was_not_run() -> None:
    assert view_of(capacity(FLASK, 1_000.0)).limits == ()
