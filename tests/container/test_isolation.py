"""What a container of a run may and may not do, asked of the engine and tried from inside."""

import json
import os
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.model.app import App
from harness.model.cell import Subject
from harness.runtime.docker.container_engine import docker, inspect
from harness.runtime.docker.project import COMPOSE_FILE
from harness.runtime.docker.runtime import DockerRuntime
from harness.runtime.docker.server import ContainerServer
from tests.odd_hosts import lacking

NAMESPACE = "bench-test-outside"
OUTSIDE, GATEWAY = "10.213.7.2", "10.213.7.1"

MAY_NOT = """
import json, os, socket, sys
found = {"status": dict(line.split(":", 1) for line in open("/proc/self/status") if ":" in line)}
def tried(name, action):
    try:
        action()
    except OSError as error:
        found[name] = error.strerror or str(error)
    else:
        found[name] = "done"
tried("write", lambda: open("/app/written", "w"))
tried("write elsewhere", lambda: open("/usr/written", "w"))
tried("become root", lambda: os.setuid(0))
tried("connect", lambda: socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=3))
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def server(runtime: DockerRuntime, flask: App) -> Iterator[ContainerServer]:
    started = runtime.launch(flask, Subject(app="flask", variant="controlled"), hash_seed=1, database_url=None)
    started.await_ready()
    yield started
    started.stop()


@pytest.fixture(scope="module")
def outside() -> Iterator[int]:
    """A host beyond this one, in a network namespace of its own; the port on which it answers."""

    def ip(*words: str, check: bool = True) -> None:
        subprocess.run(("ip", *words), check=check, capture_output=True)

    if os.geteuid() != 0:
        lacking("making a host beyond this one takes root")
    ip("netns", "delete", NAMESPACE, check=False)
    ip("netns", "add", NAMESPACE)
    try:
        ip("link", "add", "bench-outside", "type", "veth", "peer", "name", "eth0", "netns", NAMESPACE)
        ip("address", "add", f"{GATEWAY}/24", "dev", "bench-outside")
        ip("link", "set", "bench-outside", "up")
        ip("-n", NAMESPACE, "address", "add", f"{OUTSIDE}/24", "dev", "eth0")
        ip("-n", NAMESPACE, "link", "set", "eth0", "up")
        ip("-n", NAMESPACE, "route", "add", "default", "via", GATEWAY)
        listening = "import socket; s = socket.create_server(('', 8123)); print(1, flush=True)\nwhile 1: s.accept()"
        words = ("ip", "netns", "exec", NAMESPACE, "python3", "-c", listening)
        with subprocess.Popen(words, stdout=subprocess.PIPE) as listener:
            listener.stdout.readline()
            yield 8123
            listener.kill()
    finally:
        ip("netns", "delete", NAMESPACE, check=False)


def tried_inside(container: str, port: int) -> dict[str, Any]:
    done = docker("exec", "--interactive", container, "python", "-", OUTSIDE, str(port), given=MAY_NOT)
    return json.loads(done)  # type: ignore[no-any-return]


def test_the_engine_confirms_the_isolation_of_an_app(server: ContainerServer) -> None:
    found = inspect("container", server.container.name)
    host = found["HostConfig"]
    assert host["CapDrop"] == ["ALL"]
    assert not host["CapAdd"]
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    assert host["ReadonlyRootfs"] is True
    assert host["Privileged"] is False
    assert 0 < host["Memory"] <= 4 * 2**30
    assert 0 < host["PidsLimit"] <= 1024
    # For a feed of 10,000 subscribers, whatever the engine's own limit is.
    assert [(each["Name"], each["Soft"], each["Hard"]) for each in host["Ulimits"]] == [("nofile", 20_000, 20_000)]
    assert host["CpusetCpus"] == ",".join(map(str, sorted(os.sched_getaffinity(0))[:1]))
    assert not host["PortBindings"]
    assert not host["Binds"]
    assert found["Config"]["User"] == "10001"
    (network,) = found["NetworkSettings"]["Networks"]
    assert inspect("network", network)["Internal"] is True


def test_from_inside_there_is_no_way_out_no_writing_and_no_privilege(server: ContainerServer, outside: int) -> None:
    found = tried_inside(server.container.name, outside)
    assert found["write"] == found["write elsewhere"] == "Read-only file system"
    assert found["become root"] == "Operation not permitted"
    assert found["connect"] in {"Network is unreachable", "timed out", "No route to host"}
    status = {name: value.strip() for name, value in found["status"].items()}
    assert status["NoNewPrivs"] == "1"
    assert {int(status[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {0}


def test_the_same_trial_succeeds_in_a_container_without_isolation(runtime: DockerRuntime, outside: int) -> None:
    """So that the test above could fail."""
    image = "framework-referee/flask_app"
    name = f"{runtime._project.name}-free"
    docker("run", "--detach", "--name", name, "--user", "0", image, "sleep", "60")
    try:
        found = tried_inside(name, outside)
    finally:
        docker("rm", "--force", name)
    assert {found[trial] for trial in ("write", "write elsewhere", "become root", "connect")} == {"done"}
    assert int(found["status"]["CapEff"], 16)


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The whole file, as Compose understands it."""
    said = docker("compose", "--file", str(COMPOSE_FILE), "--profile", "*", "config", "--format", "json")
    return json.loads(said)  # type: ignore[no-any-return]


def test_every_service_is_isolated_and_publishes_on_loopback_only(compose: dict[str, Any]) -> None:
    published = set()
    for name, service in compose["services"].items():
        assert service["cap_drop"] == ["ALL"], name
        assert set(service.get("cap_add", ())) <= ({"SYS_NICE"} if name in {"driver", "worker"} else set()), name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["read_only"] is True, name
        assert int(service["mem_limit"]) > 0, name
        assert service["pids_limit"] > 0, name
        assert "inside" in service["networks"], name
        assert {port["host_ip"] for port in service.get("ports", ())} <= {"127.0.0.1"}, name
        if service.get("ports"):
            published.add(name)
        assert ("outside" in service["networks"]) is (name in published), name
    assert published == {"door", "master"}
    assert compose["networks"]["inside"]["internal"] is True


def test_a_person_gets_an_app_on_loopback_with_one_command(runtime: DockerRuntime) -> None:
    """`APP=flask_app docker compose up app`, under another name and port than a person's own."""
    project = f"{runtime._project.name}-person"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    compose = ("compose", "--project-name", project, "--file", str(COMPOSE_FILE))
    variables = {"APP": "flask_app", "HOST_PORT": str(port)}
    try:
        docker(*compose, "up", "--detach", "--wait", "app", variables=variables)
        assert b'"randomNumber":' in answer_of("127.0.0.1", port, "/db?id=7")
    finally:
        docker(*compose, "down", "--volumes", variables=variables)


def answer_of(host: str, port: int, target: str) -> bytes:
    """All that the server sends, tried again while it is starting."""
    given_up = threading.Event()
    threading.Timer(20, given_up.set).start()
    while not given_up.wait(0.1):
        try:
            with socket.create_connection((host, port), timeout=5) as connection:
                connection.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
                received = b"".join(iter(lambda: connection.recv(65536), b""))
        except OSError:
            continue
        if received:
            return received
    return b""


def test_the_settings_of_postgresql_are_those_of_the_embedded_one(compose: dict[str, Any]) -> None:
    from harness.runtime.database.embedded import SETTINGS  # noqa: PLC0415 - only this test is about them

    command = compose["services"]["database"]["command"]
    given = dict(word.removeprefix("-c").split("=", 1) for word in command if word.startswith("-c"))
    # Its own network is how the apps' containers reach it.
    own = {name: value for name, value in SETTINGS.items() if name != "listen_addresses"}
    assert {name: value for name, value in given.items() if name in own} == own
    assert set(given) - set(own) == {"shared_preload_libraries"}
    assert Path(compose["configs"]["dataset"]["file"]).name == "dataset.sql"
