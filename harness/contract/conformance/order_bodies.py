"""Whether `/orders` takes right orders, refuses wrong ones by name, and outlives what is no order at all."""

import time
from collections.abc import Sequence
from typing import Final

from harness.contract import orders
from harness.contract.conformance.message import Response, WireFault
from harness.contract.conformance.server_under_test import Check, ServerUnderTest, Wrong, ask_order
from harness.contract.leaks import leak_in
from harness.contract.orders import Order
from harness.contract.wrong_orders import BODIES, FAULTS, PLAIN_ORDER, UTF8, Body, Fault, order
from harness.model.app import Endpoint

_RANDOM_ORDERS: Final = 20
_REFUSALS: Final = range(400, 500)
_SHOWN: Final = 3
"""So many offences are told; they mostly have one cause."""
_PAUSE_S: Final = 0.2
"""How long a client waits for `100 Continue` before it sends the body all the same."""
_JSON_TYPES: Final = ("application/json; charset=utf-8", "Application/JSON")
_OTHER_TYPES: Final = (
    "text/plain",
    "application/xml",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "application/vnd.api+json",
    "nonsense",
)
_MUCH_BYTES: Final = 100_000
"""A server may hang up on so much, or more."""

_ROUNDED: Final = [order((1, cents), discount_percent=50) for cents in (1, 3, 5, 9)]
"""Half a cent is left over."""
_LARGEST: Final = order(*[(orders.MAX_QUANTITY, orders.MAX_UNIT_CENTS)] * orders.MAX_LINES, reference="R" * 40)


def _right(server: ServerUnderTest) -> str:
    made = [order((1, 1)), order((2, 3), (4, 5)), *_ROUNDED, _LARGEST]
    made += [
        orders.random_order(server.random, f"random-{number}", orders.MAX_LINES) for number in range(_RANDOM_ORDERS)
    ]
    for each in made:
        server.ask(ask_order(each))
    return f"{len(made)} orders, the largest and those with half a cent among them"


def _wrong(server: ServerUnderTest) -> str:
    for fault in FAULTS:
        made = order((2, 150), (3, 250), discount_percent=10)
        fault.change(made)
        question = ask_order(made, wrong_field=fault.field)
        try:
            server.ask(question)
        except Wrong as wrong:
            raise Wrong(f"{fault.said}: {wrong.found}", hint=_hint(fault)) from wrong
    return f"{len(FAULTS)} wrong orders refused, and what is wrong with each named"


def _hint(fault: Fault) -> str:
    return (
        f"refuse {fault.said} with 400 or 422, and name the field '{fault.field}' in the body of the answer: "
        "take no text and no true for a number, and nothing for what is missing"
    )


def _hostile(server: ServerUnderTest) -> str:
    offences = []
    for each in BODIES:
        if offence := _met(server, each):
            offences.append(f"{each.said}: {offence}")
        if len(offences) == _SHOWN and not server.answers():
            break
    server.ask(ask_order(PLAIN_ORDER))
    if offences:
        more = f" (and {len(offences) - _SHOWN} more)" if len(offences) > _SHOWN else ""
        raise Wrong("; ".join(offences[:_SHOWN]) + more)
    return f"{len(BODIES)} bodies refused, or read as the order that they spell"


def _met(server: ServerUnderTest, body: Body) -> str | None:
    """What is wrong with how a body is met; None where nothing is."""
    try:
        response = _posted(server, body.body)
    except WireFault as fault:
        return None if len(body.body) >= _MUCH_BYTES and server.answers() else str(fault)
    return _offence(server, response, body.readings)


def _posted(server: ServerUnderTest, body: bytes) -> Response:
    headers = {"Content-Type": "application/json", "Content-Length": str(len(body))}
    with server.connect() as connection:
        return connection.exchange(_head(server, headers) + body)


def _head(server: ServerUnderTest, headers: dict[str, str]) -> bytes:
    lines = ["POST /orders HTTP/1.1", f"Host: {server.target.host}:{server.target.port}", "User-Agent: bench"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


def _offence(server: ServerUnderTest, response: Response, readings: Sequence[Order]) -> str | None:
    if leak := leak_in(response):
        return f"status {response.status}, and the body shows {leak}"
    if response.status in _REFUSALS:
        return None
    if any(server.is_answered(ask_order(reading), response) for reading in readings):
        return None
    return f"{response}, where a status of 4xx belongs"


def _content_types(server: ServerUnderTest) -> str:
    found = []
    for given in (None, *_OTHER_TYPES, *_JSON_TYPES):
        headers = {"Content-Type": given} if given else {}
        with server.connect() as connection:
            response = connection.exchange(_head(server, {**headers, "Content-Length": str(len(UTF8))}) + UTF8)
        offence = _offence(server, response, (PLAIN_ORDER,))
        if given in _JSON_TYPES and response.status in _REFUSALS:
            offence = f"{response}, where status 201 belongs"
        if offence:
            raise Wrong(f"Content-Type {given or 'missing'}: {offence}")
        found.append(f"{given or 'none'} {response.status}")
    return ", ".join(found)


def _ways_to_send(server: ServerUnderTest) -> str:
    json_type = {"Content-Type": "application/json"}
    middle = len(UTF8) // 2
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (UTF8[:middle], UTF8[middle:], b""))
    sized = {**json_type, "Content-Length": str(len(UTF8))}
    ways = {
        "in two packets": [_head(server, sized) + UTF8[:middle], UTF8[middle:]],
        "head and body apart": [_head(server, sized), UTF8],
        "Expect: 100-continue": [_head(server, {**sized, "Expect": "100-continue"}), UTF8],
        "chunked": [_head(server, {**json_type, "Transfer-Encoding": "chunked"}) + chunks],
    }
    found = []
    for said, packets in ways.items():
        with server.connect() as connection:
            try:
                for packet in packets:
                    connection.send(packet)
                    time.sleep(_PAUSE_S if packet is not packets[-1] else 0)
                response = connection.receive()
            except WireFault as fault:
                raise Wrong(f"{said}: {fault}") from fault
        if said == "chunked" and response.status in _REFUSALS:  # A server may insist on a length (411).
            found.append(f"{said} refused with {response.status}")
            continue
        if not server.is_answered(ask_order(PLAIN_ORDER), response):
            raise Wrong(f"{said}: {response}, where status 201 and the total belong")
        found.append(f"{said} taken")
    return ", ".join([*found, *_lengths_that_lie(server)])


def _lengths_that_lie(server: ServerUnderTest) -> list[str]:
    for said, length in (("too short", str(len(UTF8) - 5)), ("too long", str(len(UTF8) + 5)), ("no number", "x")):
        with server.connect() as connection:
            try:
                connection.send(_head(server, {"Content-Type": "application/json", "Content-Length": length}) + UTF8)
                response = connection.receive() if said != "too long" else Response(_REFUSALS.start)
            except WireFault:
                response = Response(_REFUSALS.start)
        if response.status not in _REFUSALS:
            raise Wrong(f"a Content-Length that is {said}: {response}, where a status of 4xx belongs")
        server.ask(ask_order(PLAIN_ORDER))
    return ["lengths that lie refused"]


CHECKS: Final = (
    Check(
        name="right orders",
        endpoint=Endpoint.ORDERS,
        expected="status 201 with the order's own reference, the number of its lines, and its total to the cent",
        hint="compute in integers: (sum * (100 - discount_percent) + 50) // 100, and answer 201",
        run=_right,
    ),
    Check(
        name="wrong orders",
        endpoint=Endpoint.ORDERS,
        expected="status 400 or 422, and the name of the wrong field in the body",
        hint="check each field's type and range, and name the one that is wrong",
        run=_wrong,
    ),
    Check(
        name="hostile bodies",
        endpoint=Endpoint.ORDERS,
        expected="a 4xx status, or the right answer for the order that the body spells; never 5xx or a stack trace",
        hint="catch what the JSON parser raises, RecursionError included, and keep the client's values (NaN, half a "
        "surrogate pair) out of the answer that refuses them",
        run=_hostile,
    ),
    Check(
        name="content types",
        endpoint=Endpoint.ORDERS,
        expected="an order as application/json, in any case and with parameters; of another type, taken or refused",
        hint="answer 415 or 400 where the content type is not JSON, and compare it without case and parameters",
        run=_content_types,
    ),
    Check(
        name="ways to send",
        endpoint=Endpoint.ORDERS,
        expected="an order taken in several packets and after Expect: 100-continue; chunked, taken or refused; a "
        "length that lies refused, and the next client served",
        hint="read the body through the framework or the server, until it ends",
        run=_ways_to_send,
    ),
)
