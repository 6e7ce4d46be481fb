"""The engine reads over interim responses, which HTTP/1.1 allows before each answer, and counts them."""

from collections.abc import Callable
from typing import Any

import pytest

from harness.load.client import Driver
from harness.model.window import Failure, WindowReport, WindowSpec
from tests.integration.load.conftest import has_answers
from tests.waiting import undisturbed

CONNECTIONS = 8


@pytest.mark.fault(
    where="server",
    what="It sends interim responses (103, 100) before its answers",
    happens="They are read over and counted; the final ones are judged.",
    lost="Nothing",
    exit_code=0,
)
@pytest.mark.parametrize(
    ("behaviour", "to_each"),
    [("hints", 1), ("hints-apart", 2), ("hints-bytewise", 2), ("hints-once", 0.5)],
)
def test_the_final_response_counts_and_the_interim_ones_are_counted_beside_it(
    driver: Driver, serve: Callable[..., Any], window: Callable[..., WindowSpec], behaviour: str, to_each: float
) -> None:
    def measured() -> WindowReport:
        server = serve(behaviour)
        report = driver.window(window(server.port))
        counts = server.counts()
        assert report.requests_total == report.responses_total == counts["requests"]
        assert counts["connections"] == CONNECTIONS
        return report

    report = undisturbed(measured, has_answers)
    assert not report.failures
    assert report.interim_responses == pytest.approx(report.responses * to_each, abs=2 * CONNECTIONS)


def test_without_interim_responses_their_count_is_zero(
    driver: Driver, serve: Callable[..., Any], window: Callable[..., WindowSpec]
) -> None:
    assert driver.window(window(serve("right").port)).interim_responses == 0


@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [
        ("hints-then-wrong", (Failure.WRONG_BODY, "HTTP/1.1 200 OK Hello, Wurld!")),
        ("hints-then-half", (Failure.CLOSED_EARLY, "the server closed the connection HTTP/1.1 200 OK Hello")),
        ("hints-alone", (Failure.CLOSED_EARLY, "the server closed the connection")),
        ("hints-unasked", (Failure.MALFORMED, "bytes that were not asked for")),
        ("upgraded", (Failure.STATUS, "HTTP/1.1 101 Switching Protocols")),
    ],
)
def test_what_follows_is_judged_as_ever_and_an_interim_response_is_never_an_answer(
    driver: Driver,
    serve: Callable[..., Any],
    window: Callable[..., WindowSpec],
    behaviour: str,
    expected: tuple[Failure, str],
) -> None:
    failure, told = expected
    report = driver.window(window(serve(behaviour).port))
    assert report.responses == 0
    assert set(report.failures) == {failure}
    assert told in report.first_failure


def test_an_open_loop_counts_from_the_intended_time_as_ever(
    driver: Driver, serve: Callable[..., Any], window: Callable[..., WindowSpec]
) -> None:
    report = driver.window(window(serve("hints-apart").port, rate_rps=200))
    assert report.responses == report.offered
    assert not report.failures
    assert report.interim_responses > report.responses
