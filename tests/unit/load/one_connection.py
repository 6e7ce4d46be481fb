"""A crowd of one whose server is the test: what it sends is given to the crowd by hand."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from harness.load.connection import Connection, Phase
from harness.load.crowds.crowd import Crowd

NOW_NS = 1_000


@contextmanager
def one_connection[C: Crowd[Any]](make: Callable[[Any], C]) -> Iterator[tuple[C, Connection]]:
    """A crowd, made for an engine that only opens and closes, and its connection, which has sent its request."""
    here, there = socket.socketpair()
    with here, there:
        connection = Connection()

        def send(opening: Connection) -> None:
            opening.attach(here, NOW_NS)
            opening.phase, opening.sent_ns = Phase.OPEN, NOW_NS

        engine = SimpleNamespace(
            connections=[connection],
            agenda=SimpleNamespace(at=lambda *_: None),
            request=send,
            close=lambda closing, **_: closing.close(),
        )
        crowd = make(engine)
        crowd.start(NOW_NS)
        yield crowd, connection
