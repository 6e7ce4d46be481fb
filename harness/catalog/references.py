"""What a manifest names that stands elsewhere: a distribution of the app's lock, and another app."""

import re
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final

from packaging.utils import canonicalize_name

from harness.catalog.project_file import shown
from harness.model.app import App, Manifest
from harness.model.errors import ManifestError, meant

_LOCKED: Final = re.compile(r'^\[\[package\]\]\r?\nname = "([^"]+)"', re.MULTILINE)
"""As uv writes it. Reading a lock as TOML would take longer than all else that is read of an app."""


def see_to_package(manifest: Manifest, file: Path, lock: Path) -> None:
    """Raises ManifestError where the framework's distribution is none of those that the lock pins."""
    if manifest.package is None:
        return
    try:
        locked = set(_LOCKED.findall(lock.read_text(encoding="utf-8", errors="replace")))
    except OSError as error:
        raise ManifestError(f"{shown(lock)} can't be read: {error.strerror}", hint="check its rights") from error
    wanted = canonicalize_name(manifest.package)
    if wanted not in locked:
        raise ManifestError(
            f"{shown(file)}: tool.bench.package: no distribution '{manifest.package}' is in its uv.lock",
            hint=f"{meant(wanted, locked)}name the framework's distribution as its dependencies do; "
            "if it is none of them yet: "
            f"uv add --project {shown(file.parent)} DISTRIBUTION",
        )


def see_to_layers(apps: Sequence[App], beside: Collection[str]) -> None:
    """Raises ManifestError where an app is built on one that is neither among the `apps` nor those `beside` them."""
    known = {app.name for app in apps} | set(beside)
    for app in apps:
        layer, others = app.manifest.built_on, known - {app.name}
        if layer is not None and layer not in others:
            raise ManifestError(
                f"{shown(app.folder / 'pyproject.toml')}: tool.bench.built_on: there is no other app '{layer}'",
                hint=f"{meant(layer, others)}name the app of that layer, without _app "
                f"({', '.join(sorted(others)) or 'there is none here'}), "
                "or leave the field out",
            )
