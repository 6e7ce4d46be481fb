"""Real containers. Without an engine these tests are skipped, saying why; under CI that is a failure."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.catalog.discover import read_app
from harness.host.cpus import layout_here
from harness.model.app import App
from harness.model.errors import RuntimeFault
from harness.runtime.docker.container_engine import find_engine
from harness.runtime.docker.images import POSTGRES_IMAGE, PYTHON_IMAGE, see_to
from harness.runtime.docker.runtime import DockerRuntime
from tests import warm
from tests.container.left import APPS, STOOD, left_of

type Bench = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session", autouse=True)
def engine() -> None:
    """An engine that answers, with the base images."""
    lacking = None
    if find_engine() is None:
        lacking = "no container engine with Compose and BuildKit answers"
    else:
        try:
            see_to(PYTHON_IMAGE, POSTGRES_IMAGE)
        except RuntimeFault as error:
            lacking = str(error)
    if lacking and os.environ.get("CI"):
        pytest.fail(f"under CI containers have to be tested, but {lacking}")
    if lacking:
        pytest.skip(lacking)
    STOOD.update(left_of())


@pytest.fixture(scope="session")
def flask() -> App:
    return read_app(APPS / "flask_app")


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory, flask: App) -> Iterator[DockerRuntime]:
    """A runtime with Flask's image, which leaves nothing behind."""
    with DockerRuntime(tmp_path_factory.mktemp("state"), layout_here()) as opened:
        opened.prepare([flask], lambda _: None)
        yield opened
    assert left_of(opened._project.name) == []


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """Runs the command in the test's folder, in containers."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return warm.bench(tmp_path, *arguments)

    return run
