"""Claims on crowds rest on the rounds that show what they are about, and on as many as were asked for."""

from collections.abc import Mapping, Sequence

import pytest

from harness.claims.evaluate import evaluate
from harness.model.cell import Subject, Workload
from harness.model.claim import Claim, ClaimsFile
from harness.model.verdict import ClaimFinding, Verdict
from tests.unit.analysis.climbed import LOST, SKIPPED, Rung, climbed
from tests.unit.analysis.simulate import subject

ONE, OTHER = subject("one"), subject("other")
WHOLE: Mapping[int, Sequence[Rung]] = {1_000: [1_000] * 3, 2_000: [2_000] * 3, 5_000: [5_000] * 3}
HELD: dict[str, object] = {"form": "bound", "subjects": ("one",), "metric": "subscribers_held"}
RATIO: dict[str, object] = HELD | {"form": "ratio", "against": "every", "group": ("other",), "at_least": 0.97}


def held(
    ladders: Mapping[Subject, Mapping[int, Sequence[Rung]]], condition: dict[str, object], workload: Workload
) -> ClaimFinding:
    if workload is Workload.CHAT:
        condition = condition | {"metric": "members_served"}
    claim = Claim.model_validate({"id": "one", "says": "It holds many.", "condition": [condition]})
    (found,) = evaluate(ClaimsFile(source="a test", claim=(claim,)), climbed(ladders, workload)).claims
    return found


@pytest.mark.parametrize("workload", [Workload.FEED, Workload.CHAT])
@pytest.mark.parametrize("rung", [LOST, None], ids=["lost", "cut off"])
@pytest.mark.parametrize("asked", [{}, {"connections": 5_000}], ids=["the most", "5,000"])
def test_what_a_round_did_not_come_to_refutes_nothing(rung: Rung, asked: dict[str, object], workload: Workload) -> None:
    lost = {**WHOLE, 5_000: [5_000, 5_000, rung]}
    found = held({ONE: lost}, HELD | asked | {"at_least": 4_000}, workload)
    assert [each.value and each.value.value for each in found.evidence] == pytest.approx([5_000])
    assert found.verdict is Verdict.SUPPORTED
    assert held({ONE: lost, OTHER: WHOLE}, RATIO | asked, workload).verdict is Verdict.SUPPORTED


@pytest.mark.parametrize("workload", [Workload.FEED, Workload.CHAT])
def test_what_was_skipped_since_fewer_were_too_many_does(workload: Workload) -> None:
    few = {1_000: [16] * 3, 2_000: [SKIPPED] * 3, 5_000: [SKIPPED] * 3}
    for asked in ({}, {"connections": 5_000}):
        found = held({ONE: few}, HELD | asked | {"at_least": 4_000}, workload)
        assert found.verdict is Verdict.REFUTED
        assert held({ONE: few, OTHER: WHOLE}, RATIO | asked, workload).verdict is Verdict.REFUTED


def test_a_crowd_of_which_most_windows_were_lost_decides_nothing() -> None:
    found = held({ONE: {1_000: [1_000, LOST, LOST]}}, HELD | {"connections": 1_000, "at_least": 900}, Workload.FEED)
    assert found.verdict is Verdict.INVALID
    assert "at least half of the windows are needed, and 1 of 3 came" in found.sentence


@pytest.mark.parametrize("workload", [Workload.FEED, Workload.CHAT])
@pytest.mark.parametrize("bound", [{"at_least": 5_000}, {"at_least": 20_000}, {"at_most": 20_000}])
def test_who_holds_all_that_were_tried_may_hold_more(bound: dict[str, object], workload: Workload) -> None:
    found = held({ONE: {**WHOLE, 5_000: [5_000, 4_990, 5_000]}}, HELD | bound, workload)
    assert found.verdict is Verdict.NOT_RUN
    what = "members" if workload is Workload.CHAT else "subscribers"
    assert f"no more than 5,000 {what} were tried, and one (controlled" in found.sentence
    assert ") came to as many" in found.sentence


def test_who_does_not_is_known_to_hold_no_more() -> None:
    few = {ONE: {**WHOLE, 5_000: [3_000, 3_000, 3_000]}}
    assert held(few, HELD | {"at_least": 20_000}, Workload.FEED).verdict is Verdict.REFUTED
    assert held(few, HELD | {"at_most": 20_000}, Workload.FEED).verdict is Verdict.SUPPORTED
