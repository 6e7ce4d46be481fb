"""The rooms of `/chat`, all in one process."""

import re
from contextlib import suppress
from typing import ClassVar, Final, override

from tornado.web import HTTPError
from tornado.websocket import WebSocketClosedError, WebSocketHandler

ROOM_NAME: Final = re.compile(r"[A-Za-z0-9-]{1,64}")
UNSUPPORTED_DATA: Final = 1003


class ChatHandler(WebSocketHandler):
    """One member of a room. `write_message` takes a text at once, so that all members get them in one order."""

    rooms: ClassVar[dict[str, set["ChatHandler"]]] = {}

    @override
    def prepare(self) -> None:
        self._room = self.get_query_argument("room", "", strip=False)
        if not ROOM_NAME.fullmatch(self._room):
            raise HTTPError(400, "room must be 1 to 64 letters, digits and hyphens")

    @override
    def open(self) -> None:
        self.rooms.setdefault(self._room, set()).add(self)

    @override
    def on_message(self, message: str | bytes) -> None:
        if isinstance(message, bytes):
            self.close(UNSUPPORTED_DATA)
            return
        for member in self.rooms[self._room]:
            with suppress(WebSocketClosedError):  # it is about to leave
                member.write_message(message)

    @override
    def on_close(self) -> None:
        members = self.rooms[self._room]
        members.discard(self)
        if not members:
            del self.rooms[self._room]
