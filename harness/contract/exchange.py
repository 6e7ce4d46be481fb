"""What makes the requests for one endpoint and judges the bodies that come back."""

import random
from abc import ABC, abstractmethod
from collections.abc import Hashable
from http import HTTPStatus


def authority(host: str, port: int) -> str:
    """What a request calls a server in its Host header: an IPv6 address stands in brackets (RFC 3986, 3.2.2)."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


class Exchange[Key: Hashable](ABC):
    """Makes the requests for one endpoint and judges the bodies that come back."""

    content_type: str
    """The media type that the answer must have, without parameters."""
    status: HTTPStatus = HTTPStatus.OK
    """The status that the answer has where the request is right."""

    def __init__(self, host: str, port: int, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - a repeatable choice, no secret
        self._tail = f" HTTP/1.1\r\nHost: {authority(host, port)}\r\nAccept: */*\r\nUser-Agent: bench\r\n\r\n".encode()

    def _get(self, target: str) -> bytes:
        return b"GET " + target.encode() + self._tail

    @abstractmethod
    def next_request(self) -> tuple[bytes, Key]:
        """The bytes of the next request, and the key under which its answer is judged."""

    @abstractmethod
    def is_right(self, key: Key, body: bytes) -> bool:
        """Whether `body`, with status 200, is the right answer to the request with this key."""

    def is_right_otherwise(self, key: Key, status: int, body: bytes) -> bool:  # noqa: ARG002 - for who needs them
        """Whether it is with this status. Only asked where the answer is not right with status 200."""
        return False
