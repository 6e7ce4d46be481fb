"""A server that takes no more connections is asked for no more: each further one would be waited for."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from harness.contract.conformance.message import WireFault
from harness.contract.conformance.processes import CHECKS
from harness.contract.conformance.server_under_test import Connection, ServerUnderTest
from harness.model.app import Endpoint
from harness.model.conformance import ProcessAtWork, Target


class Counting(ServerUnderTest):
    """Counts the connections that came to nothing."""

    untaken = 0

    @contextmanager
    def connect(self, patience_s: float | None = None) -> Iterator[Connection]:
        try:
            with super().connect(patience_s) as connection:
                yield connection
        except WireFault:
            self.untaken += 1
            raise


def test_who_takes_no_more_connections_is_asked_for_no_more() -> None:
    (processes,) = CHECKS
    seen = (ProcessAtWork(pid=1, connections=1, threads=1),)
    with socket.create_server(("127.0.0.1", 0), backlog=1) as listener:
        target = Target(host="127.0.0.1", port=listener.getsockname()[1])
        server = Counting(target, (Endpoint.HELLO,), None, 0.5, lambda: seen)
        assert processes.run(server).startswith("1 process answered")
    assert server.untaken == 1
