"""Runs `bench` as a user does: in a folder of its own, with apps of its own."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import chdir
from pathlib import Path

import psutil
import pytest

from tests import warm
from tests.saying import Said, say

TINY = Path(__file__).parent / "tiny"

MANIFEST = """
[project]
name = "{name}-app"
version = "0"
requires-python = ">=3.13"

[tool.uv]
package = false

[tool.bench]
title = "{name}"
family = "micro"
endpoints = ["hello", "json"]

[tool.bench.variants.default]
server = "its own"
interface = "native"
command = ["python", "app.py"]
environment = {{ FAULT = "{fault}" }}
why = "It has no other."
also = ["controlled"]
"""

LOCK = """
version = 1
revision = 3
requires-python = ">=3.13"

[[package]]
name = "{name}-app"
version = "0"
source = {{ virtual = "." }}
"""

type MakeApp = Callable[..., Path]
type Bench = Callable[..., subprocess.CompletedProcess[str]]
type Read = Callable[..., Said]


@pytest.fixture(autouse=True)
def as_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether or not a container engine answers; tests/container has those that need one."""
    monkeypatch.setenv("BENCH_RUNTIME", "process")


@pytest.fixture
def make_app(tmp_path: Path) -> MakeApp:
    """Makes an app folder under `apps/` of the test's folder."""

    def make(name: str, fault: str = "") -> Path:
        folder = tmp_path / "apps" / f"{name}_app"
        folder.mkdir(parents=True)
        (folder / "pyproject.toml").write_text(MANIFEST.format(name=name, fault=fault))
        (folder / "uv.lock").write_text(LOCK.format(name=name).lstrip())
        shutil.copy(TINY / "app.py", folder)
        return folder

    return make


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """Runs the command in the test's folder, and checks afterwards that nothing of it is left."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return warm.bench(tmp_path, *arguments, environment=environment)

    yield run
    assert left_behind(tmp_path) == []


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Carries out a command that only reads, in the test's folder: within this process, which has imported all."""

    def carry_out(*arguments: str) -> Said:
        with chdir(tmp_path):
            return say(*arguments)

    return carry_out


def left_behind(folder: Path) -> list[str]:
    """Command lines of processes that run in the folder or below it."""
    found = []
    for process in psutil.process_iter(["cwd", "cmdline"]):
        cwd = process.info["cwd"]
        if cwd and Path(cwd).is_relative_to(folder):
            found.append(" ".join(process.info["cmdline"] or ["?"]))
    return found
