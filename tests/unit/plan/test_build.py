"""From a profile and choices to a plan."""

from pathlib import Path

import pytest

from harness.catalog.discover import discover
from harness.model.app import App, Endpoint, Family
from harness.model.cell import RateRule, Workload
from harness.model.errors import UsageError
from harness.model.host import CpuLayout
from harness.model.plan import Plan, ProfileName, SequentialTest
from harness.plan.build import Choices, build_plan

CPUS = CpuLayout(server=(0,), generator=(1,), database=(1,))
SEVEN = {"django", "flask", "bottle", "fastapi", "sanic", "pyramid", "tornado"}


@pytest.fixture(scope="module")
def apps() -> tuple[App, ...]:
    return discover((Path(__file__).parents[3] / "apps",))


def built(apps: tuple[App, ...], **choices: object) -> Plan:
    return build_plan(apps, Choices.model_validate({"profile": ProfileName.QUICK, **choices}), CPUS)


def test_quick_measures_the_seven_frameworks_starlette_and_two_baselines(apps: tuple[App, ...]) -> None:
    assert {subject.app for subject in built(apps).subjects} == SEVEN | {"starlette", "wsgi", "asgi"}


def test_quick_measures_capacity_on_three_endpoints_and_json_latency_at_the_common_rate(apps: tuple[App, ...]) -> None:
    plan = built(apps)
    capacity = {cell.endpoint for cell in plan.cells if cell.workload is Workload.CAPACITY}
    latency = {(cell.endpoint, cell.rate) for cell in plan.cells if cell.workload is Workload.LATENCY}
    assert capacity == {Endpoint.HELLO, Endpoint.JSON, Endpoint.DB}
    assert latency == {(Endpoint.JSON, RateRule.COMMON)}
    assert plan.timing.rounds >= 4


def test_a_framework_with_a_server_of_its_own_is_measured_on_that_as_well(apps: tuple[App, ...]) -> None:
    sanic = [subject for subject in built(apps).subjects if subject.app == "sanic"]
    assert {subject.variant for subject in sanic} == {"controlled", "default"}


def test_standard_measures_every_variant(apps: tuple[App, ...]) -> None:
    plan = built(apps, profile=ProfileName.STANDARD)
    variants = {(app.name, variant) for app in apps for variant in app.manifest.variants}
    assert {(subject.app, subject.variant) for subject in plan.subjects} == variants


def test_standard_and_full_measure_items_and_orders_for_which_quick_has_no_time(apps: tuple[App, ...]) -> None:
    for profile in ProfileName:
        capacity = {cell.endpoint for cell in built(apps, profile=profile).cells if cell.workload is Workload.CAPACITY}
        assert ({Endpoint.ITEMS, Endpoint.ORDERS} <= capacity) == (profile in {ProfileName.STANDARD, ProfileName.FULL})


def test_every_plan_has_exactly_one_twin_and_its_original(apps: tuple[App, ...]) -> None:
    for chosen in (apps, apps[:1]):
        subjects = built(chosen).subjects
        (twin,) = (subject for subject in subjects if subject.twin)
        assert twin.model_copy(update={"twin": False}) in subjects


def test_an_app_is_measured_on_what_it_declares_and_a_complete_one_is_the_twin(apps: tuple[App, ...]) -> None:
    """A twin that lacked an endpoint would leave it without a noise floor."""
    partial = apps[1].model_copy(
        update={
            "name": "aardvark",
            "manifest": apps[1].manifest.model_copy(
                update={"family": Family.MICRO, "endpoints": (Endpoint.HELLO, Endpoint.JSON)}
            ),
        }
    )
    plan = built((partial, *apps))
    assert {cell.endpoint for cell in plan.cells if cell.subject.app == "aardvark"} == {Endpoint.HELLO, Endpoint.JSON}
    (twin,) = (subject for subject in plan.subjects if subject.twin)
    assert twin.app != "aardvark"


def test_a_variant_can_be_named_by_what_it_serves_as(apps: tuple[App, ...]) -> None:
    tornado = tuple(app for app in apps if app.name == "tornado")
    assert built(tornado, variants=("controlled",)).subjects == built(tornado, variants=("default",)).subjects


def test_latency_alone_still_measures_the_capacity_that_its_rate_derives_from(apps: tuple[App, ...]) -> None:
    plan = built(apps, workloads=(Workload.LATENCY,))
    assert {cell.endpoint for cell in plan.cells if cell.workload is Workload.CAPACITY} == {Endpoint.JSON}


def test_no_cell_stands_twice(apps: tuple[App, ...]) -> None:
    keys = [cell.key for cell in built(apps, profile=ProfileName.STANDARD).cells]
    assert len(keys) == len(set(keys))


def test_more_rounds_announce_proportionally_more_time(apps: tuple[App, ...]) -> None:
    four, eight = (built(apps, rounds=number).estimated_s for number in (4, 8))
    assert eight - four == pytest.approx(built(apps, rounds=5).estimated_s * 4 - four * 4)


@pytest.mark.parametrize(
    "choices", [{"variants": ("nonesuch",)}, {"workloads": (Workload.LATENCY,), "endpoints": (Endpoint.DB,)}]
)
def test_choices_that_leave_nothing_to_measure_are_refused(apps: tuple[App, ...], choices: dict[str, object]) -> None:
    with pytest.raises(UsageError) as refused:
        built(apps, **choices)
    assert refused.value.hint


def test_two_revisions_are_looked_at_up_to_32_rounds_or_as_many_as_are_asked_for(apps: tuple[App, ...]) -> None:
    usual = built(apps, detect=0.03)
    assert usual.sequential == SequentialTest(looks=(4, 6, 8, 12, 16, 24, 32), alpha=0.05, detect=0.03)
    assert usual.timing.rounds == 32
    fewer = built(apps, detect=0.02, rounds=10)
    assert fewer.sequential == SequentialTest(looks=(4, 6, 8, 10), alpha=0.05, detect=0.02)
    assert fewer.timing.rounds == 10
    assert built(apps, detect=0.03, rounds=1).sequential == SequentialTest(looks=(1,))


def test_what_has_no_capacity_to_test_has_the_rounds_of_its_profile(apps: tuple[App, ...]) -> None:
    footprints = built(apps, detect=0.03, workloads=(Workload.FOOTPRINT,))
    assert footprints.sequential is None
    assert footprints.timing.rounds == built(apps).timing.rounds
    assert built(apps).sequential is None
