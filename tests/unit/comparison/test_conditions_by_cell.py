"""A condition counts for the cells whose figures it moves, in comparisons and in the history."""

from datetime import timedelta

import pytest

from harness.comparison.across import compare, newest_comparable
from harness.comparison.conditions import NotComparable
from harness.comparison.sentences import apart_rows, markdown, notes
from harness.history.assemble import assemble
from harness.model.app import Endpoint
from harness.model.cell import Cell, Subject, Workload
from harness.model.comparison import CellSummary, Outcome, RunSummary
from tests.unit.comparison.simulated import QUICK, a_run

UNDER = {
    "host": "one",
    "database": "PostgreSQL 17, its own",
    "connection tracking": "off",
    "windows of feed": "1 x 2 s",
}
WITHOUT = {"database": "none"}
CELLS = {"hello", "json", "db", "footprint"}


def a_summary(seed: int = 1, *, days: int = 0, endpoints: tuple[str, ...] = (), **changes: str) -> RunSummary:
    """A run with a footprint of each app beside what is simulated; `changes` are of its conditions."""
    run = a_run(seed, QUICK)
    usual = [cell for cell in run.cells if not endpoints or cell.cell.endpoint.value in endpoints]
    footprints = [_footprint(each) for each in run.cells if each.cell.endpoint is Endpoint.HELLO]
    return run.model_copy(
        update={
            "conditions": {**UNDER, **{name.replace("_", " "): value for name, value in changes.items()}},
            "cells": (*usual, *footprints),
            "started_at": run.started_at + timedelta(days=days),
        }
    )


def _footprint(like: CellSummary) -> CellSummary:
    cell = Cell(subject=like.cell.subject, endpoint=like.cell.endpoint, workload=Workload.FOOTPRINT, connections=1)
    (figure, *_) = like.figures.values()
    return like.model_copy(update={"cell": cell, "figures": {"start_s": figure}})


def named(cell: Cell) -> str:
    return "footprint" if cell.workload is Workload.FOOTPRINT else cell.endpoint.value


@pytest.mark.parametrize(
    ("changes", "apart"),
    [
        ({"database": "none"}, {"db", "footprint"}),
        ({"database": "PostgreSQL 18, its own"}, {"db", "footprint"}),
        ({"connection_tracking": "on"}, CELLS - {"footprint"}),
        ({"windows_of_feed": "1 x 5 s"}, {"footprint"}),
    ],
)
def test_only_what_depends_on_a_condition_is_kept_apart(changes: dict[str, str], apart: set[str]) -> None:
    found = compare(a_summary(1), a_summary(2, **changes))
    others = found.of(Outcome.OTHER_CONDITIONS)
    (name,) = (each.replace("_", " ") for each in changes)
    assert {named(each.cell) for each in others} == apart
    assert {named(each.cell) for each in found.changes if each.ratio} == CELLS - apart
    assert all((each.reason or "").startswith(f"{name}: ") for each in others)
    assert {row[""] for row in apart_rows(found)} == {"!"}
    assert any(f"{name} differs" in note.lower() for note in notes(found))
    assert "kept apart" in markdown(found)


def test_with_force_everything_is_compared() -> None:
    found = compare(a_summary(1), a_summary(2, database="none"), force=True)
    assert found.of(Outcome.OTHER_CONDITIONS) == ()
    assert {named(each.cell) for each in found.changes if each.ratio} == CELLS
    assert any("Forced although database differs" in note for note in notes(found))


@pytest.mark.parametrize("changes", [{"host": "another"}, {"host": "another", "database": "none"}])
def test_what_concerns_every_cell_is_refused(changes: dict[str, str]) -> None:
    with pytest.raises(NotComparable) as refused:
        compare(a_summary(1), a_summary(2, **changes))
    assert {each.condition for each in refused.value.differences} == set(changes)


def test_runs_that_share_only_what_depends_on_a_difference_are_refused() -> None:
    requests = a_summary(1, endpoints=("db",))
    with pytest.raises(NotComparable):
        compare(requests, a_summary(2, database="none", endpoints=("db",)))


def test_an_engine_that_was_started_between_two_runs_is_told_with_its_remedy() -> None:
    a, b = (
        run.model_copy(update={"cells": run.cells[:6]})
        for run in (a_summary(1), a_summary(2, connection_tracking="on"))
    )
    with pytest.raises(NotComparable) as refused:
        compare(a, b)
    assert "container engine" in refused.value.hint


def test_a_run_that_is_comparable_in_all_is_preferred_to_a_newer_one_that_is_in_some() -> None:
    whole, some, other = a_summary(1), a_summary(2, days=1, database="none"), a_summary(3, days=2, host="other")
    now = a_summary(4, days=3)
    assert newest_comparable([whole, some, other], now) == whole
    assert newest_comparable([some, other], now) == some
    assert newest_comparable([other], now) is None


def test_a_history_goes_on_where_what_changed_does_not_concern_it() -> None:
    """Six runs before and six after the database went, and an app whose work doubled before that."""
    heavier = [
        a_run(place, QUICK, times={"app3": 2.0 if place >= 4 else 1.0}).model_copy(
            update={"conditions": {**UNDER, **(WITHOUT if place >= 6 else {})}}
        )
        for place in range(12)
    ]
    runs = [
        run.model_copy(update={"started_at": run.started_at + timedelta(days=day)}) for day, run in enumerate(heavier)
    ]
    (history,) = assemble(runs).hosts
    assert [each.run for each in history.breaks] == [6]
    assert history.longest_stretch == 12
    for series in history.series:
        on_database = series.cell.endpoint is Endpoint.DB
        assert series.breaks == ((6,) if on_database else ())
        changed = series.cell.subject == Subject(app="app3", variant="v0") and not on_database
        # Two runs after it and before the break are too few to tell it by.
        assert [change.run for change in series.change_points] == ([4] if changed else [])
