"""What is announced on a host where no run tells: by a trial, for either runtime, with windows that will be longer."""

import pytest

from harness.model.cell import Workload
from harness.model.course import Part
from harness.model.plan import ProfileName
from harness.model.run import RuntimeName
from harness.plan.budget import course_of
from harness.plan.first_pace import first_pace
from harness.plan.foreseen import foreseen_feeds, foreseen_windows
from harness.plan.pace import at_pace
from tests.unit.plan.simulated_hosts import plan_of
from tests.unit.plan.slow_host import EXCHANGES, true_windows

PLAN = plan_of()


@pytest.mark.parametrize("profile", [ProfileName.QUICK, ProfileName.STANDARD])
@pytest.mark.parametrize("times", [0.25, 0.5, 1.0, 2.0])
def test_windows_are_foreseen_within_a_tenth_of_what_real_apps_need(profile: ProfileName, times: float) -> None:
    plan = plan_of(profile)
    planned = course_of(plan).parts()[Part.WINDOWS]
    foreseen_s, true_s = (
        planned.by_clock_s * longer + planned.by_host_s * fewer
        for longer, fewer in (foreseen_windows(plan, EXCHANGES * times), true_windows(plan, times))
    )
    # How many they are may differ by more: a quick run has so few of a cell that one more or less is a quarter.
    assert foreseen_s == pytest.approx(true_s, rel=0.1)


def test_the_slower_servers_answer_the_longer_their_windows_take_within_bounds() -> None:
    plan = plan_of(ProfileName.STANDARD)
    found = [foreseen_windows(plan, exchanges) for exchanges in (0.1, 1.0, 3.0, 8.0)]
    longer, fewer = zip(*found, strict=True)
    assert longer[0] == pytest.approx(1.0, abs=0.02), "on a very fast host they are as the profile sets them"
    assert fewer[0] == pytest.approx(1.0, abs=0.02)
    assert sorted(longer) == list(longer)
    assert sorted(fewer, reverse=True) == list(fewer)
    assert longer[-1] > longer[0] + 0.1


def test_a_plan_without_windows_of_load_is_foreseen_too() -> None:
    feeds = tuple(cell for cell in plan_of(ProfileName.SMOKE).cells if cell.workload is Workload.FEED)
    plan = PLAN.model_copy(update={"cells": feeds})
    assert foreseen_windows(plan, 3.0) == (1.0, 1.0)
    assert at_pace(plan, first_pace(plan, RuntimeName.PROCESS)).estimated_s > 0


def test_of_feeds_those_that_ask_for_more_than_the_least_are_foreseen_for_some_servers_only() -> None:
    standard, smoke = plan_of(ProfileName.STANDARD), plan_of(ProfileName.SMOKE)
    by_clock, by_host = foreseen_feeds(standard)
    # The most subscribers take longest to come in.
    assert 0.3 < by_host < by_clock < 0.8
    assert foreseen_feeds(smoke) == (1.0, 1.0), "all try the least"
    chats = tuple(cell for cell in standard.cells if cell.workload is Workload.CHAT)
    assert foreseen_feeds(standard.model_copy(update={"cells": chats})) == (1.0, 1.0)
    assert foreseen_feeds(standard.model_copy(update={"cells": ()})) == (1.0, 1.0)
    found = first_pace(standard, RuntimeName.PROCESS).of(Part.FEEDS)
    assert (found.by_clock, found.by_host) == (by_clock, by_host)


@pytest.mark.parametrize("runtime", RuntimeName)
def test_what_python_does_goes_by_starts_and_what_connections_do_by_exchanges(runtime: RuntimeName) -> None:
    calm, slow_starts, slow_exchanges = (
        first_pace(PLAN, runtime, "tried", *tried) for tried in ((1.0, 1.0), (3.0, 1.0), (1.0, 3.0))
    )
    for part, by_starts, by_exchanges in (
        (Part.IMPORTS, 3.0, 1.0),
        (Part.REPORT, 3.0, 1.0),
        (Part.STARTS, 2.3, 1.7),
        (Part.FEEDS, 1.0, 3.0),
        (Part.WARMING, 1.0, 3.0),
    ):
        times = [slow.of(part).by_host / calm.of(part).by_host for slow in (slow_starts, slow_exchanges)]
        assert times == pytest.approx([by_starts, by_exchanges]), part
        assert {each.of(part).by_clock for each in (calm, slow_starts, slow_exchanges)} == {1.0}
    assert slow_starts.of(Part.WINDOWS).by_clock == calm.of(Part.WINDOWS).by_clock
    assert slow_exchanges.of(Part.WINDOWS).by_clock > calm.of(Part.WINDOWS).by_clock
    assert calm.told == "tried"


def test_in_containers_starts_and_ends_take_longer_than_as_processes_of_the_same_host() -> None:
    there = {each: first_pace(PLAN, each, "tried", 2.0, 2.0) for each in RuntimeName}
    for part in (Part.STARTS, Part.IMPORTS, Part.WAITING, Part.STOPS):
        assert there[RuntimeName.DOCKER].of(part).by_host > there[RuntimeName.PROCESS].of(part).by_host, part
    as_processes, contained = (at_pace(PLAN, there[each]).estimated_s for each in RuntimeName)
    assert contained > as_processes


def test_where_nothing_was_tried_the_host_passes_for_a_calm_one() -> None:
    found = first_pace(PLAN, RuntimeName.PROCESS)
    assert found.told.startswith("on a calm host")
    assert {found.of(part).by_host for part in Part if part is not Part.WINDOWS} == {1.0}
    planned_s = course_of(PLAN).parts()[Part.WINDOWS].by_clock_s
    foreseen_s = at_pace(PLAN, found).estimated_s - PLAN.estimated_s
    assert 0 <= foreseen_s < 0.15 * planned_s
