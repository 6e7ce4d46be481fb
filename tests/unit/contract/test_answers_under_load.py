"""Requests and answers as the engine makes and judges them, request by request."""

import json
from collections.abc import Callable

import pytest

from harness.contract import dataset
from harness.contract.answers import QUERIES_PER_REQUEST, Db, Queries, world_row

type Row = dict[str, int]


def spelled(*, compact: bool, number_first: bool, indent: int | None = None) -> Callable[[object], bytes]:
    """An app's way to write JSON."""

    def write(value: object) -> bytes:
        if number_first:
            value = turned(value) if isinstance(value, dict) else [turned(row) for row in value]
        return json.dumps(value, separators=(",", ":") if compact else None, indent=indent).encode()

    return write


def turned(row: Row) -> Row:
    """The row with its fields in the other order."""
    return dict(reversed(row.items()))


SPELLINGS = [
    pytest.param(
        spelled(compact=compact, number_first=number_first, indent=indent), id=f"{compact}-{number_first}-{indent}"
    )
    for compact in (True, False)
    for number_first in (True, False)
    for indent in (None, 2)
]


@pytest.mark.parametrize("write", SPELLINGS)
def test_every_spelling_of_a_right_row_is_right(write: Callable[[object], bytes]) -> None:
    """Spaces and the order of fields are free, from the first answer on."""
    db = Db("localhost", 80, seed=1)
    for _ in range(50):
        _, key = db.next_request()
        assert db.is_right(key, write(world_row(key)))


@pytest.mark.parametrize("write", SPELLINGS)
def test_every_spelling_of_right_rows_is_right(write: Callable[[object], bytes]) -> None:
    """The same for lists of rows."""
    queries = Queries("localhost", 80, seed=1)
    for _ in range(50):
        _, key = queries.next_request()
        assert queries.is_right(key, write([world_row(world_id) for world_id in key]))


WRONG_ROWS: list[Callable[[int], object]] = [
    lambda key: world_row(key % dataset.WORLD_ROWS + 1),
    lambda key: world_row(key) | {"randomNumber": world_row(key)["randomNumber"] + 1},
    lambda key: {"id": world_row(key)["randomNumber"], "randomNumber": key},
    lambda key: {"id": str(key), "randomNumber": world_row(key)["randomNumber"]},
    lambda key: world_row(key) | {"randomNumber": float(world_row(key)["randomNumber"])},
    lambda key: world_row(key) | {"cached": True},
    lambda key: {"id": key},
    lambda key: [world_row(key)],
    lambda _: None,
]


@pytest.mark.parametrize("wrong", WRONG_ROWS)
@pytest.mark.parametrize("after_right_ones", [0, 3])
def test_wrong_rows_are_wrong(wrong: Callable[[int], object], after_right_ones: int) -> None:
    """Also once the app's spelling is known, a wrong row is never taken for a right one."""
    db, queries = Db("localhost", 80, seed=2), Queries("localhost", 80, seed=2)
    for _ in range(after_right_ones):
        _, key = db.next_request()
        assert db.is_right(key, json.dumps(world_row(key)).encode())
        _, keys = queries.next_request()
        assert queries.is_right(keys, json.dumps([world_row(world_id) for world_id in keys]).encode())
    _, key = db.next_request()
    assert not db.is_right(key, json.dumps(wrong(key)).encode())
    _, keys = queries.next_request()
    rows = [world_row(world_id) for world_id in keys]
    assert not queries.is_right(keys, json.dumps([*rows[:-1], wrong(keys[-1])]).encode())
    assert not queries.is_right(keys, json.dumps(rows[::-1]).encode())
    assert not queries.is_right(keys, json.dumps(rows[1:]).encode())


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"\xff", b"%d", b"[" * 100_000])
def test_bodies_that_are_no_rows_are_wrong_before_and_after_learning(body: bytes) -> None:
    """An empty body above all: nothing learned must not mean that nothing is right."""
    db, queries = Db("localhost", 80, seed=3), Queries("localhost", 80, seed=3)
    for _ in range(2):
        _, key = db.next_request()
        assert not db.is_right(key, body)
        assert db.is_right(key, json.dumps(world_row(key)).encode())
        _, keys = queries.next_request()
        assert not queries.is_right(keys, body)
        assert queries.is_right(keys, json.dumps([world_row(world_id) for world_id in keys]).encode())


def test_queries_ask_for_distinct_ids_in_range() -> None:
    """Over more requests than one shuffle serves; and all ids come up."""
    queries = Queries("localhost", 80, seed=4)
    seen: set[int] = set()
    for _ in range(1200):
        request, key = queries.next_request()
        assert request.startswith(b"GET /queries?ids=" + ",".join(map(str, key)).encode() + b" HTTP/1.1\r\n")
        assert len(set(key)) == QUERIES_PER_REQUEST
        seen.update(key)
    assert seen == set(range(1, dataset.WORLD_ROWS + 1))


def test_ids_are_repeatable_by_seed() -> None:
    """The same seed asks for the same rows, another seed for others."""
    first, again, other = (Queries("localhost", 80, seed).next_request()[1] for seed in (5, 5, 6))
    assert first == again != other
