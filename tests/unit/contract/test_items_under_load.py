"""`/items` as the engine asks for it and judges it, request by request."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from harness.contract.items import MAX_COUNT, MAX_FACTOR, Items, items

type Write = Callable[[object], bytes]


def written(*, ascii_only: bool, compact: bool, sort: bool, indent: int | None = None, end: bytes = b"") -> Write:
    """An app's way to write JSON."""
    separators = (",", ":") if compact else None

    def write(value: object) -> bytes:
        text = json.dumps(value, ensure_ascii=ascii_only, separators=separators, sort_keys=sort, indent=indent)
        return text.encode() + end

    return write


DJANGO = written(ascii_only=True, compact=False, sort=False)
FASTAPI = written(ascii_only=False, compact=True, sort=False)
FLASK = written(ascii_only=True, compact=True, sort=True, end=b"\n")
SANIC = written(ascii_only=True, compact=True, sort=False)
LAID_OUT = written(ascii_only=False, compact=False, sort=True, indent=2)
SPELLINGS = {"django": DJANGO, "fastapi": FASTAPI, "flask": FLASK, "sanic": SANIC, "laid out": LAID_OUT}


def asked(exchange: Items) -> tuple[int, int]:
    return exchange.next_request()[1]


def answer(key: tuple[int, int]) -> dict[str, Any]:
    return items(*key)


@pytest.mark.parametrize("write", SPELLINGS.values(), ids=SPELLINGS)
def test_every_spelling_of_right_items_is_right(write: Write) -> None:
    exchange = Items("localhost", 80, seed=1)
    keys = [asked(exchange) for _ in range(MAX_COUNT)]
    assert [key for key in keys if not exchange.is_right(key, write(answer(key)))] == []


@pytest.mark.parametrize("name", ["django", "fastapi", "flask", "sanic"])
def test_what_the_apps_write_is_parsed_once_only(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parsing fifty items costs the generator ten times what comparing their bytes does."""
    exchange = Items("localhost", 80, seed=1)
    key = asked(exchange)
    assert exchange.is_right(key, SPELLINGS[name](answer(key)))
    monkeypatch.setattr("harness.contract.items.is_json_of", None)
    for _ in range(2 * MAX_COUNT):
        key = asked(exchange)
        assert exchange.is_right(key, SPELLINGS[name](answer(key)))


def changed(place: int, name: str, value: object) -> Callable[[dict[str, Any]], object]:
    """One field of one item otherwise."""

    def change(right: dict[str, Any]) -> object:
        right["items"][place][name] = value(right["items"][place][name]) if callable(value) else value
        return right

    return change


def without(name: str) -> Callable[[dict[str, Any]], object]:
    """The last item lacks a field."""

    def change(right: dict[str, Any]) -> object:
        del right["items"][-1][name]
        return right

    return change


WRONG: dict[str, Callable[[dict[str, Any]], object]] = {
    "a number more": changed(-1, "quantity", lambda number: number + 1),
    "an integer as a fraction": changed(0, "quantity", float),
    "a number as a text": changed(0, "price", str),
    "a rounded price": changed(-1, "price", lambda price: round(price, 2)),
    "true as 1": changed(0, "available", int),
    "another date": changed(-1, "made_on", "2001-02-29"),
    "another size": changed(-1, "size", {"width": 10, "height": 9}),
    "a text less": changed(-1, "tags", lambda tags: tags[:1]),
    "no null": changed(0, "previous", 0),
    "a name more": changed(-1, "cached", value=True),
    "a name less": without("sku"),
    "an item less": lambda right: {"items": right["items"][:-1]},
    "an item more": lambda right: {"items": [*right["items"], right["items"][-1]]},
    "items in falling order": lambda right: {"items": right["items"][::-1]},
    "the list alone": lambda right: right["items"],
    "a name beside the list": lambda right: right | {"count": len(right["items"])},
    "nothing": lambda _: None,
    "no items": lambda _: {"items": []},
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("after_right_ones", [0, 3])
def test_wrong_items_are_wrong_also_once_the_spelling_is_known(
    wrong: Callable[[dict[str, Any]], object], after_right_ones: int
) -> None:
    exchange = Items("localhost", 80, seed=2)
    for key in [asked(exchange) for _ in range(after_right_ones)]:
        assert exchange.is_right(key, DJANGO(answer(key)))
    assert not exchange.is_right((7, 4_711), DJANGO(wrong(answer((7, 4_711)))))


def test_an_answer_to_another_count_or_factor_is_wrong() -> None:
    exchange = Items("localhost", 80, seed=3)
    assert exchange.is_right((5, 6), FLASK(answer((5, 6))))
    for other in ((5, 7), (4, 6), (6, 6), (6, 5)):
        assert not exchange.is_right(other, FLASK(answer((5, 6))))


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b"\xff", b"%d", b"[" * 100_000, b'{"items":[{}]}', b'{"items":{}}']
)
def test_bodies_that_are_no_items_are_wrong_before_and_after_learning(body: bytes) -> None:
    exchange = Items("localhost", 80, seed=3)
    for _ in range(2):
        assert not exchange.is_right((1, 9), body)
        assert exchange.is_right((1, 9), FASTAPI(answer((1, 9))))


def test_every_count_comes_once_in_a_hundred_requests_with_factors_of_all_sizes() -> None:
    exchange = Items("localhost", 80, seed=4)
    for _ in range(3):
        keys = [asked(exchange) for _ in range(MAX_COUNT)]
        assert sorted(count for count, _ in keys) == list(range(1, MAX_COUNT + 1))
        factors = [factor for _, factor in keys]
        assert len(set(factors)) > MAX_COUNT / 2
        assert 1 <= min(factors) < MAX_FACTOR / 4 < MAX_FACTOR * 3 / 4 < max(factors) <= MAX_FACTOR


def test_requests_are_repeatable_by_seed_and_say_what_their_key_says() -> None:
    first, again, other = (Items("localhost", 80, seed) for seed in (5, 5, 6))
    requests = [[exchange.next_request() for _ in range(20)] for exchange in (first, again, other)]
    assert requests[0] == requests[1] != requests[2]
    for request, (count, factor) in requests[0]:
        assert request.startswith(b"GET /items?count=%d&factor=%d HTTP/1.1\r\n" % (count, factor))
