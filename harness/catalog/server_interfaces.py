"""By which interface a server calls an app, as far as its command tells."""

from collections.abc import Collection, Sequence
from functools import partial
from pathlib import Path, PurePath
from typing import Final, NamedTuple

from harness.catalog.project_file import see_to_each, where
from harness.catalog.server_file import ServerDeployment
from harness.mistake import Place
from harness.model.app import Interface, Manifest, Variant
from harness.model.errors import ManifestError

_ASGI: Final = frozenset({Interface.ASGI})
_WSGI: Final = frozenset({Interface.WSGI})
_NATIVE: Final = frozenset({Interface.NATIVE})

_BY_PROGRAM: Final = {
    "daphne": _ASGI,
    "fastapi": _ASGI,
    "flask": _WSGI,
    "mod_wsgi-express": _WSGI,
    "pserve": _WSGI,
    "uwsgi": _WSGI,
    "waitress-serve": _WSGI,
}
"""Programs that call apps by one interface only."""

_BY_NAME: Final = {
    "daphne": _ASGI,
    "hypercorn": _ASGI | _WSGI,
    "uvicorn": _ASGI | _WSGI,
    "waitress": _WSGI,
    "werkzeug": _WSGI,
    "wsgiref": _WSGI,
}
"""What a manifest calls a server that the app starts by itself, where the command tells nothing."""

_WSGI_WORKERS: Final = frozenset({"eventlet", "gevent", "gevent_pywsgi", "gevent_wsgi", "gthread", "sync"})
_ASGI_WORKERS: Final = ("asgi", "uvicorn.workers.", "uvicorn_worker.")
"""Gunicorn's workers, docs.gunicorn.org; one that is neither may be called by anything."""

_OF_GRANIAN: Final = {"asgi": _ASGI, "asginl": _ASGI, "wsgi": _WSGI, "rsgi": _NATIVE}


class Spoken(NamedTuple):
    """A server, and the interfaces that it calls apps by."""

    server: str
    interfaces: Collection[Interface]


def see_to_interfaces(manifest: Manifest, file: Path) -> None:
    """Raises ManifestError where a variant or a site is said to be called otherwise than its server calls apps."""
    tables: list[tuple[Place, Variant]] = [(("variants", name), each) for name, each in manifest.variants.items()]
    tables += [((name.replace("-", "_"),), site) for name, site in manifest.sites.items()]
    configured = (file.parent / "gunicorn.conf.py").exists()
    see_to_each(file, (partial(_see_to_interface, file, place, each, configured) for place, each in tables))


def _see_to_interface(file: Path, place: Place, variant: Variant, configured: bool) -> None:  # noqa: FBT001 - of one loop
    spoken = spoken_by(variant, configured=configured)
    if spoken is not None and variant.interface not in spoken.interfaces:
        right = sorted(spoken.interfaces)
        raise ManifestError(
            f"{where(file, ('tool', 'bench', *place, 'interface'))}: {spoken.server} calls apps by "
            f"{_listed(right)}, and this says {variant.interface.value}",
            hint=f"write interface = {' or '.join(f'"{each}"' for each in right)}, or name the server that is "
            "meant in server and command",
        )


def see_to_table(deployment: ServerDeployment, interface: Interface, file: Path) -> None:
    """Raises ManifestError where a server of a servers folder stands in the table of another interface."""
    spoken = spoken_by(deployment.variant(interface, "app:app"))
    if spoken is not None and interface not in spoken.interfaces:
        right = sorted(spoken.interfaces)
        raise ManifestError(
            f"{where(file, (interface.value,))}: {spoken.server} calls apps by {_listed(right)}",
            hint=f"put it in the table {' or '.join(f'[{each}]' for each in right)}, or name the right server",
        )


def spoken_by(variant: Variant, *, configured: bool = False) -> Spoken | None:
    """What the server calls apps by; None where that can't be told.

    `configured`: a file that the command does not name may tell Gunicorn to take other workers.
    """
    program, rest = _program(variant.command)
    found: Collection[Interface] | None = _BY_PROGRAM.get(program)
    match program:
        case "gunicorn":
            return None if configured else _by_gunicorn(rest, variant.environment)
        case "uvicorn" if "UVICORN_INTERFACE" not in variant.environment:
            found = _WSGI if _option(rest, "--interface") == "wsgi" else _ASGI
        case "granian" if "GRANIAN_INTERFACE" not in variant.environment:
            found = _OF_GRANIAN.get(_option(rest, "--interface") or "rsgi")
        case "hypercorn":
            begun = {word.partition(":")[0] for word in rest if word.count(":") > 1}
            found = _WSGI if "wsgi" in begun else _ASGI if "asgi" in begun else _BY_NAME[program]
        case "python":
            program = next(iter(variant.server.casefold().split()), "")
            found = _BY_NAME.get(program)
    return Spoken(program, found) if found else None


def _by_gunicorn(rest: Sequence[str], environment: Collection[str]) -> Spoken | None:
    worker = _option(rest, "--worker-class", "-k")
    if worker is None and (_option(rest, "--config", "-c") or "GUNICORN_CMD_ARGS" in environment):
        return None
    worker = worker or "sync"
    found = _WSGI if worker in _WSGI_WORKERS else _ASGI if worker.startswith(_ASGI_WORKERS) else None
    return Spoken(f"gunicorn with {worker} workers", found) if found else None


def _program(command: Sequence[str]) -> tuple[str, Sequence[str]]:
    """The program's name and its arguments; of `python -m NAME`, that module's."""
    name = PurePath(command[0]).name
    if name.startswith("python"):
        if len(command) > 2 and command[1] == "-m":  # noqa: PLR2004 - the module's name comes third
            return command[2], command[3:]
        return "python", command[1:]
    return name, command[1:]


def _option(words: Sequence[str], *names: str) -> str | None:
    """The value of an option, however it is written."""
    for at, word in enumerate(words):
        for name in names:
            if word == name and at + 1 < len(words):
                return words[at + 1]
            if word.startswith(f"{name}="):
                return word.partition("=")[2]
            if not name.startswith("--") and not word.startswith("--") and word.startswith(name) and word != name:
                return word.removeprefix(name)
    return None


def _listed(interfaces: Sequence[Interface]) -> str:
    named = [each.upper() if each is not Interface.NATIVE else "RSGI, which is native" for each in interfaces]
    return " or ".join(named)
