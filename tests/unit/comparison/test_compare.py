"""Two runs held against each other: what is compared, what is kept apart, what is refused."""

from dataclasses import replace

import pytest

from harness.cli.compare import show
from harness.comparison.across import compare, newest_comparable
from harness.comparison.conditions import NotComparable, conditions
from harness.comparison.from_run_to_run import MIN_APPS
from harness.comparison.power import would_have_been_seen
from harness.comparison.sentences import LEGEND, apart_rows, compared_changes, markdown, notes, rows, verdict
from harness.comparison.summarise import summarise
from harness.comparison.within import compare_within
from harness.model.app import Endpoint
from harness.model.cell import Workload
from harness.model.claim import Metric
from harness.model.comparison import MARKS, Outcome, RunComparison, RunSummary
from harness.model.errors import UsageError
from harness.model.run import RuntimeName
from harness.report.view.comparison import comparison_view
from harness.results.records import RecordedRun
from tests.unit.comparison.recorded import APPS, a_recorded_run, with_footprints
from tests.unit.comparison.simulated import QUICK, Design, a_run
from tests.unit.results.sample import HOST, INTERPRETER, deployment


@pytest.fixture(scope="module")
def a() -> RecordedRun:
    return a_recorded_run(1)


@pytest.fixture(scope="module")
def b() -> RecordedRun:
    return a_recorded_run(2, day=1, host=0.8, slower={"app3": 1.25})


@pytest.fixture(scope="module")
def found(a: RecordedRun, b: RecordedRun) -> RunComparison:
    return compare(summarise(a, "a"), summarise(b, "b"))


def test_a_slowed_app_stands_out_of_a_host_that_slowed_all(found: RunComparison) -> None:
    outcomes = {(each.cell.subject.app, each.outcome) for each in found.changes if each.metric is Metric.THROUGHPUT}
    assert outcomes == {(app, Outcome.REGRESSION if app == "app3" else Outcome.TIED) for app in APPS}
    shifts = [each.ratio for each in found.shifts if each.metric is Metric.THROUGHPUT]
    assert shifts == pytest.approx([0.8, 0.8], rel=0.03)
    ratios = [each.ratio.value for each in found.regressions if each.ratio and each.metric is Metric.THROUGHPUT]
    assert ratios == pytest.approx([0.8, 0.8], rel=0.03)


@pytest.mark.parametrize("single", ["A", "B"])
def test_one_round_tells_nothing_apart(a: RecordedRun, b: RecordedRun, single: str) -> None:
    slower = with_footprints(b, heavier={"app1": 3.0})
    runs = {"A": summarise(with_footprints(a), "a"), "B": summarise(slower, "b")}
    assert compare(runs["A"], runs["B"]).is_worse
    runs[single] = runs[single].model_copy(update={"rounds": 1})
    found = compare(runs["A"], runs["B"])
    assert found.no_difference
    assert verdict(found).startswith(f"Nothing can be told apart: {single} has one round only")
    assert "no change, however large, could have been found" in verdict(found)
    assert "--rounds 2 at least" in verdict(found)


def test_of_one_round_no_line_has_an_interval_and_none_is_listed(a: RecordedRun, b: RecordedRun) -> None:
    """What windows of one start scatter by says nothing of how starts differ."""
    whole, single = summarise(a, "a"), summarise(b, "b").model_copy(update={"rounds": 1})
    found = compare(whole, single)
    assert found.compared
    compared = [each for each in found.changes if each.outcome is Outcome.TIED]
    assert len(compared) == found.compared
    assert {(each.ratio, each.p_value, each.detectable) for each in compared} == {(None, None, None)}
    assert all(each.a and each.b for each in compared), "their values are there for programs"
    assert compared_changes(found) == ()
    (folded,) = (note for note in notes(found) if note.startswith("Not listed: "))
    assert f"{found.compared} lines" in folded
    assert "--json has their values" in folded
    assert not [note for note in notes(found) if "margin" in note or "Moved all apps" in note]
    assert "not told apart<" not in markdown(found)
    assert comparison_view(found).metrics == ()


@pytest.mark.parametrize(
    ("kept", "marks"),
    [
        (frozenset(Outcome), ("--", "~", "!")),
        ({Outcome.TIED}, ("~",)),
        ({each for each in Outcome if MARKS[each] in {"--", "!"}}, ("--", "!")),
        (frozenset(), ()),
    ],
    ids=["all", "ties", "no ties", "nothing"],
)
def test_no_mark_is_explained_that_does_not_stand_there(
    found: RunComparison, kept: frozenset[Outcome], marks: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    of_these = found.model_copy(update={"changes": tuple(each for each in found.changes if each.outcome in kept)})
    show(of_these)
    told = capsys.readouterr().err
    assert tuple(mark for mark, _ in comparison_view(of_these).legend) == marks
    for mark, words in LEGEND.items():
        assert (f"{mark} {words}" in told) is (mark in marks)
        assert (f"`{mark}` {words}" in markdown(of_these)) is (mark in marks)
    assert bool(told) is bool(marks)


def test_of_one_round_what_is_folded_away_has_no_mark_to_explain(
    a: RecordedRun, b: RecordedRun, capsys: pytest.CaptureFixture[str]
) -> None:
    single = summarise(b, "b").model_copy(update={"rounds": 1})
    show(compare(summarise(a, "a"), single))
    assert LEGEND["~"] not in capsys.readouterr().err


def test_the_second_copy_is_no_line_of_its_own_and_margins_are_fixed(found: RunComparison) -> None:
    assert not any(each.cell.subject.twin for each in found.changes)
    assert {(each.tie, each.regression) for each in found.margins} == {(0.03, 0.05)}


def test_what_a_run_measured_that_can_not_be_trusted_is_not_compared(a: RecordedRun, b: RecordedRun) -> None:
    why = "two copies of app0 (controlled) were told apart"
    distrusted = summarise(with_footprints(b), "b").model_copy(update={"distrust": why})
    found = compare(summarise(with_footprints(a), "a"), distrusted)
    compared = {each.cell.workload for each in found.changes if each.outcome is not Outcome.INVALID}
    assert compared == {Workload.FOOTPRINT}
    refused = found.of(Outcome.INVALID)
    assert all(f"in B: the run can't be trusted: {why}" in (each.reason or "") for each in refused)
    assert found.distrusted == (f"B: {why}",)
    assert any(why in note for note in notes(found))
    only = compare(summarise(a, "a"), summarise(b, "b").model_copy(update={"distrust": why}))
    assert why in verdict(only)
    assert "Nothing could be compared" in verdict(only)


def test_nothing_is_compared_with_an_earlier_run_that_can_not_be_trusted(a: RecordedRun, b: RecordedRun) -> None:
    before, after = summarise(a, "a"), summarise(b, "b")
    assert newest_comparable([before], after) == before
    assert newest_comparable([before.model_copy(update={"distrust": "copies"})], after) is None


@pytest.mark.parametrize(
    ("field", "value", "condition"),
    [
        ("host", HOST.model_copy(update={"fingerprint": "another"}), "host"),
        ("runtime", RuntimeName.DOCKER, "runtime"),
        ("method_version", 2, "method version"),
        ("generator_scheduling", "SCHED_OTHER", "load generator"),
    ],
)
def test_runs_under_other_conditions_are_refused_by_name(
    a: RecordedRun, field: str, value: object, condition: str
) -> None:
    other = a.model_copy(update={"run": a.run.model_copy(update={field: value})})
    with pytest.raises(NotComparable) as refused:
        compare(summarise(a, "a"), summarise(other, "b"))
    assert [each.condition for each in refused.value.differences] == [condition]
    assert f"  {condition}: " in refused.value.what
    assert "--force" in refused.value.hint
    forced = compare(summarise(a, "a"), summarise(other, "b"), force=True)
    assert any(f"Forced although {condition} differs" in note for note in notes(forced))


def test_the_interpreter_the_windows_and_the_profile_are_conditions_and_rounds_are_none(a: RecordedRun) -> None:
    run = a.run
    slow = INTERPRETER.model_copy(update={"pgo": False})
    interpreted = run.model_copy(
        update={"deployments": tuple(d.model_copy(update={"interpreter": slow}) for d in run.deployments)}
    )
    timing = run.plan.timing

    def timed(**changes: object) -> dict[str, str]:
        plan = run.plan.model_copy(update={"timing": timing.model_copy(update=changes)})
        return conditions(run.model_copy(update={"plan": plan}))

    assert conditions(interpreted)["interpreter"] != conditions(run)["interpreter"]
    assert timed(capacity_window_s=9.0)["windows of capacity"] != conditions(run)["windows of capacity"]
    assert timed(rounds=99) == conditions(run)
    by_clock, decided = (
        run.model_copy(update={"stopped": "3 of 4 rounds", "plan": run.plan.model_copy(update={"looks": looks})})
        for looks in (1, 8)
    )
    assert conditions(by_clock)["end"] == conditions(run)["end"] != conditions(decided)["end"]


def test_an_invalid_cell_is_kept_apart_with_its_reason_and_a_new_app_is_listed(a: RecordedRun) -> None:
    before = summarise(a, "a")
    first, *others = before.cells
    broken = first.model_copy(update={"reasons": ("errors: too many",), "figures": {}})
    after = before.model_copy(update={"cells": (broken, *(each for each in others if each.cell.subject.app != "app5"))})
    found = compare(before, after)
    invalid = found.of(Outcome.INVALID)
    assert {each.cell.key for each in invalid} == {first.cell.key}
    assert invalid[0].reason == "in B: errors: too many"
    assert invalid[0].ratio is None
    assert invalid[0].a is not None
    assert {each.cell.subject.app for each in found.of(Outcome.ONLY_A)} == {"app5"}
    assert {row[""] for row in apart_rows(found)} == {"!", "A"}


def test_latencies_under_another_load_are_not_compared(a: RecordedRun) -> None:
    before = summarise(a, "a")
    after = before.model_copy(
        update={
            "cells": tuple(
                each.model_copy(update={"offered_rps": each.offered_rps and each.offered_rps * 1.3})
                for each in before.cells
            )
        }
    )
    apart = compare(before, after).of(Outcome.OTHER_LOAD)
    assert {each.metric for each in apart} == {Metric.P50_AS_MET, Metric.P99_AS_MET}
    assert "requests/s were offered in A" in (apart[0].reason or "")


FOOTPRINT = (Metric.START, Metric.IMPORT, Metric.MEMORY_IDLE, Metric.MEMORY_LOADED)


def test_an_app_that_takes_more_memory_stands_out_by_that_alone(a: RecordedRun) -> None:
    before = with_footprints(a, seed=1)
    after = with_footprints(a, seed=2, heavier={"app3": 1.15})
    found = compare(summarise(before, "a"), summarise(after, "b"))
    memory = {Metric.MEMORY_IDLE, Metric.MEMORY_LOADED}
    assert {(each.cell.subject.app, each.metric) for each in found.regressions} == {("app3", each) for each in memory}
    assert [each.ratio.value for each in found.regressions if each.ratio] == pytest.approx([1.15, 1.15], rel=0.01)
    assert {each.metric for each in found.changes if each.cell.workload is Workload.FOOTPRINT} == set(FOOTPRINT)
    assert all(each.outcome is Outcome.TIED for each in found.changes if each not in found.regressions)
    assert any("idle memory" in row["metric"] and row["A"].endswith("MiB") for row in rows(found.regressions))


def test_a_server_that_never_started_has_no_footprint_to_compare(a: RecordedRun) -> None:
    whole = with_footprints(a)
    dead = tuple(
        each.model_copy(update={"fault": "it ended with code 3", "start_s": None})
        if each.subject.app == "app2"
        else each
        for each in whole.starts
    )
    found = compare(summarise(whole, "a"), summarise(whole.model_copy(update={"starts": dead}), "b"))
    footprint = [each for each in found.of(Outcome.INVALID) if each.cell.workload is Workload.FOOTPRINT]
    assert {(each.cell.subject.app, each.metric) for each in footprint} == {("app2", metric) for metric in FOOTPRINT}
    assert "never started: it ended with code 3" in (footprint[0].reason or "")


def test_memory_after_other_work_is_not_compared(a: RecordedRun) -> None:
    before = summarise(with_footprints(a), "a")
    fewer = [each for each in before.cells if each.cell.endpoint is Endpoint.HELLO]
    found = compare(before, before.model_copy(update={"cells": tuple(fewer)}))
    apart = found.of(Outcome.OTHER_LOAD)
    assert {(each.cell.subject.app, each.metric) for each in apart} == {(app, Metric.MEMORY_LOADED) for app in APPS}
    assert "not the same in both" in (apart[0].reason or "")
    idle = [each for each in found.changes if each.metric is Metric.MEMORY_IDLE]
    assert {each.outcome for each in idle} == {Outcome.TIED}


def test_with_few_apps_the_host_is_allowed_for_and_not_taken_out() -> None:
    few = Design(apps=MIN_APPS - 1, variants=1, endpoints=(Endpoint.JSON,))
    found = compare(a_run(1, few), a_run(2, few, times={"app1": 1.1}))
    assert not any(shift.taken_out for shift in found.shifts)
    assert found.no_difference
    widths = [each.ratio.half_width for each in found.changes if each.ratio]
    assert min(widths) > 0.1
    assert any("`bench ab`" in note for note in notes(found))


def test_what_changed_in_the_apps_is_told(a: RecordedRun) -> None:
    before = summarise(a, "a")
    after = before.model_copy(
        update={
            "cells": tuple(
                each.model_copy(update={"framework_version": "2", "lock_sha256": "1"}) for each in before.cells
            )
        }
    )
    assert compare(before, after).app_changes[0] == "app0: 1 -> 2, other packages in its lock"


def test_the_newest_run_under_equal_conditions_is_what_a_run_is_compared_with() -> None:
    runs = [
        a_run(seed, QUICK).model_copy(update={"started_at": a_recorded_run(day=day).run.started_at, **changes})
        for seed, (day, changes) in enumerate(
            [(0, {}), (1, {}), (2, {"conditions": {"host": "another"}}), (3, {}), (4, {})]
        )
    ]
    last: RunSummary = runs[3]
    assert newest_comparable(runs, last) == runs[1]
    assert newest_comparable(runs[2:], last) is None


def test_markdown_has_the_verdict_first_and_lets_no_name_out_of_its_cell(found: RunComparison) -> None:
    hostile = found.model_copy(update={"app_changes": ("<script>|`x`",)})
    text = markdown(hostile)
    assert text.startswith("## Comparison\n\n**")
    assert verdict(found) in text
    assert "<script>" not in text
    assert r"\<script\>\|\`x\`" in text
    assert "| `--` | app3 (controlled): " in text
    assert all(row["95 % interval"] for row in rows(found.regressions))


def test_what_could_have_been_found_is_said_first() -> None:
    """Of two runs that show nothing, too: one that could find nothing else says so."""
    calm, short = (compare(a_run(1, design), a_run(2, design)) for design in (QUICK, replace(QUICK, rounds=2)))
    told = would_have_been_seen(calm)
    assert told is not None
    assert verdict(calm).startswith(
        f"A slow-down of {100 * told.in_all:.1f} % or more of any app would have been seen. No"
    )
    worse = would_have_been_seen(short)
    assert worse is not None
    assert worse.in_all > told.in_all
    assert any("with a chance of 90 %" in note for note in notes(calm))
    nothing = calm.model_copy(update={"changes": (), "compared": 0})
    assert verdict(nothing) == "Nothing could be compared: no valid cell is in both."


def in_two_revisions(slower: float, revision: str = "v1") -> RecordedRun:
    other = f"app0@{revision}"
    recorded = a_recorded_run(3, apps=("app0", other), slower={"app0": slower})
    return recorded.model_copy(
        update={
            "run": recorded.run.model_copy(
                update={"deployments": tuple(deployment(each) for each in recorded.run.plan.subjects)}
            )
        }
    )


def test_two_revisions_in_one_run_are_paired() -> None:
    found = compare_within(in_two_revisions(1 / 0.7), "ab")
    (hello, json) = [each for each in found.changes if each.metric is Metric.THROUGHPUT]
    assert found.paired
    assert (hello.outcome, json.outcome) == (Outcome.REGRESSION, Outcome.REGRESSION)
    # app0@v1 has 2300 and app0 2000 * 0.7.
    assert hello.ratio is not None
    assert hello.ratio.value == pytest.approx(1400 / 2300, rel=0.03)
    assert hello.cell.subject.app == "app0"


def test_a_round_that_was_cut_off_counts_as_one_of_those_looked_at() -> None:
    """It made a second look of it, for which the first had left no chance: intervals from nothing to 1e308."""
    whole = in_two_revisions(1 / 0.7)
    last = whole.run.plan.timing.rounds - 1
    torn = whole.model_copy(update={"rounds_complete": last})
    for recorded in (whole, torn):
        (hello, _) = [each for each in compare_within(recorded, "ab").changes if each.metric is Metric.THROUGHPUT]
        assert hello.outcome is Outcome.REGRESSION
        assert hello.ratio is not None
        assert hello.ratio.half_width < 0.1
    (app,) = compare_within(torn, "ab").apps
    assert app.rounds == last + 1
    assert compare_within(torn, "ab").test == compare_within(whole, "ab").test


def test_footprints_of_two_revisions_are_paired_too() -> None:
    heavier = with_footprints(in_two_revisions(1.0), heavier={"app0": 2.0})
    found = compare_within(heavier, "ab")
    (idle,) = [each for each in found.changes if each.metric is Metric.MEMORY_IDLE]
    # app0@v1 takes 23 MiB, app0 2 x 20.
    assert idle.outcome is Outcome.REGRESSION
    assert idle.ratio is not None
    assert idle.ratio.value == pytest.approx(40 / 23, rel=0.01)


def test_with_another_requirement_b_is_the_app_that_has_it() -> None:
    recorded = in_two_revisions(1.0, "with-x-1.2")
    told = tuple(
        each.model_copy(update={"title": "One", "revision": "with x==1.2" if "@" in each.subject.app else None})
        for each in recorded.run.deployments
    )
    found = compare_within(
        recorded.model_copy(update={"run": recorded.run.model_copy(update={"deployments": told})}), "ab"
    )
    (hello, _) = [each for each in found.changes if each.metric is Metric.THROUGHPUT]
    assert hello.outcome is Outcome.BETTER
    assert (found.a.name, found.b.name) == ("One", "One (with x==1.2)")
    assert {row["cell"] for row in rows(found.changes) if row["metric"] == "throughput"} == {
        "One (controlled): hello, capacity, 32 connections",
        "One (controlled): json, capacity, 32 connections",
    }


def test_a_run_of_one_revision_has_nothing_to_compare_within(a: RecordedRun) -> None:
    with pytest.raises(UsageError, match="no app in two revisions"):
        compare_within(a, "a")
