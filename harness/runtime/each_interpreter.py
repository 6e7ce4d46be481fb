"""The apps on each of several interpreters, every one an app of its own: `flask`, `flask@3.14`.

The apps on the first that there is have their usual names: claims are held against these.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from harness.model.app import App
from harness.model.base import REVISION_SIGN
from harness.model.errors import BenchError, RuntimeFault, UsageError
from harness.model.plan import NotAvailable
from harness.model.run import RuntimeName
from harness.runtime.docker.images import python_image, see_to
from harness.runtime.environment import admits, python
from harness.runtime.interpreters import find_python, image_of, is_version, named_version, see_that_it_is_one
from harness.runtime.revisions import revision_name

_LONGEST_NAME: Final = 36
"""Of 40, with room for a number."""
_ADMIT: Final = "have requires-python in an app's pyproject.toml admit it and run `uv lock --project FOLDER`"
_COUNTED: Final = "+"
"""Stands before the number of an interpreter whose name another has."""


@dataclass(frozen=True, slots=True)
class ChosenPython:
    """An interpreter that apps are to be measured on."""

    given: str
    name: str
    """What stands behind an app's name: `3.14`."""
    words: str
    """As a reader is told of it: `CPython 3.14.0`, `python:3.14-slim-trixie`."""
    version: str | None
    """Of an image that was named as such, None."""
    path: Path | None = None
    """None where it is an image."""
    image: str | None = None

    @property
    def of_app(self) -> dict[str, object]:
        """What an app has of it; nothing where apps are on it anyway."""
        usual = self.path == python() if self.image is None else self.image == python_image()
        return {} if usual else {"interpreter": self.path, "base_image": self.image}


@dataclass(frozen=True, slots=True)
class Spread:
    """Apps on the interpreters that were asked for."""

    apps: tuple[App, ...]
    """In catalog order, each on all of its interpreters in turn."""
    pythons: tuple[str, ...] = ()
    """Those that there are, as they were asked for."""
    by_name: Mapping[str, str] = field(default_factory=dict)
    """The same by what stands behind an app's name; the first by nothing."""
    not_available: tuple[NotAvailable, ...] = ()

    def python_of(self, app: str) -> str:
        """The interpreter that an app of this name is on, as it was asked for."""
        return self.by_name[app.partition(REVISION_SIGN)[2]]


def choose_pythons(
    given: Sequence[str], place: RuntimeName
) -> tuple[tuple[ChosenPython, ...], tuple[NotAvailable, ...]]:
    """The interpreters that there are, in the order in which they were asked for, and the others with the reason.

    Raises:
        UsageError: One is asked for twice, or is no one interpreter, or none that containers have, or none is there.
        RuntimeFault: No image can be had.
    """
    chosen: list[ChosenPython] = []
    lacking: list[NotAvailable] = []
    first: BenchError | None = None
    for each in given:
        see_that_it_is_one(each, of_this_host=place is RuntimeName.PROCESS)  # a slip of the pen is not what lacks
        image = image_of(each) if place is RuntimeName.DOCKER else None
        try:
            found = _on_image(each, image) if image else _on_path(each)
        except (UsageError, RuntimeFault) as error:
            first = first or error
            lacking.append(NotAvailable(python=each, why=_without_option(error.what, each), remedy=error.hint))
            continue
        _see_that_it_is_another(found, chosen)
        so_called = sum(other.name.partition(_COUNTED)[0] == found.name for other in chosen)
        name = f"{found.name}{_COUNTED}{so_called + 1}" if so_called else found.name
        chosen.append(replace(found, name=name))
    if first and not chosen:
        raise first
    return tuple(chosen), tuple(lacking)


def spread(apps: Sequence[App], chosen: Sequence[ChosenPython], lacking: Sequence[NotAvailable] = ()) -> Spread:
    """The apps on each of these interpreters that their projects admit.

    Raises:
        UsageError: No app can run on any of them.
    """
    of_words = Counter(each.words for each in chosen)
    found: list[App] = []
    unfit: list[NotAvailable] = []
    for app in apps:
        for place, each in enumerate(chosen):
            if each.version is not None and not admits(app, each.version):
                why = f"its project requires Python {app.python}"
                unfit.append(NotAvailable(python=each.given, app=app.base_name, why=why, remedy=_ADMIT))
                continue
            name = f"{app.name}{REVISION_SIGN}{each.name}" if place else app.name
            words = f"on {each.words}" + (f", {each.path}" if of_words[each.words] > 1 else "")
            told = {"name": name, "revision": words if chosen[1:] else None}
            found.append(app.model_copy(update={**told, **each.of_app}))
    if not found:
        raise UsageError(
            "no app can run on the Python that was asked for: "
            + "; ".join(f"{each.what}: {each.why}" for each in unfit),
            hint=f"name another Python, or {_ADMIT}",
        )
    by_name = {each.name if place else "": each.given for place, each in enumerate(chosen)}
    return Spread(tuple(found), tuple(by_name.values()), by_name, (*lacking, *unfit))


def _on_path(given: str) -> ChosenPython:
    found = find_python(given)
    build = found.build
    of_build = build.version if build.implementation == "CPython" else f"{build.implementation}-{build.version}"
    name = given if is_version(given) else of_build + "t" * build.free_threaded
    return ChosenPython(given, revision_name(name), found.words, build.version, path=found.path)


def _on_image(given: str, image: str) -> ChosenPython:
    see_to(image)
    return ChosenPython(given, revision_name(given)[:_LONGEST_NAME], image, named_version(given), image=image)


def _see_that_it_is_another(found: ChosenPython, chosen: Sequence[ChosenPython]) -> None:
    for each in chosen:
        if (each.path, each.image) == (found.path, found.image):
            raise UsageError(
                f"--python {each.given} and --python {found.given} are one interpreter: {found.path or found.image}",
                hint="name each once",
            )


def _without_option(what: str, given: str) -> str:
    """What is said of it, in one line, where it is said already which it is."""
    return what.removeprefix(f"--python {given}: ").partition("\n")[0]
