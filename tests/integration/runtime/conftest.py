import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from harness.host.cpus import allowed_cpus, lay_out
from harness.model.app import App, Endpoint, Family, Interface, Manifest, Variant
from harness.model.cell import Subject
from harness.runtime.local.runtime import ProcessRuntime
from harness.runtime.local.server import Server
from tests.waiting import PATIENCE_S


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def runtime(state: Path) -> Iterator[ProcessRuntime]:
    allowed = allowed_cpus()
    with ProcessRuntime(state, lay_out(allowed, {})) as started:
        yield started


@pytest.fixture
def tiny_app(tmp_path: Path) -> App:
    """An app of the tiny server: its variant names the behaviour."""
    folder = tmp_path / "tiny_app"
    programs = folder / ".venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "python").symlink_to(Path(sys.executable).resolve())
    script = str(Path(__file__).with_name("tiny_server.py"))
    behaviours = (  # As the functions of the script are called.
        "serve",
        "crash",
        "hang",
        "silent",
        "late",
        "busy",
        "wrong",
        "workers",
        "stubborn",
        "runaway",
        "spender",
        "orphan",
        "environment",
    )
    variants = {
        name: Variant(server="tiny", interface=Interface.NATIVE, command=("python", script, name), why="for a test")
        for name in behaviours
    }
    manifest = Manifest(title="Tiny", family=Family.BASELINE, endpoints=(Endpoint.HELLO,), variants=variants)
    return App(name="tiny", folder=folder, manifest=manifest, python=">=3.13")


@pytest.fixture
def launch(runtime: ProcessRuntime, tiny_app: App) -> Callable[..., Server]:
    def start(behaviour: str) -> Server:
        subject = Subject(app="tiny", variant=behaviour)
        return runtime.launch(tiny_app, subject, hash_seed=7, database_url=None)

    return start


@pytest.fixture
def gone() -> Callable[..., list[int]]:
    """Waits until none of these processes is left; returns those that are."""

    def wait(pids: list[int], timeout_s: float = PATIENCE_S) -> list[int]:
        deadline = time.monotonic() + timeout_s
        while (left := [pid for pid in pids if _runs(pid)]) and time.monotonic() < deadline:
            time.sleep(0.02)
        return left

    return wait


def _runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
