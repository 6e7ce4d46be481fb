"""A server may hang up on a body of 100,000 bytes and more, and on none that is smaller."""

import json
import re
import socket

import pytest

from harness.contract.conformance import check, order_bodies
from harness.contract.orders import accepted
from harness.contract.wrong_orders import PLAIN_ORDER
from harness.model.app import Endpoint
from harness.model.conformance import CheckResult, Outcome, Target
from tests.unit.contract.raw_server import ANSWER, server

(HOSTILE,) = (each for each in order_bodies.CHECKS if each.name == "hostile bodies")
RIGHT = json.dumps(accepted(PLAIN_ORDER)).encode()
TAKEN = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(RIGHT), RIGHT)
REFUSED = b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 0\r\n\r\n"


def found(hangs_up_on: int) -> CheckResult:
    """What is said of a server that closes where a body has so many bytes or more."""

    def serve(connection: socket.socket, _: int) -> None:
        while received := connection.recv(65_536):
            head, _, body = received.partition(b"\r\n\r\n")
            told = re.search(rb"Content-Length: (\d+)", head)
            length = int(told[1]) if told else 0
            if length >= hangs_up_on:
                return
            while len(body) < length and (more := connection.recv(65_536)):
                body += more
            order = TAKEN if body == json.dumps(PLAIN_ORDER).encode() else REFUSED
            connection.sendall(order if head.startswith(b"POST") else ANSWER % b"")

    with server(serve) as port:
        target = Target(host="127.0.0.1", port=port)
        (result,) = check(target, [Endpoint.ORDERS], statements=None, checks=[HOSTILE]).results
    return result


@pytest.mark.parametrize(
    ("hangs_up_on", "outcome", "said"),
    [
        (100_000, Outcome.PASSED, " bodies refused"),
        (100_001, Outcome.PASSED, " bodies refused"),
        (10_000, Outcome.FAILED, "a quantity of 10,000 digits: the server "),
    ],
)
def test_hanging_up(hangs_up_on: int, outcome: Outcome, said: str) -> None:
    result = found(hangs_up_on)
    assert result.outcome is outcome, result.found
    assert said in result.found
