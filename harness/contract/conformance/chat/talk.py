"""Whether `/chat` sends each message to all members of its room, and to nobody else."""

from contextlib import ExitStack
from typing import Final

from harness.contract.chat_rooms import MAX_TEXT_BYTES, UNSUPPORTED_DATA
from harness.contract.conformance.chat.hearing import (
    TO_EVERYBODY,
    await_pong,
    enter,
    hear,
    hear_no_more,
    members_of_a_room,
    next_heard,
    own_room,
    say_to_all,
    shown,
    token,
)
from harness.contract.conformance.chat.member import Member, member_of
from harness.contract.conformance.message import Late, WireFault
from harness.contract.conformance.server_under_test import Check, ServerUnderTest, Wrong
from harness.model.app import Endpoint

_MEMBERS: Final = 4
_TURNS: Final = 5
_BURST: Final = 12
"""Messages that each member sends without waiting for any."""
_LEAVERS: Final = 12

_TEXTS: Final = (
    "a",
    " ",
    "",
    "two\nlines\r\n",
    '{"text": "no JSON is read", "n": [1, 2.0]}',
    "<b>&amp;</b> %41 \\u0041 ${HOME}",
    "Grüße, 你好, \U0001f468\u200d\U0001f469\u200d\U0001f467, \U0010ffff, e\u0301, \x00, \ufeff.",
    "null",
    "x" * 125,
    "x" * 126,
    "ü" * (MAX_TEXT_BYTES // 2),
)
"""Short and long ones, and what somebody might read, escape, cut or normalise."""

_ONE_AFTER_THE_OTHER: Final = (
    "send each message to all members before the next one of the room, or put it into a queue of each member at once"
)


def _own_messages(server: ServerUnderTest) -> str:
    with members_of_a_room(server, 1) as (member,):
        for text in _TEXTS:
            member.say(text)
            hear(member, text, "a member that is alone")
        hear_no_more(member, "a member that is alone")
    return f"{len(_TEXTS)} texts came back as they were, of up to {MAX_TEXT_BYTES:,} bytes"


def _every_member(server: ServerUnderTest) -> str:
    with members_of_a_room(server, _MEMBERS) as members:
        for turn in range(_TURNS):
            for speaker in members:
                say_to_all(members, speaker, f"turn {turn} of {members.index(speaker)}")
    return f"{_MEMBERS} members heard {_MEMBERS * _TURNS} messages, each once"


def _one_order(server: ServerUnderTest) -> str:
    """All send at once. Afterwards one more is sent: what it follows is all that there was."""
    with members_of_a_room(server, _MEMBERS) as members:
        for number in range(_BURST):
            for place, member in enumerate(members):
                member.say(f"{place}:{number}")
        heard = [_hear_burst(member, place) for place, member in enumerate(members)]
        for place, texts in enumerate(heard):
            if texts != heard[0]:
                at = next(index for index, pair in enumerate(zip(texts, heard[0], strict=True)) if pair[0] != pair[1])
                raise Wrong(
                    f"message {at + 1} of {len(texts)} was {texts[at]!r} to member {place + 1}, "
                    f"and {heard[0][at]!r} to member 1",
                    hint=_ONE_AFTER_THE_OTHER,
                )
        say_to_all(members, members[0], "that was all")
    return f"{_MEMBERS} members heard {_MEMBERS * _BURST} messages sent at once in one order"


def _hear_burst(member: Member, place: int) -> list[str]:
    """What a member hears of a burst: all of it, once, what each member sent in its order."""
    who, texts = f"member {place + 1} of {_MEMBERS}", []
    due = [0] * _MEMBERS
    for number in range(_MEMBERS * _BURST):
        text = next_heard(member, f"message {number + 1} of {_MEMBERS * _BURST} sent at once", who)
        speaker, _, said = text.partition(":")
        if (speaker, said) == ("", "") or not (speaker.isdecimal() and said.isdecimal()) or int(speaker) >= _MEMBERS:
            raise Wrong(f"{who} heard {shown(text)}, which nobody said")
        if int(said) < due[int(speaker)]:
            what = "a second time" if text in texts else "too late"
            raise Wrong(f"{who} heard message {int(said) + 1} of member {int(speaker) + 1} {what}", hint=TO_EVERYBODY)
        if int(said) > due[int(speaker)]:
            raise Wrong(
                f"{who} heard message {int(said) + 1} of member {int(speaker) + 1} "
                f"where its message {due[int(speaker)] + 1} belongs",
                hint=_ONE_AFTER_THE_OTHER,
            )
        due[int(speaker)] += 1
        texts.append(text)
    return texts


def _other_rooms(server: ServerUnderTest) -> str:
    name = token()
    names = (f"Room-{name}", f"room-{name}", f"Room-{name}-2", f"Room-{name[:-1]}")
    with ExitStack() as stack:
        members = [enter(stack, server, name) for name in names]
        for name, speaker in zip(names, members, strict=True):
            speaker.say(f"to {name}")
            hear(speaker, f"to {name}", f"the member of {name}")
        for name, member in zip(names, members, strict=True):
            hear_no_more(member, f"the member of {name}")
    return f"{len(names)} rooms of similar names heard nothing of each other"


def _latecomers(server: ServerUnderTest) -> str:
    with own_room(server) as room, ExitStack() as stack:
        first = enter(stack, server, room)
        for number in range(_TURNS):
            say_to_all([first], first, f"before {number}")
        members = [first, enter(stack, server, room, elders=[first])]
        say_to_all(members, members[1], "from now on")
    return "who came later heard nothing of what was said before"


def _fragments(server: ServerUnderTest) -> str:
    text = "in fragments: ü, 你好"
    said = text.encode()
    parts = [said[:5], b"", said[5:15], said[15:]]
    with members_of_a_room(server, 2) as members:
        members[0].say_in_fragments(parts, b"between")
        for place, member in enumerate(members):
            hear(member, text, f"member {place + 1} of 2")
        await_pong(members[0], b"between")
        say_to_all(members, members[1], "that was one message")
    return f"one message of {len(parts)} frames, with a ping between them"


def _pings(server: ServerUnderTest) -> str:
    with members_of_a_room(server, 1) as (member,):
        for data in (b"", b"ping", bytes(range(125))):
            member.ping(data)
            await_pong(member, data)
        hear_no_more(member, "who sent pings")
    return "pongs with the data of the pings"


def _binary(server: ServerUnderTest) -> str:
    with members_of_a_room(server, 3) as members:
        members[0].send_binary(b"no text")
        try:
            members[0].await_close()
        except Late as late:
            raise Wrong("a binary message did not end the connection") from late
        if members[0].close_code != UNSUPPORTED_DATA:
            code = "no close frame" if members[0].close_code is None else f"close code {members[0].close_code}"
            raise Wrong(f"a binary message gave {code}, where code {UNSUPPORTED_DATA} belongs")
        say_to_all(members[1:], members[1], "after the binary message")
    return f"close code {UNSUPPORTED_DATA}, and the others heard nothing of it"


def _closing(server: ServerUnderTest) -> str:
    with members_of_a_room(server, 2) as members:
        members[0].send_close()
        try:
            members[0].await_close()
            if members[0].close_code is None:
                raise Wrong("the connection ended without a close frame in answer to a close frame")
            members[0].await_end()
        except Late as late:
            what = "no close frame came" if members[0].close_code is None else "the connection did not end"
            raise Wrong(f"after a close frame, {what}") from late
        say_to_all(members[1:], members[1], "after the other one has left")
    return f"a close frame with code {members[0].close_code}, then the end of the connection"


def _leaving(server: ServerUnderTest) -> str:
    """One by one in three ways, while others talk."""
    with own_room(server) as room, ExitStack() as stack:
        members = [enter(stack, server, room)]
        members.append(enter(stack, server, room, elders=members))
        for number in range(_LEAVERS):
            try:
                _come_and_leave(server, room, members, number)
            except (Wrong, WireFault) as fault:
                raise Wrong(f"as member {number + 1} of {_LEAVERS} came and left: {fault}") from fault
    with members_of_a_room(server, 1, room) as (member,):
        hear_no_more(member, "who came to a room that all had left")
    return f"{_LEAVERS} members left, and the others heard all that was said"


def _come_and_leave(server: ServerUnderTest, room: str, members: list[Member], number: int) -> None:
    with member_of(server, room) as leaver:
        say_to_all([*members, leaver], leaver, f"{number} is here")
        members[0].say(f"as {number} leaves")
        _leave(leaver, number)
        members[0].say(f"as {number} has left")
    for text in (f"as {number} leaves", f"as {number} has left"):
        for place, each in enumerate(members):
            hear(each, text, f"member {place + 1} of {len(members)}")
    say_to_all(members, members[1], f"after {number}")


def _leave(leaver: Member, number: int) -> None:
    match number % 3:
        case 0:
            leaver.send_close()
        case 1:
            leaver.cut()
        case _:
            leaver.send_half("the beginning of something")
            leaver.drop()


CHECKS: Final = (
    Check(
        name="own messages",
        endpoint=Endpoint.CHAT,
        expected="each text back to its sender, unchanged and once, whatever is in it",
        hint="send on what came as it is, to the sender too: no JSON, no escaping, no time, no name",
        run=_own_messages,
    ),
    Check(
        name="every member",
        endpoint=Endpoint.CHAT,
        expected="each message once to every member of the room",
        hint=TO_EVERYBODY,
        run=_every_member,
    ),
    Check(
        name="one order",
        endpoint=Endpoint.CHAT,
        expected="what members send at once in the same order to all, and what one of them sends in its order",
        hint=_ONE_AFTER_THE_OTHER,
        run=_one_order,
    ),
    Check(
        name="other rooms",
        endpoint=Endpoint.CHAT,
        expected="nothing of a room in another one",
        hint="keep the members by the room's whole name, capitals and small letters apart",
        run=_other_rooms,
    ),
    Check(
        name="latecomers",
        endpoint=Endpoint.CHAT,
        expected="nothing of what was said before a member came",
        hint="keep no messages: send each to who is there",
        run=_latecomers,
    ),
    Check(
        name="fragments",
        endpoint=Endpoint.CHAT,
        expected="a message that comes in fragments sent on as one message, and a ping between them answered",
        hint="await whole messages, not frames: where the library gives frames, join them until the final one",
        run=_fragments,
    ),
    Check(
        name="pings",
        endpoint=Endpoint.CHAT,
        expected="each ping answered by a pong with the same data",
        hint="leave pings to the framework or its server, and go on reading while nobody talks",
        run=_pings,
    ),
    Check(
        name="binary messages",
        endpoint=Endpoint.CHAT,
        expected=f"a close frame of code {UNSUPPORTED_DATA} to who sends a binary message, and nothing of it to others",
        hint=f"close with code {UNSUPPORTED_DATA} where a message is no text",
        run=_binary,
    ),
    Check(
        name="closing",
        endpoint=Endpoint.CHAT,
        expected="a close frame answered by a close frame, and then the end of the connection",
        hint="leave close frames to the framework or its server, and go on reading until the connection ends",
        run=_closing,
    ),
    Check(
        name="leaving members",
        endpoint=Endpoint.CHAT,
        expected="members that close, are reset or cut off in the middle of a message, and all others undisturbed",
        hint="take a member out of its room however its connection ends, and go on to the others where sending to one "
        "fails",
        run=_leaving,
    ),
)
