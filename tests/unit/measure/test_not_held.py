"""When a server is not asked to hold more of a crowd."""

from harness.measure.holding import not_held
from harness.model.cell import Workload
from tests.unit.analysis.fed import chat_report, feed_report


def test_whoever_holds_99_in_100_and_is_not_behind_is_asked_to_hold_more() -> None:
    assert not_held(feed_report(99), Workload.FEED) is None
    assert not_held(chat_report(99), Workload.CHAT) is None


def test_a_feed_that_holds_fewer_is_not_asked_for_more_however_punctual() -> None:
    assert not_held(feed_report(98), Workload.FEED) == "not tried: of 100 subscribers it held 98"
    assert not_held(chat_report(100, held=98), Workload.CHAT) == "not tried: of 100 members it held 98"


def test_a_chat_that_is_behind_is_not_asked_for_more_and_a_feed_is() -> None:
    behind = "not tried: of the messages due to 100 members, 98.0% came in time"
    assert not_held(chat_report(98), Workload.CHAT) == behind
    assert not_held(feed_report(100, delivered=300), Workload.FEED) is None
