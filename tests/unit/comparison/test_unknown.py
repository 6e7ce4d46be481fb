"""Whoever asks for a failure is not told that all is well where nobody knows."""

from collections.abc import Callable

import pytest

from harness.cli.compare import exit_code_of
from harness.comparison.across import compare
from harness.comparison.summarise import summarise
from harness.comparison.within import compare_within
from harness.model.base import REVISION_SIGN
from harness.model.cell import BY_REQUEST
from harness.model.comparison import RunSummary
from harness.model.errors import ExitCode
from tests.unit.comparison.recorded import APPS, a_recorded_run, with_footprints
from tests.unit.comparison.test_broken_contract import broken

ALL = ", ".join(APPS)


@pytest.fixture(scope="module")
def a() -> RunSummary:
    return summarise(with_footprints(a_recorded_run(1)), "a")


@pytest.fixture(scope="module")
def b() -> RunSummary:
    return summarise(with_footprints(a_recorded_run(2, day=1), seed=2), "b")


def without_requests(run: RunSummary, app: str) -> RunSummary:
    """The run with footprints only of an app: what its requests gave is invalid."""
    cells = (
        cell.model_copy(update={"figures": {}, "reasons": ("wrong answers",)})
        if cell.cell.subject.app == app and cell.cell.workload in BY_REQUEST
        else cell
        for cell in run.cells
    )
    return run.model_copy(update={"cells": tuple(cells)})


def distrusted(run: RunSummary) -> RunSummary:
    return run.model_copy(update={"distrust": "two copies of app0 were told apart"})


def of_one_round(run: RunSummary) -> RunSummary:
    return run.model_copy(update={"rounds": 1})


def test_all_is_known_of_two_whole_runs(a: RunSummary, b: RunSummary, capsys: pytest.CaptureFixture[str]) -> None:
    found = compare(a, b)
    assert (found.unknown, exit_code_of(found)) == ((), ExitCode.OK)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("lacking", ["a", "b"])
def test_what_has_no_figure_could_be_worse(
    a: RunSummary, b: RunSummary, lacking: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of its footprints there are some; but what its requests cost, nobody knows."""
    found = compare(*(without_requests(run, "app2") if run.name == lacking else run for run in (a, b)))
    assert not found.is_worse
    assert exit_code_of(found) is ExitCode.INCOMPLETE
    assert capsys.readouterr().err == "whether it became worse is not known of app2\n"


@pytest.mark.parametrize("make", [distrusted, of_one_round])
@pytest.mark.parametrize("lacking", ["a", "b"])
def test_so_could_all_of_a_run_by_which_nothing_is_told_apart(
    a: RunSummary,
    b: RunSummary,
    lacking: str,
    make: Callable[[RunSummary], RunSummary],
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = compare(*(make(run) if run.name == lacking else run for run in (a, b)))
    assert exit_code_of(found) is ExitCode.INCOMPLETE
    assert capsys.readouterr().err == f"whether it became worse is not known of {ALL}\n"


def test_a_regression_of_one_app_counts_before_what_is_not_known_of_another(a: RunSummary) -> None:
    slower = summarise(with_footprints(a_recorded_run(2, day=1, slower={"app3": 1.25})), "b")
    found = compare(a, without_requests(slower, "app2"))
    assert found.unknown == ("app2",)
    assert exit_code_of(found) is ExitCode.REGRESSION


def test_an_app_that_is_in_one_of_them_only_is_not_asked_for(a: RunSummary) -> None:
    fewer = summarise(a_recorded_run(2, apps=APPS[:5], day=1), "b")
    assert compare(a, fewer).unknown == compare(fewer, a).unknown == ()


def test_of_two_revisions_one_that_breaks_the_contract_is_not_known() -> None:
    other = f"app1{REVISION_SIGN}abc"
    run = a_recorded_run(1, apps=("app1", other))
    assert compare_within(run, "ab").unknown == ()
    found = compare_within(broken(run, other), "ab")
    assert found.unknown == ("app1",)
    assert exit_code_of(found) is ExitCode.INCOMPLETE
