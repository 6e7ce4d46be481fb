"""Tells from a distribution's code what servers can call in it: a WSGI application, an ASGI one, or both."""

import ast
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from harness.catalog.package import ApplicationType
from harness.model.app import Interface

_LONGEST_BYTES: Final = 2_000_000
_TELLING: Final = {b"start_response": Interface.WSGI, b"receive": Interface.ASGI}
"""Words that stand in every file that has such an application; reading code takes longer than looking for words."""

_ASIDE: Final = frozenset({"test", "tests", "testing", "examples", "example", "docs"})


def application_types(folder: Path) -> tuple[ApplicationType, ...]:
    """The classes of the code in this folder that servers can call, one for each interface.

    A class is one by the arguments of its `__call__`: `environ, start_response` (PEP 3333), or `scope, receive, send`
    (asgi.readthedocs.io). Of several, the one that is nearest to the top is named.
    """
    found: dict[Interface, ApplicationType] = {}
    for file in sorted(folder.rglob("*.py"), key=lambda path: (len(path.parts), path)):
        inside = file.relative_to(folder)
        if _ASIDE & {part.casefold() for part in (*inside.parts[:-1], inside.stem)}:
            continue
        for interface, name in _classes(file):
            module = ".".join(inside.with_suffix("").parts).removesuffix(".__init__")
            found.setdefault(interface, ApplicationType(interface=interface, name=f"{module}.{name}"))
    return tuple(found[interface] for interface in sorted(found))


def _classes(file: Path) -> Iterator[tuple[Interface, str]]:
    try:
        if file.stat().st_size > _LONGEST_BYTES:
            return
        code = file.read_bytes()
        if not any(word in code for word in _TELLING):
            return
        with warnings.catch_warnings(action="ignore"):  # They are for its authors.
            tree = ast.parse(code)
    except (OSError, ValueError, SyntaxError, RecursionError):  # such as a template of code
        return
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            for interface in _called_as(node.body):
                yield interface, node.name


def _called_as(body: Iterable[ast.stmt]) -> Iterator[Interface]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == "__call__":
            names = [each.arg.strip("_") for each in (*node.args.posonlyargs, *node.args.args)][1:]
            if names == ["scope", "receive", "send"]:
                yield Interface.ASGI
            elif names[1:] == ["start_response"]:
                yield Interface.WSGI
