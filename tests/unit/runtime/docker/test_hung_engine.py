"""A container engine that does not come back is given up in time, and what is not ended in time is removed."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

from harness.companion import has_ended
from harness.host.imports import NotImported
from harness.model.errors import RuntimeFault
from harness.runtime.docker import container as containers
from harness.runtime.docker import runtime as runtimes
from harness.runtime.docker.container import Container
from harness.runtime.docker.project import ComposeProject, remove_project
from harness.runtime.docker.runtime import DockerRuntime
from harness.runtime.docker.server import ContainerServer
from tests.unit.plan.manifests import app_with
from tests.unit.runtime.test_giving_way import TWO_CPUS, without_an_engine

type Engine = Callable[[str], Path]


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Makes a docker command that does so, and returns the file where it writes what it was asked."""

    def make(script: str) -> Path:
        asked = tmp_path / "asked"
        command = tmp_path / "docker"
        command.write_text(f'#!/bin/sh\necho "$@" >>{asked}\n{script}\n')
        command.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
        return asked

    return make


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "_STOP_S", 0.3)
    monkeypatch.setattr(containers, "_LOG_S", 0.3, raising=False)


def a_container() -> Container:
    made = object.__new__(Container)
    vars(made).update(name="some", _stopping=None)
    return made


HANGS = 'case "$1" in stop|logs) exec sleep 60;; esac'


@pytest.mark.fault(
    where="engine",
    what="The engine does not come back when a container is to be stopped",
    happens="It is given up after half a minute, and the container is removed by force.",
    lost="Nothing",
    exit_code=0,
)
def test_who_is_not_stopped_in_time_is_removed_and_no_client_stays(engine: Engine) -> None:
    asked = engine(HANGS)
    container = a_container()
    container.stop()
    assert [line.split()[0] for line in asked.read_text().splitlines()] == ["stop", "rm"]
    assert container._stopping is not None
    assert container._stopping.returncode is not None


def test_one_that_is_not_to_be_removed_yet_is_a_fault_that_names_the_command(engine: Engine) -> None:
    engine(HANGS)
    with pytest.raises(RuntimeFault, match="did not finish within") as raised:
        a_container().end()
    assert "docker stop" in raised.value.hint


def test_an_interrupt_leaves_no_client_and_the_container_is_removed(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = engine(HANGS)
    container = a_container()
    container.ask_to_end()
    client = container._stopping
    assert client is not None

    def interrupted(process: subprocess.Popen[Any], patience_s: float | None = None) -> bool:
        if patience_s is None:
            return has_ended(process)
        raise KeyboardInterrupt

    monkeypatch.setattr(containers, "has_ended", interrupted)
    with pytest.raises(KeyboardInterrupt):
        container.stop()
    assert client.returncode is not None
    assert "rm" in asked.read_text()


def test_a_log_that_does_not_come_is_said_to_be_none(engine: Engine) -> None:
    engine(HANGS)
    with pytest.raises(RuntimeFault, match="did not finish within"):
        a_container().log()
    assert "its log can't be read" in a_container().log_excerpt()


def test_without_a_docker_command_the_ending_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(RuntimeFault, match="no docker command"):
        a_container().stop()


def test_a_network_goes_though_its_server_can_not_be_ended() -> None:
    ended: list[str] = []

    class Refusing(NamedTuple):
        name: str
        error: RuntimeFault | None

        def stop(self) -> None:
            ended.append(self.name)
            if self.error:
                raise self.error

        close = stop

    server = object.__new__(ContainerServer)
    fault = RuntimeFault("the engine is away", hint="wait")
    kept = {"container": Refusing("server", fault), "_network": Refusing("network", None)}
    vars(server).update(_stopped=False, _probe=Refusing("probe", None), **kept)
    with pytest.raises(RuntimeFault, match="the engine is away"):
        server.stop()
    assert ended == ["probe", "server", "network"]


LEFT = """
case "$1 $2" in
"ps --all") echo aaaa; echo bbbb;;
"rm --force") case "$4" in aaaa) echo "device or resource busy" >&2; exit 1;; esac;;
"network ls") echo cccc;;
"network rm") echo "has active endpoints" >&2; exit 1;;
"volume ls") echo dddd;;
esac
"""


def test_of_a_project_all_that_can_be_removed_is_and_the_rest_is_said(engine: Engine) -> None:
    engine(LEFT)
    found = {what: why and why.what for what, why in remove_project("bench-1")}
    assert list(found) == ["container aaaa", "container bbbb", "network cccc", "volume dddd"]
    assert "resource busy" in str(found.pop("container aaaa"))
    assert "active endpoints" in str(found.pop("network cccc"))
    assert set(found.values()) == {None}


def test_an_engine_that_is_away_is_a_fault(engine: Engine) -> None:
    engine("exit 1")
    with pytest.raises(RuntimeFault):
        list(remove_project("bench-1"))


def test_what_went_wrong_at_a_start_is_told_and_not_what_went_wrong_after_it(engine: Engine) -> None:
    engine('case "$1" in compose) echo "no such image" >&2;; esac; exit 1')
    with pytest.raises(RuntimeFault, match="no such image"):
        ComposeProject("bench-1", {}).start("app")


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> DockerRuntime:
    """One that has started nothing."""
    without_an_engine(monkeypatch)
    return DockerRuntime(tmp_path, TWO_CPUS)


def test_an_import_that_hangs_leaves_no_container(
    runtime: DockerRuntime, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = engine("")
    commands: list[tuple[str, ...]] = []

    def hang(command: tuple[str, ...], **_: object) -> float:
        commands.append(command)
        raise NotImported("not within 30 s")

    monkeypatch.setattr(runtimes, "imported_in_s", hang)
    monkeypatch.setattr(runtimes, "import_script", lambda *_: "import one")
    monkeypatch.setattr(runtimes, "modules_of", lambda *_: ())
    app = app_with("one", ("hello",), default=())
    project = runtime._project_of(app)
    made: Any = SimpleNamespace(name="some/image")
    runtime._images[project] = runtime._environments[project] = made
    with runtime, pytest.raises(NotImported):
        runtime.import_s(app)
    (command,) = commands
    name = command[command.index("--name") + 1]
    assert f"com.docker.compose.project={runtime._project.name}" in command
    assert f"rm --force --volumes {name}" in asked.read_text()


def test_a_runtime_ends_all_that_it_has_started_though_some_of_it_resists(runtime: DockerRuntime) -> None:
    done: list[str] = []

    class Resisting:
        def ask_to_end(self) -> None:
            done.append("asked")
            raise BlockingIOError

        def stop(self) -> None:
            done.append("stopped")
            raise RuntimeFault("it can't be ended", hint="look")

    servers: Any = [Resisting(), Resisting()]
    runtime._servers = servers
    with pytest.raises(RuntimeFault, match="it can't be ended"):
        runtime.close()
    assert done == ["asked", "asked", "stopped", "stopped"]
    assert runtime.ledger._file.closed
