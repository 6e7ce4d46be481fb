"""What a run took so far corrects what was announced for the rest of it, and that is said."""

from itertools import pairwise

import pytest

from harness.measure.progress import Silent
from harness.measure.timekeeper import MOVED_S, Timekeeper
from harness.model.course import Course, Pace, Part, Span, Times
from harness.model.plan import Plan, ProfileName
from harness.plan.budget import course_of
from harness.plan.pace import at_pace
from tests.unit.plan.simulated_hosts import course_on, lasts_s, plan_of

HOSTS = (0.5, 1.0, 2.0, 4.0)


class Watcher(Silent):
    """Keeps all that is told of the time, in its order."""

    def __init__(self) -> None:
        self.told: list[tuple[str, float, float]] = []

    def announced(self, left_s: float, told: str) -> None:
        self.told.append((told, 0.0, left_s))

    def left(self, done_s: float, left_s: float) -> None:
        self.told.append(("left", done_s, left_s))

    def moved(self, done_s: float, left_s: float) -> None:
        self.told.append(("moved", done_s, left_s))

    def left_s(self) -> float:
        return self.told[-1][2]

    def of(self, kind: str) -> list[tuple[float, float]]:
        return [(done_s, left_s) for told, done_s, left_s in self.told if told == kind]


class Simulated:
    """Carries a plan out on a host where its parts take what `truth` says, by a clock of its own."""

    def __init__(self, plan: Plan, truth: Course, before: Course | None = None) -> None:
        self.now_s = 1_000.0
        self.watcher = Watcher()
        self.plan, self.truth = plan, truth
        self.keeper = Timekeeper(plan, self.watcher, before, now_s=lambda: self.now_s)
        self.told_rounds = [self.keeper.rounds]
        """How many rounds there were said to be, at each part."""

    def spend(self, span: Span, planned: Span, steps: int = 20) -> None:
        for _ in range(steps):
            self.keeper.by_clock(span.by_clock_s / steps)
            self.now_s += span.total_s / steps
            self.keeper.advance(planned.total_s / steps)

    def set_up(self) -> None:
        assert self.truth.setup
        self.keeper.by_clock(self.truth.setup.by_clock_s)
        self.now_s += self.truth.setup.total_s

    def round(self, index: int) -> None:
        self.keeper.begin_round(index)
        planned = course_of(self.plan).rounds[index]
        for part, span in self.truth.rounds[index].items():
            if part is not Part.BETWEEN:
                self.keeper.begin(part, part.value)
                self.told_rounds.append(self.keeper.rounds)
                self.spend(span, planned[part])
        self.keeper.end_round()
        self.told_rounds.append(self.keeper.rounds)
        self.now_s += self.truth.rounds[index][Part.BETWEEN].total_s

    def report(self) -> Course:
        assert self.truth.report
        self.keeper.begin(Part.REPORT, "writing the report")
        self.now_s += self.truth.report.total_s
        return self.keeper.end()

    def whole(self) -> Course:
        self.set_up()
        for index in self.truth.rounds:
            self.round(index)
        return self.report()


def close_to(course: Course) -> object:
    return pytest.approx(
        {part: (span.by_clock_s, span.by_host_s) for part, span in course.parts().items()}, rel=1e-6, abs=1e-6
    )


def as_pairs(course: Course) -> dict[Part, tuple[float, float]]:
    return {part: (span.by_clock_s, span.by_host_s) for part, span in course.parts().items()}


def test_each_part_is_recorded_by_what_passes_by_the_clock_and_what_takes_the_host() -> None:
    plan = plan_of(ProfileName.STANDARD, rounds=4)
    truth = course_on(plan, slow=1.7, starts=1.3, windows=1.2)
    took = Simulated(plan, truth).whole()
    assert list(took.rounds) == [0, 1, 2, 3]
    for part, (by_clock_s, by_host_s) in as_pairs(took).items():
        span = truth.parts()[part]
        assert (by_clock_s, by_host_s) == pytest.approx((span.by_clock_s, span.by_host_s)), part


def test_what_follows_the_last_round_counts_as_measuring_and_the_report_does_not() -> None:
    plan = plan_of(rounds=2)
    truth = course_on(plan)
    run = Simulated(plan, truth)
    run.set_up()
    for index in truth.rounds:
        run.round(index)
    measured_s = run.keeper.end().measured_s
    assert truth.report
    assert measured_s == pytest.approx(lasts_s(truth) - truth.report.total_s)
    assert run.report().measured_s == measured_s


@pytest.mark.parametrize("slow", HOSTS)
@pytest.mark.parametrize("windows", [1.0, 1.5])
def test_after_the_first_round_the_end_is_told_within_a_tenth_and_stays_there(slow: float, windows: float) -> None:
    plan = plan_of()
    truth = course_on(plan, slow=slow, windows=windows, starts=1.3)
    run = Simulated(plan, truth)
    run.set_up()
    run.round(0)
    first = len(run.watcher.told) - 1
    for index in range(1, plan.timing.rounds):
        run.round(index)
    run.report()
    for kind, done_s, left_s in run.watcher.told[first:]:
        assert done_s + left_s == pytest.approx(lasts_s(truth), rel=0.1), (kind, done_s)


@pytest.mark.parametrize("slow", HOSTS)
def test_the_end_never_moves_by_more_than_a_tenth_without_being_said(slow: float) -> None:
    run = Simulated(plan_of(), course_on(plan_of(), slow=slow))
    run.whole()
    _, _, said_s = run.watcher.told[0]
    for kind, done_s, left_s in run.watcher.told[1:]:
        if kind == "moved":
            said_s = done_s + left_s
        assert abs(done_s + left_s - said_s) <= max(0.1 * said_s, MOVED_S)
    assert len(run.watcher.of("moved")) <= 3


def test_nothing_has_moved_where_the_host_is_as_announced() -> None:
    plan = at_pace(plan_of(), Pace(usual=Times(by_host=3.0), told="as known"))
    run = Simulated(plan, course_on(plan, slow=3.0))
    run.whole()
    assert run.watcher.told[0] == ("as known", 0.0, pytest.approx(plan.estimated_s))
    assert not run.watcher.of("moved")


def test_lengths_that_are_decided_after_the_warm_up_count_from_then_on() -> None:
    plan = plan_of()
    run = Simulated(plan, course_on(plan, windows=1.5))
    run.set_up()
    run.keeper.begin_round(0)
    run.keeper.begin(Part.WINDOWS, "measuring")
    before_s, windows_s = run.watcher.left_s(), course_of(plan).parts()[Part.WINDOWS].by_clock_s
    run.keeper.foresee(1.5 * course_of(plan).rounds[0][Part.WINDOWS].by_clock_s)
    assert run.watcher.left_s() == pytest.approx(before_s + 0.5 * windows_s)
    assert run.watcher.told[-2][0] == "moved"


def test_what_is_left_shrinks_to_nothing() -> None:
    run = Simulated(plan_of(), course_on(plan_of(), slow=2.0))
    run.whole()
    left_s = [left_s for _, _, left_s in run.watcher.told]
    assert all(each >= 0 for each in left_s)
    assert left_s[-1] < 0.05 * max(left_s)


def test_a_round_that_was_cut_off_is_not_recorded_and_a_resumed_run_announces_the_others_by_what_was() -> None:
    plan = plan_of(rounds=4)
    truth = course_on(plan, slow=2.0, windows=1.3)
    run = Simulated(plan, truth)
    run.set_up()
    run.round(0)
    run.keeper.begin_round(1)
    run.keeper.begin(Part.STARTS, "starting")
    run.now_s += 100.0
    took = run.report()
    assert list(took.rounds) == [0]
    assert run.watcher.told[-1][2] < 60.0  # the report, and none of the rounds that won't come

    resumed = Simulated(plan, truth, before=took)
    rest = Course(setup=truth.setup, rounds={index: truth.rounds[index] for index in (1, 2, 3)}, report=truth.report)
    told, _, left_s = resumed.watcher.told[0]
    assert told == "as it has gone so far"
    assert left_s == pytest.approx(lasts_s(rest), rel=0.1)
    resumed.set_up()
    for index in (1, 2, 3):
        resumed.round(index)
    assert list(resumed.report().rounds) == [0, 1, 2, 3]


LIMIT_S = 3_600.0


@pytest.mark.parametrize("slow", HOSTS)
@pytest.mark.parametrize("windows", [1.0, 1.5])
def test_no_round_is_begun_that_would_not_end_within_the_limit(slow: float, windows: float) -> None:
    """Whatever was announced: the run itself shows what its rounds take."""
    plan = plan_of(rounds=60, limit_s=LIMIT_S)
    truth = course_on(plan, slow=slow, windows=windows)
    run = Simulated(plan, truth)
    run.set_up()
    done = -1
    for done in run.keeper.that_fit(0):
        run.round(done)
        assert run.keeper.rounds >= done + 1
    run.report()
    lasted_s = run.now_s - 1_000.0
    assert 3 <= done < 59
    assert run.keeper.rounds == done + 1
    one_more_s = sum(span.total_s for span in truth.rounds[done + 1].values())
    assert lasted_s <= LIMIT_S * 1.001 < (lasted_s + one_more_s) * 1.002
    assert all(done_s + left_s <= 1.1 * LIMIT_S for kind, done_s, left_s in run.watcher.told if kind != "left")


@pytest.mark.parametrize("more_s", [0.0, 30.0])
def test_a_number_of_rounds_at_the_edge_of_the_limit_does_not_swing(more_s: float) -> None:
    """What ends at the limit is decided as its last round is about to begin, and not told anew at each look."""
    even = course_on(plan_of(rounds=8))
    swinging = {
        # The parts of each round are in turn quicker and slower than those before.
        index: {part: span * (1.1 if (place + index) % 2 else 0.9) for place, (part, span) in enumerate(parts.items())}
        for index, parts in even.rounds.items()
    }
    truth = even.model_copy(update={"rounds": swinging})
    first = truth.model_copy(update={"rounds": {index: swinging[index] for index in range(6)}})
    run = Simulated(plan_of(rounds=8, limit_s=lasts_s(first) + more_s), truth)
    run.set_up()
    done = -1
    for done in run.keeper.that_fit(0):
        run.round(done)
        assert run.told_rounds[-1] >= done + 1
    assert run.keeper.rounds == done + 1
    told = [*run.told_rounds, run.keeper.rounds]
    moves = [(before, after) for before, after in pairwise(told) if before != after]
    assert len(moves) <= 1, moves


def test_what_was_measured_before_a_run_was_cut_off_counts_against_its_limit() -> None:
    plan = plan_of(rounds=60, limit_s=LIMIT_S)
    truth = course_on(plan)
    whole = Simulated(plan, truth)
    whole.set_up()
    for index in whole.keeper.that_fit(0):
        whole.round(index)
    took = whole.keeper.took
    half = Course(setup=took.setup, rounds={index: took.rounds[index] for index in range(len(took.rounds) // 2)})
    resumed = Simulated(plan, truth, before=half)
    resumed.set_up()
    for index in resumed.keeper.that_fit(len(half.rounds)):
        resumed.round(index)
    # Its set-up came twice.
    assert len(took.rounds) - 1 <= len(resumed.keeper.took.rounds) <= len(took.rounds)
    assert [*Simulated(plan, truth, before=took).keeper.that_fit(len(took.rounds))] == []


def test_how_many_rounds_fit_is_announced() -> None:
    plan = plan_of(rounds=60, limit_s=LIMIT_S)
    told, _, left_s = Simulated(plan, course_on(plan)).watcher.told[0]
    assert "of 60 rounds, by its limit of 60 minutes; --rounds 60 takes all" in told
    assert left_s == pytest.approx(plan.estimated_s)
    assert left_s <= LIMIT_S


def test_a_part_never_passes_by_the_clock_for_longer_than_it_lasted() -> None:
    """A window that ended early with its server, say."""
    run = Simulated(plan_of(), course_on(plan_of()))
    run.keeper.by_clock(50.0)
    run.now_s += 2.0
    run.keeper.begin_round(0)
    assert run.keeper.took.setup == Span(by_clock_s=2.0)


def test_of_a_run_that_was_broken_off_no_new_time_is_told() -> None:
    plan = plan_of(rounds=4)
    simulated = Simulated(plan, course_on(plan))
    simulated.set_up()
    simulated.keeper.begin_round(0)
    simulated.keeper.break_off()
    before = list(simulated.watcher.told)
    simulated.now_s += 10_000.0
    simulated.keeper.begin(Part.STOPS, "stopping servers")
    simulated.keeper.begin(Part.REPORT, "writing the report")
    assert simulated.watcher.told == before
