"""The apps that a command is about, and the variants of theirs, by the names that a user gives."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from harness.catalog.app_folders import APPS_FOLDER, SUFFIX, apps_in, nearby, option, same_name_passed_over
from harness.catalog.discover import names_in
from harness.catalog.misnamed import no_variant, otherwise
from harness.model.app import App
from harness.model.base import APP_NAME
from harness.model.errors import UsageError, meant

SIGN = "/"
"""Stands between an app's name and its variant's: `litestar/granian`."""

USUAL = ""
"""In a variant's place: those that are measured of an app where none is named."""

type Named = Mapping[str, Sequence[str]]
"""By app, the variants that were named with it; an app that is not here was named without, or not at all."""


def choose(apps: Sequence[App], names: Sequence[str], folders: Sequence[Path] = ()) -> tuple[App, ...]:
    """The apps that are named, by themselves or with a variant (`app/variant`), in catalog order; all without a name.

    `folders` are those that `apps` were found in, where they are told.

    Raises:
        UsageError: An app is unknown, or has no such variant.
    """
    known = {app.name: app for app in apps}
    for name in names:
        app, sign, variant = _split(name)
        if app not in known:
            raise _unknown(name, names, known, folders)
        if sign and known[app].resolve(variant) is None:
            raise no_variant(known[app], variant, otherwise(name, partial(_is_known, known=known)))
    wanted = {_split(name)[0] for name in names}
    return tuple(app for app in apps if not wanted or app.name in wanted)


def _unknown(name: str, names: Sequence[str], known: Mapping[str, App], folders: Sequence[Path]) -> UsageError:
    """Why an app that is named is not there, and where it may be."""
    app = _split(name)[0]
    what, choice = f"there is no app '{app}'", f"{meant(app, known)}choose from: {_listed(known)}"
    remedy = otherwise(name, partial(_is_known, known=known))
    if remedy or not folders:
        return UsageError(what, hint=remedy or choice)
    if SIGN in name and (path := _app_at(Path(name))):
        others = _still_needed(names, known, folders)
        here = path.resolve().parent in {folder.resolve() for folder in folders}
        words = (path.name.removesuffix(SUFFIX), *([] if here else [option((*others, path))]))
        return UsageError(f"'{name}' is a folder, and apps are asked for by their names", hint=" ".join(words))
    if error := elsewhere(app, folders, _still_needed(names, known, folders)):
        return error
    return UsageError(what, hint=f"{choice}; one that lies elsewhere is found by --apps-dir FOLDER")


def elsewhere(app: str, folders: Sequence[Path], needed: Sequence[Path]) -> UsageError | None:
    """Where an app may lie that none of the folders has: in one by another name, in the usual one, or nearby.

    `needed` are those of the folders that have to be named beside that. None where nothing is seen.
    """
    if not APP_NAME.fullmatch(app):
        return None
    if error := same_name_passed_over(app, folders):
        return error
    what, usual = f"there is no app '{app}' in {', '.join(map(str, folders))}", Path(APPS_FOLDER)
    if usual not in folders and app in names_in((usual,)):
        both = option((*folders, usual))
        return UsageError(f"{what}, which --apps-dir names in place of {usual}", hint=f"to have both: {both}")
    if found := nearby([app]):
        return UsageError(
            f"{what}, and one lies in {found[app]}", hint=f"name that folder: {option((*needed, found[app]))}"
        )
    return None


def _is_known(name: str, known: Mapping[str, App]) -> bool:
    """Whether there is an app of this name, with a variant of this name if one is named."""
    app, sign, variant = _split(name)
    return app in known and (not sign or known[app].resolve(variant) is not None)


def _app_at(folder: Path) -> Path | None:
    """The app that this folder is."""
    with suppress(OSError):
        return next((path for path in apps_in(folder) if path.resolve() == folder.resolve()), None)
    return None


def _still_needed(names: Sequence[str], known: Mapping[str, App], folders: Sequence[Path]) -> Sequence[Path]:
    """The folders, if an app of theirs is named too: --apps-dir replaces them."""
    return folders if any(_split(name)[0] in known for name in names) else ()


def variants_named(names: Sequence[str]) -> Named:
    """The variants that names such as `litestar/granian` ask for; an app that is also named alone has the usual too."""
    parts = [_split(name) for name in names]
    with_variant = {app for app, sign, _ in parts if sign}
    found: dict[str, list[str]] = {}
    for app, sign, variant in parts:
        if app in with_variant:
            found.setdefault(app, []).append(variant if sign else USUAL)
    return {app: tuple(dict.fromkeys(variants)) for app, variants in found.items()}


def options_for(wanted: Mapping[str, Collection[str]]) -> tuple[str, ...]:
    """The fewest options, then the shortest, that ask for these variants of these apps and no others.

    `USUAL` may be one of them.
    """
    of_all = {(), *(tuple(sorted(variants)) for variants in wanted.values() if USUAL not in variants)}
    found = [words for each in of_all if (words := _options(wanted, each))]
    return min(found, key=lambda words: (len(words), len(" ".join(words)), words), default=())


def _options(wanted: Mapping[str, Collection[str]], of_all: tuple[str, ...]) -> tuple[str, ...]:
    """Those that have these variants asked of each app that is named alone; none where that is not what is wanted."""
    if of_all and any(USUAL in variants for variants in wanted.values()):
        return ()
    names: list[str] = []
    for app, variants in sorted(wanted.items()):
        alone = USUAL in variants or (bool(of_all) and set(of_all) <= set(variants))
        names += [app] if alone else []
        names += [f"{app}{SIGN}{each}" for each in sorted(variants) if each != USUAL and not (alone and each in of_all)]
    return (*_each("--app", names), *_each("--variant", of_all))


def _each(option: str, values: Iterable[str]) -> tuple[str, ...]:
    return tuple(word for value in values for word in (option, value))


def asked_of(app: App, named: Named, of_all: Sequence[str]) -> tuple[str, ...]:
    """The names of variants that are asked of an app: those named with it, or else those asked of all; as given.

    One of them may be `USUAL`.
    """
    own = tuple(named.get(app.base_name, of_all))
    if USUAL in own and of_all:
        return tuple(dict.fromkeys((*of_all, *(each for each in own if each != USUAL))))
    return own


def variants_of(app: App) -> tuple[str, ...]:
    """All names by which an app has a variant."""
    return tuple(each for name, variant in app.deployments.items() for each in (name, *variant.also))


def _split(name: str) -> tuple[str, str, str]:
    app, sign, variant = name.partition(SIGN)
    return app.removesuffix(SUFFIX), sign, variant


def _listed(names: Mapping[str, object] | Sequence[str]) -> str:
    return ", ".join(sorted(names))
