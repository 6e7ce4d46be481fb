"""The one server of each interface that all apps are compared on, under the variant name `controlled`."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Final

from harness.catalog.project_file import shown
from harness.model.app import CONTROLLED, Interface, Manifest, Variant
from harness.model.errors import ManifestError

SKELETONS: Final = Path(__file__).parent / "skeletons"
"""A folder for each interface with an app of a few lines, and a manifest that shows the server."""

_APPLICATION: Final = "app:app"
"""The one word of the skeletons' command that is each app's own: where its application is."""


def see_to_shared_server(manifest: Manifest, file: Path) -> None:
    """Raises ManifestError where the variant that serves as `controlled` is not on the server that others share."""
    for name, variant in manifest.variants.items():
        if CONTROLLED not in {name, *variant.also}:
            continue
        shared = shared_server(variant.interface)
        if shared is None or _is_same(variant, shared):
            continue
        command = " ".join(shared.command).replace(_APPLICATION, "APPLICATION")
        field = f"variants.{name}" + (".also" if name != CONTROLLED else "")
        raise ManifestError(
            f"{shown(file)}: tool.bench.{field}: `{CONTROLLED}` means {shared.server} for apps on "
            f"{variant.interface.upper()}, with the flags that all of them are compared on; this is "
            + (f"{variant.server} with other flags" if variant.server == shared.server else variant.server),
            hint=f"name another deployment otherwise, such as `{_name_for(variant)}`; "
            f'`{CONTROLLED}` has server = "{shared.server}" and the command: {command}',
        )


@cache
def shared_server(interface: Interface) -> Variant | None:
    """How `controlled` deploys an app of this interface; None for native ones, which share no server."""
    if interface is Interface.NATIVE:
        return None
    document = tomllib.loads((SKELETONS / interface.value / "manifest.toml").read_text(encoding="utf-8"))
    return Variant.model_validate(document["tool"]["bench"]["variants"][CONTROLLED])


def _is_same(variant: Variant, shared: Variant) -> bool:
    """Whether server and command are the same but for the application's place."""
    if (variant.server, len(variant.command)) != (shared.server, len(shared.command)):
        return False
    return all(common in {own, _APPLICATION} for own, common in zip(variant.command, shared.command, strict=True))


def _name_for(variant: Variant) -> str:
    word = "".join(each for each in variant.server.casefold().split()[0] if each.isascii() and each.isalnum())
    return word if word[:1].isalpha() else "other"
