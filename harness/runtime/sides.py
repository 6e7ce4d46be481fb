"""The two sides of each app that a run measures twice: A and B, each an app of its own, as they were asked for."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from pydantic import ValidationError

from harness.catalog.misnamed import no_variant
from harness.catalog.references import locked_distributions, locked_versions
from harness.mask import MASK, hide_variables, without_secrets
from harness.model.app import App, Variant
from harness.model.base import BY_VARIANT, WITH
from harness.model.errors import UsageError, meant
from harness.model.naming import capitalised, deployed_words, sentence, server_words
from harness.model.plan import Sides
from harness.model.run import RuntimeName
from harness.runtime.docker.images import python_image
from harness.runtime.interpreters import FoundPython, base_image, find_python, own_python, see_that_it_runs
from harness.runtime.local_wheel import LocalWheel, is_path
from harness.runtime.revisions import (
    at_commit,
    copied,
    is_same,
    named,
    requirement,
    revision_name,
    with_requirements,
)

_SIDES: Final = 2

type Pair = tuple[App, App]
"""The same app twice. A is the first, but for a commit: there it is the app as of that."""


def pairs_of(apps: Sequence[App], sides: Sides, folder: Path, *, place: RuntimeName, all_of_them: bool) -> list[Pair]:
    """Make both sides of the apps, what has to be made of them in `folder`; `place` is where they will run.

    Of the apps as of a commit, only those that differ from it, unless `all_of_them` are wanted.

    Raises:
        UsageError: A side can't be made, or none differs.
    """
    if sides.commit is not None:
        return _that_differ(apps, sides.commit, folder, all_of_them=all_of_them)
    if sides.pythons and place is RuntimeName.DOCKER:
        return [_on_images(app, sides.pythons, folder) for app in apps]
    if sides.pythons:
        return _on_pythons(apps, sides.pythons, folder)
    if sides.variables:
        return [_with_variables(app, sides.variables) for app in apps]
    if sides.variants:
        return [_as_variants(app, sides.variants) for app in apps]
    return [_under_requirements(app, sides.requirements, folder) for app in apps]


def as_recorded(sides: Sides) -> Sides:
    """The same, fit to be published: of a variable that is named as secrets are, the value is left out."""
    given = (each.partition("=") for each in sides.variables)
    variables = tuple(f"{name}={without_secrets({name: value})[name]}" for name, _, value in given)
    return sides.model_copy(update={"variables": variables})


def _that_differ(apps: Sequence[App], ref: str, folder: Path, *, all_of_them: bool) -> list[Pair]:
    pairs = [(app, at_commit(app, ref, folder)) for app in apps]
    kept = pairs if all_of_them else [pair for pair in pairs if not is_same(*pair)]
    if not kept:
        raise UsageError(
            f"no app differs from {ref}", hint="name one with --app to measure it against its own copy all the same"
        )
    return kept


def _on_pythons(apps: Sequence[App], given: Sequence[str], folder: Path) -> list[Pair]:
    found = [find_python(each) for each in given]
    a, b = found if found[1:] else (own_python(), *found)
    if a.path == b.path:
        raise UsageError(
            f"--python {b.given} is the interpreter of both sides: {b.path}",
            hint="with one --python, A is on the harness's own; name two others, or another one",
        )
    return [(_on(app, a, b, folder / "a"), _on(app, b, a, folder / "b")) for app in apps]


def _on(app: App, python: FoundPython, other: FoundPython, folder: Path) -> App:
    see_that_it_runs(app, python)
    words = f"on {python.words}" + (f", {python.path}" if python.words == other.words else "")
    if not python.given:
        return app.model_copy(update={"revision": words})
    side = copied(app, folder).model_copy(update={"interpreter": python.path})
    if folder.name == "a":
        return side.model_copy(update={"revision": words})
    return named(side, app, WITH + revision_name(python.words), words)


def _on_images(app: App, given: Sequence[str], folder: Path) -> Pair:
    images = [base_image(app, each) for each in given]
    a, b = images if images[1:] else (python_image(), *images)
    if a == b:
        raise UsageError(
            f"--python {given[-1]} is the interpreter of both sides: {b}",
            hint="with one --python, A is on the image of all apps; name two others, or another one",
        )
    first = copied(app, folder / "a").model_copy(update={"base_image": a, "revision": f"on {a}"})
    other = copied(app, folder / "b").model_copy(update={"base_image": b})
    return first, named(other, app, WITH + revision_name(b), f"on {b}")


def _under_requirements(app: App, given: Sequence[str], folder: Path) -> Pair:
    """A as its lock has it, or under the first of two requirements of one distribution, as B is under the second."""
    asked = [requirement(each, folder / "wheels" / str(number)) for number, each in enumerate(given)]
    places: dict[str, list[int]] = {}
    for number, each in enumerate(asked):
        places.setdefault(_distribution(each), []).append(number)
    if three := next((name for name, numbers in places.items() if len(numbers) > _SIDES), None):
        raise UsageError(f"--with gives {three} three times", hint="give two of it: A's and B's")
    firsts = [numbers[0] for numbers in places.values() if numbers[1:]]
    if not firsts:
        b = with_requirements(app, asked, folder)
        _see_that_versions_differ(app, b, given, asked)
        return app, b
    a = with_requirements(app, [asked[number] for number in firsts], folder / "a")
    b = with_requirements(app, [each for number, each in enumerate(asked) if number not in firsts], folder / "b")
    _see_that_versions_differ(a, b, given, asked)
    if a.revision == b.revision:  # sources of one version, in no repository that would tell them apart
        own, others = (Path(given[number]).name for number in next(each for each in places.values() if each[1:]))
        a, b = (
            side.model_copy(update={"revision": f"{side.revision}, {name}"}) for side, name in ((a, own), (b, others))
        )
    return a.model_copy(update={"name": app.name}), b


def _see_that_versions_differ(a: App, b: App, given: Sequence[str], asked: Sequence[str | LocalWheel]) -> None:
    """Raises UsageError where the locks of both sides pin the same, and nothing asked for has a version that says less.

    What is built here, or comes by an address, may differ in the same version.
    """
    if any(isinstance(each, LocalWheel) or "@" in each for each in asked):
        return
    pins = locked_versions(a.folder / "uv.lock")
    if pins == locked_versions(b.folder / "uv.lock"):
        has = ", ".join(f"{name} {pins[name]}" for name in dict.fromkeys(map(_distribution, asked)) if name in pins)
        raise UsageError(
            f"with {' and '.join(given)}, both sides of app '{a.base_name}' have the same versions: {has}",
            hint="ask for another version than that of its lock",
        )


def besides(app: App, given: Sequence[str]) -> Iterator[str]:
    """A sentence for each requirement of something that an app does not have: it may be misspelt, or an accelerator."""
    locked = locked_distributions(app.folder / "uv.lock")
    for each in given:
        name = _distribution(each)
        if not is_path(each) and name not in locked:
            told = sentence(f"{app.manifest.title} does not use {name}, so B has it besides")
            yield f"{told} {capitalised(meant(name, locked))}".strip()


def _distribution(asked: str | LocalWheel) -> str:
    """What a requirement is of, as indexes compare it."""
    if isinstance(asked, LocalWheel):
        return asked.name
    try:
        return canonicalize_name(Requirement(asked).name)
    except InvalidRequirement:
        return asked  # uv says what is wrong with it


def _with_variables(app: App, given: Sequence[str]) -> Pair:
    a: dict[str, str] = {}
    b: dict[str, str] = {}
    for each in given:
        name, sign, value = each.partition("=")
        if not sign:
            raise UsageError(f"--env {each}: no value is given", hint="write --env NAME=VALUE; the value may be empty")
        if MASK in value:
            raise UsageError(
                f"the value of {name} is a secret, which no run keeps", hint="start `bench ab` anew, with --env"
            )
        if name in a:
            raise UsageError(f"--env {name} is given three times", hint="give two values of it: A's and B's")
        if name in b:
            a[name] = b[name]
        b[name] = value
    if a == b:
        raise UsageError("--env says the same of both sides", hint="give two values of the variable that differ")
    for variables in (a, b):
        hide_variables(variables)
    side = _told(app, a)
    if a:
        side = side.model_copy(update={"revision": f"with {_words(a)}"})
    return side, named(_told(app, b), app, WITH + revision_name(_words(b)), f"with {_words(b)}")


def _words(variables: Mapping[str, str]) -> str:
    return ", ".join(f"{name}={value}" for name, value in without_secrets(variables).items())


def _told(app: App, variables: Mapping[str, str]) -> App:
    """The app, each variant of which is told these variables as well."""
    try:
        variants = {
            name: Variant.model_validate({**variant.model_dump(), "environment": {**variant.environment, **variables}})
            for name, variant in app.deployments.items()
        }
    except ValidationError as error:
        why = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise UsageError(
            f"--env {' '.join(variables)}: {why}", hint="name a variable that the app or its server reads"
        ) from None
    told = _deployed(app, {name: variants[name] for name in app.manifest.variants})
    on_servers = {name: each.model_copy(update={"variant": variants[name]}) for name, each in app.on_servers.items()}
    return told.model_copy(update={"on_servers": on_servers})


def _as_variants(app: App, given: Sequence[str]) -> Pair:
    found: list[str] = []
    for each in given:
        name = app.resolve(each)
        if name is None:
            raise no_variant(app, each, choice="choose two from")
        found.append(name)
    a, b = found
    if a == b:
        raise UsageError(
            f"{' and '.join(dict.fromkeys(given))} are one variant of app '{app.name}': {a}",
            hint=f"choose two from: {', '.join(sorted(app.deployments))}",
        )
    return _as(app, a), _as(app, b)


def _as(app: App, name: str) -> App:
    variant = app.deployments[name]
    server = server_words(app.manifest.title, variant.server, own=variant.own_server)
    return named(_deployed(app, {name: variant}), app, BY_VARIANT + name, deployed_words(name, server))


def _deployed(app: App, variants: Mapping[str, Variant]) -> App:
    return app.model_copy(update={"manifest": app.manifest.model_copy(update={"variants": variants})})
