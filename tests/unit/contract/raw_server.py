"""A server of `/hello` that does with its connections what a test says, and what the checks find of it."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from harness.contract.conformance import check
from harness.contract.conformance.server_under_test import Check
from harness.model.app import Endpoint, KeepAlive
from harness.model.conformance import CheckResult, Target

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n%s\r\nHello, World!"


@contextmanager
def server(serve: Callable[[socket.socket, int], None]) -> Iterator[int]:
    """Serves each connection in a thread, given its number, until all is over."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:

        def accept() -> None:
            with suppress(OSError):
                for number in range(1_000_000):
                    connection, _ = listener.accept()
                    threading.Thread(target=one, args=(connection, number), daemon=True).start()

        def one(connection: socket.socket, number: int) -> None:
            with suppress(OSError), connection:
                serve(connection, number)

        threading.Thread(target=accept, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


def answers(connection: socket.socket, *, most: int = 1_000_000, announced: bool = False) -> None:
    """Answers so many requests, and closes then."""
    for number in range(most):
        if not connection.recv(65_536):
            return
        last = announced and number == most - 1
        connection.sendall(ANSWER % (b"Connection: close\r\n" if last else b""))


def found_by(
    port: int, *checks: Check, keep_alive: KeepAlive = True, ending: Callable[[], str | None] = lambda: None
) -> list[CheckResult]:
    target = Target(host="127.0.0.1", port=port, keep_alive=keep_alive)
    report = check(target, [Endpoint.HELLO], statements=None, checks=checks, ending=ending, patience_s=1.0)
    return list(report.results)
