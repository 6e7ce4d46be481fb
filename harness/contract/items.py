"""The items of `/items`: what is in each, the requests under load, and whether a body is the right answer to one.

A body under load has some fifty items, so it is not parsed: how an app spells JSON is learned from its first right
answer, and the right bytes of every other answer follow from that. Nearly all of an item follows from one number below
`MODULUS`, so that bytes are made once for each number, and what depends on the item's place is filled in.
"""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Final, NamedTuple, override

from harness.contract.exchange import Exchange
from harness.contract.strict_json import is_json_of, parsed_json

type Item = dict[str, Any]

MAX_COUNT: Final = 100
MAX_FACTOR: Final = 1_000_000
MODULUS: Final = 9_973
FIRST_DAY: Final = date(2000, 1, 1)
GROUPS: Final = ("garden", "kitchen", "café", "Möbel")


def items(count: int, factor: int) -> dict[str, list[Item]]:
    """What `/items` answers with."""
    return {"items": [item(index, count, index * factor % MODULUS) for index in range(1, count + 1)]}


def item(index: int, count: int, value: int) -> Item:
    """One of `count` items, the first of which has index 1; `value` is what index and factor give."""
    return {
        "id": index,
        "name": f"Item {index} of {count}",
        "sku": f"SKU-{value:05d}",
        "quantity": value % 100,
        "price": (2 * value + 1) / 8,
        "available": value % 3 != 0,
        "made_on": (FIRST_DAY + timedelta(days=value)).isoformat(),
        "size": {"width": value % 90 + 10, "height": value % 70 + 10},
        "tags": [GROUPS[value % 4], f"shelf {value % 12}"],
        "previous": index - 1 if index > 1 else None,
    }


class Items(Exchange[tuple[int, int]]):
    """`GET /items?count=N&factor=K` with a random K for each request.

    The counts are those of a shuffled pack, which has each from 1 to `MAX_COUNT` once: a window of some hundred
    requests asks no app for more work than it asks the others.
    """

    content_type = "application/json"

    def __init__(self, host: str, port: int, seed: int) -> None:
        super().__init__(host, port, seed)
        self._counts: list[int] = []
        self._spelling: _Spelling | None = None

    @override
    def next_request(self) -> tuple[bytes, tuple[int, int]]:
        if not self._counts:
            self._counts = list(range(1, MAX_COUNT + 1))
            self._random.shuffle(self._counts)
        key = self._counts.pop(), int(self._random.random() * MAX_FACTOR) + 1
        return b"GET /items?count=%d&factor=%d" % key + self._tail, key

    @override
    def is_right(self, key: tuple[int, int], body: bytes) -> bool:
        if self._spelling and self._spelling.body(*key) == body:
            return True
        if not is_json_of(items(*key), body):
            return False
        self._spelling = _spelling_of(key, body)
        return True


class _Style(NamedTuple):
    """How an app writes JSON."""

    ascii_only: bool
    separators: tuple[str, str]
    names: tuple[str, ...]
    """The fields of an item, in its order."""
    size_names: tuple[str, ...]
    end: str
    """What follows the value: Flask ends with a line break."""

    def written(self, value: object) -> bytes:
        return json.dumps(value, ensure_ascii=self.ascii_only, separators=self.separators).encode()


_STYLES: Final = [(ascii_only, separators) for ascii_only in (True, False) for separators in ((",", ":"), (", ", ": "))]


def _spelling_of(key: tuple[int, int], body: bytes) -> "_Spelling | None":
    """The spelling of this right answer; None where it is one that is not known here, such as with line breaks."""
    (first, *_), *_ = parsed_json(body).values()  # type: ignore[attr-defined]  # it was found right
    text = body.rstrip()
    end = body[len(text) :].decode()
    for ascii_only, separators in _STYLES:
        spelling = _spelling(_Style(ascii_only, separators, tuple(first), tuple(first["size"]), end))
        if spelling.body(*key) == body:
            return spelling
    return None


class _Spelling:
    """Writes the right answers as one app does."""

    def __init__(self, style: _Style) -> None:
        self._style = style
        self._by_value: list[bytes | None] = [None] * MODULUS
        """Items by value, with %d and %b where what depends on the place belongs."""
        self._by_count: list[tuple[int | bytes, ...]] = [self._places(count) for count in range(MAX_COUNT + 1)]
        self._opening, self._closing = style.written({"items": []}).rsplit(b"]", 1)
        self._closing = b"]" + self._closing + style.end.encode()
        self._between = style.separators[0].encode()

    def body(self, count: int, factor: int) -> bytes:
        """The right answer."""
        known = self._by_value
        values = [number % MODULUS for number in range(factor, factor * count + 1, factor)]
        written = [known[value] or self._write(value) for value in values]
        return self._opening + self._between.join(written) % self._by_count[count] + self._closing

    def _write(self, value: int) -> bytes:
        unplaced = item(0, 0, value) | {"id": "<d>", "name": "Item <d> of <d>", "previous": "<b>"}
        unplaced["size"] = {name: unplaced["size"][name] for name in self._style.size_names}
        text = self._style.written({name: unplaced[name] for name in self._style.names})
        made = text.replace(b'"<d>"', b"%d").replace(b'"<b>"', b"%b").replace(b"<d>", b"%d")
        self._by_value[value] = made
        return made

    def _places(self, count: int) -> tuple[int | bytes, ...]:
        """What is to be filled into so many items."""
        found: list[int | bytes] = []
        for index in range(1, count + 1):
            previous = b"%d" % (index - 1) if index > 1 else b"null"
            by_name: dict[str, Sequence[int | bytes]] = {"id": [index], "name": [index, count], "previous": [previous]}
            for name in self._style.names:
                found += by_name.get(name, ())
        return tuple(found)


@lru_cache(maxsize=8)
def _spelling(style: _Style) -> _Spelling:
    return _Spelling(style)
