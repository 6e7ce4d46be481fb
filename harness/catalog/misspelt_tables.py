"""Tables of a project file whose names are spelt wrongly: nothing reads them, and what they say would be missing."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from harness.model.app import CONTROLLED, DEFAULT, Manifest
from harness.model.errors import ManifestError, is_alike

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


def see_to_variant_names(manifest: Manifest, file: str) -> None:
    """See that none is nearly called as one of the two that all apps have, where the app has none of that name.

    Raises:
        ManifestError: One is.
    """
    names = {each for name, variant in manifest.variants.items() for each in (name, *variant.also)}
    for usual in (DEFAULT, CONTROLLED):
        like = next((name for name in manifest.variants if is_alike(name, usual)), None)
        if like is not None and usual not in names:
            raise ManifestError(
                f"{file}: tool.bench.variants.{like}: there is no variant '{usual}', and this is nearly called so",
                hint=f"is '{usual}' meant? If not, give it a name that is less like it",
            )
