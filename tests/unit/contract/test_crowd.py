"""What many clients at once find out of a server, each with a hint that fits what went wrong."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from harness.contract.conformance import check, concurrency, wait
from harness.contract.conformance.crowd_hints import hint_under_load
from harness.contract.conformance.message import Untaken
from harness.contract.conformance.server_under_test import ServerUnderTest
from harness.model.app import Endpoint, KeepAlive
from harness.model.conformance import CheckResult, Outcome, Target
from tests.unit.contract.raw_server import ANSWER, answers, found_by, server
from tests.waiting import eventually, undisturbed

_, MIXED, KEPT = concurrency.CHECKS


@pytest.fixture(autouse=True)
def small_crowds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(concurrency, "_DURATION_S", 0.1)
    monkeypatch.setattr(concurrency, "_CLIENTS", 8)


def met_by_a_close(port: int, *, keep_alive: KeepAlive = True) -> list[CheckResult]:
    """Of a server that closes after some answers: on a busy host a short crowd may not ask that often."""

    def was_met(found: list[CheckResult]) -> None:
        assert not found[1].found.startswith("0 new connections")

    return undisturbed(lambda: found_by(port, MIXED, KEPT, keep_alive=keep_alive), was_met)


@pytest.mark.parametrize("announced", [True, False])
def test_connections_closed_to_a_crowd_are_counted_and_mixed_is_named(*, announced: bool) -> None:
    with server(lambda connection, _: answers(connection, most=5, announced=announced)) as port:
        mixed, kept = met_by_a_close(port)
    assert mixed.outcome is Outcome.PASSED
    assert kept.outcome is Outcome.FAILED
    assert "new connections for " in kept.found
    assert kept.hint is not None
    assert ('keep_alive = "mixed"' in kept.hint) == announced
    assert "Connection: close" in kept.hint or announced


def test_a_server_that_keeps_them_passes() -> None:
    with server(lambda connection, _: answers(connection)) as port:
        _, kept = found_by(port, MIXED, KEPT)
    assert (kept.outcome, kept.found[:21]) == (Outcome.PASSED, "0 new connections for")


@pytest.mark.parametrize("keep_alive", [False, "mixed"])
def test_who_is_meant_to_close_some_is_not_asked(keep_alive: KeepAlive) -> None:
    with server(lambda connection, _: answers(connection, most=5, announced=True)) as port:
        _, kept = found_by(port, MIXED, KEPT, keep_alive=keep_alive)
    assert kept.outcome is Outcome.SKIPPED


BELONGS = "then keep_alive = true belongs in this variant of the manifest"


def test_who_is_said_to_close_some_and_keeps_all_is_told_what_belongs_there() -> None:
    with server(lambda connection, _: answers(connection)) as port:
        _, kept = found_by(port, MIXED, KEPT, keep_alive="mixed")
    assert kept.outcome is Outcome.SKIPPED, "a limit of requests may not have been reached"
    assert BELONGS in kept.found


def test_who_closes_some_is_told_no_such_thing() -> None:
    with server(lambda connection, _: answers(connection, most=5, announced=True)) as port:
        _, kept = met_by_a_close(port, keep_alive="mixed")
    assert BELONGS not in kept.found
    assert "as the manifest says" in kept.found


def test_mixed_allows_no_close_that_takes_a_request_along() -> None:
    with server(lambda connection, _: answers(connection, most=5)) as port:
        _, kept = met_by_a_close(port, keep_alive="mixed")
    assert kept.outcome is Outcome.FAILED
    assert "unannounced" in kept.found
    assert 'keep_alive = "mixed"' not in str(kept.hint)


def test_a_connection_that_idled_for_long_may_be_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(concurrency, "_IDLE_S", -1.0)
    with server(lambda connection, _: answers(connection, most=5)) as port:
        _, kept = found_by(port, MIXED, KEPT)
    assert kept.outcome is Outcome.PASSED


def test_who_does_not_answer_in_time_is_told_to_look_for_what_it_waits_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(concurrency, "_PATIENCE_S", 0.05)

    def half_of_them(connection: socket.socket, number: int) -> None:
        if number % 2:
            time.sleep(0.5)
        answers(connection)

    with server(half_of_them) as port:
        (mixed,) = found_by(port, MIXED)
    assert "no complete answer in time" in mixed.found
    assert "threads" in str(mixed.hint)
    assert "local variables" not in str(mixed.hint)


def test_who_refuses_connections_is_told_of_its_backlog() -> None:
    with server(lambda connection, _: answers(connection)) as port:
        pass
    (mixed,) = found_by(port, MIXED)
    assert "accepts no connection" in mixed.found
    assert "backlog" in str(mixed.hint)
    assert "threads" not in str(mixed.hint)


def test_who_accepts_too_few_is_told_of_its_backlog_though_some_were_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first two wait in the backlog for an answer, and all others to get there."""
    monkeypatch.setattr(concurrency, "_PATIENCE_S", 0.5)

    def crowded() -> CheckResult:
        with socket.create_server(("127.0.0.1", 0), backlog=1) as listener:
            (mixed,) = found_by(listener.getsockname()[1], MIXED)
        return mixed

    def is_told(mixed: CheckResult) -> None:
        assert "accepts no connection (timed out)" in mixed.found

    # On a busy host, one of those that are let in may have to ask twice, and is told of first.
    mixed = undisturbed(crowded, is_told)
    assert "backlog" in str(mixed.hint)
    assert "threads" not in str(mixed.hint)


def test_who_was_accepted_only_when_asked_again_is_no_matter_of_threads() -> None:
    def asked() -> bool:
        """Whether a connection is being opened that was not let in."""
        lines = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
        return any(line.split()[2:4] == [f"0100007F:{port:04X}", "02"] for line in lines)

    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener, ThreadPoolExecutor(1) as pool:
        port = listener.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            target = Target(host="127.0.0.1", port=port)
            late = pool.submit(lambda: ServerUnderTest(target, [Endpoint.HELLO], None, 3.0).get("/hello"))
            eventually(asked, "a connection that waits to be let in")
            with listener.accept()[0], pytest.raises(Untaken) as untaken:
                late.result()
    assert "backlog" in str(hint_under_load(untaken.value))


def test_a_server_that_ended_is_told_with_its_exit_code() -> None:
    with server(lambda connection, _: answers(connection)) as port:
        pass
    first, second = found_by(port, MIXED, KEPT, ending=lambda: "it ended by itself (exit code 7)")
    assert first.found.endswith("; it ended by itself (exit code 7)")
    assert second.outcome is Outcome.NOT_MADE
    assert second.found.startswith("the server stopped answering during '")
    assert second.found.endswith("; it ended by itself (exit code 7)")
    assert "outlive" in str(first.hint)


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (b"200 OK", "local variables"),
        (b"400 Bad Request", "local variables"),
        (b"404 Not Found", "do not know the route"),
        (b"405 Method Not Allowed", "do not know the route"),
        (b"408 Request Timeout", "time-out"),
        (b"429 Too Many Requests", "limits or shuts out clients"),
        (b"500 Internal Server Error", "traceback in the server's log"),
        (b"502 Bad Gateway", "a worker that ended"),
        (b"503 Service Unavailable", "overloaded by its own measure"),
        (b"504 Gateway Timeout", "time-out"),
        (b"507 Insufficient Storage", "traceback in the server's log"),
    ],
)
def test_the_advice_follows_the_status_that_came(status: bytes, advice: str) -> None:
    def refusing(connection: socket.socket, _: int) -> None:
        while connection.recv(65_536):
            connection.sendall(b"HTTP/1.1 %s\r\nContent-Length: 4\r\n\r\nBusy" % status)

    with server(refusing) as port:
        (mixed,) = found_by(port, MIXED)
    assert advice in str(mixed.hint)
    assert ("a connection of its own" in str(mixed.hint)) == (advice == "local variables")


@pytest.mark.parametrize(("mixed_up", "advice"), [(None, "overloaded"), (3, "local variables")])
def test_what_most_clients_met_is_told_and_a_wrong_answer_before_all(mixed_up: int | None, advice: str) -> None:
    def too_busy_but_for_one(connection: socket.socket, number: int) -> None:
        while connection.recv(65_536):
            status = b"200 OK" if number == mixed_up else b"500 Error" if number == 0 else b"503 Busy"
            connection.sendall(b"HTTP/1.1 %s\r\nContent-Length: 4\r\n\r\nBusy" % status)

    with server(too_busy_but_for_one) as port:
        (mixed,) = found_by(port, MIXED)
    assert advice in str(mixed.hint)


def test_waits_together_that_are_refused_are_no_matter_of_the_time_kept() -> None:
    def busy(connection: socket.socket, _: int) -> None:
        while connection.recv(65_536):
            connection.sendall(b"HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nBusy")

    (together,) = (each for each in wait.CHECKS if each.name == "waits together")
    with server(busy) as port:
        target = Target(host="127.0.0.1", port=port)
        report = check(target, [Endpoint.WAIT], statements=None, checks=[together], patience_s=1.0)
    assert "overloaded by its own measure" in str(report.results[0].hint)


def test_a_wrong_answer_is_a_matter_of_the_request_s_data() -> None:
    def wrong(connection: socket.socket, _: int) -> None:
        while connection.recv(65_536):
            connection.sendall((ANSWER % b"").replace(b"World", b"Mundo"))

    with server(wrong) as port:
        (mixed,) = found_by(port, MIXED)
    assert "local variables" in str(mixed.hint)
