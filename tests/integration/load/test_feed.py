"""Feeds of known faults: every subscriber and every event is accounted for."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from harness.histogram import Histogram
from harness.load.client import Driver
from harness.model.crowds.feed import FeedReport, FeedSpec
from harness.model.window import Failure, Phase
from tests.integration.load.conftest import has_answers
from tests.waiting import undisturbed

FEEDING = Path(__file__).with_name("feeding.py")
SUBSCRIBERS = 40

type Feed = Callable[..., FeedReport]


@pytest.fixture
def feed(driver: Driver) -> Iterator[Feed]:
    """Hold subscribers on a feed with this fault; its server ends with the test."""
    with ExitStack() as running:

        def hold(*fault: str, **changes: object) -> FeedReport:
            process = running.enter_context(
                subprocess.Popen(
                    [sys.executable, FEEDING, *fault], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
                )
            )
            assert process.stdin
            assert process.stdout
            running.callback(process.stdin.close)
            values: dict[str, object] = {
                "host": "127.0.0.1",
                "port": int(process.stdout.readline()),
                "subscribers": SUBSCRIBERS,
                "interval_ms": 100,
                "pending": 8,
                "stall_s": 0.4,
                "lead_in_s": 0.2,
                "duration_s": 1.0,
                "limit_s": 0.3,
            }
            return driver.feed(FeedSpec.model_validate(values | changes))

        yield hold


def accounted(report: FeedReport) -> bool:
    """Whether every subscriber and every event stands in exactly one of the counts."""
    fates = (report.held, report.dropped, report.late_comers, report.unanswered, report.refused, report.untried)
    return sum(fates) == report.asked and report.delivered + report.late + report.missing == report.due


def all_are_served(report: FeedReport) -> None:
    assert (report.held, report.served) == (SUBSCRIBERS,) * 2


def test_a_faultless_feed_is_held_and_served_to_the_last_event(feed: Feed) -> None:
    def check(report: FeedReport) -> None:
        assert (report.asked, report.held, report.served) == (SUBSCRIBERS,) * 3
        assert (report.due, report.delivered) == (10 * SUBSCRIBERS,) * 2

    report = undisturbed(lambda: feed("none"), check)
    assert report.disordered == 0
    assert not report.failures
    assert accounted(report)


def test_subscribers_that_get_no_answer_are_not_held_and_those_behind_them_not_tried(feed: Feed) -> None:
    def check(report: FeedReport) -> None:
        assert (report.held, report.unanswered, report.untried) == (16, 8, SUBSCRIBERS - 24)
        assert (report.delivered, report.missing) == (160, 240)

    report = undisturbed(lambda: feed("hold", "16"), check)
    assert report.due == 10 * SUBSCRIBERS
    assert accounted(report)


def test_events_that_are_left_out_are_missing_and_out_of_order(feed: Feed) -> None:
    def check(report: FeedReport) -> None:
        assert report.held == SUBSCRIBERS
        assert report.missing == pytest.approx(2 * SUBSCRIBERS, abs=SUBSCRIBERS)

    report = undisturbed(lambda: feed("skip", "5"), check)
    assert report.served == 0
    assert report.disordered >= SUBSCRIBERS
    assert accounted(report)


def test_events_that_come_late_lag_by_as_much(feed: Feed) -> None:
    def check_late(report: FeedReport) -> None:
        assert report.held == SUBSCRIBERS
        assert Histogram.decode(report.lag).value_at(0.5) == pytest.approx(400e6, rel=0.1)

    def check_slightly(report: FeedReport) -> None:
        assert report.delivered == report.due
        assert Histogram.decode(report.lag).value_at(0.5) == pytest.approx(150e6, rel=0.15)

    report = undisturbed(lambda: feed("late", "400"), check_late)
    assert report.delivered == 0
    assert report.late + report.missing == report.due
    undisturbed(lambda: feed("late", "150"), check_slightly)


def test_subscribers_that_the_server_drops_are_told_from_those_it_holds(feed: Feed) -> None:
    def check(report: FeedReport) -> None:
        assert report.dropped == SUBSCRIBERS

    report = undisturbed(lambda: feed("drop", "4"), check)
    assert report.held == 0
    assert report.failures == {Failure.CLOSED_EARLY: SUBSCRIBERS}
    assert accounted(report)


def test_subscribers_that_are_turned_away_are_refused(feed: Feed) -> None:
    report = feed("refuse")
    assert report.refused == SUBSCRIBERS
    assert report.failures == {Failure.STATUS: SUBSCRIBERS}
    assert report.first_failure is not None
    assert "503" in report.first_failure
    assert accounted(report)


def test_nobody_listens(driver: Driver, closed_port: int) -> None:
    phases: list[Phase] = []
    spec = FeedSpec(
        host="127.0.0.1", port=closed_port, subscribers=10, interval_ms=100, lead_in_s=0, duration_s=0.2, limit_s=0.1
    )
    report = driver.feed(spec, phases.append)
    assert report.refused == 10
    assert [phase.event for phase in phases] == ["opened", "closed"]
    assert accounted(report)


def test_the_driver_goes_on_with_ordinary_windows(
    feed: Feed, driver: Driver, serve: Callable[..., object], window: Callable[..., object]
) -> None:
    feed("none")
    port = serve("right").port  # type: ignore[attr-defined]
    report = undisturbed(lambda: driver.window(window(port)), has_answers)  # type: ignore[arg-type]
    assert not report.failures


def test_interim_responses_before_a_feed_are_read_over_and_counted(feed: Feed) -> None:
    """Also where the head comes byte by byte, with a status that is complete only later."""
    report = undisturbed(lambda: feed("hints", stall_s=5.0), all_are_served)
    assert report.interim_responses == 2 * SUBSCRIBERS
    assert not report.failures
    assert accounted(report)


@pytest.mark.parametrize("spelling", ["cr", "colon", "spaces"])
def test_every_spelling_that_the_checks_take_is_taken_under_load(feed: Feed, spelling: str) -> None:
    """Lines that end in CR, a space before a colon of JSON, two spaces before an id."""
    report = undisturbed(lambda: feed(spelling), all_are_served)
    assert (report.disordered, report.unreadable) == (0, 0)
    assert accounted(report)


@pytest.mark.fault(
    where="app",
    what="Its feed sends events that are none of the contract's",
    happens="They hold nobody; its cells are invalid and quote the first.",
    lost="Its cells of feeds",
    exit_code=0,
)
def test_events_that_are_none_of_the_contract_s_hold_nobody_and_are_told(feed: Feed) -> None:
    report = feed("words")
    assert (report.held, report.refused) == (0, SUBSCRIBERS)
    assert report.unreadable == SUBSCRIBERS
    assert report.failures == {Failure.WRONG_BODY: SUBSCRIBERS}
    assert report.first_failure is not None
    assert report.first_failure.startswith("wrong_body: an event with id 1 and data tick of the clock: no JSON")
    assert accounted(report)
