"""How commands speak: data on stdout, everything else on stderr.

Everything that is said passes here, and all of it may hold what others wrote: manifests, claims, run folders, servers'
logs, git's names. Secrets are taken out of it, and whatever would steer the terminal is shown as text.
"""

import json
import math
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from harness.mask import masked
from harness.printable import is_hidden, printable


def shown(text: str) -> str:
    """Text as it may be shown."""
    return printable(masked(text))


def counted(number: int, noun: str) -> str:
    """`1 round`, `4 rounds`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def say(text: str) -> None:
    """Print a line for people as it is."""
    sys.stdout.write(f"{shown(text)}\n")
    sys.stdout.flush()


def tell(text: str) -> None:
    """Print a line for people beside the data. Where a bar shows the course of a run, it comes above that."""
    sys.stderr.write(f"{shown(text)}\n")
    sys.stderr.flush()


def tell_error(what: str, hint: str) -> None:
    """Say what went wrong, and what to do next."""
    tell(f"error: {what}\nhint: {hint}")


def print_text(text: str) -> None:
    """Print data that is text of its own, such as Markdown."""
    say(text.removesuffix("\n"))


def print_path(path: Path) -> None:
    """Print a path: its very bytes for a program, whatever they are; for people what can be shown of it."""
    if sys.stdout.isatty():
        say(str(path))
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(os.fsencode(path) + b"\n")
    sys.stdout.buffer.flush()


def print_json(data: object) -> None:
    """Print data for programs. What is no finite number is null, and what can't be seen an escape of JSON's."""
    ascii_only = not sys.stdout.encoding.lower().startswith("utf")
    text = json.dumps(_finite(data), indent=2, default=str, ensure_ascii=ascii_only)
    sys.stdout.write((text if text.isascii() else "".join(map(_json_character, text))) + "\n")
    sys.stdout.flush()


def _json_character(character: str) -> str:
    return json.dumps(character)[1:-1] if is_hidden(character) else character


def _finite(data: object) -> object:
    """Data without numbers that JSON does not know."""
    if isinstance(data, float):
        return data if math.isfinite(data) else None
    if isinstance(data, Mapping):
        return {key: _finite(value) for key, value in data.items()}
    return [_finite(each) for each in data] if isinstance(data, list | tuple) else data
