"""The servers on which all apps of an interface can be measured: a file for each, in the folder `servers` of the apps.

An app says nowhere that it is served by one of them. Where its application is, its variant on the shared server tells.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache, partial
from pathlib import Path
from typing import Final

from packaging.utils import canonicalize_name
from pydantic import ValidationError

from harness.catalog.blank_texts import see_to_blank_texts
from harness.catalog.project_file import read_document, see_to_each, shown, where
from harness.catalog.references import see_to_deviations
from harness.catalog.server_file import ServerDeployment, ServerFile
from harness.catalog.server_interfaces import see_to_table
from harness.catalog.shared_server import application_of, shared_server
from harness.mistake import Place, at_every_look, together
from harness.model.app import CONTROLLED, Interface, Manifest, OnServer
from harness.model.errors import ManifestError

FOLDER: Final = "servers"
"""Below the folder of the apps."""

_SHIPPED: Final = Path(__file__).parents[2] / "apps" / FOLDER
_REMEDY: Final = "docs/servers.md#add-a-server shows such a file"
_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,39}")
_LINK: Final = re.compile(r"\bhttps?://\S+\.\S")


def find_servers(apps_folder: Path) -> dict[str, ServerFile]:
    """The servers by name: those of the harness, and those beside the apps in this folder, which stand before them.

    Raises:
        ManifestError: A file can't be used.
    """
    found: dict[str, ServerFile] = {}
    for folder in dict.fromkeys((_SHIPPED, apps_folder.resolve() / FOLDER)):
        for file in sorted(folder.glob("*.toml")):
            found[file.stem] = read_server(file)
    return dict(sorted(found.items()))


def read_server(file: Path) -> ServerFile:
    """Read one server's file; raises ManifestError naming the file, the field and what is wrong with it."""
    return _read(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _read(file: Path, _changed_ns: int) -> ServerFile:
    if not _NAME.fullmatch(file.stem):
        raise ManifestError(
            f"'{file.stem}' can't be the name of a variant, which is that of the file: {shown(file)}",
            hint="rename the file: small letters, digits and -, at most 40, the first a letter",
        )
    document = read_document(file)
    try:
        server = ServerFile.model_validate(document)
    except ValidationError as error:
        mistakes, meant_so = at_every_look(document, ServerFile, _fields_at)
        found = [
            ManifestError(f"{where(file, at, meant_so.as_written(at))}: {what}", hint=f"{question}{_REMEDY}")
            for at, what, question in mistakes
        ]
        raise together(ManifestError, shown(file), found, _REMEDY) from error
    _see_to(server, file)
    return server


def _see_to(server: ServerFile, file: Path) -> None:
    if server.wsgi is None and server.asgi is None:
        raise ManifestError(
            f"{shown(file)}: it has neither a table [wsgi] nor [asgi]", hint="say how it is started for apps of one"
        )
    tables = ((Interface.WSGI, server.wsgi), (Interface.ASGI, server.asgi))
    see_to_each(
        file,
        (
            *(
                partial(see_to, deployment, interface, file)
                for interface, deployment in tables
                if deployment
                for see_to in (_see_to_application, see_to_table, _see_to_deviations, _see_to_functions)
            ),
            partial(see_to_blank_texts, server, file, (), _REMEDY),
            *(partial(_see_to_spelling, name, file) for name in server.packages),
            *(partial(_see_to_link, reason, ("unfit", app), file) for app, reason in server.unfit.items()),
        ),
        _REMEDY,
    )


def _see_to_application(deployment: ServerDeployment, interface: Interface, file: Path) -> None:
    if not any("${APPLICATION}" in word for word in deployment.command):
        raise ManifestError(
            f"{where(file, (interface.value, 'command'))}: it has no ${{APPLICATION}}",
            hint="put it where the application stands",
        )


def _see_to_deviations(deployment: ServerDeployment, interface: Interface, file: Path) -> None:
    see_to_deviations(deployment.deviates, file, (interface.value, "deviates"))


def _see_to_functions(deployment: ServerDeployment, interface: Interface, file: Path) -> None:
    if deployment.calls_no_function and not _LINK.search(deployment.calls_no_function):
        raise ManifestError(
            f"{where(file, (interface.value, 'calls_no_function'))}: it has no link to where that is said",
            hint='write why, and where that is told: "it takes an object alone, https://..."',
        )


def _see_to_spelling(name: str, file: Path) -> None:
    if name != canonicalize_name(name):
        raise ManifestError(
            f"{where(file, ('packages', name))}: indexes call it {canonicalize_name(name)}", hint="write it so"
        )


def _see_to_link(reason: str, place: Place, file: Path) -> None:
    if not _LINK.search(reason):
        raise ManifestError(
            f"{where(file, place)}: it has no link to where that is said",
            hint='write what happens and where that is told: "loses events, https://..."',
        )


def _fields_at(place: Place) -> Collection[str]:
    match place:
        case ():
            return ServerFile.model_fields
        case ("wsgi" | "asgi",):
            return ServerDeployment.model_fields
    return ()


def on_servers(
    name: str, manifest: Manifest, servers: Mapping[str, ServerFile]
) -> tuple[dict[str, OnServer], dict[str, str]]:
    """How an app is deployed on each of the servers that can serve it, and why it is not on each of the others.

    One that has a variant of the same name by itself keeps that. The interface is that of the app's `controlled`
    variant, where the server can call both.
    """
    taken = {each for key, variant in manifest.variants.items() for each in (key, *variant.also)}
    places = dict(_applications(manifest))
    found: dict[str, OnServer] = {}
    refused: dict[str, str] = {}
    for server, file in servers.items():
        if server in taken:
            continue
        if name in file.unfit:
            refused[server] = f"{server} does not serve it: {file.unfit[name]}"
            continue
        callable_so = [(each, places[each], of) for each in places if (of := file.of(each))]
        fitting = [each for each in callable_so if each[2].takes(each[1])]
        if fitting:
            interface, application, deployment = fitting[0]
            variant = deployment.variant(interface, application)
            found[server] = OnServer(variant=variant, packages=file.packages, deviates=deployment.deviates)
        elif callable_so:
            refused[server] = f"{server} serves no app that a function makes: {callable_so[0][2].calls_no_function}"
        else:
            refused[server] = _why_not_called(server, file, manifest)
    return found, refused


def _why_not_called(server: str, file: ServerFile, manifest: Manifest) -> str:
    """Why a server has no way to call an app."""
    its = [each for each in Interface if file.of(each)]
    own = dict.fromkeys(variant.interface for variant in manifest.variants.values())
    for each in own:
        if each in its and (shared := shared_server(each)):
            return f"{server} finds an app where a variant on {shared.server} says that it is, and it has none"
    words = (each.upper() if each is not Interface.NATIVE else "an interface of its own" for each in own)
    return f"{server} serves apps on {' and '.join(each.upper() for each in its)}, and this is on {' and '.join(words)}"


def _applications(manifest: Manifest) -> Iterator[tuple[Interface, str]]:
    """Where the app's application is, by interface; that of `controlled` first."""
    variants = sorted(manifest.variants.items(), key=lambda item: CONTROLLED not in {item[0], *item[1].also})
    seen: set[Interface] = set()
    for _, variant in variants:
        place = application_of(variant)
        if place is not None and variant.interface not in seen:
            seen.add(variant.interface)
            yield variant.interface, place
