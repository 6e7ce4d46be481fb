"""Faults in `/chat`. One fault each, told by the docstring."""

import asyncio
import html
import unicodedata
from typing import Any

from chat_rooms import Guest
from reference import App, Database
from websockets.datastructures import Headers
from websockets.frames import Frame, Opcode
from websockets.server import ServerProtocol


class ChatWithOddKey(App):
    """Answers the handshake with the key of another one."""

    def handshake_answer(self, protocol: ServerProtocol, asked: Any) -> Any:
        answer = super().handshake_answer(protocol, asked)
        answer.headers = Headers({**dict(answer.headers.raw_items()), "Sec-WebSocket-Accept": "a2V5"})
        return answer


class ChatCompressed(App):
    """Chooses an extension that nobody offered."""

    def handshake_answer(self, protocol: ServerProtocol, asked: Any) -> Any:
        answer = super().handshake_answer(protocol, asked)
        answer.headers["Sec-WebSocket-Extensions"] = "permessage-deflate"
        return answer


class ChatInAnyRoom(App):
    """Lets in to whatever is called a room."""

    def is_room(self, _name: str) -> bool:
        return True


class ChatInRoomsThatBeginWell(App):
    """Looks at the beginning of a room's name only."""

    def is_room(self, name: str) -> bool:
        return super().is_room(name[:64].split("_", maxsplit=1)[0].split(" ", maxsplit=1)[0])


class ChatLoses(App):
    """Leaves the last member of a room out of every seventh message."""

    said = 0

    def listeners(self, guest: Guest) -> list[Guest]:
        self.said += 1
        everybody = super().listeners(guest)
        return everybody if self.said % 7 else everybody[:-1]


class ChatTwice(App):
    """Sends every fifth message to a member twice."""

    told = 0

    def tell(self, guest: Guest, text: str, speaker: Guest) -> None:
        self.told += 1
        super().tell(guest, text, speaker)
        if not self.told % 5:
            super().tell(guest, text, speaker)


class ChatDisordered(App):
    """Is slow with every second message that somebody says."""

    def pass_on(self, guest: Guest, text: str) -> None:
        guest.said += 1
        if guest.said % 2:
            super().pass_on(guest, text)
        else:
            asyncio.get_running_loop().call_later(0.2, super().pass_on, guest, text)


class ChatInTwoOrders(App):
    """Sends to each member first what it has said itself, and what others say a little later."""

    def tell(self, guest: Guest, text: str, speaker: Guest) -> None:
        later_s = 0.0 if guest is speaker else 0.2
        asyncio.get_running_loop().call_later(later_s, super().tell, guest, text, speaker)


class ChatNotToSender(App):
    """Sends to all others."""

    def listeners(self, guest: Guest) -> list[Guest]:
        return [each for each in super().listeners(guest) if each is not guest]


class ChatInSmallLetters(App):
    """Takes rooms for one that differ by capitals only."""

    def listeners(self, guest: Guest) -> list[Guest]:
        return [each for name, room in self.rooms.items() if name.lower() == guest.room.lower() for each in room]


class ChatInAllRooms(App):
    """Knows of no rooms."""

    def listeners(self, _guest: Guest) -> list[Guest]:
        return [each for room in self.rooms.values() for each in room]


class ChatStripped(App):
    """Takes white space off."""

    def pass_on(self, guest: Guest, text: str) -> None:
        super().pass_on(guest, text.strip())


class ChatEscaped(App):
    """Escapes for HTML."""

    def pass_on(self, guest: Guest, text: str) -> None:
        super().pass_on(guest, html.escape(text))


class ChatNormalised(App):
    """Composes letters and their accents."""

    def pass_on(self, guest: Guest, text: str) -> None:
        super().pass_on(guest, unicodedata.normalize("NFC", text))


class ChatCutShort(App):
    """Sends the first 4,000 bytes."""

    def pass_on(self, guest: Guest, text: str) -> None:
        super().pass_on(guest, text.encode()[:4_000].decode(errors="ignore"))


class ChatWithHistory(App):
    """Sends the last message of the room to who comes."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.last: dict[str, str] = {}

    def pass_on(self, guest: Guest, text: str) -> None:
        heard = [each for each in self.listeners(guest) if each is not guest]
        if guest.room in self.last and not guest.said and heard:
            self.tell(guest, self.last[guest.room], guest)
        guest.said += 1
        self.last[guest.room] = text
        super().pass_on(guest, text)


class ChatByFrame(App):
    """Takes each frame for a message."""

    def take(self, guest: Guest, frame: Frame) -> None:
        if frame.opcode in {Opcode.TEXT, Opcode.CONT}:
            self.pass_on(guest, frame.data.decode(errors="replace"))


class ChatWithoutPongs(App):
    """Answers no ping."""

    def write_frame(self, guest: Guest, data: bytes) -> None:
        if data[:1] != b"\x8a":
            super().write_frame(guest, data)


class ChatBinaryAsText(App):
    """Sends binary messages on as text."""

    def refuse_binary(self, guest: Guest, data: bytes) -> None:
        self.pass_on(guest, data.decode())


class ChatBinaryIsAnError(App):
    """Closes as it does where it has failed."""

    def refuse_binary(self, guest: Guest, _data: bytes) -> None:
        guest.protocol.send_close(1011)


class ChatClosesUnsaid(App):
    """Answers no close frame, and ends the connection."""

    def write_frame(self, guest: Guest, data: bytes) -> None:
        if data[:1] != b"\x88":
            super().write_frame(guest, data)


class ChatStaysOpen(App):
    """Answers a close frame, and leaves the connection open."""

    def ends(self, _guest: Guest) -> bool:
        return False


class ChatEndsAtAWord(App):
    """Fails as soon as somebody says something."""

    def pass_on(self, _guest: Guest, _text: str) -> None:
        raise ConnectionError("nobody can be told")


class ChatKeepsLeavers(App):
    """Takes nobody out of a room, and fails with the first whom it can't reach."""

    def leave(self, guest: Guest) -> None:
        pass

    def tell(self, guest: Guest, text: str, speaker: Guest) -> None:
        if guest.writer.is_closing():
            raise ConnectionError("who is gone can't be told")
        super().tell(guest, text, speaker)
