"""Tells from what a framework's distribution holds how servers call it, or says what is to be asked of its author."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from harness.catalog.package import Package
from harness.model.app import Interface
from harness.model.errors import UsageError

_NEEDED: Final = {
    Interface.WSGI: frozenset({"django", "gunicorn", "waitress", "webob", "werkzeug"}),
    Interface.ASGI: frozenset({"asgiref", "daphne", "django", "granian", "hypercorn", "starlette", "uvicorn"}),
}
"""Distributions that only apps of this interface have a use for. Apps on Django may be either."""
_OWN_SERVERS: Final = frozenset({"aiohttp", "tornado", "twisted"})
"""Distributions with a server of their own, which calls apps by neither. Who needs one may serve by it."""

_WEB: Final = "Topic :: Internet :: WWW/HTTP"
"""How the classifiers of what serves the web begin."""
_WEB_FRAMEWORK: Final = re.compile(r"\b(web|http)\b.*\bframework\b|\bframework\b.*\b(web|http)\b", re.IGNORECASE)

_CHOOSE: Final = "--interface wsgi, asgi, or native (its own server, or one made for it)"


def infer_interface(package: Package) -> tuple[Interface, str]:
    """The interface of a framework, and what tells it.

    What can be called in its code counts before its own words (classifiers, keywords, summary), and these before its
    dependencies: an ASGI framework may well borrow from a WSGI one. That it is asynchronous tells nothing.

    Raises:
        UsageError: nothing tells, or both are told.
    """
    for clues in (list(_applications(package)), list(_words(package)), list(_dependencies(package))):
        told = dict(reversed(clues))  # the first clue of each
        if len(told) > 1:
            why = dict.fromkeys(told[interface] for interface in Interface if interface in told)
            raise UsageError(
                f"{package.name} {package.version} seems to be both WSGI and ASGI: {' and '.join(why)}",
                hint=f"its documentation tells which: add {_CHOOSE}",
            )
        if told:
            _see_that_it_is_not_served_otherwise(package, clues)
            return clues[0]
    programs = f"the program{'s' if package.programs[1:] else ''} {' and '.join(package.programs)}"
    program = f"; it installs {programs}" if package.programs else ""
    raise UsageError(
        f"nothing in {package.name} {package.version} tells how servers call it: no WSGI or ASGI application is in its "
        f"code, and neither word in its metadata{program}",
        hint=f"its documentation does: add {_CHOOSE}, or --like an app that is alike",
    )


def _see_that_it_is_not_served_otherwise(package: Package, clues: list[tuple[Interface, str]]) -> None:
    """Raises UsageError where nothing but what it needs tells an interface, and it needs what has a server too."""
    own = [name for name in package.requires if name in _OWN_SERVERS]
    if own and clues == list(_dependencies(package)):
        interface, why = clues[0]
        raise UsageError(
            f"{package.name} {package.version} may be {interface.upper()} ({why}), or served by {own[0]}, which it "
            "needs too",
            hint=f"its documentation tells which: add {_CHOOSE}",
        )


def see_to_framework(package: Package) -> None:
    """See that a distribution is a web framework by its own code or words: an app's name may be anybody's by chance.

    Raises:
        UsageError: Nothing in it says so.
    """
    said = (package.summary, *package.keywords)
    if (
        package.applications
        or any(_words(package))
        or any(each.startswith(_WEB) for each in package.classifiers)
        or any(_WEB_FRAMEWORK.search(each) for each in said)
    ):
        return
    raise UsageError(
        f"the package index has a {package.name} {package.version}, and nothing in it says that it is a web framework"
        + (f": {package.summary}" if package.summary else ""),
        hint=f"if it is the one, name it: --package {package.name}; if not, name the framework's with --package, or an "
        "app to begin with a copy of, and of its framework, with --like",
    )


def another_interface(package: Package, copied: Interface) -> str | None:
    """What to beware of where a framework is called otherwise than the app that is copied for it; None as far as known.

    One that brings a server of its own may be called by anything.
    """
    try:
        found, why = infer_interface(package)
    except UsageError:  # It may be either.
        return None
    if found is copied or copied is Interface.NATIVE:
        return None
    return (
        f"{package.name} is called by {found.upper()} ({why}), and the copy by {copied.upper()}: its server can't call "
        f"{package.name}. Copy an app on {found.upper()} instead, or begin with --interface {found.value}"
    )


def _applications(package: Package) -> Iterator[tuple[Interface, str]]:
    for each in package.applications:
        yield each.interface, f"{each.name} is called by {each.interface.upper()}"


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
