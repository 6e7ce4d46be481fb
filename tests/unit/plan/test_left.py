"""What is left of a plan where an app's variant can't be had."""

from harness.model.host import CpuLayout
from harness.model.plan import ProfileName
from harness.plan.build import Choices, build_plan
from harness.plan.left import left_of
from tests.unit.plan.manifests import app_with

CPUS = CpuLayout(server=(0,), generator=(1,), database=(1,))
APPS = (app_with("one", ("hello", "json"), default=()), app_with("two", ("hello", "json"), default=(), granian=()))
PLAN = build_plan(APPS, Choices(profile=ProfileName.STANDARD), CPUS)


def keys(gone: set[tuple[str, str]]) -> list[str]:
    return [subject.key for subject in left_of(PLAN, APPS, gone).subjects]


def test_its_cells_are_gone_and_another_takes_its_place_as_the_pair() -> None:
    assert [each.key for each in PLAN.subjects] == ["one/default", "two/default", "two/granian", "one/default/twin"]
    assert keys({("one", "default")}) == ["two/default", "two/granian", "two/default/twin"]
    assert keys({("two", "granian")}) == ["one/default", "two/default", "one/default/twin"]
    left = left_of(PLAN, APPS, {("one", "default")})
    assert {cell.subject for cell in left.cells} == set(left.subjects)
    assert left.estimated_s < PLAN.estimated_s


def test_nothing_may_be_left_and_nothing_may_be_gone() -> None:
    assert keys({(app.name, variant) for app in APPS for variant in app.deployments}) == []
    assert left_of(PLAN, APPS, set()) == PLAN
