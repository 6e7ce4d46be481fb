"""The first event of a feed is due at once: a host that stands still once delays one feed, a wrong app all of them."""

import socket
import time
from collections.abc import Callable

import pytest

from harness.contract.conformance import check, feed
from harness.model.app import Endpoint
from harness.model.conformance import CheckResult, Outcome, Target
from tests.unit.contract.raw_server import ANSWER, server

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
EVENT = b'id: 1\ndata: {"sequence": 1, "sent_at_ns": 1}\n\n'
AT_ONCE_S = 0.3
STALL_S = 0.6
(FIRST_EVENT,) = (each for each in feed.CHECKS if each.name == "first event")


@pytest.fixture(autouse=True)
def short_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "_AT_ONCE_S", AT_ONCE_S)


def found(stalls: Callable[[int], bool]) -> tuple[CheckResult, int]:
    """What is said of a server whose feeds stall by their number, and how many were asked for."""
    feeds: list[bool] = []

    def serve(connection: socket.socket, _: int) -> None:
        while request := connection.recv(65_536):
            if b" /feed?" not in request:
                connection.sendall(ANSWER % b"")
                continue
            feeds.append(stalls(len(feeds)))
            connection.sendall(HEAD)
            time.sleep(STALL_S if feeds[-1] else 0)
            connection.sendall(EVENT)

    with server(serve) as port:
        target = Target(host="127.0.0.1", port=port)
        (result,) = check(target, [Endpoint.FEED], statements=None, checks=[FIRST_EVENT]).results
    return result, len(feeds)


def test_a_feed_that_was_late_once_is_asked_for_anew() -> None:
    result, feeds = found(lambda number: number == 0)
    assert result.outcome is Outcome.PASSED, result.found
    assert feeds in {2, 3}


def test_one_that_is_late_each_time_is_told_by_the_best() -> None:
    result, feeds = found(lambda _: True)
    assert result.outcome is Outcome.FAILED
    assert result.found.startswith("the first event of a feed with an interval of 1500 ms came after 0.")
    assert result.found.endswith(" s at the earliest")
    assert feeds == 3
