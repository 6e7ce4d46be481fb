"""How long a run takes on a host that is slower than the one that the budget is from."""

import pytest

from harness.host.doctor.sample import SAMPLE_S
from harness.model.cell import Workload
from harness.model.course import Course, Pace, Part, Span, Times
from harness.model.plan import ProfileName
from harness.model.run import RuntimeName
from harness.plan.budget import CALIBRATION_LEAD_IN_S, RATE_PASSES, course_of
from harness.plan.first_pace import first_pace
from harness.plan.foreseen import foreseen_times
from harness.plan.pace import at, at_pace, corrected, expected_s, learned
from tests.unit.plan.simulated_hosts import course_on, lasts_s, plan_of
from tests.unit.plan.slow_host import EXCHANGES, true_windows
from tests.unit.results.sample import run_of

HOSTS = (1.0, 2.0, 4.0)


def test_a_host_half_as_fast_takes_the_windows_as_long_and_the_rest_twice() -> None:
    whole = sum(course_of(plan_of()).parts().values(), start=Span())
    assert plan_of().estimated_s == pytest.approx(whole.total_s)
    slow = at_pace(plan_of(), Pace(usual=Times(by_host=2.0))).estimated_s
    assert slow == pytest.approx(whole.by_clock_s + 2 * whole.by_host_s)
    assert whole.by_host_s > 0.1 * whole.by_clock_s > 0


def test_what_set_up_takes_by_the_clock_is_what_it_really_waits_for() -> None:
    for profile, calibration_s in ((ProfileName.SMOKE, 4 * 0.1), (ProfileName.QUICK, 6 * 0.5)):
        plan = plan_of(profile)
        lead_ins_s = (1 + plan.timing.ceiling_windows) * CALIBRATION_LEAD_IN_S
        waited_s = SAMPLE_S + calibration_s + lead_ins_s
        assert course_of(plan).setup.by_clock_s == pytest.approx(waited_s), "the doctor's look, and the calibration"


def test_what_decides_rates_is_planned_for_the_first_round_only() -> None:
    """In passes over all that have a latency, each with a window of the warm-up."""
    plan = plan_of(ProfileName.STANDARD)
    rounds, timing = course_of(plan).rounds, plan.timing
    rated = {(cell.subject, cell.endpoint) for cell in plan.cells if cell.workload is Workload.LATENCY}
    assert rated
    windows_s = RATE_PASSES * len(rated) * (timing.lead_in_s + timing.warm_window_s)
    first, *later = (parts[Part.WARMING].by_clock_s for parts in rounds.values())
    assert [first - each for each in later] == pytest.approx([windows_s] * len(later))


def test_feeds_and_checks_are_planned_for_the_first_rounds_only() -> None:
    plan = plan_of(ProfileName.STANDARD)
    rounds = course_of(plan).rounds
    assert [index for index, parts in rounds.items() if Part.FEEDS in parts] == [*range(plan.timing.feed_rounds)]
    assert [index for index, parts in rounds.items() if Part.CHECKS in parts] == [0]
    assert len(rounds) == plan.timing.rounds


@pytest.mark.parametrize("slow", HOSTS)
def test_after_one_run_the_next_is_announced_within_a_tenth_whatever_it_measures(slow: float) -> None:
    """Starts take another multiple than the rest, and warm-up windows are more, than was planned for."""
    before, after = plan_of(apps=4, rounds=2), plan_of(rounds=7)
    run = run_of(plan=before, took=course_on(before, slow=slow, starts=1.5, windows=1.2))
    pace = learned(run, after)
    assert pace
    truth_s = lasts_s(course_on(after, slow=slow, starts=1.5, windows=1.2))
    assert at_pace(after, pace).estimated_s == pytest.approx(truth_s, rel=0.1)
    assert pace.told == "as learned from the run of 2026-01-02 03:04 UTC"
    if slow > 1:
        assert after.estimated_s < 0.9 * truth_s  # what a calm host's time would have said


@pytest.mark.parametrize("slow", HOSTS)
def test_a_run_of_another_profile_tells_how_fast_the_host_is_too(slow: float) -> None:
    before, after = plan_of(ProfileName.SMOKE), plan_of(ProfileName.STANDARD)
    took, truth = (
        course_on(plan, slow=slow, windows=1.2, others=foreseen_times(plan, slow)) for plan in (before, after)
    )
    pace = learned(run_of(plan=before, took=took), after)
    assert pace
    truth_s = lasts_s(truth)
    assert at_pace(after, pace).estimated_s == pytest.approx(truth_s, rel=0.1)


@pytest.mark.parametrize("times", [0.5, 1.0, 2.0])
@pytest.mark.parametrize(
    ("before", "after"), [(ProfileName.STANDARD, ProfileName.QUICK), (ProfileName.QUICK, ProfileName.STANDARD)]
)
def test_how_long_windows_are_goes_by_what_is_measured(before: ProfileName, after: ProfileName, times: float) -> None:
    """A standard run has endpoints and numbers of connections that take longer windows than any of a quick one."""
    plans = [plan_of(profile) for profile in (before, after)]
    took, truth = (
        course_on(plan, slow=EXCHANGES * times, others={Part.WINDOWS: true_windows(plan, times)}) for plan in plans
    )
    pace = learned(run_of(plan=plans[0], took=took), plans[1])
    assert pace
    told_s = at(course_of(plans[1]).parts()[Part.WINDOWS], pace.of(Part.WINDOWS))
    assert told_s == pytest.approx(truth.parts()[Part.WINDOWS].total_s, rel=0.05)


def test_a_run_that_was_cut_off_tells_as_much_by_the_rounds_that_it_completed() -> None:
    plan = plan_of()
    whole = course_on(plan, slow=3.0, windows=1.1)
    cut_off = Course(setup=whole.setup, rounds={0: whole.rounds[0]})
    pace = learned(run_of(plan=plan, took=cut_off), plan)
    assert pace
    assert at_pace(plan, pace).estimated_s == pytest.approx(lasts_s(whole), rel=0.1)


@pytest.mark.parametrize("took", [None, Course(), Course(setup=Span(by_host_s=5.0))])
def test_a_run_without_a_round_or_from_before_it_was_recorded_tells_nothing(took: Course | None) -> None:
    assert learned(run_of(plan=plan_of(), took=took), plan_of()) is None


@pytest.mark.parametrize("slow", HOSTS)
@pytest.mark.parametrize("windows", [1.0, 1.5])
def test_what_is_left_after_one_round_is_known_within_a_tenth(slow: float, windows: float) -> None:
    """Also where windows were made longer than planned, and what was announced was for another host."""
    plan = plan_of(rounds=6)
    planned, truth = course_of(plan), course_on(plan, slow=slow, windows=windows, starts=0.7)
    pace = corrected(plan.pace, planned.rounds[0], truth.rounds[0])
    left_s = sum(expected_s(planned.rounds[index], pace) for index in range(1, 6))
    truth_s = sum(span.total_s for index in range(1, 6) for span in truth.rounds[index].values())
    assert left_s == pytest.approx(truth_s, rel=0.1)


def test_a_short_part_says_little_of_the_others_and_a_long_one_much() -> None:
    def report_after(seconds: float) -> float:
        return (
            corrected(Pace(), {Part.STARTS: Span(by_host_s=seconds)}, {Part.STARTS: Span(by_host_s=2 * seconds)})
            .of(Part.REPORT)
            .by_host
        )

    assert 1.0 < report_after(1.0) < 1.1
    assert 1.9 < report_after(200.0) < 2.0


def test_what_hardly_took_any_time_says_little_of_a_run_where_it_takes_more() -> None:
    """A smoke run has one moment between rounds, and a disk that is busy just then."""
    before, after = plan_of(ProfileName.SMOKE), plan_of(ProfileName.FULL)
    took, planned = course_on(before), course_of(before).rounds[0][Part.BETWEEN]
    took.rounds[0][Part.BETWEEN] = planned + Span(by_host_s=5.0)
    pace = learned(run_of(plan=before, took=took), after)
    assert pace
    assert 1.0 < pace.of(Part.BETWEEN).by_host < 5.0 < (planned.by_host_s + 5.0) / planned.by_host_s
    foreseen = first_pace(after, RuntimeName.PROCESS)
    assert at_pace(after, pace).estimated_s == pytest.approx(at_pace(after, foreseen).estimated_s, rel=0.1)
