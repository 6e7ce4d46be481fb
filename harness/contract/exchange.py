"""What makes the requests for one endpoint and judges the bodies that come back."""

import random
from abc import ABC, abstractmethod
from collections.abc import Hashable


class Exchange[Key: Hashable](ABC):
    """Makes the requests for one endpoint and judges the bodies that come back."""

    content_type: str
    """The media type that the answer must have, without parameters."""

    def __init__(self, host: str, port: int, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - a repeatable choice, no secret
        self._tail = f" HTTP/1.1\r\nHost: {host}:{port}\r\nAccept: */*\r\nUser-Agent: bench\r\n\r\n".encode()

    def _get(self, target: str) -> bytes:
        return b"GET " + target.encode() + self._tail

    @abstractmethod
    def next_request(self) -> tuple[bytes, Key]:
        """The bytes of the next request, and the key under which its answer is judged."""

    @abstractmethod
    def is_right(self, key: Key, body: bytes) -> bool:
        """Whether `body` is the right answer to the request with this key."""
