"""Texts of a manifest, or of a server's file, that have nothing but white space in them."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

from harness.catalog.project_file import see_to_each, where
from harness.mistake import Place
from harness.model.base import Contract
from harness.model.errors import ManifestError

_FOR_PROGRAMS: Final = frozenset({"call", "command", "environment"})
"""Fields whose texts a program gets as they are."""
_WITH_A_LINK: Final = frozenset({"calls_no_function", "deviates", "unfit"})
"""Fields whose texts are refused for what they lack, a link."""


def see_to_blank_texts(table: Contract, file: Path, place: Place, remedy: str) -> None:
    """Raises ManifestError where a text of the table, which stands at this place of the file, says nothing."""
    see_to_each(file, (partial(_refuse, file, blank, remedy) for blank in _blank(table, place)), remedy)


def _blank(value: object, place: Place) -> Iterator[Place]:
    if isinstance(value, Contract):
        for field in type(value).model_fields:
            if field not in _FOR_PROGRAMS | _WITH_A_LINK:
                yield from _blank(getattr(value, field), (*place, field))
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _blank(each, (*place, str(key)))
    elif isinstance(value, str) and not value.strip():
        yield place


def _refuse(file: Path, place: Place, remedy: str) -> None:
    raise ManifestError(f"{where(file, place)}: it should not be empty, and has white space alone", hint=remedy)
