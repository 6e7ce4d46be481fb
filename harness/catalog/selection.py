"""The apps that a command is about, and the variants of theirs, by the names that a user gives."""

from collections.abc import Mapping, Sequence

from harness.catalog.discover import SUFFIX
from harness.model.app import REVISION_SIGN, App
from harness.model.errors import UsageError, meant

SIGN = "/"
"""Stands between an app's name and its variant's: `litestar/granian`."""

type Named = Mapping[str, Sequence[str]]
"""By app, the variants that were named with it; an app that is not here was named without, or not at all."""


def choose(apps: Sequence[App], names: Sequence[str]) -> tuple[App, ...]:
    """The apps that are named, by themselves or with a variant (`app/variant`), in catalog order; all without a name.

    Raises:
        UsageError: An app is unknown, or has no such variant.
    """
    known = {app.name: app for app in apps}
    for name in names:
        app, sign, variant = _split(name)
        if app not in known:
            raise UsageError(f"there is no app '{app}'", hint=f"{meant(app, known)}choose from: {_listed(known)}")
        if sign and known[app].resolve(variant) is None:
            there_are = variants_of(known[app])
            raise UsageError(
                f"app '{app}' has no variant '{variant}'",
                hint=f"{meant(variant, there_are)}choose from: {_listed(there_are)}",
            )
    wanted = {_split(name)[0] for name in names}
    return tuple(app for app in apps if not wanted or app.name in wanted)


def variants_named(names: Sequence[str]) -> Named:
    """The variants that names such as `litestar/granian` ask for; an app that is also named alone has all of them."""
    parts = [_split(name) for name in names]
    alone = {app for app, sign, _ in parts if not sign}
    found: dict[str, list[str]] = {}
    for app, _, variant in parts:
        if app not in alone:
            found.setdefault(app, []).append(variant)
    return {app: tuple(variants) for app, variants in found.items()}


def asked_of(app: App, named: Named, of_all: Sequence[str]) -> tuple[str, ...]:
    """The names of variants that are asked of an app: those named with it, or else those asked of all; as given."""
    return tuple(named.get(app.name.partition(REVISION_SIGN)[0], of_all))


def variants_of(app: App) -> tuple[str, ...]:
    """All names by which an app has a variant."""
    return tuple(each for name, variant in app.manifest.variants.items() for each in (name, *variant.also))


def _split(name: str) -> tuple[str, str, str]:
    app, sign, variant = name.partition(SIGN)
    return app.removesuffix(SUFFIX), sign, variant


def _listed(names: Mapping[str, object] | Sequence[str]) -> str:
    return ", ".join(sorted(names))
