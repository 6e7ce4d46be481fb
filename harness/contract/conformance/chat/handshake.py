"""Who is let in to a room of `/chat`, and who is not."""

from typing import Final

from harness.contract.chat_rooms import MAX_ROOM, POLICY_VIOLATION
from harness.contract.conformance.chat.hearing import own_room
from harness.contract.conformance.chat.member import Member, handshake, member_of
from harness.contract.conformance.message import Late, WireFault, request
from harness.contract.conformance.server_under_test import Check, ServerUnderTest, Wrong, route_hint, short
from harness.model.app import Endpoint

_REFUSALS: Final = range(400, 500)
_SWITCHED: Final = 101

WRONG_ROOMS: Final = (
    "",
    "?",
    "?room=",
    "?other=lobby",
    f"?room={'x' * (MAX_ROOM + 1)}",
    "?room=a_b",
    "?room=a%20b",
    "?room=caf%C3%A9",
    "?room=..%2Flobby",
    "?room=%20lobby",
    "?room=lobby%0A",
    "?room=%00",
)
"""Queries that name no room."""


def _handshake(server: ServerUnderTest) -> str:
    with own_room(server) as room, member_of(server, room):
        pass
    return f"status {_SWITCHED}, and no extension"


def _wrong_rooms(server: ServerUnderTest) -> str:
    found = {_refusal(server, query) for query in WRONG_ROOMS}
    with server.connect() as connection:
        response = connection.exchange(request(server.target, "/chat?room=lobby"))
    if response.status not in _REFUSALS:
        raise Wrong(f"GET /chat?room=lobby without Upgrade: {response}, where a status of 4xx belongs")
    return f"refused with {', '.join(sorted({*found, str(response.status)}))}"


def _refusal(server: ServerUnderTest, query: str) -> str:
    """The status that the handshake was refused with, or the code with which the connection was closed at once."""
    what = f"WebSocket {short('/chat' + query)}"
    protocol, asked = handshake(server.target, f"/chat{query}")
    try:
        with server.connect() as connection:
            response = connection.exchange(asked)
        if response.status in _REFUSALS:
            return str(response.status)
        if response.status != _SWITCHED:
            raise Wrong(f"{what}: {response}, where a status of 4xx belongs")
        with server.connect() as connection:
            connection.send(asked)
            member = Member(connection, protocol)
            member.await_close()
    except Late as late:
        raise Wrong(f"{what}: let in, where a status of 4xx belongs") from late
    except WireFault as fault:
        raise Wrong(f"{what}: {fault}") from fault
    if member.close_code != POLICY_VIOLATION:
        code = "no close frame" if member.close_code is None else f"close code {member.close_code}"
        raise Wrong(f"{what}: let in, and then {code}, where a status of 4xx or code {POLICY_VIOLATION} belongs")
    return f"code {POLICY_VIOLATION}"


CHECKS: Final = (
    Check(
        name="handshake",
        endpoint=Endpoint.CHAT,
        expected="status 101 as RFC 6455 has it, and no extension that the client did not offer",
        hint="leave the handshake to the framework or its server; " + route_hint("WebSocket /chat"),
        run=_handshake,
        plain=True,
    ),
    Check(
        name="wrong rooms",
        endpoint=Endpoint.CHAT,
        expected="a 4xx status in place of 101 where no room may be called so, or a close frame of code "
        f"{POLICY_VIOLATION} at once; a 4xx status without an upgrade",
        hint="look at the room before the handshake is answered: 1 to 64 letters, digits and hyphens, all of the value",
        run=_wrong_rooms,
    ),
)
