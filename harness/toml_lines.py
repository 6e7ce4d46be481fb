"""At which line of a TOML text a value stands, which the standard library's reader does not tell."""

import tomllib
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

from harness.mistake import Place

_MOST_LINES: Final = 200
"""Of one value: it is read anew with each of its lines, and after so many what follows is left."""


def line_of(text: str, place: Place) -> int | None:
    """The line, from 1, at which the value at this place of a document begins, or else the nearest that it is in.

    None of what stands in no line at all, such as a key of the document that is missing.
    """
    line: int | None = None
    depth = 0
    for begins, found in _statements(text):
        alike = min(len(found), len(place))
        if alike > depth and found[:alike] == place[:alike]:
            line, depth = begins, alike
    return line


def _statements(text: str) -> Iterator[tuple[int, Place]]:
    """Each head of a table, and each key with its value: at which line it begins, and the place that it is."""
    table: Place = ()
    lists: dict[Place, int] = {}
    for line, statement, parsed in _parsed(text):
        if statement.lstrip().startswith("["):
            table = _table(parsed, lists)
            yield line, table
        else:
            yield line, (*table, *_keys(parsed))


def _parsed(text: str) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """The statements of a valid text, each alone: lists and texts go over several lines."""
    statement, begins = "", 0
    for line, words in enumerate(text.split("\n"), start=1):
        statement, begins = (f"{statement}\n{words}", begins) if statement else (words, line)
        if line - begins > _MOST_LINES:
            return
        with suppress(ValueError):
            if parsed := tomllib.loads(statement):
                yield begins, statement, parsed
            statement = ""


def _table(head: dict[str, Any], lists: dict[Place, int]) -> Place:
    """The place of a table by its head; `lists` has the number of tables that each list of them has so far."""
    place: Place = ()
    inner: Any = head
    while inner:
        key, inner = next(iter(inner.items()))
        place = (*place, key)
        if isinstance(inner, list):
            lists[place] = lists.get(place, 0) + 1
            inner = None
        if place in lists:
            place = (*place, lists[place] - 1)
    return place


def _keys(line: dict[str, Any]) -> Place:
    """The keys of one statement, of which `a.b = 1` has two; within a value none is told."""
    ((key, value),) = line.items()
    return (key, *(_keys(value) if isinstance(value, dict) and len(value) == 1 else ()))
