"""One client of `/chat`, which sees each frame: RFC 6455 is websockets', the bytes go over a connection of ours."""

import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from websockets.client import ClientProtocol
from websockets.exceptions import InvalidStatus
from websockets.frames import Frame, Opcode
from websockets.uri import parse_uri

from harness.contract.chat_rooms import target_of
from harness.contract.conformance.message import Closed, Late, Response, WireFault
from harness.contract.conformance.raw_connection import Connection
from harness.contract.conformance.server_under_test import ServerUnderTest, Wrong
from harness.model.conformance import Target

_BY_PROTOCOL: Final = "leave frames to a WebSocket library"


def handshake(target: Target, path: str) -> tuple[ClientProtocol, bytes]:
    """A client's side of the protocol before its handshake, which asks for `path`, and the bytes of that."""
    protocol = ClientProtocol(parse_uri(f"ws://{target.host}:{target.port}/"))
    asked = protocol.connect()
    asked.path = path
    protocol.send_request(asked)
    return protocol, b"".join(protocol.data_to_send())


class Member:
    """A connection that was let in to a room. It answers pings and close frames as a client must."""

    def __init__(self, connection: Connection, protocol: ClientProtocol) -> None:
        self._connection = connection
        self._protocol = protocol
        self._texts: deque[str] = deque()
        self._fragments: list[bytes] = []
        self.heard: set[str] = set()
        """All texts that `next_text` gave."""
        self.pongs: list[bytes] = []
        """The data of the pongs that came."""
        self.ended = False
        """Whether the server has ended the connection."""

    def let_in(self) -> None:
        """Wait for the answer to the handshake.

        Raises:
            Wrong: It lets nobody in, or not as RFC 6455 has it.
            WireFault: None came.
        """
        deadline = self._deadline()
        while self._protocol.state.name == "CONNECTING":
            self._receive(deadline)
            if (refused := self._protocol.handshake_exc) is not None:
                raise Wrong(f"a right handshake failed: {_refusal(refused)}")
            if self.ended:
                raise Closed("the server closed the connection")

    def say(self, text: str) -> None:
        """Send a text in one frame."""
        self._protocol.send_text(text.encode())
        self._flush()

    def say_in_fragments(self, parts: list[bytes], ping: bytes) -> None:
        """Send a text in several frames, and a ping after the first of them."""
        for place, part in enumerate(parts):
            final = place == len(parts) - 1
            if place:
                self._protocol.send_continuation(part, final)
            else:
                self._protocol.send_text(part, final)
                self._protocol.send_ping(ping)
            self._flush()

    def send_binary(self, data: bytes) -> None:
        """Send a binary message."""
        self._protocol.send_binary(data)
        self._flush()

    def ping(self, data: bytes) -> None:
        """Send a ping."""
        self._protocol.send_ping(data)
        self._flush()

    def send_close(self) -> None:
        """Send a close frame."""
        self._protocol.send_close(1000)
        self._flush()

    def send_half(self, text: str) -> None:
        """Send the beginning of a frame, which stays without its end."""
        self._protocol.send_text(text.encode())
        frame = b"".join(self._protocol.data_to_send())
        self._connection.send(frame[: len(frame) // 2])

    def cut(self) -> None:
        """End the connection without a close frame, by a reset."""
        self._connection.abort()

    def drop(self) -> None:
        """End the connection without a close frame, as one does who has nothing more to say."""
        self._connection.close()

    @property
    def close_code(self) -> int | None:
        """The code of the close frame that came; None where none came, 1005 where it has none."""
        return None if self._protocol.close_rcvd is None else self._protocol.close_rcvd.code

    def next_text(self) -> str:
        """The next text message.

        Raises:
            WireFault: None came, or what came is none.
        """
        deadline = self._deadline()
        while not self._texts:
            if self.ended or self.close_code is not None:
                code = "" if self.close_code is None else f" with code {self.close_code}"
                raise Closed(f"the server closed the connection{code}")
            self._receive(deadline)
        text = self._texts.popleft()
        self.heard.add(text)
        return text

    def texts_within(self, within_s: float) -> list[str]:
        """All that were not fetched yet, and what comes in that time."""
        deadline = time.monotonic() + within_s
        with suppress(Late):
            while not self.ended:
                self._receive(deadline)
        texts, self._texts = [*self._texts], deque()
        return texts

    def await_pong(self, data: bytes) -> None:
        """Wait for a pong with this data; raises WireFault where none comes."""
        deadline = self._deadline()
        while data not in self.pongs and not self.ended:
            self._receive(deadline)

    def await_close(self) -> None:
        """Wait for a close frame, or the end of the connection; raises WireFault where neither comes."""
        deadline = self._deadline()
        while self.close_code is None and not self.ended:
            self._receive(deadline)

    def await_end(self) -> None:
        """Wait for the end of the connection; raises WireFault where it does not come."""
        deadline = self._deadline()
        while not self.ended:
            self._receive(deadline)

    @property
    def patience_s(self) -> float:
        """How long it waits for each."""
        return self._connection.patience_s

    def _deadline(self) -> float:
        return time.monotonic() + self.patience_s

    def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            if data:  # what is empty asks for the end of this side, which `close` gives
                self._connection.send(data)

    def _receive(self, deadline: float) -> None:
        """Take in what comes next, and answer what must be answered."""
        try:
            data = self._connection.receive_raw(deadline - time.monotonic())
        except Late:
            raise
        except WireFault:
            self.ended = True
            return
        if data:
            self._protocol.receive_data(data)
        else:
            self._protocol.receive_eof()
            self.ended = True
        for event in self._protocol.events_received():
            if isinstance(event, Frame):
                self._take(event)
        with suppress(Closed):  # who has closed needs no answer
            self._flush()
        if data and self._protocol.parser_exc is not None:
            raise Wrong(f"what came is no frame: {self._protocol.parser_exc}", hint=_BY_PROTOCOL)

    def _take(self, frame: Frame) -> None:
        match frame.opcode:
            case Opcode.PONG:
                self.pongs.append(bytes(frame.data))
            case Opcode.BINARY:
                raise Wrong(f"a binary message of {len(frame.data)} bytes", hint="send texts on as text messages")
            case Opcode.TEXT | Opcode.CONT:
                self._fragments.append(bytes(frame.data))
                if frame.fin:
                    whole, self._fragments = b"".join(self._fragments), []
                    self._texts.append(_decoded(whole))


def _refusal(error: Exception) -> str:
    """What came in place of the right answer to a handshake."""
    if not isinstance(error, InvalidStatus):
        return str(error)
    came = error.response
    headers = [(name.lower(), value) for name, value in came.headers.raw_items()]
    answer = Response(came.status_code, headers, bytes(came.body))
    return f"{answer}, where status 101 belongs"


def _decoded(text: bytes) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        raise Wrong(f"a text message of {len(text)} bytes that is no UTF-8 ({error.reason})") from None


@contextmanager
def member_of(server: ServerUnderTest, room: str) -> Iterator[Member]:
    """A client that was let in to the room. Nobody can say yet whether it hears the others.

    Raises:
        Wrong: The server did not let it in.
    """
    protocol, bytes_asked = handshake(server.target, target_of(room))
    with server.connect() as connection:
        connection.send(bytes_asked)
        member = Member(connection, protocol)
        try:
            member.let_in()
        except WireFault as fault:
            raise Wrong(f"a right handshake was not answered: {fault}") from fault
        yield member
