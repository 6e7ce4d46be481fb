"""Whether each of many clients at once gets the answer to its own request."""

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import Final

from harness.contract import dataset
from harness.contract.answers import EXCHANGES, QUERIES_PER_REQUEST
from harness.contract.conformance.connection_handling import MIXED_HINT, UNANNOUNCED_HINT
from harness.contract.conformance.crowd_hints import hint_under_load
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

_ALONE_TOO: Final = "a single client is answered alike: mend what the checks before have found of this endpoint"

_MAX_CLOSED_SHARE: Final = 0.001
"""Of the answers, as many as a run allows: with more, what it would measure is the opening of connections."""
_IDLE_S: Final = 0.3
"""So long a pause every server that keeps connections must bear. After a longer one (the host stood still), closing is
none of its faults."""


@dataclass(frozen=True)
class _Outcome:
    answers: int
    closed: int = 0
    """Connections that the server closed though it should keep them."""
    unannounced: int = 0
    """Those of them of which the answer before did not say that it would be the last."""
    complaint: str | None = None
    hint: str | None = None
    """What to change, where it is other than the check's own hint says."""
    asked: Question | None = None
    """What was answered wrongly."""
    status: int = 0
    """Of the wrong answer."""


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
    server.crowds += 1
    server.answers_to_crowd += answers
    server.closed_to_crowd += sum(outcome.closed for outcome in outcomes)
    server.unannounced_to_crowd += sum(outcome.unannounced for outcome in outcomes)
    complaining = [outcome for outcome in outcomes if outcome.complaint is not None]
    if complaining:
        told_so = Counter(outcome.hint for outcome in complaining)
        # An answer to somebody else is worse than none; of all else, what most of them met.
        first = min(complaining, key=lambda outcome: (outcome.hint is not None, -told_so[outcome.hint]))
        raise Wrong(
            f"{len(complaining)} of {_CLIENTS} clients, after {answers} right answers: {first.complaint}",
            hint=_met_alone(server, first) or first.hint,
        )
    return f"{answers} answers to {_CLIENTS} clients, each its own"


def _met_alone(server: ServerUnderTest, outcome: _Outcome) -> str | None:
    """What to change in an app that answers a single client alike: then it is nothing that requests share.

    Whom no check has found wrong before is not asked: what comes after a crowd may be what the crowd has left.
    """
    if outcome.asked is None or outcome.asked.endpoint not in server.faulty:
        return None
    try:
        server.ask(outcome.asked)
    except Wrong as wrong:
        same = wrong.answer is not None and wrong.answer.status == outcome.status
        return (wrong.hint or _ALONE_TOO) if same else None
    except WireFault:
        return None
    return None


def _client(server: ServerUnderTest, client: int, question: Callable[[int, int], Question], end: float) -> _Outcome:
    """Ask until the end, or until the first complaint. Every client asks at least once."""
    turn = announced = unannounced = 0
    with ExitStack() as stack:
        connection: Connection | None = None
        answered_s = 0.0
        while turn == 0 or time.monotonic() < end:
            asked = question(client, turn)
            kept, idle_s = connection is not None, time.monotonic() - answered_s
            try:
                connection = connection or stack.enter_context(server.connect(_PATIENCE_S))
                response = connection.exchange(server.request(asked))
                server.expect_right(asked, response)
            except Wrong as wrong:
                status = wrong.answer.status if wrong.answer else 0
                hint = hint_under_load(wrong)
                return _Outcome(turn, announced + unannounced, unannounced, wrong.found, hint, asked, status)
            except WireFault as fault:
                # Between answers a server may close at any time (RFC 9112, 9.5); how often it does is asked below.
                if not (isinstance(fault, Closed) and kept):
                    complaint = f"GET {short(asked.path)}: {fault}"
                    return _Outcome(turn, announced + unannounced, unannounced, complaint, hint_under_load(fault))
                unannounced += idle_s <= _IDLE_S
                stack.close()
                connection = None
                continue
            answered_s = time.monotonic()
            if response.closes or not server.target.keep_alive:
                announced += 1
                stack.close()
                connection = None
            turn += 1
    return _Outcome(turn, announced + unannounced, unannounced)


def _kept(server: ServerUnderTest) -> str:
    """What became of the connections of the crowds before.

    That one which is said to close some kept all of them is a note and no failure: where it has a limit of requests on
    each, or of idle time, so short a look on a slow host may not come near.
    """
    if not server.crowds:
        with suppress(Wrong):  # Who answers wrongly may keep connections.
            _mixed(server)
    answers, closed = server.answers_to_crowd, server.closed_to_crowd
    if not answers:
        raise NotApplicable("no crowd was answered")
    told = f"{closed:,} new connections for {answers:,} answers to {_CLIENTS} clients"
    lost = server.unannounced_to_crowd
    if server.keeps_none or (server.closes_alone and server.target.keep_alive is True):
        raise NotApplicable("it does not keep that of a single client either")
    if server.target.keep_alive == "mixed" and lost > _MAX_CLOSED_SHARE * answers:
        raise Wrong(f"the server closed connections unannounced: {lost:,} of {told}", hint=UNANNOUNCED_HINT)
    if server.target.keep_alive == "mixed" and not (closed or server.closes_alone):
        raise NotApplicable(
            f"{told}: it seems to keep all, and then keep_alive = true belongs in this variant of the manifest; "
            '"mixed" is right where it closes some after more requests or longer pauses than there were here'
        )
    if server.target.keep_alive is not True:
        raise NotApplicable(f"{told}, as the manifest says")
    if closed > _MAX_CLOSED_SHARE * answers:
        said = f"the server closed connections that it should keep: {told} ({closed / answers:.2%})"
        limit = "lift the server's limit of connections that it keeps, or of requests on each"
        raise Wrong(said, hint=f"{limit}; {UNANNOUNCED_HINT}" if 2 * lost > closed else None)
    return told


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
    Check(
        name=f"keep-alive, {_CLIENTS} clients",
        endpoint=None,
        expected=f"at most {_MAX_CLOSED_SHARE:.1%} of the answers to {_CLIENTS} clients cost a new connection",
        hint="lift the server's limit of connections that it keeps, or of requests on each; where it is meant to close "
        f"some, {MIXED_HINT}",
        run=_kept,
        lengthy=True,
    ),
)
