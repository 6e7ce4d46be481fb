"""Container images: built from the app's lock and code, and described."""

import os
import re
import shutil
import tempfile
import time
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from harness.host import interpreter_facts
from harness.host.interpreter import Environment
from harness.host.own_files import without_foreign
from harness.model.app import App
from harness.model.base import REVISION_SIGN
from harness.model.errors import BenchError, RuntimeFault
from harness.model.run import Image
from harness.runtime.docker.container_engine import BUILD_S, Answer, docker, inspect, read
from harness.runtime.environment import DECIDING_FILES, environment_fault

PYTHON_IMAGE: Final = "python:3.13-slim-trixie"
POSTGRES_IMAGE: Final = "postgres:18-trixie"
DRIVER_IMAGE: Final = "framework-referee/driver"

_PROJECT: Final = Path(__file__).parents[3]
_DOCKERFILE: Final = _PROJECT / "apps" / "Dockerfile"
_DRIVER_DOCKERFILE: Final = Path(__file__).parents[1] / "images" / "driver.Dockerfile"
_START_SCRIPT: Final = _PROJECT / "apps" / "start.py"

_PULL_S: Final = 600.0
_LONGEST_TAG: Final = 100


def python_image() -> str:
    """The base image of the apps and of the load driver: what PYTHON_IMAGE names, or the official one."""
    return os.environ.get("PYTHON_IMAGE") or PYTHON_IMAGE


def image_name(app: App, variant: str | None = None) -> str:
    """How an app's image is called, `docker-compose.yml` calls it so too; one for a `variant` alone has its name.

    Another revision's has a tag of its own, the same for each that ever was measured: so but one of an app stays. Of
    an app that is measured on several interpreters, there is one for each.
    """
    if app.base_image and app.own_files is None:
        tag = f":on-{re.sub(r'[^A-Za-z0-9._]+', '-', app.base_image)[-_LONGEST_TAG:]}"
    else:
        tag = _tag_of_revision(app)
    return f"framework-referee/{app.folder.name}" + (f"-on-{variant}" if variant else "") + tag


def _tag_of_revision(app: App) -> str:
    return ":other" if REVISION_SIGN in app.name else ":first" if app.base_image or app.revision else ""


def build_app_image(app: App, project: Path, variant: str | None = None) -> Image:
    """Build an app's image; what has not changed comes from the engine's cache.

    Its environment is made by what `project` locks: the app's own, or that of a `variant` that needs more.

    Raises ManifestError where its lock file is missing or stale, RuntimeFault where it can't be built.
    """
    name, base = image_name(app, variant), app.base_image or python_image()
    with tempfile.TemporaryDirectory(prefix="bench-context-") as context:
        # The app may lie anywhere, and what is not copied here need not be looked through.
        shutil.copytree(app.folder, Path(context, app.folder.name), ignore=without_foreign)
        for deciding in DECIDING_FILES:
            shutil.copy(project / deciding, Path(context, app.folder.name))
        shutil.copy(_START_SCRIPT, context)
        try:
            return _build(name, _DOCKERFILE, Path(context), "--build-arg", f"APP={app.folder.name}", base=base)
        except RuntimeFault as error:
            if missing := _missing_base(error.what, base):
                raise missing from None
            raise environment_fault(app, error.what) from None


def build_driver_image() -> Image:
    """Build the image of the load driver."""
    try:
        return _build(DRIVER_IMAGE, _DRIVER_DOCKERFILE, _PROJECT, base=python_image())
    except RuntimeFault as error:
        raise _missing_base(error.what, python_image()) or error from None


def describe_image(name: str, build_s: float | None = None) -> Image:
    """An image that is there."""
    found = read(_Found, inspect("image", name))
    return Image(name=name, digest=found.id, size_bytes=found.size, build_s=build_s)


class _Found(Answer):
    """What the engine tells of an image."""

    id: str
    size: int


def examine_image(image: Image, *options: str) -> Environment:
    """Have the image's interpreter describe itself and what is installed; `options` are of `docker run`."""
    isolated = ("--rm", "--interactive", "--network", "none", "--read-only", "--cap-drop", "ALL", *options)
    said = docker(
        "run", *isolated, image.name, "python", "-I", "-", given=Path(interpreter_facts.__file__).read_text("utf-8")
    )
    try:
        return Environment.model_validate_json(said)
    except ValidationError:
        raise RuntimeFault(
            f"the interpreter of the image {image.name} can't describe itself: {said[:200]!r}",
            hint=f"remove the image, it is then built again: docker image rm {image.name}",
        ) from None


def see_to(*names: str) -> None:
    """Pull the images that are not there.

    Raises RuntimeFault where one can't be had.
    """
    for name in lacking(*names):
        try:
            docker("pull", "--quiet", name, timeout_s=_PULL_S)
        except RuntimeFault as error:
            raise _no_image(name, error.what) from None


def lacking(*names: str) -> list[str]:
    """Of these images, those that are not there."""
    return [name for name in names if not _is_there(name)]


def _is_there(name: str) -> bool:
    try:
        inspect("image", name)
    except RuntimeFault:
        return False
    return True


def _build(name: str, dockerfile: Path, context: Path, *options: str, base: str) -> Image:
    began_s = time.monotonic()
    docker(
        *("buildx", "build", "--load", "--quiet", "--file", str(dockerfile), "--tag", name),
        *("--build-arg", f"PYTHON_IMAGE={base}", *options, str(context)),
        timeout_s=BUILD_S,
    )
    return describe_image(name, build_s=round(time.monotonic() - began_s, 3))


def _missing_base(said: str, base: str) -> BenchError | None:
    """What to say where the base image could not be had."""
    unresolved = re.search(r"(?m)^.*(?:failed to resolve source metadata for|pull access denied).*$", said)
    return _no_image(base, unresolved[0].strip()) if unresolved else None


def _no_image(name: str, said: str) -> RuntimeFault:
    return RuntimeFault(
        f"the image {name} can't be had: {said}",
        hint="on a host that reaches no image registry, `make images-offline` makes stand-ins, of other interpreters "
        "with PYTHONS='3.14 3.15'; or use --runtime process",
    )
