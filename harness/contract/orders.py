"""The orders of `/orders`: what is a right one and what it costs, the requests under load, and the answers to them.

Under load one order in twenty is wrong in a known way, and has to be refused with the name of the field that is.
"""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import Any, Final, override

from harness.contract.exchange import Exchange, authority
from harness.contract.strict_json import is_json_of

type Order = dict[str, Any]

MAX_REFERENCE: Final = 40
MAX_DISCOUNT_PERCENT: Final = 50
MAX_LINES: Final = 50
MAX_SKU: Final = 20
MAX_QUANTITY: Final = 1_000
MAX_UNIT_CENTS: Final = 1_000_000
LINES_UNDER_LOAD: Final = 10
"""An order under load has 1 to so many lines."""

WRONG_ONE_IN: Final = 20
REFUSED: Final = frozenset({400, 422})
_KINDS: Final = 400
"""So many orders are made up beforehand; each request puts a reference of its own into one of them."""
_SEED: Final = 20_261
_REFERENCE_DIGITS: Final = 10
_UNSET: Final = "R-" + "0" * _REFERENCE_DIGITS


def total_cents(order: Order) -> int:
    """What an order costs: half a cent is rounded up."""
    sum_cents: int = sum(line["quantity"] * line["unit_cents"] for line in order["lines"])
    charged_percent: int = 100 - order["discount_percent"]
    return (sum_cents * charged_percent + 50) // 100


def accepted(order: Order) -> dict[str, Any]:
    """What a right order is answered with."""
    return {"reference": order["reference"], "lines": len(order["lines"]), "total_cents": total_cents(order)}


def random_order(choose: random.Random, reference: str, most_lines: int) -> Order:
    """A right order."""
    return {
        "reference": reference,
        "discount_percent": choose.randint(0, MAX_DISCOUNT_PERCENT),
        "lines": [
            {
                "sku": f"SKU-{choose.randint(0, 99_999):05d}",
                "quantity": choose.randint(1, 20),
                "unit_cents": choose.randint(1, 99_999),
            }
            for _ in range(choose.randint(1, most_lines))
        ],
    }


def _quantity_as_text(order: Order) -> None:
    order["lines"][-1]["quantity"] = str(order["lines"][-1]["quantity"])


def _no_quantity(order: Order) -> None:
    order["lines"][0]["quantity"] = 0


def _sku_missing(order: Order) -> None:
    del order["lines"][-1]["sku"]


def _discount_too_large(order: Order) -> None:
    order["discount_percent"] = MAX_DISCOUNT_PERCENT + 1


def _no_lines(order: Order) -> None:
    order["lines"] = []


FAULTS: Final[tuple[tuple[Callable[[Order], None], str], ...]] = (
    (_quantity_as_text, "quantity"),
    (_no_quantity, "quantity"),
    (_sku_missing, "sku"),
    (_discount_too_large, "discount_percent"),
    (_no_lines, "lines"),
)
"""The ways in which orders under load are wrong, and the field that the answer has to name."""


@dataclass(frozen=True, slots=True)
class OrderKey:
    """By which the answer to an order is judged."""

    reference: str
    lines: int
    total_cents: int
    wrong_field: str | None = None
    """The field that is wrong; None where none is."""

    @classmethod
    def of(cls, order: Order) -> "OrderKey":
        """That of a right order."""
        return cls(order["reference"], len(order["lines"]), total_cents(order))

    @property
    def answer(self) -> dict[str, Any]:
        """What belongs in the body where nothing is wrong."""
        return {"reference": self.reference, "lines": self.lines, "total_cents": self.total_cents}


class Orders(Exchange[OrderKey]):
    """`POST /orders` with a reference of its own in each request."""

    content_type = "application/json"
    status = HTTPStatus.CREATED

    def __init__(self, host: str, port: int, seed: int) -> None:
        super().__init__(host, port, seed)
        self._head = (
            f"POST /orders HTTP/1.1\r\nHost: {authority(host, port)}\r\nAccept: */*\r\nUser-Agent: bench\r\n"
            "Content-Type: application/json\r\nContent-Length: "
        ).encode()
        self._right, self._wrong = _made_up()

    @override
    def next_request(self) -> tuple[bytes, OrderKey]:
        draw = self._random.random
        made_up = self._wrong if draw() * WRONG_ONE_IN < 1 else self._right
        body, lines, cents, wrong_field = made_up[int(draw() * len(made_up))]
        reference = f"R-{int(draw() * 10**_REFERENCE_DIGITS):0{_REFERENCE_DIGITS}d}"
        request = self._head + body % reference.encode()
        return request, OrderKey(reference, lines, cents, wrong_field)

    @override
    def is_right(self, key: OrderKey, body: bytes) -> bool:
        return False  # with status 200: one of the others belongs there

    @override
    def is_right_otherwise(self, key: OrderKey, status: int, body: bytes) -> bool:
        if key.wrong_field is not None:
            return status in REFUSED and key.wrong_field.encode() in body
        return status == HTTPStatus.CREATED and is_json_of(key.answer, body)


type _MadeUp = tuple[bytes, int, int, str | None]
"""Length and body with %b for the reference, lines, total, and the wrong field."""


@lru_cache(maxsize=1)
def _made_up() -> tuple[list[_MadeUp], list[_MadeUp]]:
    """Right and wrong orders."""
    choose = random.Random(_SEED)  # noqa: S311 - a repeatable choice, no secret
    right: list[_MadeUp] = []
    wrong: list[_MadeUp] = []
    for number in range(_KINDS):
        order = random_order(choose, _UNSET, LINES_UNDER_LOAD)
        key = OrderKey.of(order)
        right.append((_unsent(order), key.lines, key.total_cents, None))
        spoil, field = FAULTS[number % len(FAULTS)]
        spoil(order)
        wrong.append((_unsent(order), 0, 0, field))
    return right, wrong


def _unsent(order: Order) -> bytes:
    body = json.dumps(order).encode()
    return b"%d\r\n\r\n" % len(body) + body.replace(_UNSET.encode(), b"%b")
