"""`/orders` as the engine asks for it and judges it, request by request."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from harness.contract.orders import FAULTS, OrderKey, Orders, accepted, total_cents

REQUESTS = 2_000
CREATED, OK, BAD_REQUEST, UNPROCESSABLE = 201, 200, 400, 422


def asked(seed: int) -> Iterator[tuple[dict[str, Any], OrderKey]]:
    """The orders of a window, with their keys."""
    exchange = Orders("localhost", 80, seed)
    for _ in range(REQUESTS):
        request, key = exchange.next_request()
        head, _, body = request.partition(b"\r\n\r\n")
        assert head.startswith(b"POST /orders HTTP/1.1\r\n")
        assert f"Content-Length: {len(body)}".encode() in head
        yield json.loads(body), key


def test_an_order_in_twenty_is_wrong_and_in_each_of_the_known_ways() -> None:
    wrong = [key.wrong_field for _, key in asked(1) if key.wrong_field]
    assert REQUESTS / 30 < len(wrong) < REQUESTS / 14
    assert set(wrong) == {field for _, field in FAULTS}


def test_the_key_of_a_right_order_is_what_it_costs_and_references_are_its_own() -> None:
    right = [(order, key) for order, key in asked(2) if key.wrong_field is None]
    assert all(key == OrderKey.of(order) for order, key in right)
    assert len({key.reference for _, key in right}) == len(right)
    assert len({key.total_cents for _, key in right}) > REQUESTS / 10


def test_half_a_cent_is_rounded_up() -> None:
    line = {"sku": "S", "quantity": 1, "unit_cents": 5}
    assert total_cents({"reference": "R", "discount_percent": 50, "lines": [line]}) == 3
    assert total_cents({"reference": "R", "discount_percent": 49, "lines": [line]}) == 3
    assert total_cents({"reference": "R", "discount_percent": 0, "lines": [line, line]}) == 10


def test_orders_are_repeatable_by_seed() -> None:
    assert list(asked(3)) == list(asked(3)) != list(asked(4))


def one(*, wrong: bool) -> tuple[Orders, dict[str, Any], OrderKey]:
    order, key = next(each for each in asked(5) if bool(each[1].wrong_field) == wrong)
    return Orders("localhost", 80, 5), order, key


def test_a_right_order_is_answered_with_201_and_its_total() -> None:
    exchange, order, key = one(wrong=False)
    right = accepted(order)
    for body in (json.dumps(right), json.dumps(right, indent=1), json.dumps(dict(reversed(right.items())))):
        assert exchange.is_right_otherwise(key, CREATED, body.encode())
        assert not exchange.is_right(key, body.encode())
        assert not exchange.is_right_otherwise(key, OK, body.encode())
        assert not exchange.is_right_otherwise(key, UNPROCESSABLE, body.encode())


@pytest.mark.parametrize(
    "change",
    [
        {"total_cents": "1"},
        {"total_cents": 0},
        {"lines": 0},
        {"reference": "R-1"},
        {"paid": True},
    ],
)
def test_another_answer_to_a_right_order_is_wrong(change: dict[str, Any]) -> None:
    exchange, order, key = one(wrong=False)
    assert not exchange.is_right_otherwise(key, CREATED, json.dumps(accepted(order) | change).encode())


@pytest.mark.parametrize("body", [b"", b"null", b"{}", b"[" * 100_000, b"\xff"])
def test_what_is_no_answer_is_wrong(body: bytes) -> None:
    for wrong in (False, True):
        exchange, _, key = one(wrong=wrong)
        assert not exchange.is_right_otherwise(key, CREATED, body)
        assert not exchange.is_right_otherwise(key, BAD_REQUEST, body)


def test_a_wrong_order_is_refused_with_400_or_422_and_the_name_of_the_field() -> None:
    exchange, _, key = one(wrong=True)
    told = f"{key.wrong_field} is wrong".encode()
    assert exchange.is_right_otherwise(key, BAD_REQUEST, told)
    assert exchange.is_right_otherwise(key, UNPROCESSABLE, told)
    for status in (OK, CREATED, 404, 415, 500):
        assert not exchange.is_right_otherwise(key, status, told)
    assert not exchange.is_right_otherwise(key, BAD_REQUEST, b"reference is wrong")
