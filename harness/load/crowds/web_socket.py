"""The client's half of a WebSocket (RFC 6455): frames out, messages in, whatever the pieces they come in.

Under load, thousands of messages come in a second: nearly all of them are a short text in one unfragmented frame, and
the way of that is short. The checks of the contract have a client of their own, from the package `websockets`.
"""

import os
import struct
from collections.abc import Iterator
from enum import IntEnum
from typing import Final, NamedTuple


class Opcode(IntEnum):
    """What a frame is (RFC 6455, 5.2)."""

    CONTINUATION = 0x0
    TEXT = 0x1
    BINARY = 0x2
    CLOSE = 0x8
    PING = 0x9
    PONG = 0xA


class Said(NamedTuple):
    """Whatever comes that is no text: a binary message, or a control frame."""

    opcode: Opcode
    payload: bytes


class FrameFault(Exception):  # noqa: N818 - a finding about the server, not an error of this program
    """What the server sent breaks the protocol. The text says how."""


LONGEST: Final = 65_536
"""Bytes of a message. The contract's texts are far shorter; no server sends more without a fault."""

_LAST: Final = 0x80
_RESERVED_BITS: Final = 0x70
_MASKED: Final = 0x80
_TEXT_WHOLE: Final = _LAST | Opcode.TEXT
_SHORT: Final = 125
_IN_16_BITS: Final = 126
_IN_64_BITS: Final = 127
_MOST_IN_16_BITS: Final = 0xFFFF
_OPCODES: Final = frozenset(Opcode)
_CODES: Final = frozenset({*range(1000, 1004), *range(1007, 1015), *range(3000, 5000)})
"""Codes that may stand in a close frame (RFC 6455, 7.4, and IANA's registry of them)."""
_KEY_BYTES: Final = 4
_KEYS_AT_ONCE: Final = 4096


class FrameReader:
    """Cuts what one server sends after its handshake into messages and control frames."""

    __slots__ = ("_fragments", "_opcode", "_rest", "closed")

    def __init__(self) -> None:
        self.closed = False
        """Whether a close frame has come. Whatever follows it is not looked at (RFC 6455, 1.4)."""
        self._rest = b""
        """The part of a frame that has come."""
        self._fragments: list[bytes] = []
        self._opcode: int = Opcode.CONTINUATION
        """Of the fragmented message under way; a continuation where there is none."""

    def read(self, data: bytes) -> list[bytes | Said]:
        """What is complete with these bytes, in order: each text as its bytes, which are UTF-8, and all else as such.

        Raises:
            FrameFault: they break the protocol. What came before that is not told.
        """
        if self._rest:
            data = self._rest + data
        found: list[bytes | Said] = []
        at, size = 0, len(data)
        while size - at > 1 and not self.closed:
            length = data[at + 1]
            if data[at] == _TEXT_WHOLE and length <= _SHORT and not self._opcode:
                end = at + 2 + length
                if end > size:
                    break
                payload = data[at + 2 : end]
                found.append(payload if payload.isascii() else _utf8(payload))
                at = end
                continue
            begin, length = _measured(data, at)
            end = begin + length
            if not begin or end > size:
                break
            self._take(data[at], data[begin:end], found)
            at = end
        self._rest = b"" if self.closed else data[at:]
        return found

    def _take(self, first: int, payload: bytes, found: list[bytes | Said]) -> None:
        """One whole frame whose head was found right."""
        opcode = Opcode(first & 0x0F)
        if opcode >= Opcode.CLOSE:
            if opcode is Opcode.CLOSE:
                _check_close(payload)
                self.closed = True
            found.append(Said(opcode, payload))
            return
        if (opcode is Opcode.CONTINUATION) != bool(self._opcode):
            raise FrameFault(
                f"a {opcode.name.lower()} frame within a fragmented message"
                if self._opcode
                else "a continuation frame of no message"
            )
        self._opcode = self._opcode or opcode
        self._fragments.append(payload)
        if sum(map(len, self._fragments)) > LONGEST:
            raise FrameFault(f"a message of more than {LONGEST:,} bytes")
        if first & _LAST:
            whole = b"".join(self._fragments)
            found.append(_utf8(whole) if self._opcode == Opcode.TEXT else Said(Opcode.BINARY, whole))
            self._fragments, self._opcode = [], Opcode.CONTINUATION


def _measured(data: bytes, at: int) -> tuple[int, int]:
    """Where the payload of the frame at this place begins, 0 where its head is not whole yet; and its length."""
    length = data[at + 1]
    _check_head(data[at], length)
    if length <= _SHORT:
        return at + 2, length
    form, least = ("!H", _IN_16_BITS) if length == _IN_16_BITS else ("!Q", _MOST_IN_16_BITS + 1)
    begin = at + 2 + struct.calcsize(form)
    if begin > len(data):
        return 0, 0
    (length,) = struct.unpack_from(form, data, at + 2)
    if length < least:
        raise FrameFault(f"a length of {length} that is not given in the fewest bytes")
    if length > LONGEST:
        raise FrameFault(f"a frame of {length:,} bytes, more than {LONGEST:,}")
    return begin, length


def _check_head(first: int, length: int) -> None:
    """Refuse what the first two bytes of a frame may not say."""
    if first & _RESERVED_BITS:
        raise FrameFault("a reserved bit is set, and no extension was agreed upon that would use it")
    opcode = first & 0x0F
    if opcode not in _OPCODES:
        raise FrameFault(f"a frame with the reserved opcode {opcode:#x}")
    if length & _MASKED:
        raise FrameFault("a masked frame, which only clients send")
    if opcode >= Opcode.CLOSE:
        name = Opcode(opcode).name.lower()
        if not first & _LAST:
            raise FrameFault(f"a fragmented {name} frame")
        if length > _SHORT:
            raise FrameFault(f"a {name} frame of more than {_SHORT} bytes")


def _utf8(text: bytes) -> bytes:
    try:
        text.decode()
    except UnicodeDecodeError as error:
        raise FrameFault(f"a text that is no UTF-8: {error.reason} at byte {error.start}") from None
    return text


def _check_close(payload: bytes) -> None:
    if not payload:
        return
    if len(payload) == 1:
        raise FrameFault("a close frame with half a code")
    code = int.from_bytes(payload[:2])
    if code not in _CODES:
        raise FrameFault(f"a close frame with code {code}, which none may have")
    _utf8(payload[2:])


def close_code(payload: bytes) -> int | None:
    """The code of a close frame that was read; None where it has none."""
    return int.from_bytes(payload[:2]) if payload else None


def frame(opcode: Opcode, payload: bytes, *, last: bool = True) -> bytes:
    """A frame as clients send it, masked with a key of its own (RFC 6455, 5.3)."""
    first, length = opcode | (_LAST if last else 0), len(payload)
    if length <= _SHORT:
        head = bytes((first, _MASKED | length))
    elif length <= _MOST_IN_16_BITS:
        head = struct.pack("!BBH", first, _MASKED | _IN_16_BITS, length)
    else:
        head = struct.pack("!BBQ", first, _MASKED | _IN_64_BITS, length)
    key = next(_keys)
    # One XOR of two large integers: masking byte by byte would cost more than all else.
    repeated = (key * (length // _KEY_BYTES + 1))[:length]
    return head + key + (int.from_bytes(payload) ^ int.from_bytes(repeated)).to_bytes(length)


def answer_to(said: Said) -> bytes | None:
    """The frame that a client owes for this one: a pong for a ping, the same close for a close; None for others."""
    match said.opcode:
        case Opcode.PING:
            return frame(Opcode.PONG, said.payload)
        case Opcode.CLOSE:
            return frame(Opcode.CLOSE, said.payload[:2])
        case _:
            return None


def _fresh_keys() -> Iterator[bytes]:
    """Keys that nobody can foretell, drawn from the system many at a time."""
    while True:
        drawn = os.urandom(_KEY_BYTES * _KEYS_AT_ONCE)
        yield from (drawn[at : at + _KEY_BYTES] for at in range(0, len(drawn), _KEY_BYTES))


_keys: Final = _fresh_keys()
