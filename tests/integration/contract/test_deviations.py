"""A framework that does otherwise by itself is told from one that fails: not passed, and not a failure."""

import re

import pytest

from harness.contract.conformance import check, methods
from harness.contract.conformance.suite import CHECKS
from harness.model.app import Endpoint
from harness.model.cell import Subject
from harness.model.conformance import Conformance, Outcome
from tests.integration.contract.conftest import Serve

pytestmark = pytest.mark.usefixtures("small_crowds")

REASON = "hands out the query undecoded, https://example.org/issues/1"


@pytest.mark.parametrize(
    ("deviates", "outcome", "conforms"),
    [
        ({}, Outcome.FAILED, False),
        ({"percent-encoding": REASON}, Outcome.DEVIATES, True),
        ({"unknown-path": REASON}, Outcome.FAILED, False),
    ],
)
def test_a_declared_deviation_does_not_count_as_passed(
    serve: Serve, *, deviates: dict[str, str], outcome: Outcome, conforms: bool
) -> None:
    with serve("NotDecoded") as targets:
        target = targets["NotDecoded"].model_copy(update={"deviates": deviates})
        report = check(target, [Endpoint.DB], statements=None)
    (found,) = (result for result in report.results if result.check == "percent-encoding")
    assert found.outcome is outcome
    assert "GET /db?id=%37: status 400" in found.found
    where = '[tool.bench.deviates] percent-encoding = "what it does, https://..."'
    assert (found.hint or "").endswith(where) is (outcome is Outcome.FAILED)
    assert (found.declared == REASON) is (outcome is Outcome.DEVIATES)
    assert report.conforms is conforms
    checked = Conformance(round_index=0, subject=Subject(app="robyn", variant="default"), results=report.results)
    assert checked.deviates == ((f"percent-encoding: {REASON}",) if outcome is Outcome.DEVIATES else ())


@pytest.mark.parametrize(("deviates", "outcome"), [({}, Outcome.FAILED), ({"head": REASON}, Outcome.DEVIATES)])
def test_a_body_after_head_is_one_fault_and_one_deviation(
    serve: Serve, *, deviates: dict[str, str], outcome: Outcome
) -> None:
    """It stands before the next answer for certain, so a second check would only say so once more."""
    with serve("HeadWithBody") as targets:
        target = targets["HeadWithBody"].model_copy(update={"deviates": deviates})
        report = check(target, [Endpoint.HELLO, Endpoint.DB], statements=None, checks=methods.CHECKS)
    head, after, _ = report.results
    assert (head.check, head.outcome) == ("HEAD", outcome)
    assert "a body of" in head.found
    assert (after.check, after.outcome) == ("after HEAD", Outcome.SKIPPED)
    assert re.match(r"the body after HEAD /\S+, told already, stands before", after.found)
    assert report.conforms is (outcome is Outcome.DEVIATES)


def test_what_is_declared_and_not_done_passes_as_it_does_without(serve: Serve) -> None:
    with serve("App") as targets:
        report = check(
            targets["App"].model_copy(update={"deviates": {"percent-encoding": REASON}}),
            [Endpoint.JSON],
            statements=None,
        )
    assert [result for result in report.results if result.outcome is Outcome.DEVIATES or result.hint] == []
    assert report.conforms


@pytest.mark.parametrize(
    ("app", "key", "outcome"),
    [
        ("IgnoresCase", "unknown-path", Outcome.DEVIATES),
        ("FoundEverything", "unknown-path", Outcome.FAILED),
        ("EchoedPath", "unknown-path", Outcome.FAILED),
        ("NotDecoded", "percent-encoding", Outcome.DEVIATES),
        ("LastPipelined", "pipelined-requests", Outcome.DEVIATES),
        ("DisorderedPipeline", "pipelined-requests", Outcome.FAILED),
        ("RoutesForGetAlone", "head", Outcome.DEVIATES),
        ("HeadWithBody", "head", Outcome.DEVIATES),
        ("RouteForHeadAlone", "head", Outcome.DEVIATES),
        ("ErrorOnHead", "head", Outcome.FAILED),
        ("HeadBodyLater", "after-head", Outcome.DEVIATES),
        ("AnyMethod", "other-methods", Outcome.DEVIATES),
        ("ErrorOnOtherMethods", "other-methods", Outcome.FAILED),
        ("UnreadBody", "other-methods", Outcome.FAILED),
    ],
)
def test_of_the_wrong_apps_those_that_do_harm_fail_all_the_same(
    serve: Serve, app: str, key: str, outcome: Outcome
) -> None:
    meant = [each for each in CHECKS if each.key == key]
    with serve(app) as targets:
        target = targets[app].model_copy(update={"deviates": {key: REASON}})
        (found,) = check(target, list(Endpoint), statements=None, checks=meant, patience_s=1.0).results
    assert found.outcome is outcome, found.found
