"""The requests of the contract, and whether a response body is the right answer to one.

These run once per request under load, so they do the least work that leaves no wrong answer unseen:
a body is parsed and compared in full the first time, and from then on recognised byte for byte. Rows differ from
request to request, so how an app spells a row is learned from the first right one, and the right bytes of every
other row follow from that.
"""

import re
from abc import abstractmethod
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, override

import numpy as np

from harness.contract import dataset
from harness.contract.exchange import Exchange
from harness.contract.fortunes_page import fortune_rows
from harness.contract.items import Items
from harness.contract.orders import Orders
from harness.contract.strict_json import is_json_of
from harness.model.app import Endpoint
from harness.model.cell import WAIT_MS

QUERIES_PER_REQUEST: Final = 20
"""How many ids a `/queries` request asks for under load."""

_RIGHT_BODIES_KEPT: Final = 4
"""Spellings of one right answer that are remembered; an app that varies more is parsed each time."""


class _Fixed(Exchange[None]):
    """An endpoint whose every answer means the same."""

    target: str

    def __init__(self, host: str, port: int, seed: int) -> None:
        super().__init__(host, port, seed)
        self._request = self._get(self.target)
        self._right: set[bytes] = set()

    @override
    def next_request(self) -> tuple[bytes, None]:
        return self._request, None

    @override
    def is_right(self, key: None, body: bytes) -> bool:
        if body in self._right:
            return True
        if not self._means_right(body):
            return False
        if len(self._right) < _RIGHT_BODIES_KEPT:
            self._right.add(body)
        return True

    @abstractmethod
    def _means_right(self, body: bytes) -> bool: ...


class Hello(_Fixed):
    """`GET /hello`."""

    content_type = "text/plain"
    target = "/hello"

    @override
    def _means_right(self, body: bytes) -> bool:
        return body == b"Hello, World!"


class Json(_Fixed):
    """`GET /json`."""

    content_type = "application/json"
    target = "/json"

    @override
    def _means_right(self, body: bytes) -> bool:
        return is_json_of({"message": "Hello, World!"}, body)


class Fortunes(_Fixed):
    """`GET /fortunes`."""

    content_type = "text/html"
    target = "/fortunes"

    @override
    def _means_right(self, body: bytes) -> bool:
        return fortune_rows(body) == [(str(row), message) for row, message in dataset.expected_fortunes()]


class Wait(_Fixed):
    """`GET /wait?ms=N`, always with the same N."""

    content_type = "application/json"
    target = f"/wait?ms={WAIT_MS}"

    @override
    def _means_right(self, body: bytes) -> bool:
        return is_json_of({"waited": WAIT_MS}, body)


class Db(Exchange[int]):
    """`GET /db?id=N` with a random id for each request."""

    content_type = "application/json"

    def __init__(self, host: str, port: int, seed: int) -> None:
        super().__init__(host, port, seed)
        self._requests = _db_requests(self._tail)
        self._rows: Sequence[bytes] = ()

    @override
    def next_request(self) -> tuple[bytes, int]:
        world_id = int(self._random.random() * dataset.WORLD_ROWS) + 1
        return self._requests[world_id], world_id

    @override
    def is_right(self, key: int, body: bytes) -> bool:
        if self._rows and self._rows[key] == body:
            return True
        if not is_json_of(world_row(key), body):
            return False
        self._rows = _rows_spelled_like(body, key)
        return True


class Queries(Exchange[tuple[int, ...]]):
    """`GET /queries?ids=a,b,c...` with distinct random ids for each request."""

    content_type = "application/json"

    def __init__(self, host: str, port: int, seed: int) -> None:
        super().__init__(host, port, seed)
        self._generator = np.random.default_rng(seed)
        self._ids: list[int] = []
        self._next = 0
        self._rows: Sequence[bytes] = ()
        self._opening = self._between = self._closing = b""

    @override
    def next_request(self) -> tuple[bytes, tuple[int, ...]]:
        start, end = self._next, self._next + QUERIES_PER_REQUEST
        if end > len(self._ids):
            # Slices of a shuffled list: distinct within a request, at a fraction of a draw's cost.
            self._ids = (self._generator.permutation(dataset.WORLD_ROWS) + 1).tolist()
            start, end = 0, QUERIES_PER_REQUEST
        self._next = end
        ids = tuple(self._ids[start:end])
        return b"GET /queries?ids=" + _TWENTY_IDS % ids + self._tail, ids

    @override
    def is_right(self, key: tuple[int, ...], body: bytes) -> bool:
        rows = self._rows
        if rows and self._opening + self._between.join([rows[world_id] for world_id in key]) + self._closing == body:
            return True
        if not is_json_of([world_row(world_id) for world_id in key], body):
            return False
        self._learn(key, body)
        return True

    def _learn(self, key: tuple[int, ...], body: bytes) -> None:
        """Take over how this right answer is spelled: no row holds a brace but its own two."""
        self._opening, brace, rest = body.partition(b"{")
        first, closing_brace, rest = rest.partition(b"}")
        self._between = rest.partition(b"{")[0]
        self._closing = body.rpartition(b"}")[2]
        self._rows = _rows_spelled_like(brace + first + closing_brace, key[0])


EXCHANGES: Final[dict[Endpoint, type[Exchange]]] = {  # type: ignore[type-arg]  # keys differ by endpoint
    Endpoint.HELLO: Hello,
    Endpoint.JSON: Json,
    Endpoint.ITEMS: Items,
    Endpoint.ORDERS: Orders,
    Endpoint.DB: Db,
    Endpoint.QUERIES: Queries,
    Endpoint.FORTUNES: Fortunes,
    Endpoint.WAIT: Wait,
}
"""The endpoints that can be loaded request by request."""


def world_row(world_id: int) -> dict[str, int]:
    """The row as `/db` answers it."""
    return {"id": world_id, "randomNumber": dataset.random_number(world_id)}


_TWENTY_IDS: Final = b",".join([b"%d"] * QUERIES_PER_REQUEST)


@lru_cache(maxsize=2)
def _db_requests(tail: bytes) -> list[bytes]:
    """The request for each id, by id."""
    return [b"GET /db?id=%d" % world_id + tail for world_id in range(dataset.WORLD_ROWS + 1)]


def _rows_spelled_like(row: bytes, world_id: int) -> Sequence[bytes]:
    """Every row, by id, as an app writes it that wrote `row` for this id; none if that can't be told."""
    template = re.sub(rb"\d+", b"%d", row.replace(b"%", b"%%"))
    number = dataset.random_number(world_id)
    for number_first in (False, True):
        values = (number, world_id) if number_first else (world_id, number)
        if template.count(b"%d") == len(values) and template % values == row:
            return _all_rows(template, number_first=number_first)
    return ()


@lru_cache(maxsize=8)
def _all_rows(template: bytes, *, number_first: bool) -> Sequence[bytes]:
    pairs = ((world_id, dataset.random_number(world_id)) for world_id in range(dataset.WORLD_ROWS + 1))
    return [template % (pair[::-1] if number_first else pair) for pair in pairs]
