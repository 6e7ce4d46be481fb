from pathlib import Path

import pytest

from harness.catalog.discover import discover
from harness.model.host import CpuLayout
from harness.model.plan import ProfileName
from harness.plan.build import Choices, build_plan
from harness.plan.demand import Demand, demand_of, demand_of_checks

APPS = discover((Path(__file__).parents[3] / "apps",))


def demand(profile: ProfileName, *names: str) -> Demand:
    apps = tuple(app for app in APPS if not names or app.name in names)
    return demand_of(build_plan(apps, Choices(profile=profile), CpuLayout(server=(0,), generator=(1,), database=(1,))))


@pytest.mark.parametrize("profile", [ProfileName.SMOKE, ProfileName.STANDARD])
def test_more_apps_take_more_and_the_least_is_less_than_the_usual(profile: ProfileName) -> None:
    one, all_of_them = demand(profile, "flask"), demand(profile)
    for each in (one, all_of_them, demand_of_checks()):
        assert each.least_processes < each.usual_processes
        assert each.least_bytes < each.usual_bytes
    for field in ("files", "least_processes", "usual_processes", "least_bytes", "usual_bytes"):
        assert getattr(one, field) < getattr(all_of_them, field), field


def test_it_takes_as_many_connections_as_its_largest_cell() -> None:
    assert demand(ProfileName.STANDARD, "fastapi").connections == 10_000
    assert demand(ProfileName.SMOKE, "flask").connections == 128


def test_ten_apps_at_once_took_no_more_than_is_called_usual() -> None:
    """As they were seen: 13 servers with 376 processes and threads, and 1,184 MiB before the report was made."""
    seen = demand(ProfileName.SMOKE)
    assert 376 < seen.usual_processes < 2 * 376
    assert 1_184 < seen.usual_bytes >> 20 < 2 * 1_184
