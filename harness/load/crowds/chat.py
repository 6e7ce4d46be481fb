"""One window of a chat: members of rooms say what their script has for them, and are sent what the others say.

A member comes in by a WebSocket to its room. It is in the room as soon as any message of it has come: in a small room
it says something for that at once, and in a large one, where a thousand such words to a thousand members would be a
million messages, only if nobody else has said anything within a while that is drawn for each.
"""

import random
import time
from collections.abc import Callable, Iterator
from typing import Final, override

import numpy as np

from harness.contract.chat_rooms import target_of
from harness.contract.exchange import Exchange
from harness.load.connection import Connection, Phase
from harness.load.crowds.chat_accounts import Members, Messages, chat_accounts
from harness.load.crowds.chat_script import Script, written
from harness.load.crowds.crowd import Course, Crowd, Visitor, hold
from harness.load.crowds.web_socket import FrameFault, FrameReader, Opcode, Said, answer_to, close_code, frame
from harness.load.crowds.web_socket_handshake import HandshakeFault, TurnedAway, new_key, opening_request, read_opening
from harness.load.engine import Engine
from harness.model.crowds.chat import SMALL_ROOM, ChatReport, ChatSpec
from harness.model.window import Failure
from harness.model.window import Phase as WindowPhase

_NS_PER_S: Final = 1_000_000_000
_LARGE_ROOM_PATIENCE_NS: Final = 400_000_000
"""The longest that somebody in a large room waits for others to say something first."""
_SHOWN: Final = 80


def run_chat(engine: Engine, spec: ChatSpec, announce: Callable[[WindowPhase], None]) -> ChatReport:
    """Hold a member on each of the engine's connections for one window.

    Raises:
        OSError: the host's name can't be resolved.
    """
    script = written(spec, spec.lead_in_s + spec.duration_s + spec.limit_s)
    company = Company(engine, spec, script)
    return company.report(hold(engine, spec, company, Entrance(spec, script), announce))


class Entrance(Exchange[bytes]):
    """`GET /chat?room=NAME` for one member after the other, as they are let in; the key is that of the handshake."""

    content_type = ""

    def __init__(self, spec: ChatSpec, script: Script) -> None:
        super().__init__(spec.host, spec.port, 0)
        self._requests = self._each(spec, script)

    def _each(self, spec: ChatSpec, script: Script) -> Iterator[tuple[bytes, bytes]]:
        for room in script.room_of.tolist():
            key = new_key()
            yield opening_request(spec.host, spec.port, target_of(script.rooms[room]), key), key

    @override
    def next_request(self) -> tuple[bytes, bytes]:
        return next(self._requests)

    @override
    def is_right(self, key: bytes, body: bytes) -> bool:
        raise TypeError("a chat is judged message by message")


class _Member(Visitor):
    __slots__ = ("reader",)

    def __init__(self, place: int) -> None:
        super().__init__(place)
        self.reader: FrameReader | None = None
        """None until the handshake is done."""


class Company(Crowd[_Member]):
    """All members of a window."""

    def __init__(self, engine: Engine, spec: ChatSpec, script: Script) -> None:
        super().__init__(engine, spec, _Member)
        self._script = script
        self._connections = list(engine.connections)
        self._number_of = {text: number for number, text in enumerate(script.texts)}
        self._joiner_of = {script.joining(place): place for place in range(spec.members)}
        large = spec.room_members > SMALL_ROOM
        self._patience_ns = _LARGE_ROOM_PATIENCE_NS if large else 0
        self._draw = random.Random(f"patience/{spec.seed}")  # noqa: S311 - repeatable, no secret
        self._begun_ns = 0
        self._next = 0
        self._due_ns = script.due_ns.tolist()
        self._sender = script.sender.tolist()
        self._said_ns = [0] * len(script.texts)
        self._joined_elsewhere = 0
        self._changed = 0

    @override
    def all_in(self, now_ns: int) -> None:
        self._begun_ns = now_ns
        self._due_ns = [now_ns + each for each in self._due_ns]
        self._speak()

    def _speak(self) -> None:
        """Have said whatever is due, and come back when the next is."""
        now_ns, due_ns = time.monotonic_ns(), self._due_ns
        number, last = self._next, len(due_ns)
        while number < last and due_ns[number] <= now_ns:
            self._say(number)
            number += 1
        self._next = number
        if number < last:
            self._engine.agenda.at(due_ns[number], self._speak)

    def _say(self, number: int) -> None:
        connection = self._connections[self._sender[number]]
        member = self._visitors[connection]
        if member.first_ns and not member.ended_ns:
            self._said_ns[number] = time.monotonic_ns()
            self._send(connection, self._script.frames[number])

    def _send(self, connection: Connection, data: bytes) -> None:
        try:
            sent = connection.send(data)
        except BlockingIOError:
            sent = 0
        except OSError as error:
            self._ended(connection, error.strerror or "")
            return
        if sent < len(data):  # Megabytes of it are waiting for a server that does not read.
            self._turned_away(connection, Failure.TIMEOUT, "the server has stopped to read")

    @override
    def _take(self, connection: Connection, data: bytes, now_ns: int) -> None:
        member = self._visitors[connection]
        reader = member.reader
        if reader is None:
            self._enter(connection, member, data, now_ns)
            return
        try:
            messages = reader.read(data)
        except FrameFault as fault:
            self._turned_away(connection, Failure.MALFORMED, str(fault))
            return
        came, number_of = self._came, self._number_of
        for message in messages:
            if isinstance(message, bytes):
                number = number_of.get(message)
                if number is None:
                    if not self._joined(member, message):
                        continue
                else:
                    came += (member.place, number, now_ns)
                if not member.first_ns:
                    self._admit(member, now_ns)
            else:
                self._control(connection, message)
            if member.ended_ns:
                return

    def _enter(self, connection: Connection, member: _Member, data: bytes, now_ns: int) -> None:
        """Take a part of the answer to the handshake."""
        connection.received += data
        key = connection.key
        if not isinstance(key, bytes):
            raise TypeError("a member without a key")
        try:
            following, interim = read_opening(connection.received, key)
        except TurnedAway as fault:
            self._turned_away(connection, Failure.STATUS, str(fault))
            return
        except HandshakeFault as fault:
            self._turned_away(connection, Failure.MALFORMED, str(fault))
            return
        if following is None:
            return
        self.interim(interim, now_ns)
        member.reader = FrameReader()
        if self._patience_ns:
            patience_ns = self._draw.randrange(self._patience_ns)
            self._engine.agenda.at(now_ns + patience_ns, lambda: self._join(connection, member))
        else:
            self._join(connection, member)
        if following and connection.phase is Phase.OPEN:
            self._take(connection, following, now_ns)

    def _join(self, connection: Connection, member: _Member) -> None:
        if not member.first_ns and not member.ended_ns:
            self._send(connection, frame(Opcode.TEXT, self._script.joining(member.place)))

    def _joined(self, member: _Member, text: bytes) -> bool:
        """Whether this is what one of the same room has said to come in; if not, what belongs to that has been done."""
        joiner = self._joiner_of.get(text)
        if joiner is None:
            self._changed += 1
            shown = text[:_SHOWN].decode(errors="replace")
            self._note(Failure.WRONG_BODY, f"a text that nobody had said: {shown}")
            return False
        if self._script.room_of[joiner] != self._script.room_of[member.place]:
            self._joined_elsewhere += 1
            return False
        return True

    def _control(self, connection: Connection, said: Said) -> None:
        if (answer := answer_to(said)) is not None:
            self._send(connection, answer)
        if said.opcode is Opcode.CLOSE and connection.phase is Phase.OPEN:
            code = close_code(said.payload)
            why = said.payload[2:].decode(errors="replace")[:_SHOWN]
            self._ended(connection, f"the server closed the chat ({code or 'no code'}{why and f': {why}'})")
        elif said.opcode is Opcode.BINARY:
            self._changed += 1
            self._note(Failure.WRONG_BODY, f"a binary message: {said.payload[:_SHOWN]!r}")

    def report(self, course: Course) -> ChatReport:
        """Account for every member and every message."""
        everybody = self.visitors
        found = chat_accounts(
            np.array(self._came, dtype=np.int64).reshape(-1, 3),
            Messages(
                room=self._script.room_of[self._script.sender],
                sender=self._script.sender,
                due_ns=self._script.due_ns + self._begun_ns,
                said_ns=np.array(self._said_ns, dtype=np.int64),
            ),
            Members(self._script.room_of, np.array([each.first_ns for each in everybody], dtype=np.int64)),
            opens_ns=course.opens_ns,
            closes_ns=course.closes_ns,
            limit_ns=int(self._spec.limit_s * _NS_PER_S),
        )
        return ChatReport(
            **self._counts(course, found.accounts),
            disordered=found.disordered,
            said=sum(each > 0 for each in self._said_ns),
            unsaid=found.unsaid,
            lost=found.lost,
            twice=found.twice,
            wrong_room=found.wrong_room + self._joined_elsewhere,
            changed=self._changed,
        )
