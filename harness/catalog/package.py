"""A distribution on the package index: what its metadata and its code say."""

from harness.model.app import Interface
from harness.model.base import Contract


class ApplicationType(Contract):
    """A class whose objects a server can call."""

    interface: Interface
    name: str
    """With its module: `litestar.app.Litestar`."""


class Package(Contract):
    """What the core metadata says (https://packaging.python.org/specifications/core-metadata/), and what is in it."""

    name: str
    """As its metadata spell it, such as `Quart`, and `python-fasthtml`."""
    title: str | None = None
    """As what it says of itself writes it, such as `FastHTML`; None where that doesn't name it."""
    version: str
    summary: str = ""
    keywords: tuple[str, ...] = ()
    classifiers: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    """Normalised names of the distributions that it needs without any extra."""
    homepage: str | None = None
    programs: tuple[str, ...] = ()
    """The commands that it installs (entry points of the group `console_scripts`)."""
    applications: tuple[ApplicationType, ...] = ()
    """What a server can call in it, one for each interface."""
