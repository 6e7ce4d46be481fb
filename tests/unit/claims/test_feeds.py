"""Claims on feeds of which some held nobody: decided on what stands for none, and told without it."""

from collections.abc import Sequence

import pytest

from harness.claims.evaluate import evaluate
from harness.model.claim import Against, BoundCondition, Claim, ClaimsFile, Metric, RatioCondition
from harness.model.verdict import ClaimFinding, Verdict
from harness.results.records import RecordedRun
from tests.unit.analysis.fed import ASKED, fed, talked
from tests.unit.analysis.simulate import subject

CHATS = talked({subject("many"): [100, 100, 100], subject("few"): [50, 50, 50]})
CONTROLLED = "(controlled, gunicorn gthread)"
RUN = fed({subject("many"): [100, 100, 100], subject("none"): [0, 0, 0]})


def found(condition: BoundCondition | RatioCondition, run: RecordedRun = RUN) -> ClaimFinding:
    claim = Claim.model_validate({"id": "one", "says": "It holds.", "condition": [condition]})
    (finding,) = evaluate(ClaimsFile(source="a test", claim=(claim,)), run).claims
    return finding


def bound(metric: Metric, **margin: float) -> BoundCondition:
    return BoundCondition(form="bound", subjects=("none",), metric=metric, connections=ASKED, **margin)


def ratio(app: str, group: Sequence[str], metric: Metric = Metric.HELD) -> RatioCondition:
    return RatioCondition(
        form="ratio", subjects=(app,), metric=metric, against=Against.EVERY, group=tuple(group), at_least=1.5
    )


@pytest.mark.parametrize(("metric", "told"), [(Metric.HELD, "0 (none in any round)"), (Metric.DELIVERED, "0 %")])
def test_none_is_zero_against_a_bound(metric: Metric, told: str) -> None:
    finding = found(bound(metric, at_least=0.1))
    assert finding.verdict is Verdict.REFUTED
    assert told in finding.sentence
    assert [each.value and each.value.high for each in finding.evidence] == [0.0]
    assert found(bound(metric, at_most=0.9)).verdict is Verdict.SUPPORTED


def test_none_is_no_multiple_of_some() -> None:
    finding = found(ratio("none", ["many"]))
    assert finding.verdict is Verdict.REFUTED
    assert f"none {CONTROLLED} has 0 (none in any round) times the subscribers held" in finding.sentence


def test_some_are_no_multiple_of_none() -> None:
    finding = found(ratio("many", ["none"]))
    assert finding.verdict is Verdict.SUPPORTED
    some, none = f"many {CONTROLLED} has some subscribers held", f"none {CONTROLLED} has none in any round"
    assert f"{some}, {none}" in finding.sentence
    assert [each.value for each in finding.evidence] == [None]


def test_members_of_chats_are_compared_by_those_who_had_every_message() -> None:
    finding = found(ratio("many", ["few"], Metric.SERVED), CHATS)
    assert finding.verdict is Verdict.SUPPORTED
    assert "2.00 times the members to whom every message came in time" in finding.sentence
    assert found(ratio("few", ["many"], Metric.SERVED), CHATS).verdict is Verdict.REFUTED


def test_what_was_not_measured_of_a_chat_is_not_run() -> None:
    assert found(ratio("many", ["none"], Metric.SERVED)).verdict is Verdict.NOT_RUN
    assert found(ratio("many", ["few"]), CHATS).verdict is Verdict.NOT_RUN
