"""`bench ab` in containers: the images of both sides are built, and neither takes the other's name."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.model.app import App
from harness.runtime.docker.images import PYTHON_IMAGE, build_app_image, examine_image, image_name
from harness.runtime.revisions import with_requirements
from tests.container.left import APPS, left_of
from tests.ending import ended_well
from tests.unit.runtime.test_local_wheel import app, write_project  # noqa: F401 - a fixture

type Bench = Callable[..., subprocess.CompletedProcess[str]]

OTHER = "framework-referee/python:of-a-test"


@pytest.fixture
def other_python() -> Iterator[str]:
    """The image of all apps under another name."""
    subprocess.run(("docker", "tag", PYTHON_IMAGE, OTHER), check=True)
    yield OTHER
    subprocess.run(("docker", "image", "rm", OTHER), check=True, capture_output=True)


def test_two_interpreters_are_two_images_and_one_comparison(bench: Bench, tmp_path: Path, other_python: str) -> None:
    small = ("--profile", "smoke", "--rounds", "1", "--endpoint", "hello", "--workload", "capacity", "--json")
    on = ("--python", "3.13", "--python", other_python)
    done = bench("ab", "flask", *on, *small, "--runtime", "docker", "--apps-dir", str(APPS))
    assert ended_well(done.returncode, done.stderr), done.stderr
    found = json.loads(done.stdout)
    assert found["a"]["name"] == f"Flask (on {PYTHON_IMAGE})"
    assert found["b"]["name"] == f"Flask (on {other_python})"
    assert found["verdict"]
    (folder,) = tmp_path.glob("reports/2*")
    run = json.loads((folder / "run.json").read_text())
    assert run["runtime"] == "docker"
    names = {deployment["image"]["name"] for deployment in run["deployments"]}
    assert names == {"framework-referee/flask_app:first", "framework-referee/flask_app:other"}
    assert (folder / "comparison.html").is_file()
    assert left_of() == []


def test_a_wheel_of_this_host_is_in_the_image(app: App, tmp_path: Path) -> None:  # noqa: F811 - the fixture
    checkout = write_project(tmp_path / "checkout", "2")
    other = with_requirements(app, [str(checkout)], tmp_path / "b")
    try:
        assert examine_image(build_app_image(other, other.folder)).packages["Tiny.Dep"] == "2"
    finally:
        subprocess.run(("docker", "image", "rm", "--force", image_name(other)), check=False, capture_output=True)
