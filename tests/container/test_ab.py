"""`bench ab` in containers: the images of both sides are built, and neither takes the other's name."""

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uv

from harness.runtime.docker.images import PYTHON_IMAGE
from tests.container.left import APPS, left_of
from tests.container.test_run import header
from tests.ending import ended_well
from tests.integration.cli.conftest import MANIFEST, TINY
from tests.started import started_run
from tests.unit.runtime.test_local_wheel import wheel_of, write_project

type Bench = Callable[..., subprocess.CompletedProcess[str]]

OTHER = "framework-referee/python:of-a-test"
SOURCE = '\n[tool.uv.sources]\ntiny-dep = {{ path = "{wheel}" }}\n'


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
    run = header(folder)
    assert run["runtime"] == "docker"
    names = {deployment["image"]["name"] for deployment in run["deployments"]}
    assert names == {"framework-referee/flask_app:first", "framework-referee/flask_app:other"}
    assert (folder / "comparison.html").is_file()
    assert left_of() == []


@pytest.fixture
def wheeled(tmp_path: Path) -> Iterator[None]:
    """A small app that comes with a wheel of its own; of what it gets, nothing comes from an index."""
    folder = tmp_path / "apps" / "wheeled_app"
    folder.mkdir(parents=True)
    wheel = shutil.move(wheel_of(write_project(tmp_path / "first", "1"), tmp_path / "built"), folder)
    manifest = MANIFEST.format(name="wheeled", fault="").replace('"0"', '"0"\ndependencies = ["tiny-dep"]', 1)
    (folder / "pyproject.toml").write_text(manifest + SOURCE.format(wheel=Path(wheel).name))
    shutil.copy(TINY / "app.py", folder)
    subprocess.run([uv.find_uv_bin(), "lock", "--project", folder, "--offline", "-q", "-p", sys.executable], check=True)
    yield
    images = [f"framework-referee/wheeled_app{tag}" for tag in ("", ":other")]
    subprocess.run(("docker", "image", "rm", "--force", *images), check=False, capture_output=True)


@pytest.mark.usefixtures("wheeled")
def test_a_folder_of_sources_is_in_the_image_and_a_run_that_was_cut_off_goes_on(bench: Bench, tmp_path: Path) -> None:
    write_project(tmp_path / "checkout", "2")
    small = ("--profile", "smoke", "--rounds", "2", "--endpoint", "json", "--workload", "capacity")
    begin = ("ab", "wheeled", "--with", "./checkout", *small, "--runtime", "docker")
    begun = started_run(tmp_path, *begin, until='"record":"round"')
    begun.send_signal(signal.SIGINT)
    _, said = begun.communicate()
    assert begun.returncode == 130, said
    assert left_of() == []

    done = bench("ab", "--resume", "latest", "--json")
    assert ended_well(done.returncode, done.stderr), done.stderr
    found = json.loads(done.stdout)
    assert (found["a"]["name"], found["b"]["name"]) == ("wheeled", "wheeled (with tiny-dep 2)")
    assert found["app_changes"] == ["wheeled: Tiny.Dep 1 -> 2"]
    assert found["verdict"]
    (folder,) = tmp_path.glob("reports/2*")
    run = header(folder)
    assert run["runtime"] == "docker"
    packages = {each["image"]["name"]: each["packages"]["Tiny.Dep"] for each in run["deployments"]}
    assert packages == {"framework-referee/wheeled_app": "1", "framework-referee/wheeled_app:other": "2"}
    assert (folder / "comparison.html").is_file()
    assert left_of() == []
