"""Make a new app's folder: from a skeleton that answers the first two endpoints, or from an app that exists."""

import re
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import tomlkit

from harness.catalog.app_folders import APPS_FOLDER, SUFFIX, option, project_folder_words
from harness.catalog.package import Package
from harness.catalog.project_file import shown
from harness.catalog.remaining import FIRST_ENDPOINTS, readme, readme_of_copy, title_of
from harness.catalog.shared_server import SKELETONS
from harness.model.app import App, Endpoint, Family, Interface
from harness.model.base import APP_NAME, PACKAGE_PATTERN
from harness.model.errors import UsageError

_PYTHON: Final = ".python-version"

_SITES: Final = ("bare_site", "batteries_site")
"""Fields of a manifest that say what a framework is probed by; one app of it suffices."""
_OF_THE_OTHER: Final = ("homepage", "built_on", "not_offered", "deviates", *_SITES)
"""Fields of a manifest that are true of one framework only."""


@contextmanager
def new_folder(folder: Path, name: str, typed: Sequence[str] = ()) -> Iterator[Path]:
    """An empty folder that becomes `folder/<name>_app` at the end of the `with` block.

    It is filled elsewhere and moved when it is complete, so that a failure leaves nothing behind.

    `typed` are the options that were given beside the name, for a command that is advised in its place.

    Raises:
        UsageError: the name can't be used, the folder exists, or there is none to put it into but an app's own.
    """
    name = name.removesuffix(SUFFIX)
    if not APP_NAME.fullmatch(name):
        raise UsageError(
            f"'{name}' can't be an app's name",
            hint="use lower-case letters, digits, - and _, at most 40, beginning with a letter"
            f"{_spelt_otherwise(name, typed)}",
        )
    if not folder.is_dir():
        where = f" in {Path.cwd()}" if not folder.is_absolute() else ""
        make = f"make it: mkdir -p {shlex.quote(str(folder))}"
        raise UsageError(
            f"there is no folder {folder}{where} to put the app into",
            hint=f"run bench in {project_folder_words()}, or name another with --apps-dir"
            if folder == Path(APPS_FOLDER)
            else f"{make}; or name another with --apps-dir",
        )
    if folder.resolve().name.endswith(SUFFIX) and (folder / "pyproject.toml").is_file():
        raise UsageError(
            f"{shown(folder)} is an app, and apps are looked for beside it and not within",
            hint=f"name the folder that it lies in: {option([_above(folder)])}",
        )
    target = folder / f"{name}{SUFFIX}"
    if target.exists():
        raise UsageError(f"{shown(target)} exists", hint="choose another name, or remove that folder")
    with tempfile.TemporaryDirectory(prefix="bench-new-") as elsewhere:
        draft = Path(elsewhere, target.name)
        draft.mkdir()
        yield draft
        try:
            shutil.move(draft, target)
        except OSError as error:
            shutil.rmtree(target, ignore_errors=True)
            raise UsageError(
                f"{shown(target)} can't be made: {error.strerror or error}",
                hint="name a folder with some room that you may write to, with --apps-dir",
            ) from error


def _above(folder: Path) -> Path:
    """The folder that one lies in, as one would type it: `..` of the working directory."""
    return folder.parent if folder.name not in {"", ".."} else folder / ".."


def _spelt_otherwise(name: str, typed: Sequence[str]) -> str:
    """Where a name goes that no app can have: the command that begins an app on a distribution called so, `web.py`."""
    on_the_same = "--like" in typed and "--package" not in typed
    goes = "" if on_the_same else "; a distribution that is spelled otherwise goes to --package"
    fit = re.sub(r"[^a-z0-9_-]", "", name.lower())
    if not (re.fullmatch(PACKAGE_PATTERN, name) and APP_NAME.fullmatch(fit)):
        return goes
    named = () if on_the_same or "--package" in typed else ("--package", name)
    return f"{goes}: {shlex.join(('bench', 'new', fit, *named, *typed))}"


def begin_from_skeleton(draft: Path, package: Package, interface: Interface) -> None:
    """Fill the folder with an app on the bare interface, ready for the framework's routes.

    Its manifest is true at each moment: as long as no line of the framework runs, it claims no version of it, and
    competes for no rank.
    """
    skeleton = SKELETONS / interface.value
    shutil.copy(skeleton / "app.py", draft)
    _write_manifest(skeleton / "manifest.toml", draft, title_of(package), title=f"{title_of(package)} (scaffold)")
    (draft / "README.md").write_text(readme(package, interface, like=None), encoding="utf-8")


def begin_on_the_same(draft: Path, like: App, files: Iterable[str]) -> tuple[str, ...]:
    """Fill the folder with a copy of these files of an app, which is to be changed and stays on the same framework.

    What the manifest says of the framework, and of what the app answers, is true of the copy too. It competes for no
    rank until its author says what it is.

    Returns:
        What was left out, in words.
    """
    own = _copy(draft, like, files)
    title = f"{like.manifest.title} ({draft.name.removesuffix(SUFFIX)})"
    endpoints = like.manifest.endpoints
    _write_manifest(like.folder / "pyproject.toml", draft, like.manifest.title, title=title, endpoints=endpoints)
    file = draft / "pyproject.toml"
    document = tomlkit.parse(file.read_text(encoding="utf-8"))
    bench: Any = document["tool"]["bench"]
    left_out = [field for field in _SITES if bench.pop(field, None) is not None]
    file.write_text(tomlkit.dumps(document), encoding="utf-8")
    (draft / "README.md").write_text(readme_of_copy(title, like), encoding="utf-8")
    return (*left_out, *sorted(own))


def begin_like(draft: Path, package: Package, like: App, files: Iterable[str]) -> tuple[str, ...]:
    """Fill the folder with a copy of these files of an app, whose framework is then replaced piece by piece.

    Until then its manifest says whose copy it is, the package remains that of what runs, and it competes for no rank.
    What is true of the other app only is left out.

    Returns:
        What was left out, in words.
    """
    own = _copy(draft, like, files)
    title = f"{title_of(package)} (copy of {like.manifest.title})"
    _write_manifest(like.folder / "pyproject.toml", draft, title_of(package), title=title)
    left_out = _leave_out(draft / "pyproject.toml", package, like)
    (draft / "README.md").write_text(readme(package, interface_of(like), like=like), encoding="utf-8")
    return (*left_out, *sorted(own))


def _copy(draft: Path, like: App, files: Iterable[str]) -> set[str]:
    """Copy these files, and the lock; returns those that are only probed, which are left out."""
    own = _files_of_sites(like)
    for name in (*(name for name in files if name.partition("/")[0] not in own), "uv.lock"):
        (draft / name).parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copy(like.folder / name, draft / name)
        except OSError as error:
            raise UsageError(
                f"{like.folder / name} can't be copied: {error.strerror}",
                hint="mend it, or begin with another app",
            ) from error
    return own


def pin_python(draft: Path, folder: Path) -> None:
    """Name the Python that apps are measured on, where no folder above `folder/<name>_app` does: uv looks for that."""
    folder = folder.resolve()
    if not any((each / _PYTHON).is_file() for each in (folder, *folder.parents)):
        (draft / _PYTHON).write_text(f"{sys.version_info.major}.{sys.version_info.minor}\n", encoding="utf-8")


def _files_of_sites(app: App) -> set[str]:
    """The modules and packages at the top of the folder that what is probed is started from, and no variant."""
    named = {name for site in app.manifest.sites.values() for name in _modules(site.command)}
    for variant in app.manifest.variants.values():
        named -= _modules(variant.command)
    found = {name for name in named if (app.folder / name).is_file()}
    packages = {name.removesuffix(".py") for name in named}
    return found | {name for name in packages if (app.folder / name / "__main__.py").is_file()}


def _modules(command: Iterable[str]) -> set[str]:
    """What the words of a command may name as modules, as files: `site:app`, `site` and `site.py` are `site.py`."""
    return {f"{word.partition(':')[0].removesuffix('.py')}.py" for word in command}


def _leave_out(file: Path, package: Package, like: App) -> tuple[str, ...]:
    """Take out of a copied manifest what is true of the other framework only; returns what that was."""
    document = tomlkit.parse(file.read_text(encoding="utf-8"))
    bench: Any = document["tool"]["bench"]
    left_out = [field for field in _OF_THE_OTHER if bench.pop(field, None) is not None]
    for variant in bench["variants"].values():
        variant["why"] = (
            f"As the app on {like.manifest.title} is deployed; why {title_of(package)} is, is still to say."
        )
        if variant.pop("source", None) is not None:
            left_out.append("source")
    file.write_text(tomlkit.dumps(document), encoding="utf-8")
    return ("why", *dict.fromkeys(left_out))


def interface_of(app: App) -> Interface:
    """The interface of the variant that shares its server with other apps, or else of the first one."""
    variants = app.manifest.variants
    return variants[app.resolve("controlled") or next(iter(variants))].interface


def _write_manifest(
    source: Path, draft: Path, framework: str, *, title: str, endpoints: Sequence[Endpoint] = FIRST_ENDPOINTS
) -> None:
    document = tomlkit.parse(source.read_text(encoding="utf-8-sig"))
    project: Any = document["project"]
    old_name = project["name"]
    project["name"] = new_name = draft.name.replace("_", "-")
    project["description"] = f"The HTTP contract on {framework}."
    bench: Any = document["tool"]["bench"]
    bench["title"] = title[:60]
    bench["family"] = Family.SCAFFOLD.value
    bench["endpoints"] = [endpoint.value for endpoint in endpoints]
    (draft / "pyproject.toml").write_text(tomlkit.dumps(document), encoding="utf-8")
    lock = draft / "uv.lock"
    if lock.exists():  # so that what the copy already needs keeps its version
        text = lock.read_text(encoding="utf-8")
        lock.write_text(text.replace(f'name = "{old_name}"', f'name = "{new_name}"'), encoding="utf-8")
