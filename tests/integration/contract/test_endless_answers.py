"""A check ends, whatever comes and however long: patience is for the whole, and not for each of its parts."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from harness.contract.conformance import check
from harness.contract.conformance.suite import CHECKS
from harness.model.app import Endpoint
from harness.model.conformance import Outcome, Target

Serve = Callable[..., AbstractContextManager[dict[str, Target]]]


@pytest.mark.parametrize(
    ("app", "of", "asked", "found"),
    [
        ("FeedOfComments", ("first event", Endpoint.FEED), Endpoint.FEED, "and 0 events in them"),
        ("FeedOfComments", ("leaving clients", Endpoint.FEED), Endpoint.FEED, "and 0 events in them"),
        ("HeadOfFeedWithFeed", ("HEAD", None), Endpoint.FEED, "HEAD /feed?interval_ms=50: a body of "),
        ("HeadOfHelloWithFeed", ("HEAD", None), Endpoint.HELLO, "and no end of them"),
    ],
)
def test_what_has_no_end_fails_the_check(
    serve: Serve, app: str, of: tuple[str, Endpoint | None], asked: Endpoint, found: str
) -> None:
    meant = [each for each in CHECKS if (each.name, each.endpoint) == of]
    with serve(app) as targets:
        report = check(targets[app], [asked], statements=None, checks=meant, patience_s=0.5)
    (result,) = report.results
    assert result.outcome is Outcome.FAILED
    assert found in result.found
