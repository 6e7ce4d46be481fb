"""Whether requests are answered on connections to PostgreSQL that are there already, and on no more than a pool has.

By the server's own count of those that are opened, and by its own word on which are used. How many are open tells
nothing: beside a pool that nobody uses, each request may open one of its own and close it.
"""

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, nullcontext
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
_MANY: Final = 4
"""Times as many clients at once as a pool has connections, so that it gives all of them away."""
_EACH_OF_MANY: Final = 2
_STEADY_S: Final = 0.3
"""So long no further connection is used, and a pool has grown as far as it does."""
_GROWS_S: Final = 2.0
"""The longest that statements are kept waiting for that; clients of the checks wait for longer."""
_PAUSE_S: Final = 0.02
_LOOKS: Final = 3
"""Another server of a run may use a connection of its own meanwhile, though nobody asks it: not each time."""


def _opened(server: ServerUnderTest, endpoint: Endpoint) -> str:
    allowed = POOL_SIZE * server.target.workers
    before = _count(server)
    answered = _burst(server, endpoint, allowed, _EACH)
    opened = _count(server) - before
    told = f"{opened} connections to PostgreSQL opened for {answered} requests, {allowed} at a time"
    if opened > allowed:
        raise Wrong(told)
    if not answered:
        raise NotApplicable("no request was answered")
    clients = _MANY * allowed
    used = _used(server, endpoint, clients, allowed)
    if used is None:
        return told
    if used > allowed:
        of = "" if server.target.workers == 1 else f", and there are {server.target.workers} processes"
        raise Wrong(
            f"{used} connections to PostgreSQL used for {clients} requests at a time: a pool has {POOL_SIZE}{of}",
            hint=f"give the pool of each process {POOL_SIZE} connections, and no more beside them",
        )
    return f"{told}; {used} used for {clients} at a time"


def _used(server: ServerUnderTest, endpoint: Endpoint, clients: int, allowed: int) -> int | None:
    """On how many connections that stay open there were statements while so many clients asked at once.

    The fewest of a few looks, the first of no more than are allowed being the last. None where PostgreSQL does not
    tell.
    """
    if server.activity is None or server.activity() is None:
        return None
    fewest = clients
    for _ in range(_LOOKS):
        fewest = min(fewest, _used_at_once(server, endpoint, clients))
        if fewest <= allowed:
            break
    return fewest


def _used_at_once(server: ServerUnderTest, endpoint: Endpoint, clients: int) -> int:
    """The same by one look, while every statement waits: so each client needs a connection, and a pool grows."""
    with ThreadPoolExecutor(1) as pool, _held(server) as held:
        before = _activity(server)
        asking = pool.submit(_burst, server, endpoint, clients, _EACH_OF_MANY)
        if held:
            used = _grown(server, before)
        else:
            asking.result()
            used = len(_activity(server).items() - before.items())
    asking.result()
    return used


def _held(server: ServerUnderTest) -> AbstractContextManager[bool]:
    return server.hold() if server.hold else nullcontext(enter_result=False)


def _grown(server: ServerUnderTest, before: Mapping[str, str]) -> int:
    """On how many connections a statement waits in the end: when the first one has come, and no further one since."""
    used, until = 0, (last := time.monotonic() + _GROWS_S)
    while time.monotonic() < until:
        time.sleep(_PAUSE_S)
        if (now := len(_activity(server).items() - before.items())) > used:
            used, until = now, min(last, time.monotonic() + _STEADY_S)
    return used


def _activity(server: ServerUnderTest) -> Mapping[str, str]:
    return (server.activity() if server.activity else None) or {}


def _count(server: ServerUnderTest) -> int:
    opened = None if server.connections is None else server.connections()
    if opened is None:
        raise NotApplicable("this PostgreSQL does not count connections (pg_stat_database has no sessions)")
    return opened


def _burst(server: ServerUnderTest, endpoint: Endpoint, clients: int, each: int) -> int:
    """How many of `each` client's requests were answered, all clients at once; whether rightly is asked by others."""
    questions = [[_question(server, endpoint) for _ in range(each)] for _ in range(clients)]
    pool = ThreadPoolExecutor(clients)
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
        expected=f"requests on connections to PostgreSQL that are there already: a pool of {POOL_SIZE}, and no more",
        hint=f"open one pool of {POOL_SIZE} connections when the process starts; take one of them for each request, "
        "and give it back",
        run=partial(_opened, endpoint=endpoint),
        alone=True,
    )
    for endpoint in (Endpoint.DB, Endpoint.QUERIES, Endpoint.FORTUNES)
)
