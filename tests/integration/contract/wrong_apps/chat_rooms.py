"""The chat of the app that keeps the whole contract: a mixin of it, so that each step can be got wrong elsewhere."""

import asyncio
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from websockets.frames import Frame, Opcode
from websockets.server import ServerProtocol

RECEIVE_BYTES = 65_536


@dataclass(eq=False)
class Guest:
    """One member of a room."""

    room: str
    protocol: ServerProtocol
    writer: asyncio.StreamWriter
    begun: bytes = b""
    """What has come of a message in fragments."""
    is_text: bool = True
    said: int = 0
    """For faults that count its messages."""


class ChatRooms:
    """Rooms of an app, and what happens in them."""

    def __init__(self) -> None:
        self.rooms: dict[str, list[Guest]] = defaultdict(list)

    async def chat(self, room: str, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> int:
        """Serve one member until it leaves; the status of the answer to its handshake."""
        protocol = ServerProtocol()
        protocol.receive_data(head)
        (asked,) = protocol.events_received()
        answer = self.handshake_answer(protocol, asked)
        if answer.status_code != 101:
            return answer.status_code
        protocol.send_response(answer)
        guest = Guest(room, protocol, writer)
        self.flush(guest)
        self.rooms[room].append(guest)
        try:
            while not self.ends(guest) and (data := await reader.read(RECEIVE_BYTES)):
                protocol.receive_data(data)
                for frame in protocol.events_received():
                    self.take(guest, frame)
                self.flush(guest)
        finally:
            self.leave(guest)
        return answer.status_code

    # The steps that a fault gets wrong

    def handshake_answer(self, protocol: ServerProtocol, asked: Any) -> Any:
        return protocol.accept(asked)

    def is_room(self, name: str) -> bool:
        return re.fullmatch(r"[A-Za-z0-9-]{1,64}", name) is not None

    def take(self, guest: Guest, frame: Frame) -> None:
        if frame.opcode in {Opcode.TEXT, Opcode.BINARY}:
            guest.begun, guest.is_text = b"", frame.opcode is Opcode.TEXT
        if frame.opcode in {Opcode.TEXT, Opcode.BINARY, Opcode.CONT}:
            guest.begun += frame.data
            if frame.fin and guest.is_text:
                self.pass_on(guest, guest.begun.decode())
            elif frame.fin:
                self.refuse_binary(guest, guest.begun)

    def refuse_binary(self, guest: Guest, _data: bytes) -> None:
        guest.protocol.send_close(1003)

    def pass_on(self, guest: Guest, text: str) -> None:
        for each in self.listeners(guest):
            self.tell(each, text, guest)

    def listeners(self, guest: Guest) -> list[Guest]:
        return [*self.rooms[guest.room]]

    def tell(self, guest: Guest, text: str, _speaker: Guest) -> None:
        if guest.protocol.state.name == "OPEN":
            guest.protocol.send_text(text.encode())
            self.flush(guest)

    def flush(self, guest: Guest) -> None:
        for data in guest.protocol.data_to_send():
            self.write_frame(guest, data)

    def write_frame(self, guest: Guest, data: bytes) -> None:
        if data:
            guest.writer.write(data)

    def ends(self, guest: Guest) -> bool:
        return guest.protocol.close_rcvd is not None or guest.protocol.parser_exc is not None

    def leave(self, guest: Guest) -> None:
        self.rooms[guest.room].remove(guest)
