"""Whether connections are kept, closed, and read as HTTP/1.1 says, however requests are cut into packets."""

import time
from contextlib import suppress
from typing import Final

from harness.contract.conformance.deviations import Deviations, expect_right_or_none
from harness.contract.conformance.message import Closed, Late, WireFault
from harness.contract.conformance.server_under_test import Check, Deviation, NotApplicable, ServerUnderTest, Wrong
from harness.model.app import Endpoint

_KEPT_REQUESTS: Final = 20
_PAUSE_S: Final = 0.3
"""An idle time that every server which keeps connections must bear."""
_CLOSE_S: Final = 2.0
_BYTE_PAUSE_S: Final = 0.001
_HALF_PAUSE_S: Final = 0.1
_PIPELINED: Final = 6
_CLOSED_CONNECTIONS: Final = 5
"""So many are looked at where none is to be kept: some of them may be."""
_WRITE_TRUE: Final = "set keep_alive = true in this variant of the manifest"
_WRITE_SOME: Final = 'set keep_alive = "mixed" in this variant of the manifest'
_WRITE_FALSE: Final = "set keep_alive = false in this variant of the manifest, or have the server keep connections"
MIXED_HINT: Final = (
    'a server that keeps some connections and closes others, and announces which, has keep_alive = "mixed" in this '
    "variant of the manifest"
)
UNANNOUNCED_HINT: Final = (
    "a request that is sent to a server that closes meanwhile gets no answer: have it keep connections for longer, or "
    "send `Connection: close` with its last answer"
)


def _keep_alive(server: ServerUnderTest) -> str:
    if not server.target.keep_alive:
        return _closes_unasked(server)
    if server.target.keep_alive == "mixed":
        return _keeps_some(server)
    announced = False
    with server.connect() as connection:
        for count in range(_KEPT_REQUESTS):
            question = server.question()
            if count == _KEPT_REQUESTS - 1:
                time.sleep(_PAUSE_S)
            try:
                response = connection.exchange(server.request(question))
            except Closed as closed:
                server.closes_alone = True
                raise _not_kept(count, question.endpoint, announced=announced) from closed
            except WireFault as fault:
                raise Wrong(f"request {count + 1} on one connection: {fault}") from fault
            server.expect_right(question, response)
            announced = response.closes
    return f"{_KEPT_REQUESTS} requests on one connection, a pause of {_PAUSE_S:g} s among them"


def _not_kept(answers: int, endpoint: Endpoint, *, announced: bool) -> Wrong:
    """What is said of a server that was asked for this endpoint all the time, and gave so many answers."""
    how = "as announced" if announced else "unannounced"
    if not answers:
        return Wrong("the server closed the connection without an answer", hint="read the server's own log")
    if answers == _KEPT_REQUESTS - 1:
        return Wrong(
            f"the server closed the connection, {how}, in a pause of {_PAUSE_S:g} s",
            hint="give the server a longer time-out for idle connections, a few seconds at least",
        )
    if answers == 1:
        return Wrong(
            f"the server closed the connection, {how}, after one answer of /{endpoint.value}",
            hint=_WRITE_FALSE + (f"; {MIXED_HINT}" if announced else ""),
        )
    return Wrong(
        f"the server closed the connection, {how}, after {answers} answers of /{endpoint.value}",
        hint="lift the server's limit of requests for each connection; "
        + (MIXED_HINT if announced else UNANNOUNCED_HINT),
    )


def _closes_unasked(server: ServerUnderTest) -> str:
    """Asks a second time on each connection: one that is kept for a short while only is kept, too."""
    for place in range(_CLOSED_CONNECTIONS):
        with server.connect() as connection:
            question = server.question()
            response = connection.exchange(server.request(question))
            server.expect_right(question, response)
            if response.closes:
                if connection.closes_within(_CLOSE_S):
                    continue
                raise Wrong(
                    "the connection stays open, though its answer says `Connection: close`",
                    hint="have the server close the connection once it has said so",
                )
            with suppress(Closed):
                connection.exchange(server.request(server.question()))
                if place:
                    closed = f"{place} connection{'' if place == 1 else 's'}"
                    raise Wrong(f"the server closed {closed} after one answer, and kept the next", hint=_WRITE_SOME)
                raise Wrong(
                    "the server keeps the connection: it answered a second request on it",
                    hint=f"{_WRITE_TRUE}; {MIXED_HINT}",
                )
    return f"{_CLOSED_CONNECTIONS} connections, each closed after one answer, as the manifest says"


def _keeps_some(server: ServerUnderTest) -> str:
    """Asks on one connection for as long as that is kept, in a pause too, and then on the next."""
    opened = asked = 0
    while asked < _KEPT_REQUESTS:
        opened += 1
        with server.connect() as connection, suppress(Closed):
            begun = asked
            while asked < _KEPT_REQUESTS:
                question = server.question()
                if opened == 1 and asked == _KEPT_REQUESTS - 1:
                    time.sleep(_PAUSE_S)
                try:
                    response = connection.exchange(server.request(question))
                except Closed as closed:
                    if asked == begun:
                        raise Wrong(str(closed), hint="read the server's own log") from closed
                    raise
                server.expect_right(question, response)
                asked += 1
                if response.closes:
                    break
    server.closes_alone = opened > 1
    if opened == asked:
        server.keeps_none = True
        raise Wrong(f"the server closed each of {opened} connections after one answer", hint=_WRITE_FALSE)
    return f"{asked} requests on {opened} connection{'' if opened == 1 else 's'}"


def _close(server: ServerUnderTest) -> str:
    with server.connect() as connection:
        question = server.question()
        server.expect_right(question, connection.exchange(server.request(question, close=True)))
        if not connection.closes_within(_CLOSE_S):
            raise Wrong(f"the connection was still open, or more was sent, {_CLOSE_S:g} s after the answer")
    return "closed after the answer"


def _single_bytes(data: bytes) -> list[bytes]:
    return [data[at : at + 1] for at in range(len(data))]


def _halves(data: bytes) -> list[bytes]:
    return [data[: len(data) // 2], data[len(data) // 2 :]]


def _before_the_last_line(data: bytes) -> list[bytes]:
    return [data[:-2], data[-2:]]


def _split(server: ServerUnderTest) -> str:
    for name, cut, pause_s in (
        ("single bytes", _single_bytes, _BYTE_PAUSE_S),
        ("two halves", _halves, _HALF_PAUSE_S),
        ("two packets, the second with the empty line only", _before_the_last_line, _HALF_PAUSE_S),
    ):
        question = server.question()
        with server.connect() as connection:
            try:
                for piece in cut(server.request(question)):
                    connection.send(piece)
                    time.sleep(pause_s)
                response = connection.receive()
            except WireFault as fault:
                raise Wrong(f"request sent in {name}: {fault}") from fault
            server.expect_right(question, response)
    return "single bytes, two halves and a cut before the empty line"


def _pipelined(server: ServerUnderTest) -> str:
    if not server.target.keep_alive:
        raise NotApplicable("this variant closes the connection after each answer")
    questions = [server.question() for _ in range(_PIPELINED)]
    answered = 0
    deviations = Deviations()
    with server.connect() as connection:
        connection.send(b"".join(map(server.request, questions)))
        for question in questions:
            try:
                response = connection.receive()
            except Closed as closed:
                deviations.tell()
                if answered:
                    return f"{answered} of {_PIPELINED} answered in order, then closed: the client asks again"
                raise Deviation(str(closed)) from closed
            except WireFault as fault:
                kind = Deviation if isinstance(fault, Late) else Wrong
                raise kind(f"after {answered} of {_PIPELINED} pipelined requests: {fault}") from fault
            with deviations.gathered():
                expect_right_or_none(server, question, response)
                answered += 1
    deviations.tell()
    return f"{_PIPELINED} requests at once, answered in order"


CHECKS: Final = (
    Check(
        name="keep-alive",
        endpoint=None,
        expected="the connection kept open or closed between requests as the variant's manifest says",
        hint="let the server keep connections, or set keep_alive = false in this variant of the manifest",
        run=_keep_alive,
    ),
    Check(
        name="connection close",
        endpoint=None,
        expected="a complete answer to a request with 'Connection: close', then the end of the connection",
        hint="let the server handle the Connection header; don't set it in the app",
        run=_close,
    ),
    Check(
        name="split requests",
        endpoint=None,
        expected="the right answer however the request is cut into packets",
        hint="parse a request when its headers are complete, not when the first bytes arrive",
        run=_split,
        lengthy=True,
    ),
    Check(
        name="pipelined requests",
        endpoint=None,
        expected="requests sent at once answered completely and in order, or the connection closed after some",
        hint="finish and send one answer before the next request of the connection is begun",
        run=_pipelined,
        may_deviate=True,
    ),
)
