"""Chats of known faults: every member and every message is accounted for."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.histogram import Histogram
from harness.load.client import Driver
from harness.model.crowds.chat import ChatReport, ChatSpec
from harness.model.window import Failure
from tests.waiting import undisturbed

CHATTING = Path(__file__).with_name("chatting.py")
MEMBERS, ROOM = 20, 5
MESSAGES = 4 * 10
SHORT = {"duration_s": 0.1, "limit_s": 0.1}
"""Where nobody comes in, no stretch has to be waited for."""


@dataclass
class Chat:
    """What was counted, and how often the server says that it did wrong, whenever that was."""

    report: ChatReport
    faults: int


type Talk = Callable[..., Chat]


@pytest.fixture
def talk(driver: Driver) -> Iterator[Talk]:
    """Hold members in a chat with this fault; its server ends with it."""
    with ExitStack() as running:

        def hold(*fault: str, **changes: object) -> Chat:
            process = running.enter_context(
                subprocess.Popen(
                    [sys.executable, CHATTING, *fault], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
                )
            )
            assert process.stdin
            assert process.stdout
            running.callback(process.stdin.close)
            values: dict[str, object] = {
                "host": "127.0.0.1",
                "port": int(process.stdout.readline()),
                "members": MEMBERS,
                "room_members": ROOM,
                "pending": 8,
                "stall_s": 30.0,
                "lead_in_s": 0.2,
                "duration_s": 1.0,
                "limit_s": 0.4,
                "seed": 7,
            }
            report = driver.chat(ChatSpec.model_validate(values | changes))
            process.stdin.close()
            return Chat(report, int(process.stdout.readline()))

        yield hold


def accounted(report: ChatReport) -> bool:
    """Whether every member and every message stands in exactly one of the counts."""
    fates = (report.held, report.dropped, report.late_comers, report.unanswered, report.refused, report.untried)
    return sum(fates) == report.asked and report.delivered + report.late + report.missing == report.due


def wrong(report: ChatReport) -> int:
    """All that breaks the contract by itself."""
    return report.disordered + report.breaches


def all_came(chat: Chat) -> None:
    report = chat.report
    assert (report.asked, report.held, report.served) == (MEMBERS,) * 3
    assert report.delivered == report.due


def all_are_held(chat: Chat) -> None:
    """Every message was said, and the window was long enough to hold them all."""
    report = chat.report
    assert (report.held, report.unsaid, report.late) == (MEMBERS, 0, 0)
    assert report.said == 4 * 16


@pytest.mark.parametrize("way", ["none", "fragments"])
def test_a_faultless_chat_is_held_and_served_to_the_last_message(talk: Talk, way: str) -> None:
    report = undisturbed(lambda: talk(way), all_came).report
    assert report.due == pytest.approx(MESSAGES * ROOM, abs=4 * ROOM)
    assert wrong(report) == 0
    assert not report.failures
    assert accounted(report)


def test_a_room_larger_than_most_is_entered_without_everybody_s_word(talk: Talk) -> None:
    report = undisturbed(lambda: talk("none", room_members=MEMBERS), all_came).report
    assert report.due == pytest.approx(10 * MEMBERS, abs=MEMBERS)
    assert wrong(report) == 0


@pytest.mark.fault(
    where="app",
    what="Its chat loses one message at one member",
    happens="It is counted as lost where a later one has come; its cells of chats are invalid.",
    lost="Its cells of chats",
    exit_code=0,
)
def test_one_lost_message_in_thousands_is_found_out(talk: Talk) -> None:
    """At the most unfavourable place: it is one delivery to one member."""

    def check(chat: Chat) -> None:
        assert chat.faults == 1
        assert (chat.report.lost, chat.report.missing, chat.report.late) == (1, 1, 0)

    report = undisturbed(lambda: talk("lose", "200"), check).report
    assert (report.disordered, report.twice, report.wrong_room, report.changed) == (0, 0, 0, 0)
    assert report.held - report.served == 1
    assert accounted(report)


def test_a_message_that_nobody_was_given_is_lost_to_everybody(talk: Talk) -> None:
    def check(chat: Chat) -> None:
        assert chat.report.missing == ROOM

    report = undisturbed(lambda: talk("swallow", "35"), check).report
    assert wrong(report) == report.lost
    assert accounted(report)


@pytest.mark.fault(
    where="app",
    what="Its chat sends a message twice, changed, in another order to one member, or to another room",
    happens="Each is counted by that name; its cells of chats are invalid and say how many of which there were.",
    lost="Its cells of chats",
    exit_code=0,
)
@pytest.mark.parametrize(
    ("fault", "count"), [("twice", "twice"), ("swap", "disordered"), ("stray", "wrong_room"), ("change", "changed")]
)
def test_what_is_done_wrong_to_a_message_is_found_out_and_called_by_its_name(
    talk: Talk, fault: str, count: str
) -> None:
    def check(chat: Chat) -> None:
        all_are_held(chat)
        assert getattr(chat.report, count) == chat.faults > 0

    report = undisturbed(lambda: talk(fault, "70"), check).report
    assert wrong(report) - report.lost == getattr(report, count)
    assert accounted(report)


def test_messages_that_come_late_lag_by_as_much(talk: Talk) -> None:
    def check(chat: Chat) -> None:
        assert chat.report.late > chat.report.due / 2
        assert Histogram.decode(chat.report.lag).value_at(0.5) == pytest.approx(500e6, rel=0.1)

    report = undisturbed(lambda: talk("late", "500", limit_s=0.45, duration_s=1.0), check).report
    assert report.delivered == 0
    assert accounted(report)


def test_members_that_the_server_drops_are_told_from_those_it_holds(talk: Talk) -> None:
    report = undisturbed(lambda: talk("drop", "2"), lambda chat: _all_dropped(chat.report)).report
    assert report.failures == {Failure.CLOSED_EARLY: MEMBERS}
    assert report.first_failure == "closed_early: the server closed the chat (1011: enough said)"
    assert report.held == 0
    assert report.unsaid > 0
    assert accounted(report)


def _all_dropped(report: ChatReport) -> None:
    assert report.dropped == MEMBERS


@pytest.mark.parametrize(
    ("fault", "failure", "told"),
    [
        ("refuse", Failure.STATUS, "status 403, not 101"),
        ("extend", Failure.MALFORMED, "Sec-WebSocket-Extensions: permessage-deflate, which nobody asked for"),
        ("masked", Failure.MALFORMED, "a masked frame, which only clients send"),
        ("packed", Failure.MALFORMED, "a reserved bit is set, and no extension was agreed upon"),
        ("latin", Failure.MALFORMED, "a text that is no UTF-8"),
    ],
)
def test_members_that_are_turned_away_are_refused(talk: Talk, fault: str, failure: Failure, told: str) -> None:
    report = talk(fault, **SHORT).report
    assert report.refused == MEMBERS
    assert report.failures == {failure: MEMBERS}
    assert report.first_failure is not None
    assert told in report.first_failure
    assert report.due == report.missing
    assert accounted(report)


def test_members_that_hear_nothing_are_not_held_and_those_behind_them_not_tried(talk: Talk) -> None:
    report = talk("silent", stall_s=0.3, **SHORT).report
    assert (report.held, report.unanswered, report.untried) == (0, 8, MEMBERS - 8)
    assert accounted(report)


def test_a_server_that_answers_in_binary_has_changed_what_was_said(talk: Talk) -> None:
    def check(chat: Chat) -> None:
        assert chat.report.changed > 0

    report = undisturbed(lambda: talk("binary", stall_s=0.3, **SHORT), check).report
    assert report.held == 0
    assert report.first_failure is not None
    assert report.first_failure.startswith("wrong_body: a binary message")


def test_nobody_listens(driver: Driver, closed_port: int) -> None:
    spec = ChatSpec(host="127.0.0.1", port=closed_port, members=10, lead_in_s=0, duration_s=0.2, limit_s=0.1)
    report = driver.chat(spec)
    assert report.refused == 10
    assert accounted(report)
