"""What the raw bytes of an odd response say."""

import pytest

from harness.load.raw_response import excerpt, is_unframed

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
