"""Frames of a WebSocket, case by case and against another implementation.

The cases are those of the Autobahn test suite that apply to a client that reads messages, in our own words: its groups
1 (lengths), 2 (pings), 3 (reserved bits), 4 (opcodes), 5 (fragments), 6 (UTF-8) and 7 (closing).
"""

import struct
from collections.abc import Iterable, Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.client import ClientProtocol
from websockets.frames import Frame
from websockets.frames import Opcode as Theirs
from websockets.protocol import OPEN
from websockets.server import ServerProtocol
from websockets.uri import parse_uri

from harness.load.crowds.web_socket import LONGEST, FrameFault, FrameReader, Opcode, Said, answer_to, close_code, frame

TEXT, BINARY, CONTINUATION = 0x1, 0x2, 0x0
CLOSE, PING, PONG = 0x8, 0x9, 0xA
MASKED = 0x80


def sent(opcode: int, payload: bytes = b"", *, last: bool = True, reserved: int = 0) -> bytes:
    """A frame as a server sends it."""
    length = len(payload)
    head = bytes([0x80 * last | reserved << 4 | opcode])
    if length <= 125:
        return head + bytes([length]) + payload
    return head + (struct.pack("!BH", 126, length) if length < 2**16 else struct.pack("!BQ", 127, length)) + payload


def read(pieces: Iterable[bytes]) -> list[bytes | Said]:
    reader = FrameReader()
    return [each for piece in pieces for each in reader.read(piece)]


def one_by_one(data: bytes) -> list[bytes]:
    return [data[at : at + 1] for at in range(len(data))]


def said(opcode: int, payload: bytes = b"") -> Said:
    return Said(Opcode(opcode), payload)


RIGHT: dict[str, tuple[bytes, Sequence[bytes | Said]]] = {
    **{
        f"1.1: a text of {length:,} bytes": (sent(TEXT, b"*" * length), [b"*" * length])
        for length in (0, 125, 126, 127, 128, 65_535, LONGEST)
    },
    **{
        f"1.2: a binary message of {length:,} bytes": (sent(BINARY, b"\xfe" * length), [said(BINARY, b"\xfe" * length)])
        for length in (0, 125, 126, 127, 128, 65_535, LONGEST)
    },
    "2.1: a ping without payload": (sent(PING), [said(PING)]),
    "2.2: a ping with text": (sent(PING, b"Hello"), [said(PING, b"Hello")]),
    "2.3: a ping with bytes that are no text": (sent(PING, b"\x00\xff\xfe"), [said(PING, b"\x00\xff\xfe")]),
    "2.4: a ping of the greatest length": (sent(PING, b"\xfe" * 125), [said(PING, b"\xfe" * 125)]),
    "2.7: a pong that nobody asked for": (sent(PONG, b"news"), [said(PONG, b"news")]),
    "2.10: ten pings in a row": (
        b"".join(sent(PING, b"%d" % n) for n in range(10)),
        [said(PING, b"%d" % n) for n in range(10)],
    ),
    "5.3: a text in two fragments": (sent(TEXT, b"frag", last=False) + sent(CONTINUATION, b"ment"), [b"fragment"]),
    "5.6: a ping between two fragments": (
        sent(TEXT, b"frag", last=False) + sent(PING, b"now") + sent(CONTINUATION, b"ment"),
        [said(PING, b"now"), b"fragment"],
    ),
    "5.19: five fragments with pings between": (
        sent(TEXT, b"1", last=False)
        + sent(CONTINUATION, b"2", last=False)
        + sent(PING, b"a")
        + sent(CONTINUATION, b"3", last=False)
        + sent(CONTINUATION, b"4", last=False)
        + sent(PING, b"b")
        + sent(CONTINUATION, b"5"),
        [said(PING, b"a"), said(PING, b"b"), b"12345"],
    ),
    "5: a binary message in fragments, and a text after it": (
        sent(BINARY, b"\xff", last=False) + sent(CONTINUATION, b"\xfe") + sent(TEXT, b"text"),
        [said(BINARY, b"\xff\xfe"), b"text"],
    ),
    "6.1: empty fragments around one that is not": (
        sent(TEXT, last=False) + sent(CONTINUATION, b"middle", last=False) + sent(CONTINUATION),
        [b"middle"],
    ),
    "6.2: a character cut in two by fragments": (
        sent(TEXT, "κ".encode()[:1], last=False) + sent(CONTINUATION, "κ".encode()[1:]),
        ["κ".encode()],
    ),
    **{
        f"6.5 to 6.22: {character!a}": (sent(TEXT, character.encode()), [character.encode()])
        for character in "\x00\x7f\x80߿ࠀ퟿￿\U00010000\U0010fffe\ufdd0"
    },
    "7.1: what follows a close is not looked at": (sent(CLOSE) + sent(TEXT, b"late") + b"\xff\xff", [said(CLOSE)]),
    "7.3: a close with the longest reason": (
        sent(CLOSE, b"\x03\xe8" + b"*" * 123),
        [said(CLOSE, b"\x03\xe8" + b"*" * 123)],
    ),
    **{
        f"7.7: a close with code {code}": (sent(CLOSE, code.to_bytes(2)), [said(CLOSE, code.to_bytes(2))])
        for code in (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999)
    },
}

WRONG: dict[str, tuple[bytes, str]] = {
    "2.5: a ping that is too long": (sent(PING, b"*" * 126), "a ping frame of more than 125 bytes"),
    **{
        f"3.{bits}: the reserved bits {bits:03b}": (sent(opcode, b"", reserved=bits), "a reserved bit is set")
        for bits, opcode in zip(range(1, 8), (TEXT, TEXT, TEXT, TEXT, BINARY, PING, CLOSE), strict=True)
    },
    **{
        f"4: the opcode {opcode:#x}": (sent(opcode), f"the reserved opcode {opcode:#x}")
        for opcode in (3, 4, 5, 6, 7, 0xB, 0xC, 0xD, 0xE, 0xF)
    },
    "5.1: a ping in fragments": (sent(PING, b"frag", last=False), "a fragmented ping frame"),
    "5.2: a pong in fragments": (sent(PONG, b"frag", last=False), "a fragmented pong frame"),
    "5: a close in fragments": (sent(CLOSE, b"\x03\xe8", last=False), "a fragmented close frame"),
    "5.9: a continuation of nothing": (sent(CONTINUATION, b"?"), "a continuation frame of no message"),
    "5.12: a continuation of nothing that goes on": (
        sent(CONTINUATION, b"?", last=False),
        "a continuation frame of no message",
    ),
    "5.15: a continuation after the last fragment": (
        sent(TEXT, b"1", last=False) + sent(CONTINUATION, b"2") + sent(CONTINUATION, b"3", last=False),
        "a continuation frame of no message",
    ),
    "5.18: a text within a fragmented text": (
        sent(TEXT, b"1", last=False) + sent(TEXT, b"2"),
        "a text frame within a fragmented message",
    ),
    **{
        f"6.3 to 6.22: {bad.hex()}": (sent(TEXT, bad), "a text that is no UTF-8")
        for bad in (
            b"\xff",
            b"\xc0\x80",
            b"\xed\xa0\x80",
            b"\xed\xbf\xbf",
            b"\xf4\x90\x80\x80",
            b"\xf8\x88\x80\x80\x80",
            b"\xce",
            b"\x80",
            "κόσμε".encode() + b"\xed\xa0\x80edited",
        )
    },
    "6.4: no UTF-8 over fragments": (
        sent(TEXT, b"\xce", last=False) + sent(CONTINUATION, b"\xce"),
        "a text that is no UTF-8",
    ),
    "7.3.2: a close with half a code": (sent(CLOSE, b"\x03"), "half a code"),
    "7.3.6: a close that is too long": (sent(CLOSE, b"\x03\xe8" + b"*" * 124), "a close frame of more than 125 bytes"),
    "7.5: a close whose reason is no UTF-8": (sent(CLOSE, b"\x03\xe8\xce\xba\xed\xa0\x80"), "a text that is no UTF-8"),
    **{
        f"7.9: a close with code {code}": (sent(CLOSE, code.to_bytes(2)), f"code {code}, which none may have")
        for code in (0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535)
    },
    "a masked frame": (b"\x81" + bytes([MASKED | 2]) + b"\0\0\0\0hi", "a masked frame"),
    "a length in 16 bits that fits 7": (b"\x81\x7e\x00\x7d" + b"*" * 125, "not given in the fewest bytes"),
    "a length in 64 bits that fits 16": (b"\x81\x7f" + (65_535).to_bytes(8), "not given in the fewest bytes"),
    "a frame longer than any": (b"\x81\x7f" + (LONGEST + 1).to_bytes(8), "more than 65,536"),
    "a message longer than any": (
        sent(TEXT, b"*" * LONGEST, last=False) + sent(CONTINUATION, b"*"),
        "a message of more than 65,536 bytes",
    ),
}


@pytest.mark.parametrize("case", RIGHT)
def test_what_the_protocol_allows_is_read(case: str) -> None:
    data, wanted = RIGHT[case]
    assert read([data]) == wanted
    if len(data) < 200:
        assert read(one_by_one(data)) == wanted


@pytest.mark.parametrize("case", WRONG)
def test_what_the_protocol_forbids_is_refused(case: str) -> None:
    data, why = WRONG[case]
    with pytest.raises(FrameFault, match=why):
        read([data])
    if len(data) < 200:
        with pytest.raises(FrameFault, match=why):
            read(one_by_one(data))


def test_pings_are_answered_with_their_payload_closes_with_their_code_and_pongs_not_at_all() -> None:
    def unmasked(answer: bytes | None) -> tuple[int, bytes]:
        assert answer is not None
        assert answer[1] & MASKED
        key, payload = answer[2:6], answer[6:]
        return answer[0], bytes(byte ^ key[place % 4] for place, byte in enumerate(payload))

    assert unmasked(answer_to(said(PING, b"Hello"))) == (0x8A, b"Hello")
    assert unmasked(answer_to(said(CLOSE, b"\x03\xe9bye"))) == (0x88, b"\x03\xe9")
    assert unmasked(answer_to(said(CLOSE))) == (0x88, b"")
    assert answer_to(said(PONG, b"Hello")) is None
    assert (close_code(b"\x03\xe9bye"), close_code(b"")) == (1001, None)


def test_each_frame_has_a_key_of_its_own() -> None:
    keys = {frame(Opcode.TEXT, b"the same")[2:6] for _ in range(5_000)}
    assert len(keys) > 4_990


a_third = settings(deadline=None, max_examples=max(1, settings().max_examples // 3))
"""Thirty long messages cut at random show what a hundred would."""

messages = st.lists(
    st.one_of(
        st.tuples(st.just(Theirs.TEXT), st.text(max_size=300).map(str.encode)),
        st.tuples(st.just(Theirs.BINARY), st.binary(max_size=300)),
        st.tuples(st.sampled_from([Theirs.PING, Theirs.PONG]), st.binary(max_size=125)),
        st.tuples(st.just(Theirs.TEXT), st.integers(65_530, LONGEST).map(lambda length: b"x" * length)),
    ),
    max_size=8,
)


def in_pieces(data: bytes, cuts: Iterable[int]) -> list[bytes]:
    places = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[begin:end] for begin, end in pairwise(places)]


cuts = st.lists(st.integers(0, 2**20), max_size=12)


def as_ours(opcode: int, payload: bytes) -> bytes | Said:
    return payload if opcode == Theirs.TEXT else said(opcode, payload)


@a_third
@given(messages, cuts)
def test_what_another_server_sends_is_read_as_it_was_meant_in_whatever_pieces(
    meant: list[tuple[Theirs, bytes]], cuts: list[int]
) -> None:
    server = ServerProtocol(state=OPEN)
    for opcode, payload in meant:
        {
            Theirs.TEXT: server.send_text,
            Theirs.BINARY: server.send_binary,
            Theirs.PING: server.send_ping,
            Theirs.PONG: server.send_pong,
        }[opcode](payload)
    data = b"".join(server.data_to_send())
    assert read(in_pieces(data, cuts)) == [as_ours(*each) for each in meant]


@a_third
@given(st.text(max_size=200).map(str.encode), st.lists(st.integers(0, 800), max_size=5), st.binary(max_size=20), cuts)
def test_fragments_of_another_server_are_joined_with_pings_between_them(
    text: bytes, fragments: list[int], ping: bytes, cuts: list[int]
) -> None:
    server = ServerProtocol(state=OPEN)
    parts = in_pieces(text, fragments)
    for place, part in enumerate(parts):
        send = server.send_continuation if place else server.send_text
        send(part, fin=place == len(parts) - 1)
        if place < len(parts) - 1:
            server.send_ping(ping)
    data = b"".join(server.data_to_send())
    assert read(in_pieces(data, cuts)) == [*[said(PING, ping)] * (len(parts) - 1), text]


@a_third
@given(messages, cuts)
def test_another_server_reads_what_is_sent_here(meant: list[tuple[Theirs, bytes]], cuts: list[int]) -> None:
    server = ServerProtocol(state=OPEN)
    for piece in in_pieces(b"".join(frame(Opcode(opcode), payload) for opcode, payload in meant), cuts):
        server.receive_data(piece)
    assert server.parser_exc is None
    found = [(each.opcode, bytes(each.data)) for each in server.events_received() if isinstance(each, Frame)]
    assert found == meant


@a_third
@given(st.binary(max_size=40), cuts)
def test_bytes_that_mean_nothing_are_read_or_refused_alike_in_whatever_pieces(data: bytes, cuts: list[int]) -> None:
    def outcome(pieces: Iterable[bytes]) -> list[bytes | Said] | str:
        try:
            return read(pieces)
        except FrameFault as fault:
            return str(fault)

    assert outcome([data]) == outcome(in_pieces(data, cuts))


def test_no_client_is_taken_for_a_server() -> None:
    """What clients send is masked, and a server that sends it back as it came is found out."""
    client = ClientProtocol(parse_uri("ws://localhost/chat"), state=OPEN)
    client.send_text(b"hello")
    with pytest.raises(FrameFault, match="a masked frame"):
        read(client.data_to_send())
