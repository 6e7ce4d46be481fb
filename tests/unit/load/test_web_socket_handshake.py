"""Opening a WebSocket: right answers are taken, and wrong ones are refused with what was wrong about them."""

import pytest
from websockets.http11 import Request
from websockets.server import ServerProtocol

from harness.load.crowds.web_socket_handshake import (
    HandshakeFault,
    TurnedAway,
    accept_of,
    new_key,
    opening_request,
    read_opening,
)

KEY = b"dGhlIHNhbXBsZSBub25jZQ=="
"""The example of RFC 6455, 1.3."""
ACCEPT = b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
RIGHT = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
    + ACCEPT
    + b"\r\n\r\n"
)


def test_the_key_of_the_standard_s_example_gives_its_answer() -> None:
    assert accept_of(KEY) == ACCEPT


@pytest.mark.parametrize(
    "spelled",
    [
        RIGHT,
        RIGHT.replace(b"Upgrade: websocket", b"UPGRADE: WebSocket"),
        RIGHT.replace(b"Connection: Upgrade", b"connection: keep-alive, upgrade"),
        RIGHT.replace(b"\r\n\r\n", b"\r\nServer: any\r\nDate: today\r\n\r\n"),
        RIGHT.replace(b"101 Switching Protocols", b"101 WebSocket Protocol Handshake"),
        RIGHT.replace(b"\r\n\r\n", b" \r\n\r\n"),
        RIGHT.replace(b"\r\n\r\n", b"\r\nSec-WebSocket-Protocol: \t\r\n\r\n"),
    ],
)
def test_every_right_answer_is_taken(spelled: bytes) -> None:
    assert read_opening(spelled + b"\x81\x02hi", KEY) == (b"\x81\x02hi", 0)
    for end in range(len(spelled)):
        assert read_opening(spelled[:end], KEY) == (None, 0)


def test_interim_responses_before_it_are_read_over_and_counted() -> None:
    assert read_opening(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + RIGHT, KEY) == (b"", 1)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (RIGHT.replace(b"Upgrade: websocket", b"Upgrade: h2c"), "without the header Upgrade: websocket"),
        (RIGHT.replace(b"Connection: Upgrade\r\n", b""), "without the header Connection: upgrade"),
        (RIGHT.replace(ACCEPT, accept_of(b"another key")), "not the one for the key"),
        (RIGHT.replace(b"Sec-WebSocket-Accept: " + ACCEPT + b"\r\n", b""), "Sec-WebSocket-Accept is missing"),
        (
            RIGHT.replace(b"\r\n\r\n", b"\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n"),
            "Sec-WebSocket-Extensions: permessage-deflate, which nobody asked for",
        ),
        (
            RIGHT.replace(b"\r\n\r\n", b"\r\nSec-WebSocket-Protocol: chat\r\n\r\n"),
            "Sec-WebSocket-Protocol: chat, which",
        ),
        (b"HTTP/1.1 101 Switching Protocols\r\nno header\r\n\r\n", "101 Switching Protocols"),
        (b"no HTTP at all\r\n\r\n", "no HTTP at all"),
        (b"x" * 70_000, "a head of more than"),
    ],
)
def test_a_wrong_answer_is_refused_with_what_is_wrong(answer: bytes, why: str) -> None:
    with pytest.raises(HandshakeFault, match=why):
        read_opening(answer, KEY)


@pytest.mark.parametrize("status", [b"200 OK", b"403 Forbidden", b"404 Not Found", b"426 Upgrade Required"])
def test_another_status_is_told_with_what_came(status: bytes) -> None:
    with pytest.raises(TurnedAway, match=f"status {status[:3].decode()}, not 101: HTTP/1.1 {status.decode()} gone"):
        read_opening(b"HTTP/1.1 " + status + b"\r\nContent-Length: 4\r\n\r\ngone", KEY)


def test_another_implementation_opens_what_is_asked_for_here_without_any_extension() -> None:
    server, key = ServerProtocol(), new_key()
    server.receive_data(opening_request("127.0.0.1", 8000, "/chat?room=tea-room", key))
    (request,) = server.events_received()
    assert isinstance(request, Request)
    assert request.path == "/chat?room=tea-room"
    server.send_response(server.accept(request))
    assert read_opening(b"".join(server.data_to_send()), key) == (b"", 0)
