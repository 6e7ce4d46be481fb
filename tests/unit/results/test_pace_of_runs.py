"""Which run in a reports folder tells how fast a host is."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from harness.model.course import Pace, Times
from harness.model.plan import ProfileName
from harness.model.run import RuntimeName
from harness.plan.pace import at_pace, learned
from harness.results.folder import RunWriter
from harness.results.pace_of_runs import pace_of_runs
from tests.unit.plan.simulated_hosts import course_on, plan_of
from tests.unit.results.sample import HOST, STARTED_AT, run_of

QUICK, SMOKE = plan_of(), plan_of(ProfileName.SMOKE)
HERE = (HOST, None)


def record(reports: Path, day: int, slow: float, **changes: object) -> None:
    """A run of that day, on a host so slow."""
    plan = changes.pop("plan", QUICK)
    began = STARTED_AT + timedelta(days=day)
    run = run_of(plan=plan, took=course_on(plan, slow=slow), started_at=began, run_id=f"{day:016}", **changes)
    RunWriter.create(reports, run).close()


def slowness(reports: Path, runtime: RuntimeName = RuntimeName.PROCESS) -> float | None:
    pace = pace_of_runs(reports, QUICK, HERE, runtime)
    return None if pace is None else pace.usual.by_host


def test_the_newest_one_does(tmp_path: Path) -> None:
    assert slowness(tmp_path / "none") is None
    record(tmp_path, 1, slow=2.0)
    record(tmp_path, 3, slow=4.0)
    record(tmp_path, 2, slow=3.0)
    assert slowness(tmp_path) == pytest.approx(4.0)


@pytest.mark.parametrize(
    ("foreseen", "slow", "how"), [(1.0, 4.0, "slower"), (8.0, 1.0, "faster"), (1.0, 1.2, None), (4.0, 4.0, None)]
)
def test_by_how_much_a_run_has_moved_what_is_announced_is_told(
    tmp_path: Path, foreseen: float, slow: float, how: str | None
) -> None:
    """The host of a run may have been busy with something else: who reads of another time is told what it rests on."""
    plan = QUICK.model_copy(update={"limit_s": None})
    announced = at_pace(plan, Pace(usual=Times(by_host=foreseen)))
    record(tmp_path, 1, slow=slow, plan=announced)
    pace = pace_of_runs(tmp_path, plan, HERE, RuntimeName.PROCESS)
    assert pace is not None
    told, _, moved = pace.told.partition(", in which this host was ")
    assert told == f"as learned from the run of {STARTED_AT + timedelta(days=1):%Y-%m-%d %H:%M} UTC"
    said, _, before = moved.partition(" than was foreseen for it: by what was known before, ")
    assert said == (how or "")
    if how:
        assert moved_to(before) == pytest.approx(announced.estimated_s, rel=0.05)
        assert (at_pace(plan, pace).estimated_s > moved_to(before)) is (how == "slower")


def moved_to(clock: str) -> float:
    hours, minutes, seconds = map(int, clock.split(":"))
    return timedelta(hours=hours, minutes=minutes, seconds=seconds).total_seconds()


@pytest.mark.parametrize(
    "changes",
    [
        {"host": HOST.model_copy(update={"fingerprint": "another"})},
        {"host": HOST.model_copy(update={"cgroup_cpu_limit": 1.0})},
        {"load_host": HOST},
        {"runtime": RuntimeName.DOCKER},
        {"took": None},
    ],
)
def test_none_of_another_host_limit_or_runtime_does(tmp_path: Path, changes: dict[str, object]) -> None:
    record(tmp_path, 1, slow=2.0)
    if "took" in changes:
        RunWriter.create(tmp_path, run_of(plan=QUICK, started_at=STARTED_AT + timedelta(days=2))).close()
    else:
        record(tmp_path, 2, slow=8.0, **changes)
    assert slowness(tmp_path) == pytest.approx(2.0)


def test_one_with_windows_as_long_goes_before_a_newer_one_with_others(tmp_path: Path) -> None:
    record(tmp_path, 1, slow=2.0, plan=plan_of(rounds=2))
    record(tmp_path, 2, slow=8.0, plan=SMOKE)
    assert slowness(tmp_path) == pytest.approx(2.0)


def test_one_with_other_windows_tells_where_there_is_no_other(tmp_path: Path) -> None:
    record(tmp_path, 1, slow=8.0, plan=SMOKE)
    assert slowness(tmp_path) == pytest.approx(8.0)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"took": {}}', '{"took": {"rounds": {"0": {}}}}'])
def test_a_header_that_can_not_be_read_is_passed_over(tmp_path: Path, text: str) -> None:
    record(tmp_path, 1, slow=2.0)
    damaged = tmp_path / "20300101T000000Z-quick-damaged"
    damaged.mkdir()
    (damaged / "run.json").write_text(text)
    assert slowness(tmp_path) == pytest.approx(2.0)


def test_rounds_that_were_never_planned_tell_nothing() -> None:
    course = course_on(QUICK, slow=2.0)
    odd = course.model_copy(update={"rounds": course.rounds | {99: course.rounds[0]}})
    pace = learned(run_of(plan=QUICK, took=odd), QUICK)
    assert pace is not None


def test_a_run_whose_lengths_no_run_has_tells_none(tmp_path: Path) -> None:
    record(tmp_path, 1, slow=2.0)
    timing = QUICK.timing.model_copy(update={"capacity_window_s": -1.0})
    record(tmp_path, 2, slow=3.0)
    newest = max(tmp_path.iterdir()) / "run.json"
    header = json.loads(newest.read_text())
    header["plan"]["timing"] = timing.model_dump(mode="json")
    newest.write_text(json.dumps(header))
    assert slowness(tmp_path) == pytest.approx(2.0)
