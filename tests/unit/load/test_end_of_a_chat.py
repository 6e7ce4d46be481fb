"""A server may close a chat with a reason of any text: as much of it is shown as there is room for."""

import pytest

from harness.load.crowds.chat import Company
from harness.load.crowds.chat_script import written
from harness.load.crowds.web_socket import Opcode, Said
from harness.model.crowds.chat import ChatSpec
from harness.model.window import Failure
from tests.unit.load.one_connection import one_connection

SPEC = ChatSpec(host="127.0.0.1", port=1, members=1, duration_s=1)
GOING_AWAY = (1001).to_bytes(2)


@pytest.mark.parametrize("reason", ["", "enough", "é" * 61, "x" + "é" * 61, "xx" + "日" * 40, "x" * 123])
def test_a_reason_in_any_language_ends_the_member_alone(reason: str) -> None:
    with one_connection(lambda engine: Company(engine, SPEC, written(SPEC, 1))) as (company, connection):
        company._control(connection, Said(Opcode.CLOSE, GOING_AWAY + reason.encode()))
        (member,) = company.visitors
        assert member.ended_ns
        assert company._failures == {Failure.CLOSED_EARLY: 1}
        told = f"closed_early: the server closed the chat (1001{f': {reason[:80]}' if reason else ''})"
        assert (company._first_failure or "").strip() == told
