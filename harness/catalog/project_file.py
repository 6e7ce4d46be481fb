"""Read an app's `pyproject.toml`; what can't be used is named by file and field."""

import os
import tomllib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from harness.catalog.misspelt_tables import joined, meant_as_manifest
from harness.mistake import Place, mistakes, place_words, together, toml_words
from harness.model.app import Manifest, NotOffered, Variant
from harness.model.errors import ManifestError, is_alike
from harness.toml_lines import line_of

LONGEST_BYTES: Final = 1024 * 1024
REMEDY: Final = "docs/add-a-framework.md#the-manifest has every field"
"""Where a manifest is wrong, whatever the mistake."""


class Gathered:
    """What is wrong with a manifest, told at once."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._errors: list[ManifestError] = []

    @contextmanager
    def any(self) -> Iterator[None]:
        """Keep a ManifestError of the block for later."""
        try:
            yield
        except ManifestError as error:
            told = {each.what for each in self._errors}
            self._errors += [part for part in error.parts if isinstance(part, ManifestError) and part.what not in told]

    def tell(self) -> None:
        """Raises ManifestError where there was one, or several."""
        if self._errors:
            raise together(ManifestError, shown(self._file), self._errors, REMEDY)


def read_document(file: Path) -> dict[str, Any]:
    """The file as TOML.

    Raises:
        ManifestError: it can't be read, or is no TOML.
    """
    try:
        with file.open("rb") as stream:
            content = stream.read(LONGEST_BYTES + 1)
        if len(content) > LONGEST_BYTES:
            raise ManifestError(
                f"{shown(file)} is longer than {LONGEST_BYTES:,} bytes", hint="a project file has a few hundred lines"
            )
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ManifestError(f"{shown(file)} can't be read: {error}", hint="give it as UTF-8 text") from error
    except OSError as error:
        raise ManifestError(f"{shown(file)} can't be read: {error.strerror}", hint="check its rights") from error
    except (ValueError, RecursionError) as error:  # tomllib's own, and what it lets through: numbers without end
        raise ManifestError(f"{shown(file)}: {toml_words(error)}", hint="mend the TOML at that line") from error


def read_manifest(document: dict[str, Any], file: Path) -> Manifest:
    """The `[tool.bench]` table.

    Raises:
        ManifestError: there is none, or a field of it can't be used.
    """
    tools, misspelt = _table(document, "tool", file), meant_as_manifest(document)
    if "bench" not in tools and not misspelt:
        raise ManifestError(
            f"{shown(file)} has no [tool.bench] table",
            hint="add the manifest: docs/add-a-framework.md#the-manifest tells what is in it",
        )
    table = _table(tools, "bench", file, "tool.bench") if "bench" in tools else {}
    # With tables below it alone, nobody has written it.
    unwritten = all(isinstance(each, dict) for each in table.values())
    lacking = "there is no [tool.bench] table, but a" if unwritten else "nothing reads the table"
    found = [
        ManifestError(
            f"{shown(file)}{line_words(file, tuple(name.split('.')))}: {lacking} [{name}]",
            hint=f"is [tool.bench] meant? {REMEDY}",
        )
        for name in misspelt
    ]
    try:
        manifest = Manifest.model_validate(joined((table, *misspelt.values())))
    except ValidationError as error:
        found += [
            ManifestError(f"{where(file, ('tool', 'bench', *at))}: {what}", hint=f"{question}{REMEDY}")
            for at, what, question in mistakes(error, _fields_at)
        ]
        raise together(ManifestError, shown(file), found, REMEDY) from error
    if found:
        raise together(ManifestError, shown(file), found, REMEDY)
    return manifest


def _fields_at(place: Place) -> Collection[str]:
    match place:
        case ():
            return Manifest.model_fields
        case ("variants", _) | ("bare_site",) | ("batteries_site",):
            return Variant.model_fields
        case ("not_offered", _):
            return NotOffered.model_fields
    return ()


def read_project(document: dict[str, Any], file: Path) -> dict[str, Any]:
    """The `[project]` table, empty where there is none; raises ManifestError where it is no table."""
    return _table(document, "project", file)


def read_requires_python(document: dict[str, Any], file: Path) -> str:
    """The versions of Python that the app runs on.

    Raises:
        ManifestError: it does not say.
    """
    found = _table(document, "project", file).get("requires-python")
    if not isinstance(found, str):
        raise ManifestError(
            f"{where(file, ('project', 'requires-python'))} is {'missing' if found is None else 'no text'}",
            hint='add requires-python = ">=3.13"',
        )
    return found


def where(file: Path, place: Place) -> str:
    """A place of a file, with the line that it stands at or is nearest to, where there is one: begins a message."""
    return f"{shown(file)}{line_words(file, place)}: {_place_words(place) or 'the file'}"


def _place_words(place: Place) -> str:
    named = next((count for count, part in enumerate(place) if isinstance(part, int)), len(place))
    return place_words((".".join(map(str, place[:named])), *place[named:]))


def line_words(file: Path, place: Place) -> str:
    """`, line 12`, where a place of a file stands, or else the nearest that it is in; empty where there is none."""
    try:
        line = line_of(file.read_text(encoding="utf-8-sig"), place)
    except (OSError, ValueError, RecursionError):
        return ""
    return f", line {line}" if line else ""


def shown(path: Path) -> str:
    """A path for people, whatever bytes are in it."""
    return os.fsencode(path).decode(errors="backslashreplace")


def _table(document: dict[str, Any], name: str, file: Path, place: str = "") -> dict[str, Any]:
    found = document.get(name, {})
    parts = tuple((place or name).split("."))
    like = next((key for key, each in document.items() if is_alike(key, name) and isinstance(each, dict)), None)
    if name not in document and like is not None:
        there_is = (*parts[:-1], like)
        raise ManifestError(
            f"{shown(file)}{line_words(file, there_is)}: there is no [{place or name}] table, but a "
            f"[{'.'.join(there_is)}]",
            hint=f"is [{place or name}] meant? {REMEDY}",
        )
    if not isinstance(found, dict):
        raise ManifestError(
            f"{where(file, parts)} should be a table, and is a {_KINDS.get(type(found), 'value')}",
            hint=f"write it as [{place or name}] with its fields below; {REMEDY}",
        )
    return found


_KINDS: Final[dict[type, str]] = {str: "text", list: "list", int: "number", float: "number", bool: "truth value"}
