"""What HTTP, HTML and the event stream allow is no fault, however rare it is."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial

import pytest

from harness.contract.conformance import check
from harness.contract.conformance.suite import CHECKS
from harness.model.app import Endpoint
from harness.model.conformance import Outcome, Target
from harness.runtime.database.embedded import EmbeddedPostgres
from tests.integration.contract.conftest import at_work
from tests.waiting import PATIENCE_S

Serve = Callable[..., AbstractContextManager[dict[str, Target]]]

pytestmark = pytest.mark.usefixtures("small_crowds")


def test_interim_responses_before_each_answer_are_read_over_and_told(serve: Serve, postgres: EmbeddedPostgres) -> None:
    with serve("EarlyHints") as targets:
        report = check(
            targets["EarlyHints"],
            list(Endpoint),
            statements=postgres.statements,
            connections=postgres.connections,
            activity=postgres.activity,
            hold=postgres.held,
            change=postgres.change,
            workforce=partial(at_work, targets["EarlyHints"]),
            patience_s=PATIENCE_S,
        )
    assert [result for result in report.results if result.outcome is not Outcome.PASSED] == []
    framings = {result.found for result in report.results if result.check == "framing"}
    assert framings == {"Content-Length, after interim responses (103, 102)"}


@pytest.mark.parametrize("app", ["FeedInCarriageReturns", "FeedSpacedOut"])
def test_every_spelling_of_an_event_stream_passes(serve: Serve, app: str) -> None:
    of_feeds = [each for each in CHECKS if each.endpoint is Endpoint.FEED]
    with serve(app) as targets:
        report = check(targets[app], [Endpoint.HELLO, Endpoint.FEED], statements=None, checks=of_feeds)
    assert [result for result in report.results if result.outcome is not Outcome.PASSED] == []


def test_a_page_without_optional_end_tags_passes(serve: Serve) -> None:
    counted = {"SQL statements", "changed row", "database connections"}
    of_pages = [each for each in CHECKS if each.endpoint is Endpoint.FORTUNES and each.name not in counted]
    with serve("OptionalTagsLeftOut") as targets:
        report = check(targets["OptionalTagsLeftOut"], [Endpoint.FORTUNES], statements=None, checks=of_pages)
    assert [result for result in report.results if result.outcome is not Outcome.PASSED] == []
