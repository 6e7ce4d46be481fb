"""Which packages of an environment were built where it was made: its lock has no wheel of them for its Python."""

import re
from pathlib import Path
from typing import Final

from packaging.tags import Tag, parse_tag
from packaging.utils import canonicalize_name

from harness.host.interpreter import Environment

_PACKAGE: Final = "[[package]]\n"
_NAME: Final = re.compile(r'^name = "([^"]+)"', re.MULTILINE)
_SOURCE: Final = "\nsdist = "
_WHEEL: Final = re.compile(r'([^/"]+)\.whl"')
_TAGS: Final = 3
"""A wheel's name ends with so many: for which Python, ABI and platform it is."""


def built_packages(lock: Path, environment: Environment) -> tuple[str, ...]:
    """The distributions that are installed from none of the wheels that the lock names, while it names their source.

    A wheel's tags say what it is for, and stay with what is installed from it
    (https://packaging.python.org/specifications/binary-distribution-format/). One that was built on the spot is tagged
    for this Python and this machine, or, where it has no part in C, for any: as none is that was published.
    """
    published = _published(lock.read_text(encoding="utf-8"))
    built = []
    for name, found in environment.installed.items():
        wheels = published.get(canonicalize_name(name))
        tags = {tag for each in found.tags for tag in _parsed(each)}
        if wheels is not None and tags and tags.isdisjoint(wheels):
            built.append(name)
    return tuple(sorted(built))


def _published(lock: str) -> dict[str, set[Tag]]:
    """The tags of all wheels that the lock names, by package; of those that it names the source of too."""
    published: dict[str, set[Tag]] = {}
    for package in lock.split(_PACKAGE)[1:]:
        if (name := _NAME.search(package)) and _SOURCE in package:
            tags = published.setdefault(name[1], set())
            for wheel in _WHEEL.findall(package):
                tags |= _parsed("-".join(wheel.split("-")[-_TAGS:]))
    return published


def _parsed(tag: str) -> frozenset[Tag]:
    """None where it is no tag, as metadata of old wheels may have it."""
    try:
        return parse_tag(tag)
    except ValueError:
        return frozenset()
