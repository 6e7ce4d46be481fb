"""Status, content type, framing and body of each endpoint's ordinary answer."""

from functools import partial
from typing import Final

from harness.contract.answers import EXCHANGES
from harness.contract.conformance.message import Framing, Response
from harness.contract.conformance.server_under_test import Check, ServerUnderTest, Wrong, route_hint
from harness.model.app import Endpoint

_METHODS: Final = {Endpoint.ORDERS: "POST"}
_MEDIA_TYPES: Final = {
    **{endpoint: exchange.content_type for endpoint, exchange in EXCHANGES.items()},
    Endpoint.WAIT: "application/json",
}
_QUIET_S: Final = 0.05
"""How long to listen for bytes after the end of an answer; they would be in the same packet or the next."""


def _status(server: ServerUnderTest, endpoint: Endpoint) -> str:
    response = _answer(server, endpoint)
    if response.status != EXCHANGES[endpoint].status:
        hint = route_hint(f"{_METHODS.get(endpoint, 'GET')} /{endpoint.value}", response.status)
        raise Wrong(f"{_asked(server, endpoint)}: {response}", hint=hint)
    return f"status {response.status}"


def _content_type(server: ServerUnderTest, endpoint: Endpoint) -> str:
    response = _answer(server, endpoint)
    given = response.header("content-type")
    if given is None:
        raise Wrong(f"{_asked(server, endpoint)}: no Content-Type header")
    charsets = {"utf-8"} if endpoint is Endpoint.FORTUNES else {"utf-8", None}
    if response.media_type != _MEDIA_TYPES[endpoint] or response.charset not in charsets:
        raise Wrong(f"{_asked(server, endpoint)}: Content-Type: {given}")
    return given


def _framing(server: ServerUnderTest, endpoint: Endpoint) -> str:
    asked = _asked(server, endpoint)
    with server.connect() as connection:
        response = connection.exchange(server.request(server.question(endpoint)))
        if surplus := connection.surplus(_QUIET_S):
            raise Wrong(f"{asked}: after the end of the body: {surplus}")
    if response.framing is Framing.CLOSE and server.target.keep_alive is True:
        raise Wrong(f"{asked}: neither Content-Length nor chunked: the client can't tell where the body ends")
    first = ", ".join(map(str, response.interim))
    return response.framing.value + (f", after interim responses ({first})" if first else "")


def _body(server: ServerUnderTest, endpoint: Endpoint) -> str:
    question = server.question(endpoint)
    server.ask(question)
    return "right"


def _answer(server: ServerUnderTest, endpoint: Endpoint) -> Response:
    return server.answer(server.question(endpoint))


def _asked(server: ServerUnderTest, endpoint: Endpoint) -> str:
    question = server.question(endpoint)
    return f"{question.method} {question.path.partition('?')[0]}"


def _checks_of(endpoint: Endpoint) -> tuple[Check, ...]:
    media_type = _MEDIA_TYPES[endpoint] + ("; charset=utf-8" if endpoint is Endpoint.FORTUNES else "")
    return (
        Check(
            name="status",
            endpoint=endpoint,
            expected=f"status {EXCHANGES[endpoint].status}",
            hint=route_hint(f"{_METHODS.get(endpoint, 'GET')} /{endpoint.value}"),
            run=partial(_status, endpoint=endpoint),
            plain=True,
        ),
        Check(
            name="content type",
            endpoint=endpoint,
            expected=f"Content-Type {media_type}",
            hint=f"give the response the content type {media_type}",
            run=partial(_content_type, endpoint=endpoint),
        ),
        Check(
            name="framing",
            endpoint=endpoint,
            expected="one Content-Length that is the body's length, or chunked, and no byte more",
            hint="let the framework set Content-Length from the encoded body (bytes, not characters)",
            run=partial(_framing, endpoint=endpoint),
        ),
        Check(
            name="body",
            endpoint=endpoint,
            expected="the body that the contract gives for this endpoint",
            hint="compare names, values and JSON types with what belongs there; 7 and '7' differ",
            run=partial(_body, endpoint=endpoint),
        ),
    )


CHECKS: Final = tuple(
    each
    for endpoint in _MEDIA_TYPES
    for each in _checks_of(endpoint)
    # What a page shows has checks of its own.
    if (each.name, endpoint) != ("body", Endpoint.FORTUNES)
)
