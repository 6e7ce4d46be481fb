"""What a manifest names that stands elsewhere: a distribution of the app's lock, checks, another app."""

import re
import shlex
import sys
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from packaging.utils import canonicalize_name

from harness.catalog.project_file import see_to_each, shown, where
from harness.catalog.stale_lock import see_to_lock
from harness.mistake import Place
from harness.model.app import CONTROLLED, DEFAULT, NO_ORM, App, Libraries, Library, Manifest, Variant
from harness.model.errors import ManifestError, meant
from harness.model.naming import JSON_LIBRARIES

_LINK: Final = re.compile(r"\bhttps?://\S+\.\S")

_SUCH_AS: Final = {"orm": "sqlalchemy 2", "driver": "psycopg 3", "serializer": "msgspec"}
"""What a field may say."""

_LOCKED: Final = re.compile(r'^\[\[package\]\]\r?\nname = "([^"]+)"(?:\r?\nversion = "([^"]+)")?', re.MULTILINE)
"""As uv writes it. Reading a lock as TOML would take longer than all else that is read of an app."""


def see_to_package(manifest: Manifest, file: Path, locked: Mapping[str, str], project: Mapping[str, Any]) -> None:
    """Raises ManifestError where the framework's distribution is none of those that the lock pins.

    `project` is the table of that name, which a lock may be older than.
    """
    if manifest.package is None:
        return
    wanted = canonicalize_name(manifest.package)
    if wanted not in locked:
        see_to_lock(project, file, locked)
        raise ManifestError(
            f"{where(file, ('tool', 'bench', 'package'))}: no distribution '{manifest.package}' is in its uv.lock",
            hint=f"{meant(wanted, locked)}name the framework's distribution as its dependencies do; "
            f"if it is none of them yet: {shlex.join(('uv', 'add', '--project', shown(file.parent), 'DISTRIBUTION'))}",
        )


def see_to_libraries(manifest: Manifest, file: Path, locked: Mapping[str, str], project: Mapping[str, Any]) -> None:
    """Raises ManifestError where an ORM, a driver or a serializer is said that the app does not have.

    `locked` are the versions of what its lock pins, which may be older than the `project` table; a variant has its own
    packages beside.
    """
    tables: list[tuple[Place, Manifest | Variant, Mapping[str, str]]] = [(("tool", "bench"), manifest, locked)]
    for name, each in manifest.variants.items():
        place = ("tool", "bench", "variants", name)
        for package in each.packages:
            if package != canonicalize_name(package):
                raise ManifestError(
                    f"{where(file, (*place, 'packages', package))}: indexes call it {canonicalize_name(package)}",
                    hint="write it so",
                )
        tables.append((place, each, {**locked, **each.packages}))
    see_to_each(
        file,
        (
            partial(_see_to_library, file, (*at, field), getattr(table, field), has, locked, project)
            for at, table, has in tables
            for field in Libraries.model_fields
        ),
    )


def see_to_loaded(manifest: Manifest, file: Path, locked: Mapping[str, str], project: Mapping[str, Any]) -> None:
    """Raises ManifestError where something is said to be loaded that no check asks about, or that the app has not."""
    see_to_each(
        file,
        (
            partial(_see_to_loaded, file, ("tool", "bench", "also_loads", number), name, manifest, locked, project)
            for number, name in enumerate(manifest.also_loads)
        ),
    )


def _see_to_loaded(  # noqa: PLR0913, PLR0917 - as of what a library is said to be
    file: Path,
    place: Place,
    name: str,
    manifest: Manifest,
    locked: Mapping[str, str],
    project: Mapping[str, Any],
) -> None:
    wanted, asked_about = canonicalize_name(name), sorted(JSON_LIBRARIES.values())
    if wanted not in asked_about:
        raise ManifestError(
            f"{where(file, place)}: nothing asks whether '{name}' writes JSON",
            hint=f"{meant(wanted, asked_about)}choose from: {', '.join(asked_about)}; leave out what is none of these",
        )
    if manifest.serializer is not None and canonicalize_name(manifest.serializer.partition(" ")[0]) == wanted:
        raise ManifestError(
            f"{where(file, place)}: '{name}' is said to write the JSON, by `serializer`",
            hint="leave it out here, or name what writes the JSON there",
        )
    if wanted not in locked and not any(wanted in each.packages for each in manifest.variants.values()):
        see_to_lock(project, file, locked)
        raise ManifestError(
            f"{where(file, place)}: '{name}' is no distribution that it has",
            hint="leave it out: what is not installed is not loaded",
        )


def _see_to_library(  # noqa: PLR0913, PLR0917 - what is said, and all that it may be about
    file: Path,
    place: Place,
    said: Library | None,
    has: Mapping[str, str],
    locked: Mapping[str, str],
    project: Mapping[str, Any],
) -> None:
    is_orm = place[-1] == "orm"
    if said is not None and not (is_orm and said == NO_ORM):
        mistake = _wrong_library(said, has, _SUCH_AS[str(place[-1])], or_none=is_orm)
        if mistake is not None:
            see_to_lock(project, file, locked)
            what, hint = mistake
            raise ManifestError(f"{where(file, place)}: {what}", hint=hint)


def _wrong_library(said: Library, locked: Mapping[str, str], such_as: str, *, or_none: bool) -> tuple[str, str] | None:
    """What is wrong with it, and a hint; `or_none`: whether it may be said that there is none."""
    name, _, rest = said.partition(" ")
    wanted = canonicalize_name(name)
    if wanted not in locked:
        if name in sys.stdlib_module_names:
            return None
        question = meant(name, [NO_ORM]) if or_none and wanted == NO_ORM else meant(wanted, locked)
        return (
            f"'{name}' is no distribution that it has, and no module of Python's own",
            f"{question}begin with the name of the distribution that does it, as in `{such_as}`",
        )
    version = next(iter(rest.split()), "")
    if version[:1].isdigit() and not f"{locked[wanted]}.".startswith(f"{version}."):
        return f"it has {wanted} {locked[wanted]}, and not {version}", "say the version that is measured, or none"
    return None


def locked_distributions(lock: Path) -> set[str]:
    """The names of what a lock pins, as indexes compare them; raises ManifestError where it can't be read."""
    return set(locked_versions(lock))


def locked_versions(lock: Path) -> dict[str, str]:
    """What a lock pins, by name; two versions of one, for two platforms, as one text.

    Raises ManifestError where it can't be read.
    """
    found: dict[str, str] = {}
    try:
        for name, version in _LOCKED.findall(lock.read_text(encoding="utf-8", errors="replace")):
            found[name] = f"{found[name]}, {version}" if name in found else version
    except OSError as error:
        raise ManifestError(f"{shown(lock)} can't be read: {error.strerror}", hint="check its rights") from error
    return found


def see_to_other_names(manifest: Manifest, file: Path, servers: Collection[str]) -> None:
    """Raises ManifestError where a variant serves as one that there is nowhere: no usual one, nor one of `servers`."""
    there_are = [each for each in (CONTROLLED, DEFAULT, *servers) if each not in manifest.variants]
    see_to_each(
        file,
        (
            partial(_see_to_other_name, file, name, other, there_are)
            for name, variant in manifest.variants.items()
            for other in variant.also
        ),
    )


def _see_to_other_name(file: Path, name: str, other: str, there_are: Sequence[str]) -> None:
    if other not in there_are:
        raise ManifestError(
            f"{where(file, ('tool', 'bench', 'variants', name, 'also'))}: there is no deployment '{other}' "
            "that other apps have",
            hint=f"{meant(other, there_are)}choose from: {', '.join(there_are)}",
        )


def see_to_deviations(deviates: Mapping[str, str], file: Path, table: Place) -> None:
    """Raises ManifestError where one is no check that a framework may deviate from, or says not where that is told."""
    if not deviates:
        return
    from harness.contract.conformance.suite import DEVIATIONS  # noqa: PLC0415 - only few need to know the checks

    see_to_each(
        file, (partial(_see_to_deviation, file, (*table, key), reason, DEVIATIONS) for key, reason in deviates.items())
    )


def _see_to_deviation(file: Path, place: Place, reason: str, there_are: Sequence[str]) -> None:
    key = str(place[-1])
    if key not in there_are:
        raise ManifestError(
            f"{where(file, place)}: there is no such check that a framework may deviate from",
            hint=f"{meant(key, there_are)}choose from: {', '.join(there_are)}; right answers and safety are asked of "
            "all",
        )
    if not _LINK.search(reason):
        raise ManifestError(
            f"{where(file, place)}: it has no link to where the framework says so",
            hint='write what it does and where that is told: "answers 404, https://..."',
        )


def see_to_layer_it_has(app: App, layer: App | None) -> None:
    """Raises ManifestError where an app is said to be built on another whose framework its lock does not have."""
    package, lock = layer.manifest.package if layer else None, app.folder / "uv.lock"
    if layer is None or package is None or not lock.is_file() or canonicalize_name(package) in locked_versions(lock):
        return
    raise ManifestError(
        f"{where(app.folder / 'pyproject.toml', ('tool', 'bench', 'built_on'))}: {package}, the framework of "
        f"'{layer.name}', is not in its uv.lock",
        hint="name the app of the framework that it is built upon, or leave the field out",
    )


def see_to_layer(name: str, manifest: Manifest, file: Path, beside: Collection[str]) -> None:
    """Raises ManifestError where the app of this name is built on one that is not among those `beside` it."""
    layer, others = manifest.built_on, {*beside} - {name}
    if layer == name:
        raise ManifestError(
            f"{where(file, ('tool', 'bench', 'built_on'))}: an app can't be built on itself",
            hint="name the app of the layer below, or leave the field out",
        )
    if layer is not None and layer not in others:
        raise ManifestError(
            f"{where(file, ('tool', 'bench', 'built_on'))}: there is no other app '{layer}'",
            hint=f"{meant(layer, others)}name the app of that layer, without _app "
            f"({', '.join(sorted(others)) or 'there is none here'}), "
            "or leave the field out",
        )
