"""How files of JSON come to harm, as hypothesis draws it: by a disk, an editor, another program, another version."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from hypothesis import strategies as st

type Damage = Callable[[bytes], bytes]
type Place = tuple[str | int, ...]

WRONG: Final[st.SearchStrategy[Any]] = st.one_of(
    st.sampled_from(
        [None, True, False, 0, 1, -1, 2, 10**6, -(10**18), 2**63, 10**30, 0.0, 1e-9, 5e-324, 1e308, -1.5, float("nan"),
         float("inf"), float("-inf"), "", "x", "\x00", "\x1b[31m", "\ud800", "0", "json", "flask", "flask/controlled",
         "2026-01-02T03:04:05Z", "9999-12-31T23:59:59Z", [], {}, [None], {"": None}]
    ),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
)  # fmt: skip
"""What stands where something else should."""

_ALIKE: Final[list[tuple[type, list[Any]]]] = [
    (bool, [True, False]),
    (int, [0, 1, 2, 3, 7, 100, 10**9, 2**62]),
    (float, [0.0, 1e-300, 1e-9, 0.5, 1.0, 2.0, 1e9, 1e300]),
    (
        str,
        [
            "",
            "x",
            "flask",
            "fastapi",
            "controlled",
            "json",
            "feed",
            "capacity",
            "latency",
            "footprint",
            "2026-01-02T03:04:05Z",
        ],
    ),
    (list, [[]]),
    (dict, [{}]),
    (type(None), [0, 1, 1.5, "x", [], {}]),
]

_ANY: Final = st.integers(0, 10**6)
_SHARE: Final = st.floats(0, 1, exclude_max=True)


def of_a_document() -> st.SearchStrategy[Damage]:
    """Harm to a file that holds one document."""
    return st.one_of(_of_values(), _of_bytes())


def of_lines() -> st.SearchStrategy[Damage]:
    """Harm to a file that holds a document in each line."""
    return st.one_of(st.builds(_in_a_line, _ANY, _of_values()), _of_order(), _of_bytes())


def of_text() -> st.SearchStrategy[Damage]:
    """Harm to a file of any text."""
    return st.one_of(_of_order(), _of_bytes())


def _of_values() -> st.SearchStrategy[Damage]:
    def at(place: int, change: Callable[[Any, str | int], None]) -> Damage:
        return lambda content: _changed(content, place, change)

    def put(value: Any) -> Callable[[Any, str | int], None]:
        return lambda parent, key: parent.__setitem__(key, value)

    def add(parent: Any, key: str | int) -> None:
        parent.insert(key, parent[key]) if isinstance(key, int) else parent.__setitem__(f"{key}_", parent[key])

    def alike(choice: int) -> Callable[[Any, str | int], None]:
        """What a reader would take for the value that was there."""

        def change(parent: Any, key: str | int) -> None:
            others = next((each for kind, each in _ALIKE if isinstance(parent[key], kind)), [parent[key]])
            parent[key] = others[choice % len(others)]

        return change

    likely = st.builds(alike, _ANY)
    changes = st.one_of(
        likely, likely, st.builds(put, WRONG), st.just(lambda parent, key: parent.__delitem__(key)), st.just(add)
    )
    return st.one_of(st.builds(at, _ANY, changes), st.builds(_exchange, _ANY, _ANY))


def _of_bytes() -> st.SearchStrategy[Damage]:
    def cut(share: float) -> Damage:
        return lambda content: content[: int(share * len(content))]

    def put(share: float, piece: bytes, over: int) -> Damage:
        def damaged(content: bytes) -> bytes:
            place = int(share * len(content))
            return content[:place] + piece + content[place + over :]

        return damaged

    def instead(content: bytes) -> Damage:
        return lambda _: content

    whole = st.sampled_from([b"", b"\n", b"{}", b"[]", b"null", b"\xff\xfe", b"[" * 10_000])
    return st.one_of(
        st.builds(cut, _SHARE),
        st.builds(put, _SHARE, st.binary(max_size=4), st.integers(0, 4)),
        st.builds(instead, whole),
    )


def _of_order() -> st.SearchStrategy[Damage]:
    def of_lines(change: Callable[[Sequence[bytes], int], Sequence[bytes]]) -> Callable[[int], Damage]:
        def at(number: int) -> Damage:
            def damaged(content: bytes) -> bytes:
                lines = content.splitlines(keepends=True)
                return b"".join(change(lines, number % len(lines))) if lines else content

            return damaged

        return at

    dropped = of_lines(lambda lines, at: [*lines[:at], *lines[at + 1 :]])
    doubled = of_lines(lambda lines, at: [*lines[: at + 1], *lines[at:]])
    again = of_lines(lambda lines, at: [*lines, *lines[at:]])
    turned = of_lines(lambda lines, at: [*lines[at:], *lines[:at]])
    return st.one_of(*(st.builds(change, _ANY) for change in (dropped, doubled, again, turned)))


def _in_a_line(number: int, damage: Damage) -> Damage:
    def damaged(content: bytes) -> bytes:
        lines = content.splitlines()
        if not lines:
            return content
        at = number % len(lines)
        return b"\n".join([*lines[:at], damage(lines[at]), *lines[at + 1 :]]) + b"\n"

    return damaged


def _exchange(one: int, other: int) -> Damage:
    """Two values change places."""

    def damaged(content: bytes) -> bytes:
        document = json.loads(content)
        places = list(_places(document))
        if not places:
            return content
        (first, key), (second, other_key) = (_parent(document, places[each % len(places)]) for each in (one, other))
        value, other_value = first[key], second[other_key]
        first[key] = json.loads(json.dumps(other_value))
        second[other_key] = json.loads(json.dumps(value))
        return json.dumps(document).encode()

    return _where_it_is_json(damaged)


def _changed(content: bytes, number: int, change: Callable[[Any, str | int], None]) -> bytes:
    def damaged(whole: bytes) -> bytes:
        document = json.loads(whole)
        places = list(_places(document))
        if places:
            change(*_parent(document, places[number % len(places)]))
        return json.dumps(document).encode()

    return _where_it_is_json(damaged)(content)


def _where_it_is_json(damage: Damage) -> Damage:
    """What was harmed before may be no JSON any more."""

    def damaged(content: bytes) -> bytes:
        try:
            return damage(content)
        except (ValueError, KeyError, IndexError, TypeError, RecursionError):
            return content

    return damaged


def _places(document: Any, before: Place = ()) -> Iterator[Place]:
    inner = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for key, value in inner:
        yield (*before, key)
        yield from _places(value, (*before, key))


def _parent(document: Any, place: Place) -> tuple[Any, str | int]:
    for key in place[:-1]:
        document = document[key]
    return document, place[-1]
