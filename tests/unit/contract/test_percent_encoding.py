"""Who refuses a parameter that it does not know is told so, and not that it reads the others wrongly."""

import socket

from harness.contract.conformance import paths
from harness.model.conformance import Outcome
from tests.unit.contract.test_crowd import ANSWER, found_by, server


def test_an_unknown_parameter_is_to_be_ignored() -> None:
    def refusing(connection: socket.socket, _: int) -> None:
        while request := connection.recv(65_536):
            answer = ANSWER % b""
            connection.sendall(answer.replace(b"200 OK", b"404 Not Found") if b"unused" in request else answer)

    _, percent_encoding = paths.CHECKS
    with server(refusing) as port:
        (found,) = found_by(port, percent_encoding)
    assert found.outcome is Outcome.FAILED
    assert "ignore parameters that an endpoint does not know" in str(found.hint)
