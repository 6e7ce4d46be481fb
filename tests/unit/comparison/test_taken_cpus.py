"""A throughput of what the host left for a server is no app's doing: it is kept apart, its CPU time is not."""

from collections.abc import Callable, Collection
from functools import cache
from html import unescape
from pathlib import Path

import pytest

from harness.cli.compare import exit_code_of, show
from harness.comparison.across import compare
from harness.comparison.sentences import apart_rows, markdown, notes, rows
from harness.comparison.summarise import summarise
from harness.history.assemble import assemble
from harness.model.claim import Metric
from harness.model.comparison import CellSummary, Figure, Outcome, RunComparison, RunSummary
from harness.model.errors import ExitCode
from harness.model.validity import Bound
from harness.report.publish import publish_comparison
from harness.results.records import RecordedRun
from tests.unit.analysis.simulate import meter
from tests.unit.comparison.recorded import APPS, a_recorded_run

SLOWER = {"app3": 1.7}
TAKEN = "others had the server's CPU: capacity and rank there say what the host left for the server and not what it"
MAYBE = "the server waited while others had CPUs of the run: capacity and rank there may say what the host left"


def starved(recorded: RecordedRun, apps: Collection[str]) -> RecordedRun:
    """The run with these apps' servers on half a CPU each: others had the other half."""
    windows = tuple(
        each.model_copy(update={"meter": meter(0.5, server_idle_ns=0)}) if each.cell.partition("/")[0] in apps else each
        for each in recorded.windows
    )
    return recorded.model_copy(update={"windows": windows})


def two_runs(in_a: Collection[str] = (), in_b: Collection[str] = ()) -> list[RunSummary]:
    return [summary("a", tuple(in_a)), summary("b", tuple(in_b))]


@cache
def summary(name: str, taken_from: tuple[str, ...]) -> RunSummary:
    recorded = a_recorded_run(1) if name == "a" else a_recorded_run(2, day=1, slower=SLOWER)
    return summarise(starved(recorded, taken_from), name)


def with_figures(run: RunSummary, figures: Callable[[CellSummary], dict[Metric, Figure]]) -> RunSummary:
    cells = tuple(each.model_copy(update={"figures": figures(each)}) for each in run.cells)
    return run.model_copy(update={"cells": cells})


def as_costly(cell: CellSummary, cost: Figure | None) -> dict[Metric, Figure]:
    return {**cell.figures, **({Metric.SERVER_CPU: cost} if cost else {})}


def limited_by(bound: Bound, run: RunSummary) -> RunSummary:
    return run.model_copy(update={"cells": tuple(each.model_copy(update={"bound": bound}) for each in run.cells)})


def outcomes(found: RunComparison, metric: Metric, app: str = "app3") -> set[Outcome]:
    return {each.outcome for each in found.changes if each.metric is metric and each.cell.subject.app == app}


def test_a_server_on_a_cpu_of_its_own_that_became_slower_is_a_regression() -> None:
    """Without which nothing below shows anything."""
    assert outcomes(compare(*two_runs()), Metric.THROUGHPUT) == {Outcome.REGRESSION}


@pytest.mark.parametrize(("in_a", "in_b"), [(("app3",), ()), ((), ("app3",)), (("app3",), ("app3",))])
def test_its_throughput_is_kept_apart_with_the_reason_and_its_cpu_time_is_compared(
    in_a: Collection[str], in_b: Collection[str]
) -> None:
    found = compare(*two_runs(in_a, in_b))
    assert outcomes(found, Metric.THROUGHPUT) == {Outcome.TAKEN_CPU}
    assert all(each.ratio for each in found.changes if each.metric is Metric.SERVER_CPU)
    assert outcomes(found, Metric.THROUGHPUT, "app2") == {Outcome.TIED}
    names = " and ".join(name for name, apps in (("A", in_a), ("B", in_b)) if apps)
    (why,) = {each.reason for each in found.of(Outcome.TAKEN_CPU)}
    assert why is not None
    assert why.startswith(f"in {names}: {TAKEN}")
    assert {"!"} == {row[""] for row in apart_rows(found) if row["why"] == why}


def test_it_is_told_in_every_form(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    found = compare(*two_runs(in_b=("app3",)))
    count = len(found.of(Outcome.TAKEN_CPU))
    note = f"the throughput of {count} cells. End other work and measure again."
    assert sum(note in each for each in notes(found)) == 1
    show(found)
    printed = " ".join(capsys.readouterr().out.split())
    page = unescape(publish_comparison(tmp_path / "page.html", found).read_text(encoding="utf-8"))
    for text in (printed, markdown(found), page):
        assert note in text
        assert TAKEN in text


def test_it_is_no_regression_by_itself() -> None:
    """Its app has lines of CPU time, by which it is known not to be worse."""
    a, b = two_runs(in_a=APPS, in_b=APPS)
    costs = {each.cell.key: each.figures.get(Metric.SERVER_CPU) for each in a.cells}
    found = compare(a, with_figures(b, lambda each: as_costly(each, costs[each.cell.key])))
    assert found.of(Outcome.TAKEN_CPU)
    assert not [row for row in rows(found.changes) if row[""] == "--"]
    assert (found.unknown, exit_code_of(found)) == ((), ExitCode.OK)


def test_an_app_of_which_nothing_else_is_known_may_be_worse(capsys: pytest.CaptureFixture[str]) -> None:
    a, b = two_runs(in_b=("app3",))
    throughput_only = (
        with_figures(run, lambda each: {m: f for m, f in each.figures.items() if m is Metric.THROUGHPUT})
        for run in (a, b)
    )
    found = compare(*throughput_only)
    assert not found.is_worse
    assert exit_code_of(found) is ExitCode.INCOMPLETE
    assert capsys.readouterr().err == "whether it became worse is not known of app3\n"


def test_where_it_can_t_be_told_whether_others_limited_it_that_is_said() -> None:
    a, b = two_runs()
    found = compare(a, limited_by(Bound.UNCLEAR, b))
    apart = [each for each in found.changes if each.outcome is Outcome.TAKEN_CPU]
    assert {each.metric for each in apart} == {Metric.THROUGHPUT}, "a latency is not of what limited a capacity"
    assert all((each.reason or "").startswith(f"in B: {MAYBE}") for each in apart)


@pytest.mark.parametrize("bound", sorted(set(Bound) - {Bound.OTHERS, Bound.UNCLEAR}))
def test_what_limits_a_server_but_others_keeps_nothing_apart(bound: Bound) -> None:
    a, b = two_runs()
    assert not compare(a, limited_by(bound, b)).of(Outcome.TAKEN_CPU)


def test_a_series_has_no_point_for_it() -> None:
    (host,) = assemble(two_runs(in_b=("app3",))).hosts
    own = [each for each in host.series if each.cell.subject.app == "app3"]
    points = {each.metric: each.points[1] for each in own if each.metric in {Metric.THROUGHPUT, Metric.SERVER_CPU}}
    assert points[Metric.THROUGHPUT].estimate is None
    assert (points[Metric.THROUGHPUT].reason or "").startswith(TAKEN)
    assert points[Metric.SERVER_CPU].estimate
    assert all(each.points[0].estimate for each in own)
