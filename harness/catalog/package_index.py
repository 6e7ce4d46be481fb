"""Asks the package index what a distribution is, and pins an app's dependencies, both by uv."""

import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable
from email.message import Message
from importlib.metadata import Distribution, PackageNotFoundError, distributions
from pathlib import Path
from typing import Final

from packaging.utils import canonicalize_name

from harness.catalog.callables import application_types
from harness.catalog.package import Package
from harness.catalog.spelling import spelling_of
from harness.host.uv_command import run_uv, uv_words
from harness.model.errors import RuntimeFault, UsageError

_TIMEOUT_S: Final = 180.0
_REQUIRED_NAME: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")


def look_up(requirement: str, *, asked_for: bool = True) -> Package:
    """The newest distribution that this requirement (such as `falcon>=4`) admits on the harness's interpreter.

    It is installed without its dependencies into a folder that is removed again, since the index itself hands out
    no metadata in a form that every index has.

    Args:
        requirement: What the index is asked for.
        asked_for: Whether somebody has named this distribution, and not only something that may be called so by
            chance: else nothing of it is run, and so none that is to be built first is taken.

    Raises:
        UsageError: the index has none such, or can't be reached.
    """
    with tempfile.TemporaryDirectory(prefix="bench-package-") as folder:
        command = ("pip", "install", "--quiet", "--no-deps", "--target", folder, "--python", sys.executable)
        done = _uv(*command, *(() if asked_for else ("--no-build",)), "--", requirement)
        if done.returncode:
            raise UsageError(
                f"the package index gives no '{requirement}' for this Python\n{uv_words(done.stderr)}",
                hint="name the distribution with --package, as in `pip install DISTRIBUTION`; "
                "uv's words above tell whether the index was reached at all",
            )
        try:
            (found,) = distributions(path=[folder])
        except (ValueError, PackageNotFoundError):
            raise UsageError(
                f"'{requirement}' is not one distribution", hint="give one requirement, such as --package 'falcon>=4'"
            ) from None
        described = _described(found, Path(folder))
        return described.model_copy(update={"name": _as_spelt(described.name, requirement)})


def add_and_lock(project: Path, requirement: str) -> None:
    """Add a requirement to a project's dependencies, with the newest version as the lower bound, and pin them all.

    Raises:
        RuntimeFault: no set of versions fits, or the index can't be reached.
    """
    options = ("--no-sync", "--quiet", "--python", sys.executable, "--project", str(project))
    done = _uv("add", *options, "--", requirement, cwd=project)
    if done.returncode:
        raise RuntimeFault(
            f"no versions can be locked for {project.name}:\n{uv_words(done.stderr)}",
            hint="see uv's words above; --package 'NAME<VERSION' asks for an older one",
        )


def index_of(lock: Path, distribution: str) -> str | None:
    """Where a lock has a distribution from, as an address without name and password; None where it has none of it."""
    try:
        packages = tomllib.loads(lock.read_text(encoding="utf-8")).get("package", [])
    except (OSError, ValueError):
        return None
    wanted = canonicalize_name(distribution)
    found: dict[str, object] = next((each.get("source", {}) for each in packages if each.get("name") == wanted), {})
    address = next((str(found[kind]) for kind in ("registry", "url", "git", "path") if kind in found), None)
    return re.sub(r"(?<=://)[^/@]*@", "", address) if address else None


def _uv(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    try:
        return run_uv(*arguments, timeout_s=_TIMEOUT_S, cwd=cwd)
    except subprocess.TimeoutExpired:
        raise RuntimeFault(
            f"`uv {arguments[0]}` did not end within {_TIMEOUT_S:g} s", hint="check the network and the package index"
        ) from None


def _described(found: Distribution, folder: Path) -> Package:
    metadata = found.metadata
    # The protocol that importlib.metadata promises lacks `get_all`'s default and repeated headers.
    assert isinstance(metadata, Message)  # noqa: S101 - what it is, for the type checker
    summary = metadata.get("Summary") or ""
    return Package(
        name=found.name,
        title=spelling_of(found.name, f"{summary}\n{metadata.get('Description') or ''}"),
        version=found.version,
        summary=summary,
        keywords=tuple(filter(None, re.split(r"[,\s]+", metadata.get("Keywords") or ""))),
        classifiers=tuple(metadata.get_all("Classifier") or ()),
        requires=tuple(_names(found.requires or ())),
        homepage=_homepage(metadata),
        programs=tuple(sorted(each.name for each in found.entry_points if each.group == "console_scripts")),
        applications=application_types(folder),
    )


def _as_spelt(name: str, requirement: str) -> str:
    """The name as it was asked for where metadata has it in normalised form only: `web.py` for `web-py`."""
    asked = _REQUIRED_NAME.match(requirement)
    as_asked = asked is not None and name == canonicalize_name(name) == canonicalize_name(asked[0])
    return asked[0] if asked and as_asked else name


def _names(requirements: Iterable[str]) -> Iterable[str]:
    for requirement in requirements:
        name = _REQUIRED_NAME.match(requirement)
        if name and "extra ==" not in requirement:
            yield re.sub(r"[-_.]+", "-", name[0]).lower()


def _homepage(metadata: Message) -> str | None:
    links = [link.partition(",") for link in metadata.get_all("Project-URL") or ()]
    named = {label.strip().lower(): address.strip() for label, _, address in links}
    return metadata.get("Home-page") or named.get("homepage") or named.get("documentation")
