"""Whether requests are answered on connections to PostgreSQL that are there already, by the server's own count.

How many are open tells nothing: beside a pool that nobody uses, each request may open one of its own and close it.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from typing import Final

from harness.contract.conformance.message import Closed, WireFault
from harness.contract.conformance.raw_connection import Connection
from harness.contract.conformance.server_under_test import (
    Check,
    NotApplicable,
    Question,
    ServerUnderTest,
    Wrong,
    ask_rows,
)
from harness.model.app import Endpoint

POOL_SIZE: Final = 16
"""Connections that an app's pool has: so many requests at once need no further one, and one that grows no more."""
_EACH: Final = 6
"""Requests of each client."""


def _opened(server: ServerUnderTest, endpoint: Endpoint) -> str:
    before = _count(server)
    answered = _burst(server, endpoint)
    opened = _count(server) - before
    told = f"{opened} connections to PostgreSQL opened for {answered} requests, {POOL_SIZE} at a time"
    if opened > POOL_SIZE:
        raise Wrong(told)
    if not answered:
        raise NotApplicable("no request was answered")
    return told


def _count(server: ServerUnderTest) -> int:
    opened = None if server.connections is None else server.connections()
    if opened is None:
        raise NotApplicable("this PostgreSQL does not count connections (pg_stat_database has no sessions)")
    return opened


def _burst(server: ServerUnderTest, endpoint: Endpoint) -> int:
    """How many of many requests at once were answered; whether rightly is asked by other checks."""
    questions = [[_question(server, endpoint) for _ in range(_EACH)] for _ in range(POOL_SIZE)]
    pool = ThreadPoolExecutor(POOL_SIZE)
    try:
        answered = sum(pool.map(partial(_answered, server), questions))
    except BaseException:
        # Ctrl-C waits for no client: each ends soon after the server does.
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()
    return answered


def _question(server: ServerUnderTest, endpoint: Endpoint) -> Question:
    # One id of a list will do: what it costs to select twenty is not asked here.
    return ask_rows([1]) if endpoint is Endpoint.QUERIES else server.question(endpoint)


def _answered(server: ServerUnderTest, questions: Sequence[Question]) -> int:
    """How many were answered to a client that keeps its connection to the server as long as that does."""
    answered = 0
    with ExitStack() as stack:
        connection: Connection | None = None
        for question in questions:
            try:
                connection = connection or stack.enter_context(server.connect())
                response = connection.exchange(server.request(question))
            except Closed:
                kept = False
            except WireFault:
                break
            else:
                answered += 1
                kept = server.target.keep_alive is not False and not response.closes
            if not kept:
                stack.close()
                connection = None
    return answered


CHECKS: Final = tuple(
    Check(
        name="database connections",
        endpoint=endpoint,
        expected=f"requests on connections to PostgreSQL that are there already: a pool of {POOL_SIZE}",
        hint=f"open one pool of {POOL_SIZE} connections when the process starts; take one of them for each request, "
        "and give it back",
        run=partial(_opened, endpoint=endpoint),
        alone=True,
    )
    for endpoint in (Endpoint.DB, Endpoint.QUERIES, Endpoint.FORTUNES)
)
