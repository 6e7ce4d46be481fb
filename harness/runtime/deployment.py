"""How a subject is deployed, as it stands in the run."""

import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from packaging.markers import Marker, UndefinedComparison, UndefinedEnvironmentName
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from harness.host.interpreter import Environment
from harness.mask import masked, without_secrets
from harness.model.app import App
from harness.model.cell import Subject
from harness.model.run import Deployment, FrameworkInstall, Image
from harness.runtime.app_source import code_sha256
from harness.runtime.built_packages import built_packages
from harness.runtime.command import set_up
from harness.runtime.environment import lock_sha256

_NAMED: Final = re.compile(r"\s*[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?\s*(?:\[[^\]]*\])?")
"""The name and the extras of a requirement."""


def describe_deployment(  # noqa: PLR0913 - each says another thing of how it is deployed
    app: App,
    subject: Subject,
    environment: Environment,
    accelerators: Iterable[str],
    *,
    project: Path,
    image: Image | None = None,
) -> Deployment:
    """All that shaped the subject's numbers: its manifest, and its environment, which the lock in `project` made."""
    manifest = app.manifest
    variant = app.variant(subject.variant)
    return Deployment(
        subject=subject,
        title=manifest.title,
        revision=app.revision,
        family=manifest.family,
        interface=variant.interface,
        own_server=variant.own_server,
        built_on=manifest.built_on,
        server=variant.server,
        without=variant.without,
        adds=variant.adds,
        libraries=app.libraries(subject.variant),
        also_loads=app.manifest.also_loads,
        also=variant.also,
        why=variant.why,
        source=None if variant.source is None else str(variant.source),
        keep_alive=variant.keep_alive,
        command=tuple(map(masked, variant.command)),
        environment=without_secrets({**_special(subject), **variant.environment}),
        endpoints=manifest.endpoints,
        framework_version=_version(manifest.package, environment.packages),
        framework=None if manifest.package is None else framework_install(manifest.package, environment),
        packages=environment.packages,
        built=built_packages(project / "uv.lock", environment),
        lock_sha256=lock_sha256(project),
        code_sha256=code_sha256(app),
        interpreter=environment.interpreter,
        accelerators=tuple(sorted(accelerators)),
        image=image,
    )


def brought_by(packages: Iterable[str], environment: Environment) -> tuple[str, ...]:
    """What installing these brings, of what is installed; nothing for those that are not."""
    installs = [framework_install(package, environment) for package in packages]
    return tuple(dict.fromkeys(name for install in installs if install for name in install.distributions))


def framework_install(package: str, environment: Environment) -> FrameworkInstall | None:
    """The distribution and everything that it requires in this environment; None where it is not installed."""
    by_name = {canonicalize_name(name): (name, found) for name, found in environment.installed.items()}
    marked = {"python_full_version": environment.interpreter.version, "extra": ""}
    marked["python_version"] = ".".join(environment.interpreter.version.split(".")[:2])
    waiting = [Requirement(package)]
    brought: dict[str, int] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        requirement = waiting.pop()
        asked = (canonicalize_name(requirement.name), frozenset(requirement.extras))
        if asked in seen or asked[0] not in by_name:
            continue
        seen.add(asked)
        name, found = by_name[asked[0]]
        brought[name] = found.size_bytes
        extras = asked[1] or {""}
        for text in found.requires:
            further = _requirement(text)
            if further is not None and any(_applies(further.marker, {**marked, "extra": each}) for each in extras):
                waiting.append(further)
    if not brought:
        return None
    return FrameworkInstall(distributions=tuple(brought), size_bytes=sum(brought.values()))


def _requirement(text: str) -> Requirement | None:
    """What a distribution's metadata ask for; None where that has no name.

    Metadata of old wheels hold what was never valid, such as `tinydep (>=1.0.*)`, and pip and uv read it all the same.
    Here the versions are installed already, so the name counts, and the marker if it can be read.
    """
    found = _NAMED.match(text)
    if found is None:
        return None
    named = found[0].strip()
    for attempt in (text, f"{named};{text.partition(';')[2]}", named):
        with suppress(InvalidRequirement):
            return Requirement(attempt)
    return None


def _applies(marker: Marker | None, environment: dict[str, str]) -> bool:
    """Whether something is required here; where the marker can't be evaluated, it may be, and so it counts."""
    try:
        return marker is None or marker.evaluate(environment)
    except (UndefinedComparison, UndefinedEnvironmentName, ValueError):
        return True


def _special(subject: Subject) -> dict[str, str]:
    return {} if subject.is_original or subject.twin else set_up(subject)


def _version(package: str | None, packages: dict[str, str]) -> str | None:
    wanted = None if package is None else canonicalize_name(package)
    return next((version for name, version in packages.items() if canonicalize_name(name) == wanted), None)
