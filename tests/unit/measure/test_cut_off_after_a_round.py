"""A run that was cut off between the end of a round and the next one goes on as if it had not been."""

from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from harness.measure import loop
from harness.measure.begin import METHOD_VERSION, resume
from harness.measure.loop import Look, carry_out
from harness.measure.progress import Silent
from harness.measure.timekeeper import Timekeeper
from harness.model.app_change import LookTaken
from harness.model.course import Course
from harness.model.errors import RunFolderError
from harness.model.run import RoundEnd, Run
from harness.plan.budget import course_of
from harness.results.folder import RunWriter, read_run
from tests.unit.measure.test_made_by import a_run, here
from tests.unit.measure.test_timekeeper import Watcher
from tests.unit.results.sample import FLASK_JSON, STARTED_AT, run_of

PLANNED = 4


@pytest.fixture(autouse=True)
def measures_nothing(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """No round is measured; which ones would have been."""
    taken: list[int] = []

    class Measured:
        def __init__(self, context: Any, index: int, _: object) -> None:
            self._end = RoundEnd(round_index=index, finished_at=STARTED_AT)
            self._writer = context.writer
            taken.append(index)

        def run(self, *_: object) -> None:
            self._writer.append(self._end)

    for name, stand_in in {
        "keep_to": lambda _: None,
        "most_connections": lambda *_: None,
        "Instruments": lambda *_, **__: nullcontext(SimpleNamespace()),
        "deployments": lambda *_: (),
        "Round": Measured,
    }.items():
        monkeypatch.setattr(loop, name, stand_in)
    return taken


def gone_on_with(reports: Path, run: Run, complete: int, look: Look = lambda _: None) -> Run:
    """What stands of a run, of which so many rounds are complete, once it has gone on."""
    writer = RunWriter.create(reports, run)
    for index in range(complete):
        writer.append(RoundEnd(round_index=index, finished_at=STARTED_AT))
    runtime: Any = None
    carry_out(writer, (), runtime, Timekeeper(run.plan, Silent(), run.took, complete=complete), look)
    return read_run(writer.folder).run


def took(*rounds: int) -> Course:
    planned = course_of(run_of(rounds=PLANNED).plan)
    return Course(setup=planned.setup, rounds={index: planned.rounds[index] for index in rounds})


@pytest.mark.fault(
    where="terminal",
    what="The harness is killed between two rounds, or while it looks whether the run may end",
    happens="The run goes on as if it had not been: the round counts, the look is taken, and an end that was decided "
    "holds.",
    lost="Nothing",
    exit_code=None,
)
def test_a_round_of_which_only_the_end_is_recorded_is_a_round(tmp_path: Path, measures_nothing: list[int]) -> None:
    plan = run_of(rounds=PLANNED).plan.model_copy(update={"limit_s": 36_000.0})
    found = gone_on_with(tmp_path, run_of(plan=plan, took=took(0, 1, 2)), complete=PLANNED)
    assert (found.stopped, measures_nothing) == (None, [])
    assert found.finished_at is not None


def test_a_limit_that_left_rounds_out_is_still_told(tmp_path: Path) -> None:
    plan = run_of(rounds=PLANNED).plan.model_copy(update={"limit_s": 1.0})
    found = gone_on_with(tmp_path, run_of(plan=plan, took=took(0, 1)), complete=3)
    assert str(found.stopped).startswith("3 of 4 rounds, by its limit")


def test_a_look_that_was_cut_off_is_taken_first(tmp_path: Path, measures_nothing: list[int]) -> None:
    looks = [LookTaken(rounds=2, ended="decided after 2 rounds")]
    run = run_of(rounds=PLANNED, took=took(0, 1), looks=(LookTaken(rounds=1),))
    found = gone_on_with(tmp_path, run, 2, lambda rounds: looks.pop() if rounds == 2 else None)
    assert (found.stopped, measures_nothing, looks) == ("decided after 2 rounds", [], [])
    assert [(look.rounds, look.ended) for look in found.looks] == [(1, None), (2, "decided after 2 rounds")]


def test_one_that_was_recorded_is_not_there_twice(tmp_path: Path, measures_nothing: list[int]) -> None:
    run = run_of(rounds=PLANNED, took=took(0, 1), looks=(LookTaken(rounds=2),))
    found = gone_on_with(tmp_path, run, 2, lambda rounds: LookTaken(rounds=rounds) if rounds == 2 else None)
    assert [look.rounds for look in found.looks] == [2]
    assert measures_nothing == [2, 3]


def test_an_end_that_was_decided_holds(tmp_path: Path, measures_nothing: list[int]) -> None:
    asked: list[int] = []
    run = run_of(rounds=PLANNED, took=took(0, 1), stopped="decided after 2 rounds")
    found = gone_on_with(tmp_path, run, 2, asked.append)  # type: ignore[arg-type]
    assert (found.stopped, asked, measures_nothing) == ("decided after 2 rounds", [], [])
    assert found.finished_at is not None


@pytest.mark.parametrize("known", [(0, 1), (0,), ()])
def test_the_rest_is_told_alike_however_much_is_known_of_the_rounds_that_are_complete(known: tuple[int, ...]) -> None:
    plan = run_of(rounds=PLANNED).plan.model_copy(update={"limit_s": 36_000.0})
    whole, watcher = Watcher(), Watcher()
    first = Timekeeper(plan, whole, took(0, 1), now_s=lambda: 0.0)
    keeper = Timekeeper(plan, watcher, took(*known), now_s=lambda: 0.0, complete=2)
    assert watcher.left_s() == pytest.approx(whole.left_s(), rel=0.02)
    assert keeper._limit_left_s() == pytest.approx(first._limit_left_s(), rel=0.02)
    assert list(keeper.that_fit(2)) == [2, 3]
    assert keeper.rounds == PLANNED


@pytest.mark.parametrize(
    "change", [{"environment": {"PYTHON_GIL": "0"}}, {"keep_alive": False}, {"keep_alive": "mixed"}], ids=str
)
def test_a_deployment_that_was_changed_meanwhile_is_noticed(tmp_path: Path, change: dict[str, object]) -> None:
    run = a_run(FLASK_JSON).model_copy(update={"method_version": METHOD_VERSION})
    writer = RunWriter.create(tmp_path, run)
    writer.close()
    apps: Any = [SimpleNamespace(name=FLASK_JSON.subject.app)]
    with pytest.raises(RunFolderError, match=f"has changed since the run began \\({next(iter(change))}\\)"):
        resume(writer.folder, apps, here(run, **change), Silent())


def test_one_that_was_cut_off_before_its_first_round_was_timed_is_one_that_goes_on(tmp_path: Path) -> None:
    run = a_run(FLASK_JSON)
    writer = RunWriter.create(tmp_path, run)
    writer.append(RoundEnd(round_index=0, finished_at=STARTED_AT))
    writer.close()
    apps: Any = [SimpleNamespace(name=FLASK_JSON.subject.app)]
    again, keeper = resume(writer.folder, apps, here(run), Silent())
    again.close()
    assert keeper.resumed
