"""What is planned of the workloads `idle` and `limit`."""

from pathlib import Path

import pytest

from harness.catalog.discover import discover
from harness.measure.rates import Rates
from harness.model.app import App, Endpoint
from harness.model.cell import Cell, Workload
from harness.model.host import CpuLayout
from harness.model.plan import Plan, ProfileName
from harness.plan import budget, order
from harness.plan.build import Choices, build_plan, of_profile
from harness.plan.lengths import Length, lengths_of

CPUS = CpuLayout(server=(0,), generator=(1,), database=(1,))


@pytest.fixture(scope="module")
def apps() -> tuple[App, ...]:
    return discover((Path(__file__).parents[3] / "apps",))


def built(apps: tuple[App, ...], **choices: object) -> Plan:
    chosen = Choices.model_validate({"profile": ProfileName.RATES, **choices})
    return build_plan(of_profile(apps, chosen), chosen, CPUS)


def idle(plan: Plan) -> list[Cell]:
    return [cell for cell in plan.cells if cell.workload is Workload.IDLE]


def test_every_app_is_measured_with_and_without_the_database_within_twenty_minutes(apps: tuple[App, ...]) -> None:
    plan = built(apps)
    originals = [subject for subject in plan.subjects if subject.is_original]
    assert {(cell.subject, cell.endpoint) for cell in idle(plan)} == {
        (subject, endpoint) for subject in originals for endpoint in (Endpoint.JSON, Endpoint.DB)
    }
    assert plan.estimated_s <= 20 * 60


def test_a_server_is_warmed_up_though_nothing_else_is_measured_of_it(apps: tuple[App, ...]) -> None:
    plan = built(apps, workloads=(Workload.IDLE,))
    assert {cell.workload for cell in plan.cells} == {Workload.IDLE}
    assert list(budget.warmed_up(plan.cells)) == list(plan.cells)


def test_a_server_that_is_loaded_to_capacity_is_warmed_up_once(apps: tuple[App, ...]) -> None:
    warmed = budget.warmed_up(built(apps).cells)
    assert {cell.workload for cell in warmed} == {Workload.CAPACITY}


def test_windows_of_all_apps_alternate_with_those_of_capacity(apps: tuple[App, ...]) -> None:
    plan = built(apps)
    planned = [plan.cells[index] for index in order.window_order(plan, 0).loaded]
    places = [place for place, cell in enumerate(planned) if cell.workload is Workload.IDLE]
    assert len(places) == len(idle(plan)), "one window of each in a round"
    assert 0 < places[0] < places[-1] < len(planned) - 1


def test_a_slow_app_has_the_same_windows_and_the_same_rate_as_a_fast_one(apps: tuple[App, ...]) -> None:
    plan = built(apps)
    cells = idle(plan)
    throughputs = {(cell.subject, cell.endpoint): 20.0 * 10**place for place, cell in enumerate(cells[:4])}
    rates = Rates(plan.cells)
    lengths = lengths_of(plan.timing, cells, throughputs, dict.fromkeys(cells, 10.0))
    assert {lengths[cell] for cell in cells} == {Length(0.5, 3.0, 1)}
    assert {rates.of(cell) for cell in cells} == {10.0}, "whatever its capacity is, or where none was seen"


def limited(plan: Plan) -> list[Cell]:
    return [cell for cell in plan.cells if cell.workload is Workload.LIMIT]


def test_the_highest_rate_of_every_app_is_searched_in_windows_that_are_as_long_for_all(apps: tuple[App, ...]) -> None:
    plan = built(apps, workloads=(Workload.LIMIT,))
    cells = limited(plan)
    assert {cell.subject for cell in cells} == {subject for subject in plan.subjects if subject.is_original}
    assert {(cell.endpoint, cell.limit_ms) for cell in cells} == {(Endpoint.JSON, 10)}
    throughputs = {(cell.subject, cell.endpoint): 20.0 * 10**place for place, cell in enumerate(cells[:4])}
    lengths = lengths_of(plan.timing, cells, throughputs, {})
    assert {lengths[cell] for cell in cells} == {Length(0.3, 1.0, 6)}


def test_a_search_has_a_capacity_to_begin_at(apps: tuple[App, ...]) -> None:
    plan = built(apps, workloads=(Workload.LIMIT,))
    measured = {(cell.subject, cell.endpoint) for cell in plan.cells if cell.workload is Workload.CAPACITY}
    assert {(cell.subject, cell.endpoint) for cell in limited(plan)} <= measured


def test_a_pass_tries_every_app_once(apps: tuple[App, ...]) -> None:
    plan = built(apps, workloads=(Workload.LIMIT,))
    planned = [plan.cells[index] for index in order.window_order(plan, 0).loaded]
    searched = [cell for cell in planned if cell.workload is Workload.LIMIT]
    many = len(limited(plan))
    assert len(searched) == 6 * many
    assert all(len(set(searched[start : start + many])) == many for start in range(0, 6 * many, many))
