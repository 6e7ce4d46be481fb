"""`bench new`: scaffold an app."""

import shlex
from collections.abc import Iterator
from pathlib import Path

from packaging.utils import canonicalize_name

from harness.catalog.already import already_there
from harness.catalog.app_folders import APPS_FOLDER, SUFFIX
from harness.catalog.discover import find_app, names_in
from harness.catalog.interface import another_interface, infer_interface, see_to_framework
from harness.catalog.package import Package
from harness.catalog.package_index import add_and_lock, index_of, look_up
from harness.catalog.references import locked_versions
from harness.catalog.remaining import next_steps, next_steps_on_the_same
from harness.catalog.scaffold import (
    begin_from_skeleton,
    begin_like,
    begin_on_the_same,
    interface_of,
    new_folder,
    pin_python,
)
from harness.catalog.selection import USUAL, options_for
from harness.cli import options
from harness.cli.output import print_path, tell
from harness.host.own_files import own_files
from harness.model.app import App, Interface
from harness.model.errors import UsageError


def new(name: str, like: str | None, interface: str | None, package: str | None, apps_dirs: tuple[Path, ...]) -> None:
    """Make a folder for the app NAME that already keeps the contract for hello and json, and say what is left to do."""
    if like and interface:
        raise UsageError(
            "--like and --interface exclude each other", hint="leave --interface out: the copied app has one"
        )
    typed = [*_given("--like", like), *_given("--interface", interface), *_given("--package", package)]
    with new_folder(apps_dirs[0], name, (*typed, *options.at(apps_dirs))) as draft:
        name = draft.name.removesuffix(SUFFIX)
        model = find_app((*apps_dirs, Path(APPS_FOLDER)), like) if like else None
        called = shlex.join((name, *options.at(apps_dirs)))
        made = apps_dirs[0] / draft.name
        if model and package is None:
            told, steps = _on_the_same(draft, model, called, _both(model, name, apps_dirs))
        else:
            told, steps = _on_another(
                draft, model, interface, package or name, called, made=made, asked_for=package is not None
            )
        pin_python(draft, apps_dirs[0])
    print_path(made)
    for line in already_there(made, package or (None if model else name)):
        tell(line)
    for line in told:
        tell(line)
    for step in steps:
        tell(f"  {step}" if step.startswith(" ") else f"- {step}")


def _given(option: str, value: str | None) -> tuple[str, ...]:
    return () if value is None else (option, value)


type Told = tuple[tuple[str, ...], tuple[str, ...]]
"""What there is now, in lines, and what is left to do, step by step."""


def _both(model: App, name: str, apps_dirs: tuple[Path, ...]) -> str:
    """The options that name a new app and its model, which may lie in the usual folder only."""
    folders = apps_dirs if model.name in names_in(apps_dirs) else (*apps_dirs, Path(APPS_FOLDER))
    return shlex.join((*options_for({model.name: (USUAL,), name: (USUAL,)}), *options.at(folders)))


def _on_the_same(draft: Path, model: App, called: str, both: str) -> Told:
    """Begin with a copy of an app, and of its framework."""
    left_out = begin_on_the_same(draft, model, _files_of(model))
    package = model.manifest.package
    version = locked_versions(draft / "uv.lock").get(canonicalize_name(package), "") if package else ""
    installs = _from(draft, f"{package} {version}".rstrip()) if package else "no framework's distribution"
    told = (
        f"a copy of the app {model.name}, which installs what that does: {installs}.",
        "--package DISTRIBUTION begins it with another framework's.",
        f"It keeps as much of the contract as {model.name} does. Left to do:",
    )
    return told, next_steps_on_the_same(name=called, both=both, like=model, left_out=left_out)


def _on_another(  # noqa: PLR0913 - all that the author has said
    draft: Path,
    model: App | None,
    interface: str | None,
    requirement: str,
    called: str,
    *,
    made: Path,
    asked_for: bool,
) -> Told:
    """Begin an app on a framework of its own, with a skeleton or with the code of another app.

    `made` is the folder that it will be in, as the user names it.
    """
    framework = look_up(requirement, asked_for=asked_for)
    left_out: tuple[str, ...] = ()
    if model:
        kind, why = interface_of(model), f"as {model.name}"
        if unlike := another_interface(framework, kind):
            tell(unlike)
        left_out = begin_like(draft, framework, model, _files_of(model))
    else:
        kind, why = (Interface(interface), "as asked") if interface else infer_interface(framework)
        if not asked_for:
            see_to_framework(framework)
        begin_from_skeleton(draft, framework, kind)
    add_and_lock(draft, requirement)
    told = (
        f"it installs {_from(draft, f'{framework.name} {framework.version}')}{_says(framework)}.",
        "--package DISTRIBUTION names another.",
        f"{framework.name} {framework.version}, {_called(kind)} ({why}). hello and json keep the contract. Left to do:",
    )
    return told, next_steps(framework, kind, name=called, folder=made, like=model, left_out=left_out)


def _files_of(app: App) -> Iterator[str]:
    return (file.name for file in own_files(app).files if not file.withheld)


def _from(draft: Path, distribution: str) -> str:
    """A distribution and its version, and where the lock has it from."""
    index = index_of(draft / "uv.lock", distribution.partition(" ")[0])
    return f"{distribution} from {index}" if index else distribution


def _says(framework: Package) -> str:
    """What a distribution says of itself, by which one sees whether it is the one."""
    return f" ({framework.summary.rstrip('. ')})" if framework.summary else ""


def _called(interface: Interface) -> str:
    return "native" if interface is Interface.NATIVE else interface.upper()
