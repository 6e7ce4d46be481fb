"""Bodies that are no right order: each with what is wrong with it, and those that have broken servers.

An app refuses an order with the name of the field that is wrong, and what is no order at all by any status of 4xx.
"""

import json
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from harness.contract import orders
from harness.contract.orders import Order

_LARGE_BYTES: Final = 2_000_000
_DEEP: Final = 100_000


def order(*lines: tuple[int, int], discount_percent: int = 0, reference: str = "R-1") -> Order:
    """An order of these quantities and prices."""
    return {
        "reference": reference,
        "discount_percent": discount_percent,
        "lines": [{"sku": "SKU-1", "quantity": quantity, "unit_cents": cents} for quantity, cents in lines],
    }


class Fault(NamedTuple):
    """One thing that is wrong with an order."""

    said: str
    change: Callable[[Order], Any]
    field: str


def _top(name: str, value: object) -> Callable[[Order], None]:
    return lambda made: made.update({name: value})


def _in_line(name: str, value: object) -> Callable[[Order], None]:
    return lambda made: made["lines"][1].update({name: value})


FAULTS: Final = (
    Fault("no reference", lambda made: made.pop("reference"), "reference"),
    Fault("an empty reference", _top("reference", ""), "reference"),
    Fault("a reference of 41 characters", _top("reference", "R" * (orders.MAX_REFERENCE + 1)), "reference"),
    Fault("a reference with a space", _top("reference", "R 1"), "reference"),
    Fault("a number as reference", _top("reference", 7), "reference"),
    Fault("null as reference", _top("reference", None), "reference"),
    Fault("no discount", lambda made: made.pop("discount_percent"), "discount_percent"),
    Fault("a discount of 51", _top("discount_percent", orders.MAX_DISCOUNT_PERCENT + 1), "discount_percent"),
    Fault("a discount of -1", _top("discount_percent", -1), "discount_percent"),
    Fault("a text as discount", _top("discount_percent", "10"), "discount_percent"),
    Fault("no lines", lambda made: made.pop("lines"), "lines"),
    Fault("an empty list of lines", _top("lines", []), "lines"),
    Fault("an object in place of lines", _top("lines", {"sku": "SKU-1"}), "lines"),
    Fault("a number in place of a line", lambda made: made["lines"].append(7), "lines"),
    Fault("51 lines", lambda made: made.update(lines=made["lines"][:1] * (orders.MAX_LINES + 1)), "lines"),
    Fault("no sku", lambda made: made["lines"][1].pop("sku"), "sku"),
    Fault("an empty sku", _in_line("sku", ""), "sku"),
    Fault("a number as sku", _in_line("sku", 7), "sku"),
    Fault("no quantity", lambda made: made["lines"][1].pop("quantity"), "quantity"),
    Fault("a quantity of 0", _in_line("quantity", 0), "quantity"),
    Fault("a quantity of 1001", _in_line("quantity", orders.MAX_QUANTITY + 1), "quantity"),
    Fault("a text as quantity", _in_line("quantity", "3"), "quantity"),
    Fault("true as quantity", _in_line("quantity", value=True), "quantity"),
    Fault("a quantity of 1.5", _in_line("quantity", 1.5), "quantity"),
    Fault("no price", lambda made: made["lines"][1].pop("unit_cents"), "unit_cents"),
    Fault("a price of -1", _in_line("unit_cents", -1), "unit_cents"),
    Fault("a text as price", _in_line("unit_cents", "100"), "unit_cents"),
    Fault("a list as price", _in_line("unit_cents", [100]), "unit_cents"),
)
"""What is wrong with an order, and the field that the answer has to name."""


class Body(NamedTuple):
    """A body that is none of an order, or hardly."""

    said: str
    body: bytes
    readings: tuple[Order, ...] = ()
    """The orders that it may be read as."""


PLAIN_ORDER: Final = order((2, 150))


def _spelled(old: bytes, new: bytes, made: Order = PLAIN_ORDER) -> bytes:
    return json.dumps(made).encode().replace(old, new, 1)


def _with_quantity(spelling: bytes) -> bytes:
    return _spelled(b'"quantity": 2', b'"quantity": ' + spelling)


_TWICE: Final = order((7, 150))
UTF8: Final = json.dumps(PLAIN_ORDER).encode()

BODIES: Final = (
    Body("nothing", b""),
    Body("white space", b" \n"),
    Body("half an order", UTF8[: len(UTF8) // 2]),
    Body("an order and more", UTF8 + b"}"),
    Body("two orders", UTF8 + UTF8),
    *(Body(each.decode(), each) for each in (b"{}", b"[]", b"null", b"true", b"7", b'"R-1"', b"[{}]", b"undefined")),
    Body("a form", b"reference=R-1&discount_percent=0&lines=1"),
    Body("XML", b"<order><reference>R-1</reference></order>"),
    Body("names without quotes", b"{reference: 'R-1'}"),
    Body("NaN as quantity", _with_quantity(b"NaN")),
    Body("Infinity as quantity", _with_quantity(b"Infinity")),
    Body("-Infinity as quantity", _with_quantity(b"-Infinity")),
    Body("1e400 as quantity", _with_quantity(b"1e400")),
    Body("1e2 as quantity", _with_quantity(b"1e2"), (order((100, 150)),)),
    Body("2.0 as quantity", _with_quantity(b"2.0"), (PLAIN_ORDER,)),
    Body("02 as quantity", _with_quantity(b"02"), (PLAIN_ORDER,)),
    Body("+2 as quantity", _with_quantity(b"+2"), (PLAIN_ORDER,)),
    Body("-0 as quantity", _with_quantity(b"-0")),
    Body("a quantity of 30 digits", _with_quantity(b"9" * 30)),
    Body("a quantity of 10,000 digits", _with_quantity(b"9" * 10_000)),
    Body("a fraction of 10,000 digits", _with_quantity(b"0." + b"9" * 10_000)),
    Body("quantity twice", _with_quantity(b'7, "quantity": 2'), (PLAIN_ORDER, _TWICE)),
    Body("NaN as reference", _spelled(b'"R-1"', b"NaN")),
    Body("lists in lists, 100,000 deep", b"[" * _DEEP),
    Body("objects in objects, 100,000 deep", b'{"lines":' * _DEEP),
    Body("a deep line", _spelled(b"[{", b"[" * _DEEP + b"]" * _DEEP + b",{")),
    Body("a line within a line", _spelled(b"[{", b"[[{").replace(b"}]", b"}]]")),
    Body("UTF-16", json.dumps(PLAIN_ORDER).encode("utf-16"), (PLAIN_ORDER,)),
    Body("UTF-32", json.dumps(PLAIN_ORDER).encode("utf-32"), (PLAIN_ORDER,)),
    Body("a byte order mark", b"\xef\xbb\xbf" + UTF8, (PLAIN_ORDER,)),
    Body("bytes that are no UTF-8", _spelled(b"R-1", b"R-\xff\xfe")),
    Body("Latin-1", _spelled(b"R-1", "R-é".encode("latin-1"))),
    Body("half a surrogate pair", _spelled(b"R-1", rb"R-\ud800")),
    Body("a zero character", _spelled(b"R-1", rb"R-\u0000")),
    Body("a zero byte", _spelled(b"R-1", b"R-\0")),
    Body("markup", _spelled(b"R-1", b"<script>alert(1)</script>")),
    Body("a name of the language's", _spelled(b'"reference"', b'"__class__": {}, "__proto__": {}, "reference"'),
         (PLAIN_ORDER,)),
    Body("a name more", _spelled(b'"reference"', b'"paid": true, "reference"'), (PLAIN_ORDER,)),
    Body("2 MB of white space", UTF8[:-1] + b" " * _LARGE_BYTES + b"}", (PLAIN_ORDER,)),
    Body("a reference of 2 MB", _spelled(b"R-1", b"R" * _LARGE_BYTES)),
    Body("100,000 lines", _spelled(b"[{", b"[" + b"{}," * _DEEP + b"{")),
)  # fmt: skip
