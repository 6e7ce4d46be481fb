"""`bench run --python` in containers: an image for each interpreter, and what has none is not available."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.runtime.docker.images import PYTHON_IMAGE
from tests.container.left import APPS, left_of
from tests.container.test_ab import Bench, other_python
from tests.ending import ended_well

__all__ = ["other_python"]


IMAGE = "framework-referee/flask_app:on-framework-referee-python-of-a-test"


@pytest.fixture(autouse=True)
def image() -> Iterator[None]:
    """Takes away what the test makes."""
    yield
    subprocess.run(("docker", "image", "rm", "--force", IMAGE), check=False, capture_output=True)


def test_each_app_has_an_image_for_each_interpreter(bench: Bench, tmp_path: Path, other_python: str) -> None:
    small = ("--profile", "smoke", "--rounds", "1", "--endpoint", "hello", "--workload", "capacity")
    on = ("--python", "3.13", "--python", other_python, "--python", "3.99")
    done = bench("run", "--app", "flask", *on, *small, "--runtime", "docker", "--apps-dir", str(APPS))
    assert ended_well(done.returncode, done.stderr), done.stderr
    assert "not available: Python 3.99: the image python:3.99-slim-trixie can't be had: " in done.stderr
    (folder,) = tmp_path.glob("reports/2*")
    run = json.loads((folder / "run.json").read_text())
    found = {each["subject"]["app"]: each for each in run["deployments"]}
    assert list(found) == ["flask", "flask@framework-referee-python-of-a-test"]
    usual, other = found.values()
    assert (usual["revision"], other["revision"]) == (f"on {PYTHON_IMAGE}", f"on {other_python}")
    assert usual["image"]["name"] != other["image"]["name"]
    assert other["image"]["name"] == IMAGE
    assert usual["lock_sha256"] == other["lock_sha256"]
    assert "The same app on different interpreters, hello" in (folder / "summary.md").read_text()
    assert left_of() == []
