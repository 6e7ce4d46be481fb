"""What was measured of an app that breaks the contract compares with nothing, in no comparison."""

import pytest

from harness.comparison.across import compare
from harness.comparison.summarise import summarise
from harness.comparison.within import compare_within
from harness.model.base import REVISION_SIGN
from harness.model.comparison import Outcome, RunComparison
from harness.model.conformance import Outcome as Checked
from harness.results.records import RecordedRun
from tests.unit.analysis.simulate import subject
from tests.unit.analysis.test_contracts import checked
from tests.unit.comparison.recorded import APPS, a_recorded_run

WHY = "it breaks the contract: json, unknown path: status 200"


def broken(recorded: RecordedRun, app: str) -> RecordedRun:
    return recorded.model_copy(update={"conformance": (checked(subject(app), Checked.FAILED),)})


def apart(found: RunComparison, app: str) -> set[str]:
    """Why what was measured of the app is kept apart, all of it."""
    own = [each for each in found.changes if each.cell.subject.app == app]
    assert own
    assert all(each.outcome is Outcome.INVALID and each.reason for each in own)
    return {part for each in own for part in (each.reason or "").split("; ") if "is not known" not in part}


@pytest.mark.parametrize("side", ["A", "B"])
def test_it_is_neither_slower_nor_faster_than_in_another_run(side: str) -> None:
    runs = [a_recorded_run(1, slower={"app3": 0.5}), a_recorded_run(2, day=1)]
    number = "AB".index(side)
    runs[number] = broken(runs[number], "app3")
    found = compare(*(summarise(run, name) for run, name in zip(runs, "ab", strict=True)))
    assert apart(found, "app3") == {f"in {side}: {WHY}"}
    assert not found.regressions
    assert {each.cell.subject.app for each in found.changes if each.outcome is not Outcome.INVALID} == set(APPS) - {
        "app3"
    }


def test_of_two_revisions_none_is_told_where_one_breaks_it() -> None:
    other = f"app1{REVISION_SIGN}abc"
    run = a_recorded_run(1, apps=("app1", other, "app2", f"app2{REVISION_SIGN}abc"), slower={"app1": 2.0, "app2": 2.0})
    found = compare_within(broken(run, other), "ab")
    assert apart(found, "app1") == {f"in A: {WHY}"}
    assert {each.cell.subject.app for each in found.regressions} == {"app2"}


def test_the_history_has_no_figure_of_it() -> None:
    summary = summarise(broken(a_recorded_run(1), "app3"), "a")
    assert {each.cell.subject.app for each in summary.cells if not each.figures} == {"app3"}
    assert all(each.reasons[0] == WHY for each in summary.cells if each.cell.subject.app == "app3")
