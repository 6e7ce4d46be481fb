"""What the raw bytes of an odd response say."""

import pytest

from harness.load.raw_response import excerpt, is_unframed, unreadable
from harness.model.window import Failure

HEAD = b"HTTP/1.1 200 OK\r\nServer: x\r\n"


@pytest.mark.parametrize(
    ("received", "unframed"),
    [
        (HEAD + b"\r\nbody", True),
        (HEAD + b"Content-Length: 9\r\n\r\nbody", False),
        (HEAD + b"TRANSFER-ENCODING: chunked\r\n\r\nbody", False),
        (HEAD + b"X-Content-Length: 9\r\n\r\nbody", True),
        (HEAD, False),
        (b"", False),
    ],
)
def test_a_response_without_a_length_ends_with_its_connection(received: bytes, *, unframed: bool) -> None:
    """Only a complete head tells, and only a length or a transfer coding frames a body."""
    assert is_unframed(received) is unframed


def test_excerpt_is_status_line_and_body() -> None:
    """That is what tells a reader what went wrong."""
    assert excerpt(b"HTTP/1.1 503 Busy\r\nServer: x\r\n\r\nplease wait") == "HTTP/1.1 503 Busy please wait"
    assert excerpt(b"\xff\x00garbage") == "ÿ\x00garbage"
    assert len(excerpt(b"x" * 10_000)) == 200


@pytest.mark.parametrize("name", [b"Content-Encoding", b"content-encoding"])
def test_a_body_in_a_content_coding_is_told_as_such(name: bytes) -> None:
    coded = b"HTTP/1.1 200 OK\r\n" + name + b": gzip\r\n\r\n\x1f\x8b\x08"
    assert excerpt(coded) == "HTTP/1.1 200 OK (a body in Content-Encoding: gzip, unasked)"
    assert excerpt(coded.replace(b"gzip", b"identity")) == "HTTP/1.1 200 OK \x1f\x8b\x08"


def test_what_the_parser_could_not_read_counts_as_what_it_is() -> None:
    upgraded = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n"
    assert unreadable(upgraded, ValueError("59")) == (Failure.STATUS, "HTTP/1.1 101 Switching Protocols")
    failure, told = unreadable(b"HTTP/1.1 1O1 OK\r\n", ValueError("Invalid status"))
    assert failure is Failure.MALFORMED
    assert told == "Invalid status: HTTP/1.1 1O1 OK"
