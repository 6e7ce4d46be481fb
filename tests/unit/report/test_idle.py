"""The section on what an app costs when hardly anybody comes."""

from harness.model.cell import Subject, Workload
from harness.model.findings import CellFinding, Findings
from harness.report.numbers import NOTHING
from harness.report.view.idle import IdleView, idle_view
from harness.report.view.terms import Lack
from harness.report.view.text_tables import text_tables
from tests.unit.report.test_special_workloads import CAST, FLASK, TORNADO, cell, exactly, findings, found
from tests.unit.results.sample import run_of


def idle(subject: Subject, ms_per_s: float, *, valid: bool = True, **figures: object) -> CellFinding:
    of = cell(subject, Workload.IDLE, 4)
    if not valid:
        return found(of, valid=False)
    costs = {"server_cpu_us_per_s": exactly(1_000 * ms_per_s), "server_cpu_us_per_request": exactly(100 * ms_per_s)}
    return found(of, **costs, **figures)


def at_capacity(subject: Subject, request_us: float, *, valid: bool = True) -> CellFinding:
    of = cell(subject, Workload.CAPACITY, 32)
    return found(of, valid=valid, server_cpu_us_per_request=exactly(request_us))


def view_of(*cells: CellFinding) -> IdleView:
    return idle_view(findings(cells=cells), CAST)


def text(of: Findings) -> list[dict[str, str]]:
    (table,) = text_tables(run_of([]), of, (), CAST)
    return list(table.rows)


def test_who_takes_least_stands_first_and_who_is_invalid_last() -> None:
    view = view_of(idle(FLASK, 0.0, valid=False), idle(TORNADO, 4.0))
    (json,) = view.endpoints
    assert [row.label.title for row in json.rows] == ["tornado", "flask"]
    assert json.rows[1].lack == Lack("invalid", "errors: half of it failed")
    assert json.rows[1].server_ms_per_s is None
    assert view.rate_rps == "10"


def test_a_second_is_told_in_milliseconds_and_a_request_in_microseconds_beside_what_it_costs_at_capacity() -> None:
    (json,) = view_of(idle(FLASK, 4.0), at_capacity(FLASK, 150.0), at_capacity(TORNADO, 90.0)).endpoints
    (row,) = json.rows
    shown = [each.value for each in (row.server_ms_per_s, row.server_us, row.loaded_us) if each]
    assert shown == ["4.00", "400", "150"]


def test_what_a_request_costs_at_capacity_is_left_out_where_that_is_invalid_or_was_not_measured() -> None:
    (json,) = view_of(idle(FLASK, 4.0), idle(TORNADO, 3.0), at_capacity(FLASK, 150.0, valid=False)).endpoints
    assert [row.loaded_us for row in json.rows] == [None, None]


def test_the_database_has_a_column_where_any_cost_of_it_is_known() -> None:
    of_database = {"database_cpu_us_per_s": exactly(2_000)}
    (json,) = view_of(idle(FLASK, 4.0, **of_database), idle(TORNADO, 3.0)).endpoints
    assert json.with_database
    rows = text(findings(cells=(idle(FLASK, 4.0, **of_database), idle(TORNADO, 3.0))))
    assert [row["database, CPU ms/s"].split()[0] for row in rows] == [NOTHING, "2.00"]
    (without,) = text(findings(cells=(idle(FLASK, 4.0),)))
    assert "database, CPU ms/s" not in without


def test_the_terminal_says_invalid_in_place_of_a_cost() -> None:
    (row,) = text(findings(cells=(idle(FLASK, 0.0, valid=False),)))
    assert row["server, CPU ms/s"] == "invalid"


def test_there_is_nothing_where_the_workload_was_not_run() -> None:
    assert view_of(at_capacity(FLASK, 150.0)).endpoints == ()
