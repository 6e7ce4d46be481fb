"""Whether `/orders` takes right orders, refuses wrong ones by name, and outlives what is no order at all."""

import json
import time
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from harness.contract import orders
from harness.contract.conformance.leaks import leak_in
from harness.contract.conformance.message import Response, WireFault
from harness.contract.conformance.server_under_test import Check, ServerUnderTest, Wrong, ask_order
from harness.contract.orders import Order
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
_LARGE_BYTES: Final = 2_000_000
_DEEP: Final = 100_000


def order(*lines: tuple[int, int], discount_percent: int = 0, reference: str = "R-1") -> Order:
    """An order of these quantities and prices."""
    return {
        "reference": reference,
        "discount_percent": discount_percent,
        "lines": [{"sku": "SKU-1", "quantity": quantity, "unit_cents": cents} for quantity, cents in lines],
    }


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


class _Fault(NamedTuple):
    said: str
    change: Callable[[Order], Any]
    field: str


def _top(name: str, value: object) -> Callable[[Order], None]:
    return lambda made: made.update({name: value})


def _in_line(name: str, value: object) -> Callable[[Order], None]:
    return lambda made: made["lines"][1].update({name: value})


FAULTS: Final = (
    _Fault("no reference", lambda made: made.pop("reference"), "reference"),
    _Fault("an empty reference", _top("reference", ""), "reference"),
    _Fault("a reference of 41 characters", _top("reference", "R" * (orders.MAX_REFERENCE + 1)), "reference"),
    _Fault("a reference with a space", _top("reference", "R 1"), "reference"),
    _Fault("a number as reference", _top("reference", 7), "reference"),
    _Fault("null as reference", _top("reference", None), "reference"),
    _Fault("no discount", lambda made: made.pop("discount_percent"), "discount_percent"),
    _Fault("a discount of 51", _top("discount_percent", orders.MAX_DISCOUNT_PERCENT + 1), "discount_percent"),
    _Fault("a discount of -1", _top("discount_percent", -1), "discount_percent"),
    _Fault("a text as discount", _top("discount_percent", "10"), "discount_percent"),
    _Fault("no lines", lambda made: made.pop("lines"), "lines"),
    _Fault("an empty list of lines", _top("lines", []), "lines"),
    _Fault("an object in place of lines", _top("lines", {"sku": "SKU-1"}), "lines"),
    _Fault("a number in place of a line", lambda made: made["lines"].append(7), "lines"),
    _Fault("51 lines", lambda made: made.update(lines=made["lines"][:1] * (orders.MAX_LINES + 1)), "lines"),
    _Fault("no sku", lambda made: made["lines"][1].pop("sku"), "sku"),
    _Fault("an empty sku", _in_line("sku", ""), "sku"),
    _Fault("a number as sku", _in_line("sku", 7), "sku"),
    _Fault("no quantity", lambda made: made["lines"][1].pop("quantity"), "quantity"),
    _Fault("a quantity of 0", _in_line("quantity", 0), "quantity"),
    _Fault("a quantity of 1001", _in_line("quantity", orders.MAX_QUANTITY + 1), "quantity"),
    _Fault("a text as quantity", _in_line("quantity", "3"), "quantity"),
    _Fault("true as quantity", _in_line("quantity", value=True), "quantity"),
    _Fault("a quantity of 1.5", _in_line("quantity", 1.5), "quantity"),
    _Fault("no price", lambda made: made["lines"][1].pop("unit_cents"), "unit_cents"),
    _Fault("a price of -1", _in_line("unit_cents", -1), "unit_cents"),
    _Fault("a text as price", _in_line("unit_cents", "100"), "unit_cents"),
    _Fault("a list as price", _in_line("unit_cents", [100]), "unit_cents"),
)
"""What is wrong with an order, and the field that the answer has to name."""


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


def _hint(fault: _Fault) -> str:
    return (
        f"refuse {fault.said} with 400 or 422, and name the field '{fault.field}' in the body of the answer: "
        "take no text and no true for a number, and nothing for what is missing"
    )


class Body(NamedTuple):
    """A body that is none of an order, or hardly."""

    said: str
    body: bytes
    readings: tuple[Order, ...] = ()
    """The orders that it may be read as."""


_PLAIN_ORDER: Final = order((2, 150))


def _spelled(old: bytes, new: bytes, made: Order = _PLAIN_ORDER) -> bytes:
    return json.dumps(made).encode().replace(old, new, 1)


def _with_quantity(spelling: bytes) -> bytes:
    return _spelled(b'"quantity": 2', b'"quantity": ' + spelling)


_TWICE: Final = order((7, 150))
_UTF8: Final = json.dumps(_PLAIN_ORDER).encode()

BODIES: Final = (
    Body("nothing", b""),
    Body("white space", b" \n"),
    Body("half an order", _UTF8[: len(_UTF8) // 2]),
    Body("an order and more", _UTF8 + b"}"),
    Body("two orders", _UTF8 + _UTF8),
    *(Body(each.decode(), each) for each in (b"{}", b"[]", b"null", b"true", b"7", b'"R-1"', b"[{}]", b"undefined")),
    Body("a form", b"reference=R-1&discount_percent=0&lines=1"),
    Body("XML", b"<order><reference>R-1</reference></order>"),
    Body("names without quotes", b"{reference: 'R-1'}"),
    Body("NaN as quantity", _with_quantity(b"NaN")),
    Body("Infinity as quantity", _with_quantity(b"Infinity")),
    Body("-Infinity as quantity", _with_quantity(b"-Infinity")),
    Body("1e400 as quantity", _with_quantity(b"1e400")),
    Body("1e2 as quantity", _with_quantity(b"1e2"), (order((100, 150)),)),
    Body("2.0 as quantity", _with_quantity(b"2.0"), (_PLAIN_ORDER,)),
    Body("02 as quantity", _with_quantity(b"02"), (_PLAIN_ORDER,)),
    Body("+2 as quantity", _with_quantity(b"+2"), (_PLAIN_ORDER,)),
    Body("-0 as quantity", _with_quantity(b"-0")),
    Body("a quantity of 30 digits", _with_quantity(b"9" * 30)),
    Body("a quantity of 10,000 digits", _with_quantity(b"9" * 10_000)),
    Body("a fraction of 10,000 digits", _with_quantity(b"0." + b"9" * 10_000)),
    Body("quantity twice", _with_quantity(b'7, "quantity": 2'), (_PLAIN_ORDER, _TWICE)),
    Body("NaN as reference", _spelled(b'"R-1"', b"NaN")),
    Body("lists in lists, 100,000 deep", b"[" * _DEEP),
    Body("objects in objects, 100,000 deep", b'{"lines":' * _DEEP),
    Body("a deep line", _spelled(b"[{", b"[" * _DEEP + b"]" * _DEEP + b",{")),
    Body("a line within a line", _spelled(b"[{", b"[[{").replace(b"}]", b"}]]")),
    Body("UTF-16", json.dumps(_PLAIN_ORDER).encode("utf-16"), (_PLAIN_ORDER,)),
    Body("UTF-32", json.dumps(_PLAIN_ORDER).encode("utf-32"), (_PLAIN_ORDER,)),
    Body("a byte order mark", b"\xef\xbb\xbf" + _UTF8, (_PLAIN_ORDER,)),
    Body("bytes that are no UTF-8", _spelled(b"R-1", b"R-\xff\xfe")),
    Body("Latin-1", _spelled(b"R-1", "R-é".encode("latin-1"))),
    Body("half a surrogate pair", _spelled(b"R-1", rb"R-\ud800")),
    Body("a zero character", _spelled(b"R-1", rb"R-\u0000")),
    Body("a zero byte", _spelled(b"R-1", b"R-\0")),
    Body("markup", _spelled(b"R-1", b"<script>alert(1)</script>")),
    Body("a name of the language's", _spelled(b'"reference"', b'"__class__": {}, "__proto__": {}, "reference"'),
         (_PLAIN_ORDER,)),
    Body("a name more", _spelled(b'"reference"', b'"paid": true, "reference"'), (_PLAIN_ORDER,)),
    Body("2 MB of white space", _UTF8[:-1] + b" " * _LARGE_BYTES + b"}", (_PLAIN_ORDER,)),
    Body("a reference of 2 MB", _spelled(b"R-1", b"R" * _LARGE_BYTES)),
    Body("100,000 lines", _spelled(b"[{", b"[" + b"{}," * _DEEP + b"{")),
)  # fmt: skip


def _hostile(server: ServerUnderTest) -> str:
    offences = []
    for each in BODIES:
        try:
            response = _posted(server, each.body)
        except WireFault as fault:
            offence: str | None = str(fault)
            if len(each.body) > _DEEP and server.answers():  # A server may hang up on so much.
                offence = None
        else:
            offence = _offence(server, response, each.readings)
        if offence:
            offences.append(f"{each.said}: {offence}")
        if len(offences) == _SHOWN and not server.answers():
            break
    server.ask(ask_order(_PLAIN_ORDER))
    if offences:
        more = f" (and {len(offences) - _SHOWN} more)" if len(offences) > _SHOWN else ""
        raise Wrong("; ".join(offences[:_SHOWN]) + more)
    return f"{len(BODIES)} bodies refused, or read as the order that they spell"


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
            response = connection.exchange(_head(server, {**headers, "Content-Length": str(len(_UTF8))}) + _UTF8)
        offence = _offence(server, response, (_PLAIN_ORDER,))
        if given in _JSON_TYPES and response.status in _REFUSALS:
            offence = f"{response}, where status 201 belongs"
        if offence:
            raise Wrong(f"Content-Type {given or 'missing'}: {offence}")
        found.append(f"{given or 'none'} {response.status}")
    return ", ".join(found)


def _ways_to_send(server: ServerUnderTest) -> str:
    json_type = {"Content-Type": "application/json"}
    middle = len(_UTF8) // 2
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (_UTF8[:middle], _UTF8[middle:], b""))
    sized = {**json_type, "Content-Length": str(len(_UTF8))}
    ways = {
        "in two packets": [_head(server, sized) + _UTF8[:middle], _UTF8[middle:]],
        "head and body apart": [_head(server, sized), _UTF8],
        "Expect: 100-continue": [_head(server, {**sized, "Expect": "100-continue"}), _UTF8],
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
        if not server.is_answered(ask_order(_PLAIN_ORDER), response):
            raise Wrong(f"{said}: {response}, where status 201 and the total belong")
        found.append(f"{said} taken")
    return ", ".join([*found, *_lengths_that_lie(server)])


def _lengths_that_lie(server: ServerUnderTest) -> list[str]:
    for said, length in (("too short", str(len(_UTF8) - 5)), ("too long", str(len(_UTF8) + 5)), ("no number", "x")):
        with server.connect() as connection:
            try:
                connection.send(_head(server, {"Content-Type": "application/json", "Content-Length": length}) + _UTF8)
                response = connection.receive() if said != "too long" else Response(_REFUSALS.start)
            except WireFault:
                response = Response(_REFUSALS.start)
        if response.status not in _REFUSALS:
            raise Wrong(f"a Content-Length that is {said}: {response}, where a status of 4xx belongs")
        server.ask(ask_order(_PLAIN_ORDER))
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
