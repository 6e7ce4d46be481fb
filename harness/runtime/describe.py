"""How a subject is deployed, as it stands in the run."""

import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from harness.model.app import App
from harness.model.cell import Subject
from harness.model.run import Deployment, Image
from harness.runtime import variables
from harness.runtime.environment import code_sha256, lock_sha256
from harness.runtime.facts import ACCELERATORS
from harness.runtime.interpreter import Environment


def describe_deployment(
    app: App, subject: Subject, environment: Environment, accelerators: Iterable[str], image: Image | None = None
) -> Deployment:
    """All that shaped the subject's numbers, from its manifest and its environment."""
    manifest = app.manifest
    variant = manifest.variants[subject.variant]
    return Deployment(
        subject=subject,
        title=manifest.title,
        family=manifest.family,
        interface=variant.interface,
        built_on=manifest.built_on,
        server=variant.server,
        why=variant.why,
        source=None if variant.source is None else str(variant.source),
        keep_alive=variant.keep_alive,
        command=variant.command,
        environment=variables.without_password(variant.environment),
        framework_version=_version(manifest.package, environment.packages),
        packages=environment.packages,
        lock_sha256=lock_sha256(app),
        code_sha256=code_sha256(app),
        interpreter=environment.interpreter,
        accelerators=tuple(sorted(accelerators)),
        image=image,
    )


def loaded_accelerators(pids: Iterable[int]) -> frozenset[str]:
    """Which accelerators these processes have really loaded, by the shared objects in their memory maps."""
    found: set[str] = set()
    for pid in pids:
        with suppress(OSError):
            found.update(_accelerator_of(line) for line in Path(f"/proc/{pid}/maps").read_text().splitlines())
    return frozenset(found - {""})


def _accelerator_of(mapping: str) -> str:
    """`uvloop` for `.../site-packages/uvloop/loop.cpython-313-x86_64-linux-gnu.so`."""
    _, inside, module = mapping.rpartition("/site-packages/")
    name = re.split(r"[/.]", module, maxsplit=1)[0]
    return name if inside and module.endswith(".so") and name in ACCELERATORS else ""


def _version(package: str | None, packages: dict[str, str]) -> str | None:
    wanted = None if package is None else _normal(package)
    return next((version for name, version in packages.items() if _normal(name) == wanted), None)


def _normal(name: str) -> str:
    """Names that differ only so are the same distribution (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()
