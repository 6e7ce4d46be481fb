"""Read an app's `pyproject.toml`; what can't be used is named by file and field."""

import os
import re
import tomllib
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from harness.model.app import Manifest, Variant
from harness.model.errors import ManifestError, meant

LONGEST_BYTES: Final = 1024 * 1024
_EXAMPLE: Final = "compare with the table of a shipped app, such as apps/flask_app/pyproject.toml"
_PLAINLY: Final = {
    "missing": "it is missing",
    "extra_forbidden": "there is no such field",
    "tuple_type": "it should be a list, in brackets",
    "dict_type": "it should be a table",
    "model_type": "it should be a table",
}
"""In place of words that only a Python programmer knows, by pydantic's own names of what may be wrong."""


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
        raise ManifestError(f"{shown(file)}: {error}", hint="mend the TOML at that line") from error


def read_manifest(document: dict[str, Any], file: Path) -> Manifest:
    """The `[tool.bench]` table.

    Raises:
        ManifestError: there is none, or a field of it can't be used.
    """
    tools = _table(document, "tool", file)
    if "bench" not in tools:
        raise ManifestError(
            f"{shown(file)} has no [tool.bench] table",
            hint="add the manifest; any folder under apps/ shows a complete one",
        )
    table = _table(tools, "bench", file, "tool.bench")
    try:
        return Manifest.model_validate(table)
    except ValidationError as error:
        problems = error.errors(include_url=False)
        # A field that is spelt wrongly is missing as well, which says less.
        problem = next((each for each in problems if each["type"] == "extra_forbidden"), problems[0])
        place = "tool.bench" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in problem["loc"])
        what = _PLAINLY.get(problem["type"], problem["msg"])
        raise ManifestError(f"{shown(file)}: {place}: {what}", hint=f"{_meant(problem)}{_EXAMPLE}") from error


def _meant(problem: ErrorDetails) -> str:
    """Which field or value is most like the one that there is not; no other value is told, which may be a secret."""
    if problem["type"] == "extra_forbidden":
        *above, field = problem["loc"]
        return meant(str(field), (Variant if above else Manifest).model_fields)
    if problem["type"] == "enum" and isinstance(problem["input"], str):
        return meant(problem["input"], re.findall(r"'([^']+)'", problem["ctx"]["expected"]))
    return ""


def read_requires_python(document: dict[str, Any], file: Path) -> str:
    """The versions of Python that the app runs on.

    Raises:
        ManifestError: it does not say.
    """
    found = _table(document, "project", file).get("requires-python")
    if not isinstance(found, str):
        raise ManifestError(
            f"{shown(file)}: project.requires-python is {'missing' if found is None else 'no text'}",
            hint='add requires-python = ">=3.13"',
        )
    return found


def shown(path: Path) -> str:
    """A path for people, whatever bytes are in it."""
    return os.fsencode(path).decode(errors="backslashreplace")


def _table(document: dict[str, Any], name: str, file: Path, place: str = "") -> dict[str, Any]:
    found = document.get(name, {})
    if not isinstance(found, dict):
        raise ManifestError(
            f"{shown(file)}: {place or name} should be a table, and is a {_KINDS.get(type(found), 'value')}",
            hint=f"write it as [{place or name}] with its fields below; {_EXAMPLE}",
        )
    return found


_KINDS: Final[dict[type, str]] = {str: "text", list: "list", int: "number", float: "number", bool: "truth value"}
