"""Members of a room who hear each other, and what they did not hear as they should."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Final

from harness.contract.conformance.chat.member import Member, member_of
from harness.contract.conformance.message import Late, WireFault, excerpt
from harness.contract.conformance.server_under_test import NotApplicable, ServerUnderTest, Wrong

_QUIET_S: Final = 0.05
"""How long to listen for what must not come; what came before is found without."""
_SHOWN: Final = 40

TO_EVERYBODY: Final = "send each message once to every member of its room, the sender included"
_GREETING: Final = (
    "begin with this, for all checks of rooms do: who comes says something, and hears it. Read the app's log for the "
    "error that ended the connection; where sending to a member fails, as to one that has left, take that one out of "
    "its room and go on to the others"
)


def token() -> str:
    """A part of a room's name that no other check has."""
    return secrets.token_hex(8)


@contextmanager
def own_room(server: ServerUnderTest) -> Iterator[str]:
    """The name of a room that nobody else has; raises NotApplicable where no room has all of its members."""
    if server.target.workers > 1:
        raise NotApplicable("rooms live in one process, and the server has several")
    yield f"room-{token()}"


@contextmanager
def members_of_a_room(server: ServerUnderTest, count: int, room: str | None = None) -> Iterator[list[Member]]:
    """So many members of a room of their own."""
    with own_room(server) as own, ExitStack() as stack:
        members: list[Member] = []
        for _ in range(count):
            members.append(enter(stack, server, room or own, elders=members))
        yield members


def enter(stack: ExitStack, server: ServerUnderTest, room: str, elders: Sequence[Member] = ()) -> Member:
    """One more member, which has heard itself, as those have who were there before."""
    member = stack.enter_context(member_of(server, room))
    text = f"here is {token()}"
    member.say(text)
    hear(member, text, "a new member", if_ended=_GREETING)
    for place, elder in enumerate(elders):
        hear(elder, text, f"member {place + 1} of {len(elders) + 1}")
    return member


def say_to_all(members: Sequence[Member], speaker: Member, text: str) -> None:
    """Have one of them say something that all hear next."""
    try:
        speaker.say(text)
    except WireFault as fault:
        raise Wrong(f"nothing can be said any more: {fault}") from fault
    for place, member in enumerate(members):
        who = f"member {place + 1} of {len(members)}" + (", who said it," if member is speaker else "")
        hear(member, text, who)


def hear(member: Member, text: str, who: str, if_ended: str | None = None) -> None:
    """Have it hear this text next; `if_ended` is what to change where its connection has ended."""
    before = member.heard.copy()
    heard = next_heard(member, shown(text), who, if_ended)
    if heard != text and heard in before:
        raise Wrong(f"{who} heard {shown(heard)} a second time", hint=TO_EVERYBODY)
    if heard != text:
        raise Wrong(f"{who} heard {shown(heard)}, where {shown(text)} belongs")


def next_heard(member: Member, what: str, who: str, if_ended: str | None = None) -> str:
    """What it hears next, and that is to be `what`, in a reader's words; `if_ended` as above."""
    try:
        return member.next_text()
    except Late as late:
        raise Wrong(f"{who} did not hear {what} within {member.patience_s:g} s", hint=TO_EVERYBODY) from late
    except WireFault as fault:
        raise Wrong(f"{who} did not hear {what}: {fault}", hint=if_ended) from fault


def hear_no_more(member: Member, who: str) -> None:
    """Have it hear nothing, for a moment."""
    if surplus := member.texts_within(_QUIET_S):
        raise Wrong(f"{who} heard {shown(surplus[0])}, which was not said to it then")


def await_pong(member: Member, data: bytes) -> None:
    """Have it get a pong with this data."""
    try:
        member.await_pong(data)
    except Late as late:
        raise Wrong(f"a ping with {len(data)} bytes was not answered by a pong with the same") from late
    if data not in member.pongs:
        raise Wrong("a ping was answered by the end of the connection")


def shown(text: str) -> str:
    """A text for a reader: how long it is, and how it begins."""
    return f"a text of {len(text.encode())} bytes, {excerpt(text.encode(), _SHOWN)!r}"
