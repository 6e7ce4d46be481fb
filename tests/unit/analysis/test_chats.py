"""Chats: what makes one invalid, and what is known of the others."""

import pytest

from harness.analysis.analyse import analyse
from harness.analysis.crowds import crowd_finding, judge_crowds
from harness.model.cell import Workload
from harness.model.crowds.chat import ChatFaults
from harness.model.findings import CrowdFinding
from harness.results.records import RecordedRun
from tests.unit.analysis.fed import ASKED, fed, talked
from tests.unit.analysis.simulate import subject

ANY = subject("any")


def only(run: RecordedRun) -> CrowdFinding:
    (finding,) = map(crowd_finding, judge_crowds(run, Workload.CHAT))
    return finding


def test_a_chat_in_which_all_is_right_is_valid_and_summed_up() -> None:
    finding = only(talked({ANY: [100, 40]}))
    assert finding.valid
    assert finding.held is not None
    assert finding.held.value == pytest.approx(ASKED)
    assert (finding.due, finding.delivered, finding.late) == (1_200, 840, 360)
    assert finding.chat == ChatFaults(unsaid=0, lost=0, twice=0, wrong_room=0, changed=0)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("lost", "2 messages lost"),
        ("twice", "2 messages that came twice"),
        ("disordered", "2 messages out of order"),
        ("wrong_room", "2 messages in a room that they were not said in"),
        ("changed", "2 messages that nobody had said (wrong_body: a text)"),
    ],
)
def test_one_message_that_is_wrong_makes_a_chat_invalid_and_is_told(fault: str, told: str) -> None:
    finding = only(talked({ANY: [100, 100]}, **{fault: 1}, first_failure="wrong_body: a text"))
    assert not finding.valid
    assert finding.reasons == (f"responses verified: {told}",)
    assert finding.held is None


def test_messages_that_are_late_or_were_never_said_make_no_chat_invalid() -> None:
    finding = only(talked({ANY: [40, 40]}, unsaid=3))
    assert finding.valid
    assert finding.chat is not None
    assert finding.chat.unsaid == 6


def test_feeds_and_chats_are_told_apart() -> None:
    findings = analyse(talked({ANY: [100, 100]}))
    assert (len(findings.feeds), len(findings.chats)) == (0, 1)
    findings = analyse(fed({ANY: [100, 100]}))
    assert (len(findings.feeds), len(findings.chats)) == (1, 0)
