"""Tells from a framework's metadata how servers call it."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from harness.model.app import Interface
from harness.model.errors import UsageError
from harness.model.package import Package

_NEEDED: Final = {
    Interface.WSGI: frozenset({"gunicorn", "waitress", "webob", "werkzeug"}),
    Interface.ASGI: frozenset({"asgiref", "daphne", "granian", "hypercorn", "starlette", "uvicorn"}),
}
"""Distributions that only apps of this interface have a use for."""

_ASYNCIO: Final = "Framework :: AsyncIO"


def infer_interface(package: Package) -> tuple[Interface, str]:
    """The interface of a framework, and what tells it.

    Its own words (classifiers, keywords, summary) count before its dependencies: an ASGI framework may well borrow
    from a WSGI one.

    Raises:
        UsageError: nothing tells, or both are told.
    """
    for clues in (list(_words(package)), list(_dependencies(package)), list(_event_loop(package))):
        told = {interface for interface, _ in clues}
        if len(told) > 1:
            why = " and ".join(dict(reversed(clues)).values())
            raise UsageError(
                f"{package.name} {package.version} seems to be both WSGI and ASGI: {why}",
                hint="choose with --interface wsgi or --interface asgi",
            )
        if told:
            return clues[0]
    raise UsageError(
        f"nothing in the metadata of {package.name} {package.version} tells whether it is WSGI or ASGI",
        hint="its documentation does: add --interface wsgi or --interface asgi, or --like an app that is alike",
    )


def _words(package: Package) -> Iterator[tuple[Interface, str]]:
    places = (
        ("its classifiers say", package.classifiers),
        ("its keywords say", package.keywords),
        ("its summary says", (package.summary,)),
    )
    for says, texts in places:
        for interface in (Interface.WSGI, Interface.ASGI):
            if _mentioned(interface, texts):
                yield interface, f"{says} {interface.upper()}"


def _mentioned(interface: Interface, texts: Iterable[str]) -> bool:
    return any(re.search(rf"\b{interface}\b", text, re.IGNORECASE) for text in texts)


def _dependencies(package: Package) -> Iterator[tuple[Interface, str]]:
    for interface, telling in _NEEDED.items():
        for name in package.requires:
            if name in telling:
                yield interface, f"it needs {name}"


def _event_loop(package: Package) -> Iterator[tuple[Interface, str]]:
    if _ASYNCIO in package.classifiers:
        yield Interface.ASGI, f"its classifiers say {_ASYNCIO}"
