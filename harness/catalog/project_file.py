"""Read an app's `pyproject.toml`; what can't be used is named by file and field."""

import os
import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from harness.catalog.misspelt_tables import joined, meant_as_manifest
from harness.mistake import Place, at_every_look, place_words, together, toml_words
from harness.model.app import Manifest, NotOffered, Variant
from harness.model.errors import ManifestError, is_alike
from harness.toml_lines import line_of

LONGEST_BYTES: Final = 1024 * 1024
REMEDY: Final = "docs/add-a-framework.md#the-manifest has every field"
"""Where a manifest is wrong, whatever the mistake."""
_BENCH: Final = ("tool", "bench")


class Gathered:
    """What is wrong with a manifest, told at once."""

    def __init__(self, file: Path, remedy: str = REMEDY) -> None:
        self._file, self._remedy = file, remedy
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
            raise together(ManifestError, shown(self._file), self._errors, self._remedy)


def see_to_each(file: Path, checks: Iterable[Callable[[], object]], remedy: str = REMEDY) -> None:
    """Make checks of a manifest, or of another file with this remedy, of which none depends on another.

    Raises:
        ManifestError: All that is wrong by any.
    """
    gathered = Gathered(file, remedy)
    for check in checks:
        with gathered.any():
            check()
    gathered.tell()


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
    whole = joined((table, *misspelt.values()))
    try:
        manifest = Manifest.model_validate(whole)
    except ValidationError as error:
        mistakes, meant_so = at_every_look(whole, Manifest, _fields_at)
        found += [
            ManifestError(f"{where(file, (*_BENCH, *at), (*_BENCH, *meant_so.as_written(at)))}: {what}", hint=hint)
            for at, what, question in mistakes
            for hint in (f"{question}{REMEDY}",)
        ]
        raise together(ManifestError, shown(file), found, REMEDY) from error
    if found:
        raise together(ManifestError, shown(file), found, REMEDY)
    return manifest


def as_far_as_known(document: dict[str, Any]) -> tuple[Manifest | None, bool]:
    """A manifest that has mistakes as it is likely meant, or None, and whether all its variants are in it.

    What is wrong in other ways than by its spelling is left out, or something takes its place
    that nothing else depends on.
    """
    tools = document.get("tool")
    table = tools.get("bench") if isinstance(tools, dict) else None
    tables = ([table] if isinstance(table, dict) else []) + list(meant_as_manifest(document).values())
    whole = at_every_look(joined(tables), Manifest, _fields_at)[1].document
    for _ in range(_MOST_REPAIRS):
        try:
            manifest = Manifest.model_validate(whole)
        except ValidationError as error:
            for each in error.errors(include_url=False):
                _leave_out(whole, (*each["loc"], *each.get("ctx", {}).get("at", ())))
        else:
            variants = table.get("variants") if isinstance(table, dict) else None
            return manifest, isinstance(variants, dict) and len(variants) == len(manifest.variants)
    return None, False


_MOST_REPAIRS: Final = 4
_STAND_INS: Final[dict[str, object]] = {
    "title": "unknown",
    "family": "micro",
    "endpoints": ["hello"],
    "variants": {"unknown": {"server": "unknown", "interface": "native", "command": ["unknown"], "why": "unknown"}},
}
"""For fields that have to be there: no check of a manifest goes by these."""


def _leave_out(whole: dict[str, Any], place: Place) -> None:
    match place:
        case ("variants" | "not_offered" | "deviates" as table, name, *_) if isinstance(whole.get(table), dict):
            whole[table].pop(name, None)
        case (str(field), *_) if field in _STAND_INS:
            whole[field] = _STAND_INS[field]
        case (str(field), *_):
            whole.pop(field, None)


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


def where(file: Path, place: Place, written: Place | None = None) -> str:
    """A place of a file, with the line that it stands at or is nearest to, where there is one: begins a message.

    `written` is the place as the file calls it, where that is misspelt.
    """
    return f"{shown(file)}{line_words(file, written or place)}: {_place_words(place) or 'the file'}"


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
