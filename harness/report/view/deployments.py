"""The section on deployments: everything about a subject's set-up that shaped its numbers."""

import shlex
from dataclasses import dataclass
from urllib.parse import urlsplit

from harness.model.host import Interpreter
from harness.model.run import Deployment, Image, Run
from harness.report.numbers import file_size, significant
from harness.report.view.cast import Cast, SubjectLabel


@dataclass(frozen=True, slots=True)
class Link:
    """A place to read on; `href` is empty where the text is no web address and must not be followed."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class DeploymentCard:
    """One subject as it was really deployed."""

    label: SubjectLabel
    version: str
    why: str
    source: Link | None
    command: str
    environment: tuple[tuple[str, str], ...]
    keep_alive: bool
    interpreter: str
    accelerators: str
    lock_sha256: str
    code_sha256: str
    packages: tuple[tuple[str, str], ...]
    image: str
    """Name, digest, size and build time of its container image; empty for a local process."""


@dataclass(frozen=True, slots=True)
class DeploymentsView:
    """All deployments in catalog order, and what is the same for them."""

    cards: tuple[DeploymentCard, ...]
    same_interpreter: bool


def deployments_view(run: Run, cast: Cast) -> DeploymentsView:
    """One card a deployment; the A/A twin is its original once more and has none of its own."""
    originals = [deployment for deployment in run.deployments if deployment.subject.is_original]
    builds = {interpreter_words(deployment.interpreter) for deployment in originals}
    return DeploymentsView(tuple(_card(each, cast) for each in originals), same_interpreter=len(builds) <= 1)


def interpreter_words(build: Interpreter) -> str:
    """A Python build with those of its properties that change its speed."""
    properties = (
        {True: "PGO", False: "no PGO", None: "PGO not told"}[build.pgo],
        {True: "LTO", False: "no LTO", None: "LTO not told"}[build.lto],
        "free-threaded" if build.free_threaded else "GIL",
        "JIT" if build.jit else "no JIT",
    )
    return f"{build.implementation} {build.version} ({', '.join(properties)}; {build.compiler})"


def link(address: str) -> Link:
    """`address` as something to follow if it is a web address; otherwise only as something to read."""
    return Link(address, address if urlsplit(address).scheme in {"http", "https"} else "")


def _card(deployment: Deployment, cast: Cast) -> DeploymentCard:
    return DeploymentCard(
        label=cast.label(deployment.subject),
        version=deployment.framework_version or "",
        why=deployment.why,
        source=link(deployment.source) if deployment.source else None,
        command=shlex.join(deployment.command),
        environment=tuple(sorted(deployment.environment.items())),
        keep_alive=deployment.keep_alive,
        interpreter=interpreter_words(deployment.interpreter),
        accelerators=", ".join(deployment.accelerators) or "none",
        lock_sha256=deployment.lock_sha256,
        code_sha256=deployment.code_sha256,
        packages=tuple(sorted(deployment.packages.items())),
        image=_image_words(deployment.image) if deployment.image else "",
    )


def _image_words(image: Image) -> str:
    built = "" if image.build_s is None else f", built in {significant(image.build_s)} s"
    return f"{image.name}, {file_size(image.size_bytes)}{built}; {image.digest}"
