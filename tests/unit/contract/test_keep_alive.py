"""What a manifest says of connections is what is seen of them, and else it is told what to write."""

import socket
from collections.abc import Callable
from typing import Final

import pytest

from harness.contract.conformance import concurrency
from harness.contract.conformance.connection_handling import CHECKS
from harness.model.app import KeepAlive
from harness.model.conformance import Outcome
from tests.unit.contract.raw_server import ANSWER, answers, found_by, server

(KEEP_ALIVE,) = (each for each in CHECKS if each.name == "keep-alive")
OF_A_CROWD = concurrency.CHECKS[-1]

type Serve = Callable[[socket.socket, int], None]


def keeps(connection: socket.socket, _: int) -> None:
    answers(connection)


def closes(connection: socket.socket, _: int) -> None:
    answers(connection, most=1)


def closes_as_announced(connection: socket.socket, _: int) -> None:
    answers(connection, most=1, announced=True)


def closes_after_five(connection: socket.socket, _: int) -> None:
    answers(connection, most=5, announced=True)


def keeps_every_other(connection: socket.socket, number: int) -> None:
    answers(connection, most=1_000_000 if number % 2 else 1, announced=True)


def announces_and_keeps(connection: socket.socket, _: int) -> None:
    while connection.recv(65_536):
        connection.sendall(ANSWER % b"Connection: close\r\n")


FALSE: Final = "set keep_alive = false in this variant of the manifest"
TRUE: Final = "set keep_alive = true in this variant of the manifest"
SOME: Final = 'set keep_alive = "mixed" in this variant of the manifest'
NONE_KEPT: Final = "the server closed each of 20 connections after one answer"
KEPT: Final = "the server keeps the connection: it answered a second request on it"
KEPT_THE_NEXT: Final = "the server closed 1 connection after one answer, and kept the next"


@pytest.mark.parametrize(
    ("serve", "said", "found", "hint"),
    [
        (keeps, True, None, None),
        (closes, True, "closed the connection, unannounced, after one answer", FALSE),
        (closes_as_announced, True, "closed the connection, as announced, after one answer", FALSE),
        (closes_after_five, True, "closed the connection, as announced, after 5 answers", 'keep_alive = "mixed"'),
        (keeps, False, KEPT, TRUE),
        (closes, False, None, None),
        (closes_as_announced, False, None, None),
        (closes_after_five, False, KEPT, 'keep_alive = "mixed"'),
        (keeps_every_other, False, KEPT_THE_NEXT, SOME),
        (keeps, "mixed", None, None),
        (closes, "mixed", NONE_KEPT, FALSE),
        (closes_as_announced, "mixed", NONE_KEPT, FALSE),
        (closes_after_five, "mixed", None, None),
        (keeps_every_other, "mixed", None, None),
    ],
)
def test_what_is_said_is_held_against_what_is_seen(
    serve: Serve, said: KeepAlive, found: str | None, hint: str | None
) -> None:
    with server(serve) as port:
        (result,) = found_by(port, KEEP_ALIVE, keep_alive=said)
    assert result.outcome is (Outcome.FAILED if found else Outcome.PASSED), result.found
    assert (found or "") in result.found
    assert (hint or "") in (result.hint or "")


def test_who_keeps_connections_for_a_moment_keeps_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.contract.conformance.connection_handling._CLOSE_S", 60.0)

    def keeps_for_a_moment(connection: socket.socket, _: int) -> None:
        connection.settimeout(20.0)
        answers(connection)

    with server(keeps_for_a_moment) as port:
        (result,) = found_by(port, KEEP_ALIVE, keep_alive=False)
    assert KEPT in result.found


def test_who_announces_that_it_closes_and_does_not_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.contract.conformance.connection_handling._CLOSE_S", 0.2)
    with server(announces_and_keeps) as port:
        (result,) = found_by(port, KEEP_ALIVE, keep_alive=False)
    assert "though its answer says `Connection: close`" in result.found
    assert "keep_alive" not in (result.hint or "")


@pytest.mark.parametrize("serve", [closes, closes_as_announced])
def test_who_keeps_no_connection_is_told_once_and_not_that_of_many_it_is_as_the_manifest_says(
    monkeypatch: pytest.MonkeyPatch, serve: Serve
) -> None:
    monkeypatch.setattr(concurrency, "_DURATION_S", 0.1)
    monkeypatch.setattr(concurrency, "_CLIENTS", 4)
    with server(serve) as port:
        one, many = found_by(port, KEEP_ALIVE, OF_A_CROWD, keep_alive="mixed")
    assert one.outcome is Outcome.FAILED
    assert (many.outcome, many.found) == (Outcome.SKIPPED, "it does not keep that of a single client either")
