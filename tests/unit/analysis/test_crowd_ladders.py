"""What a round says of a crowd that it lost on the way, and how many of a crowd's windows have to come."""

from collections.abc import Mapping, Sequence
from math import inf

import pytest

from harness.analysis.crowds import crowd_comparisons, crowd_finding, judge_crowds, largest, metric_by_round
from harness.model.cell import Workload
from harness.model.claim import Metric
from harness.model.validity import GateName
from tests.unit.analysis.climbed import LOST, SKIPPED, Rung, climbed
from tests.unit.analysis.simulate import subject

ANY, OTHER = subject("any"), subject("other")
WHOLE = {1_000: [1_000] * 3, 2_000: [2_000] * 3, 5_000: [5_000] * 3}
HALF = "at least half of the windows are needed"
WORKLOADS = pytest.mark.parametrize("workload", [Workload.FEED, Workload.CHAT])


def most(ladder: Mapping[int, Sequence[Rung]], workload: Workload = Workload.FEED) -> dict[int, float]:
    count = {Workload.FEED: lambda each: each.held, Workload.CHAT: lambda each: each.served}[workload]
    return dict(largest(judge_crowds(climbed({ANY: ladder}, workload), workload), count))


@WORKLOADS
@pytest.mark.parametrize("rung", [LOST, None], ids=["lost", "cut off"])
def test_a_round_that_did_not_come_to_a_number_has_no_most(rung: Rung, workload: Workload) -> None:
    assert most({**WHOLE, 5_000: [5_000, 5_000, rung]}, workload) == {0: 5_000, 1: 5_000}
    assert most({**WHOLE, 1_000: [1_000, rung, 1_000]}, workload) == {0: 5_000, 2: 5_000}


@WORKLOADS
def test_where_fewer_were_too_many_these_are_the_most(workload: Workload) -> None:
    ladder = {1_000: [1_000, 16, 1_000], 2_000: [40, SKIPPED, 2_000], 5_000: [SKIPPED, SKIPPED, 5_000]}
    assert most(ladder, workload) == {0: 1_000, 1: 16, 2: 5_000}


def test_a_number_that_was_measured_counts_where_a_smaller_one_was_lost() -> None:
    crowds = judge_crowds(climbed({ANY: {1_000: [LOST, 1_000, LOST], 2_000: [2_000, LOST, SKIPPED]}}), Workload.FEED)
    assert metric_by_round(crowds, Metric.HELD, 2_000) == {0: 2_000}
    assert metric_by_round(crowds, Metric.DELIVERED, 2_000) == {0: 1.0}
    assert metric_by_round(crowds, Metric.HELD, None) == {}


def test_what_was_lost_is_no_share_of_the_events() -> None:
    crowds = judge_crowds(climbed({ANY: {1_000: [500, 500, 500], 2_000: [2_000, SKIPPED, LOST]}}), Workload.FEED)
    assert metric_by_round(crowds, Metric.DELIVERED, 2_000) == {0: 1.0, 1: 0.25}


@WORKLOADS
def test_two_that_hold_the_same_are_not_set_apart_by_a_window_that_one_lost(workload: Workload) -> None:
    lost = {**WHOLE, 5_000: [5_000, LOST, 5_000]}
    (pair,) = crowd_comparisons(judge_crowds(climbed({ANY: lost, OTHER: WHOLE}, workload), workload), workload)
    assert pair.ratio.value == pytest.approx(1.0)


@WORKLOADS
@pytest.mark.parametrize(
    ("rungs", "held", "told"),
    [
        ([1_000] * 3, True, "3 of 3 windows came"),
        ([1_000, 1_000, LOST], True, f"2 of 3 windows came; 1 lost ({LOST})"),
        ([1_000, LOST], True, f"1 of 2 windows came; 1 lost ({LOST})"),
        ([1_000, LOST, LOST], False, f"{HALF}, and 1 of 3 came; 2 lost ({LOST})"),
        (
            [1_000, SKIPPED, LOST],
            True,
            f"1 of 3 windows came, 1 not tried since fewer were too many; 1 lost ({LOST})",
        ),
        (
            [SKIPPED, LOST, LOST],
            False,
            f"{HALF}, and 0 of 3 came, 1 not tried since fewer were too many; 2 lost ({LOST})",
        ),
        ([LOST, LOST], False, f"no window: {LOST}"),
        ([None, None], False, "no window: none was measured"),
    ],
)
def test_half_of_a_crowd_s_windows_are_needed(
    rungs: Sequence[Rung], told: str, workload: Workload, *, held: bool
) -> None:
    (judged,) = judge_crowds(climbed({ANY: {1_000: rungs}}, workload), workload)
    (gate,) = (each for each in judged.gates if each.name is GateName.ENOUGH_DATA)
    assert (gate.held, gate.explanation) == (held, told)
    assert ((gate.value or 0.0) >= (gate.limit or inf)) is held
    assert crowd_finding(judged).valid is held


def test_what_was_skipped_in_each_round_lacks_no_window() -> None:
    (judged,) = judge_crowds(climbed({ANY: {2_000: [SKIPPED, SKIPPED]}}), Workload.FEED)
    assert judged.reasons == ()
    assert crowd_finding(judged).skipped == SKIPPED
