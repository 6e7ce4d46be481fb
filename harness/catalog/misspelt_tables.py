"""Tables of a project file whose names are spelt wrongly: nothing reads them, and what they say would be missing."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from harness.model.app import Manifest
from harness.model.errors import is_alike

type Table = Mapping[str, Any]

_MEANT: Final = ("tool", "bench")


def meant_as_manifest(document: Table) -> dict[str, Table]:
    """The tables that are nearly called `tool.bench` and have fields of a manifest, by their names."""
    at_the_top = {(name,): table for name, table in document.items()}
    below = {
        (top, name): table
        for top, tables in document.items()
        if is_alike(top, _MEANT[0]) and isinstance(tables, dict)
        for name, table in tables.items()
    }
    return {
        ".".join(place): table
        for place, table in (at_the_top | below).items()
        if place != _MEANT and is_alike(place[-1], _MEANT[-1]) and isinstance(table, dict) and _has_fields(table)
    }


def _has_fields(table: Table) -> bool:
    return not Manifest.model_fields.keys().isdisjoint(table)


def joined(tables: Iterable[Table]) -> dict[str, Any]:
    """Tables as one, and tables in them as well; of a value that stands in several, the first counts."""
    whole: dict[str, Any] = {}
    for table in tables:
        for key, value in table.items():
            before = whole.setdefault(key, value)
            if isinstance(before, dict) and isinstance(value, dict):
                whole[key] = value | before
    return whole
