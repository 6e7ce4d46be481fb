"""The one server of each interface that all apps are compared on, under the variant name `controlled`."""

import tomllib
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Final

from harness.catalog.flag_differences import flag_differences
from harness.catalog.project_file import where
from harness.model.app import CONTROLLED, DEFAULT, Interface, Manifest, Variant
from harness.model.errors import ManifestError

SKELETONS: Final = Path(__file__).parent / "skeletons"
"""A folder for each interface with an app of a few lines, and a manifest that shows the server."""

_OF_SERVERS: Final = frozenset({"FORWARDED_ALLOW_IPS", "GLIBC_TUNABLES", "PATH", "WEB_CONCURRENCY"})
_PREFIXES_OF_SERVERS: Final = ("GUNICORN_", "LD_", "MALLOC_", "PYTHON", "UVICORN_")
"""Variables that the interpreter and the shared servers obey, behind the back of their command line."""

_APPLICATION: Final = "app:app"
"""The one word of the skeletons' command that is each app's own: where its application is."""


def see_to_shared_server(manifest: Manifest, file: Path) -> None:
    """Raises ManifestError where the variant that serves as `controlled` is not on the server that others share."""
    for name, variant in manifest.variants.items():
        if CONTROLLED not in {name, *variant.also}:
            continue
        shared = shared_server(variant.interface)
        if shared is None:
            _refuse_its_name(name, file)
            continue
        if not variant.server.strip():  # It is told as blank.
            continue
        if _is_same(variant, shared):
            _see_to_environment(name, variant, shared, file)
            continue
        command = " ".join(shared.command).replace(_APPLICATION, "APPLICATION")
        place = ("tool", "bench", "variants", name, *(["also"] if name != CONTROLLED else []))
        raise ManifestError(
            f"{where(file, place)}: `{CONTROLLED}` means {shared.server} for apps on "
            f"{variant.interface.upper()}, with the flags that all of them are compared on; this is "
            f"{_how_it_differs(variant, shared)}",
            hint=f"name another deployment otherwise, such as `{_name_for(variant)}`; "
            f'`{CONTROLLED}` has server = "{shared.server}" and the command: {command}',
        )


def _how_it_differs(variant: Variant, shared: Variant) -> str:
    same = _has_same_command(variant, shared)
    if variant.server != shared.server and (same or variant.command[0] != shared.command[0]):
        return f'its command, and server = "{variant.server}"' if same else variant.server
    return f"{variant.server} with other flags: {'; '.join(flag_differences(variant.command, shared.command))}"


def _refuse_its_name(name: str, file: Path) -> None:
    """A native app has no server to share. Its only one may stand in for that, under its own name."""
    if name == CONTROLLED:
        raise ManifestError(
            f"{where(file, ('tool', 'bench', 'variants', name))}: `{CONTROLLED}` is one server that all apps of an "
            "interface share, and native apps share none",
            hint=f"name it `{DEFAULT}` if it is what the framework recommends, or after its server; where it has no "
            f'other, also = ["{CONTROLLED}"] lets it stand beside those of the other apps',
        )


def _see_to_environment(name: str, variant: Variant, shared: Variant, file: Path) -> None:
    """A variable can do all that a flag can."""
    theirs = [each for each in variant.environment if each in _OF_SERVERS or each.startswith(_PREFIXES_OF_SERVERS)]
    strange = [each for each in theirs if not _only_finds_own_code(each, variant.environment[each])]
    if strange:
        raise ManifestError(
            f"{where(file, ('tool', 'bench', 'variants', name, 'environment'))}: `{CONTROLLED}` means {shared.server} "
            f"for apps on {variant.interface.upper()}, run alike for all that are compared on it; "
            f"{' and '.join(sorted(strange))} "
            f"{'changes' if len(strange) == 1 else 'change'} how the server or its interpreter runs",
            hint=f"name another deployment otherwise, such as `{_name_for(variant)}`; of such variables, "
            f"`{CONTROLLED}` has none but a PYTHONPATH within the app's folder",
        )


def _only_finds_own_code(name: str, value: str) -> bool:
    places = [PurePosixPath(each) for each in value.split(":")]
    return name == "PYTHONPATH" and not any(each.is_absolute() or ".." in each.parts for each in places)


@cache
def shared_server(interface: Interface) -> Variant | None:
    """How `controlled` deploys an app of this interface; None for native ones, which share no server."""
    if interface is Interface.NATIVE:
        return None
    document = tomllib.loads((SKELETONS / interface.value / "manifest.toml").read_text(encoding="utf-8"))
    return Variant.model_validate(document["tool"]["bench"]["variants"][CONTROLLED])


def _is_same(variant: Variant, shared: Variant) -> bool:
    """Whether server and command are the same but for the application's place."""
    return variant.server == shared.server and _has_same_command(variant, shared)


def _has_same_command(variant: Variant, shared: Variant) -> bool:
    return len(variant.command) == len(shared.command) and all(
        common in {own, _APPLICATION} for own, common in zip(variant.command, shared.command, strict=True)
    )


def application_of(variant: Variant) -> str | None:
    """Where the application is, as a variant on its interface's shared server says; None of one on another server."""
    shared = shared_server(variant.interface)
    if shared is None or not _is_same(variant, shared):
        return None
    return variant.command[shared.command.index(_APPLICATION)]


def _name_for(variant: Variant) -> str:
    program = next(iter(variant.server.casefold().split()), "")
    word = "".join(each for each in program if each.isascii() and each.isalnum())
    return word if word[:1].isalpha() else "other"
