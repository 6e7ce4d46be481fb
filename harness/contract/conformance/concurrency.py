"""Whether each of many clients at once gets the answer to its own request."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final

from harness.contract import dataset
from harness.contract.answers import EXCHANGES, QUERIES_PER_REQUEST
from harness.contract.conformance.message import Closed, WireFault
from harness.contract.conformance.raw_connection import Connection
from harness.contract.conformance.server_under_test import (
    Check,
    NotApplicable,
    Question,
    ServerUnderTest,
    Wrong,
    ask_row,
    ask_rows,
    short,
)
from harness.model.app import Endpoint

_CLIENTS: Final = 64
_DURATION_S: Final = 2.0
_PATIENCE_S: Final = 20.0
"""Whether the answers are right is judged here, not how long the last of 64 clients waits for its own."""
_OWN_IDS: Final = dataset.WORLD_ROWS // _CLIENTS
"""Each client asks for ids that no other one asks for."""


@dataclass(frozen=True)
class _Outcome:
    answers: int
    complaint: str | None


def _rows(server: ServerUnderTest) -> str:
    return _crowd(server, lambda client, turn: ask_row(_own_id(client, turn)))


def _mixed(server: ServerUnderTest) -> str:
    endpoints = sorted(server.sound & EXCHANGES.keys())
    if not endpoints:
        raise NotApplicable("the app has no endpoint that answers at once")

    def question(client: int, turn: int) -> Question:
        endpoint = endpoints[(client + turn) % len(endpoints)]
        match endpoint:
            case Endpoint.DB:
                return ask_row(_own_id(client, turn))
            case Endpoint.QUERIES:
                return ask_rows([_own_id(client, turn + place) for place in range(QUERIES_PER_REQUEST)])
            case _:
                return server.question(endpoint)

    return _crowd(server, question)


def _own_id(client: int, turn: int) -> int:
    return client * _OWN_IDS + turn % _OWN_IDS + 1


def _crowd(server: ServerUnderTest, question: Callable[[int, int], Question]) -> str:
    end = time.monotonic() + _DURATION_S
    with ThreadPoolExecutor(_CLIENTS) as pool:
        outcomes = list(pool.map(lambda client: _client(server, client, question, end), range(_CLIENTS)))
    answers = sum(outcome.answers for outcome in outcomes)
    complaints = [outcome.complaint for outcome in outcomes if outcome.complaint is not None]
    if complaints:
        raise Wrong(f"{len(complaints)} of {_CLIENTS} clients, after {answers} right answers: {complaints[0]}")
    return f"{answers} answers to {_CLIENTS} clients, each its own"


def _client(server: ServerUnderTest, client: int, question: Callable[[int, int], Question], end: float) -> _Outcome:
    """Ask until the end, or until the first complaint. Every client asks at least once."""
    turn = 0
    with ExitStack() as stack:
        connection: Connection | None = None
        while turn == 0 or time.monotonic() < end:
            asked = question(client, turn)
            kept = connection is not None
            try:
                connection = connection or stack.enter_context(server.connect(_PATIENCE_S))
                response = connection.exchange(server.request(asked))
                server.expect_right(asked, response)
            except Wrong as wrong:
                return _Outcome(turn, wrong.found)
            except Closed as closed:
                # Between answers a server may close at any time (RFC 9112, 9.5); whether it should is asked elsewhere.
                if not kept:
                    return _Outcome(turn, f"GET {short(asked.path)}: {closed}")
                stack.close()
                connection = None
                continue
            except WireFault as fault:
                return _Outcome(turn, f"GET {short(asked.path)}: {fault}")
            if response.closes or not server.target.keep_alive:
                stack.close()
                connection = None
            turn += 1
    return _Outcome(turn, None)


CHECKS: Final = (
    Check(
        name=f"{_CLIENTS} clients",
        endpoint=Endpoint.DB,
        expected=f"each of {_CLIENTS} clients at once gets the row that it asked for",
        hint="keep the request's data in local variables; give each request a connection of its own from the pool",
        run=_rows,
        lengthy=True,
    ),
    Check(
        name=f"{_CLIENTS} clients, mixed",
        endpoint=None,
        expected=f"each of {_CLIENTS} clients at once gets the answer of the endpoint that it asked",
        hint="keep the request's data in local variables; give each request a connection of its own from the pool",
        run=_mixed,
        lengthy=True,
    ),
)
