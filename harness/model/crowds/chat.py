"""One window of a chat: members of rooms who are sent each other's messages, as asked for and as it went."""

from typing import Final

from pydantic import Field

from harness.model.base import Contract
from harness.model.crowds.crowd import CrowdReport, CrowdSpec

MESSAGES_PER_S: Final = 10
"""In each room, however many members it has: in a room of ten, each member says something once a second."""
SMALL_ROOM: Final = 10
"""Members."""


class ChatSpec(CrowdSpec):
    """What the load driver is asked to do.

    Who says what, and when, is drawn from the seed before the window begins, and said at its time whether or not
    anything has come back: an open loop. It goes on until the end of the limit, so that the load is the same for what
    was due last. A member is in with the first message of its room that comes to it.
    """

    members: int = Field(ge=1, le=60_000)
    room_members: int = Field(default=SMALL_ROOM, ge=1)
    """The last room may have fewer."""
    messages_per_s: int = Field(default=MESSAGES_PER_S, ge=1)
    """In each room."""
    seed: int = 0


class ChatFaults(Contract):
    """What may be wrong with what is said in a chat, besides being late or missing."""

    unsaid: int = Field(ge=0)
    """Messages due within the stretch whose sender was not in, so that nobody could have them."""
    lost: int = Field(ge=0)
    """Of what is missing, what can't come any more: the member has had one that stands behind it in the room's order,
    or, where nobody had it, behind it in its sender's."""
    twice: int = Field(ge=0)
    """Came to a member that had it already."""
    wrong_room: int = Field(ge=0)
    """Came to a member of another room."""
    changed: int = Field(ge=0)
    """Texts that nobody had said, and binary messages."""

    @property
    def breaches(self) -> int:
        """What breaks the contract by itself, however slow the server is."""
        return self.lost + self.twice + self.wrong_room + self.changed


class ChatReport(CrowdReport, ChatFaults):
    """What happened.

    A message is due, to every member of its room that was asked for, at the instant at which it was to be said: what
    keeps it from being said in time makes it late or missing too. The order among a room's messages is the server's to
    choose, and the same for all of its members; out of order are those that came to a member behind one that most
    others had after it.
    """

    said: int = Field(ge=0)
    """Messages that were sent to the server, whenever."""
