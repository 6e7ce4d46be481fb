"""Names that no app or variant has, and what is meant by them: one on an interpreter, or several in one word."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from harness.catalog.project_file import where
from harness.model.app import CONTROLLED, DEFAULT, App, Manifest
from harness.model.errors import ManifestError, UsageError, is_alike, meant

_AT: Final = re.compile(r"(?P<before>[^@]*)@(?P<behind>[^/@]+)(?P<after>.*)")
"""`flask@3.14/default`, as a run calls it, and `flask/default@3.14`."""
_PYTHON: Final = re.compile(r"\d+(\.\d+)*\S*|(pypy|graalpy)\S*")
"""What is an interpreter behind the sign, and no revision."""


def without_revision(name: str) -> tuple[str, str]:
    """`flask/default` and `3.14` of `flask@3.14/default`; the name and nothing where it has none."""
    at = _AT.fullmatch(name)
    return (at["before"] + at["after"], at["behind"]) if at else (name, "")


def is_python(revision: str) -> bool:
    """Whether a revision, as a run calls it, is an interpreter."""
    return _PYTHON.fullmatch(revision) is not None


def otherwise(name: str, is_known: Callable[[str], bool], option: str = "") -> str:
    """How what is meant is asked for; empty where nothing is known by any part of the name.

    Args:
        name: What is none.
        is_known: Whether there is one of a name.
        option: By which each is named; empty where some commands take them without.
    """
    plain, revision = without_revision(name)
    if revision and is_known(plain):
        if is_python(revision):
            return f"is {plain} on Python {revision} meant? name {plain}, and add --python {revision}"
        return f"is {plain} meant? what stands behind the @ is a revision, of which `bench ab` measures two"
    parts = [part.strip() for part in name.split(",")]
    if parts[1:] and all(map(is_known, parts)):
        return (
            f"name each by itself: {' '.join(f'{option} {part}' for part in parts) if option else ' and '.join(parts)}"
        )
    return ""


def no_variant(app: App, variant: str, remedy: str = "", choice: str = "choose from") -> UsageError:
    """That an app has no such variant, and why, where there is a server of that name; `remedy` where one is known."""
    there_are = [name for own, each in app.deployments.items() for name in (own, *each.also)]
    why = app.not_served.get(variant)
    question = "" if why else meant(variant, there_are)
    return UsageError(
        f"app '{app.base_name}' has no variant '{variant}'" + (f": {why}" if why else ""),
        hint=remedy or f"{question}{choice}: {', '.join(sorted(there_are))}",
    )


def no_such_variant(asked: Sequence[str], apps: Sequence[App]) -> UsageError:
    """That none of the apps has any of these variants, and why, where it is known."""
    known = {name for app in apps for each, variant in app.deployments.items() for name in (each, *variant.also)}
    there_are = f"choose from: {', '.join(sorted(known))}"
    if not asked:
        return UsageError("no chosen app has a variant", hint=there_are)
    what = f"no chosen app has a variant named {' or '.join(asked)}"
    if reasons := _reasons(asked, apps):
        return UsageError(f"{what}: {reasons}", hint=there_are)
    remedies = (otherwise(each, known.__contains__, "--variant") for each in asked)
    return UsageError(what, hint=next(filter(None, remedies), f"{meant(asked[0], known)}{there_are}"))


def _reasons(asked: Sequence[str], apps: Sequence[App]) -> str:
    """Why apps are on none of the servers of these names; each reason once, with its apps where not all have it."""
    found: dict[str, dict[str, None]] = {}
    for app in apps:
        for each in asked:
            if why := app.not_served.get(each):
                found.setdefault(why, {})[app.base_name] = None
    everyone = len({app.base_name for app in apps})
    told = (why if len(names) == everyone else f"{', '.join(names)}: {why}" for why, names in found.items())
    return "; ".join(told)


def see_to_variant_names(manifest: Manifest, file: Path) -> None:
    """See that none is nearly called as one of the two that all apps have, where the app has none of that name.

    Raises:
        ManifestError: One is.
    """
    names = {each for name, variant in manifest.variants.items() for each in (name, *variant.also)}
    for usual in (DEFAULT, CONTROLLED):
        like = next((name for name in manifest.variants if is_alike(name, usual)), None)
        if like is not None and usual not in names:
            raise ManifestError(
                f"{where(file, ('tool', 'bench', 'variants', like))}: there is no variant '{usual}', and this is "
                "nearly called so",
                hint=f"is '{usual}' meant? If not, give it a name that is less like it",
            )
