"""A run that is in no series is named, with what keeps it out."""

import re
from pathlib import Path

import pytest

from harness.history.assemble import assemble
from harness.history.file import append
from harness.model.app import Endpoint
from harness.model.cell import Workload
from harness.model.comparison import NOT_COMPARED, CellSummary, RunSummary
from harness.report.view.history import history_lines
from tests.saying import say
from tests.unit.comparison.simulated import QUICK, a_run

ONCE = ", and a series has each app of a run once"
DISTRUST = "two copies of app0/v0 were told apart"


def named(revision: str, interpreter: str = "CPython 3.13.0") -> RunSummary:
    """A run in which its first app is there a second time under this revision."""
    run = a_run(1, QUICK)
    first = run.cells[0]
    subject = first.cell.subject.model_copy(update={"app": f"{first.cell.subject.app}@{revision}"})
    again = first.model_copy(update={"cell": first.cell.model_copy(update={"subject": subject})})
    return run.model_copy(
        update={"cells": (*run.cells, again), "conditions": {**run.conditions, "interpreter": interpreter}}
    )


def without_figures(*reasons: str) -> RunSummary:
    run = a_run(1, QUICK)
    cells = tuple(each.model_copy(update={"figures": {}, "reasons": reasons}) for each in run.cells)
    return run.model_copy(update={"cells": cells})


def of_feeds() -> RunSummary:
    run = without_figures()
    changed = {"workload": Workload.FEED, "endpoint": Endpoint.FEED}
    cells: list[CellSummary] = [
        each.model_copy(update={"cell": each.cell.model_copy(update=changed)}) for each in run.cells[:1]
    ]
    return run.model_copy(update={"cells": tuple(cells)})


APART = {
    "interpreters": (
        named("3.14", "CPython 3.13.0, GCC; CPython 3.14.0, GCC"),
        f"it measures apps on several interpreters side by side{ONCE}",
    ),
    "revisions": (named("main"), f"it compares two revisions side by side{ONCE}"),
    "with another interpreter": (
        named("with-3.14", "CPython 3.13.0, GCC; CPython 3.14.0, GCC"),
        f"it compares two revisions side by side{ONCE}",
    ),
    "not trusted": (a_run(1, QUICK).model_copy(update={"distrust": DISTRUST}), f"it can't be trusted: {DISTRUST}"),
    "invalid": (without_figures("errors: half of it failed"), "no cell of it is valid: errors: half of it failed"),
    "too little": (without_figures(), "too little was measured of every cell"),
    "crowds": (of_feeds(), f"it measures only feed, since {NOT_COMPARED[Workload.FEED]}"),
    "nothing": (a_run(1, QUICK).model_copy(update={"cells": ()}), "nothing was measured"),
}


@pytest.mark.parametrize(("run", "why"), APART.values(), ids=APART)
def test_what_keeps_it_out_is_said(run: RunSummary, why: str) -> None:
    other = a_run(2, QUICK)
    history = assemble([run, other])
    assert [(each.name, each.reason) for each in history.apart] == [(run.name, why)]
    assert f"in no series: {run.name}: {why}" in list(history_lines(history))
    valued = {
        host.runs[point.run].run_id
        for host in history.hosts
        for series in host.series
        for point in series.points
        if point.estimate
    }
    assert valued == {other.run_id}


def test_the_terminal_says_it_of_each_run_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "history.jsonl"
    append(file, APART["interpreters"][0])
    said = say("history", "--from", str(file))
    assert said.code == 0, said.err
    assert re.search(r"^in no series: run-1: it measures apps on several interpreters", said.out, re.MULTILINE)


def test_what_no_series_is_of_is_said_of_a_host_that_measured_it() -> None:
    run = a_run(1, QUICK)
    with_feeds = run.model_copy(update={"cells": (*run.cells, *of_feeds().cells)})
    (host,) = assemble([with_feeds]).hosts
    assert [each.workload for each in host.uncompared] == [Workload.FEED]
    (line, *_) = history_lines(assemble([with_feeds]))
    assert line.endswith(f" In no series: feed, since {NOT_COMPARED[Workload.FEED]}.")
    (without,) = assemble([run]).hosts
    assert without.uncompared == ()
