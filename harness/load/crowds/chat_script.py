"""What will be said in the rooms of a window: by whom, when, and in which words, all drawn from a seed beforehand."""

import random
from dataclasses import dataclass
from typing import Final

import numpy as np

from harness.load.crowds.accounts import Integers
from harness.load.crowds.web_socket import Opcode, frame
from harness.model.crowds.chat import ChatSpec

_NS_PER_S: Final = 1_000_000_000
_LEAST_CHARACTERS: Final = 20
_MOST_CHARACTERS: Final = 140
_WORDS: Final = "abcdefghijklmnopqrstuvwxyz  ABCDEFGHIJKLMNOPQRSTUVWXYZ  0123456789 .,;:!?-<>&\"'"
_WORDS_OF_ALL_LANGUAGES: Final = _WORDS + "àéîöüßçñøłčžαβγδшжя日本語한글🙂🎉"
_ONE_IN: Final = 10
"""Of so many messages, one has characters beyond ASCII."""
_POOL: Final = 20_000


@dataclass(frozen=True)
class Script:
    """The messages of all rooms in the order in which they are due; a message's number is its place in it."""

    rooms: tuple[str, ...]
    """Their names, of this window alone: a server that still has a member of another one can't mix them up."""
    room_of: Integers
    """By member."""
    due_ns: Integers
    """By message, after the script begins."""
    sender: Integers
    """By message."""
    texts: tuple[bytes, ...]
    """By message; no two are the same."""
    frames: tuple[bytes, ...]
    """By message, ready to be sent."""

    def joining(self, member: int) -> bytes:
        """What a member says to come in."""
        return f"{self.rooms[self.room_of[member]]}: {member} is here".encode()


def written(spec: ChatSpec, lasts_s: float) -> Script:
    """The script of a window, of such a length.

    Each room is said something in once in each equal part of a second, at an instant drawn from that part (so that
    rooms are not all spoken in at once), by its members in turn, in an order that is drawn for each room.
    """
    draw = random.Random(f"chat/{spec.seed}")  # noqa: S311 - a repeatable script, no secret
    rooms = -(-spec.members // spec.room_members)
    names = tuple(f"{draw.getrandbits(32):08x}-{index}" for index in range(rooms))
    room_of = np.arange(spec.members, dtype=np.int64) // spec.room_members
    slots = int(lasts_s * spec.messages_per_s)
    generator = np.random.default_rng(draw.getrandbits(64))
    slot_ns = _NS_PER_S / spec.messages_per_s
    due_ns = ((np.arange(slots) + generator.random((rooms, slots))) * slot_ns).astype(np.int64).ravel()
    sender = np.concatenate(
        [
            np.resize(generator.permutation(members), slots)
            for members in np.split(np.arange(spec.members), range(spec.room_members, spec.members, spec.room_members))
        ]
    )
    order = np.argsort(due_ns, kind="stable")
    due_ns, sender = due_ns[order], sender[order]
    texts = tuple(_texts(names, room_of[sender], sender, draw))
    return Script(names, room_of, due_ns, sender, texts, tuple(frame(Opcode.TEXT, text) for text in texts))


def _texts(names: tuple[str, ...], rooms: Integers, senders: Integers, draw: random.Random) -> list[bytes]:
    plain, other = ("".join(draw.choices(words, k=_POOL)) for words in (_WORDS, _WORDS_OF_ALL_LANGUAGES))
    texts = []
    for number, (room, sender) in enumerate(zip(rooms.tolist(), senders.tolist(), strict=True)):
        pool = plain if draw.randrange(_ONE_IN) else other
        start, length = draw.randrange(_POOL), draw.randint(_LEAST_CHARACTERS, _MOST_CHARACTERS)
        texts.append(f"{names[room]}: {sender} says {number}: {pool[start : start + length]}".encode())
    return texts
