"""A distribution on the package index, as its metadata describes it."""

from harness.model.base import Contract


class Package(Contract):
    """What the core metadata says (https://packaging.python.org/specifications/core-metadata/)."""

    name: str
    """As its authors spell it, such as `Quart`."""
    version: str
    summary: str = ""
    keywords: tuple[str, ...] = ()
    classifiers: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    """Normalised names of the distributions that it needs without any extra."""
    homepage: str | None = None
