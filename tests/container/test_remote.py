"""The load on this host, and servers and database on another, whose engine is reached over the network.

The other host is a network namespace with an engine of its own, so that this host's files show what its observer ought
to read there.
"""

import json
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from harness.companion import Program
from harness.host.cgroup import Cgroup
from harness.metering.process_tree import Memory
from harness.model.app import App
from harness.model.cell import Subject
from harness.model.errors import RuntimeFault
from harness.runtime.docker.account import LocalAccount
from harness.runtime.docker.app_host import AppHost
from harness.runtime.docker.container_engine import docker, inspect
from harness.runtime.docker.remote_database import RemotePostgres
from harness.runtime.docker.remote_runtime import RemoteRuntime, layout_across
from harness.runtime.docker.server import ContainerServer
from harness.runtime.docker.server_network import ServerNetwork
from harness.runtime.ledger import sweep
from tests import warm
from tests.container.left import APPS, left_of
from tests.container.second_host import APP_HOST, BEYOND, ENGINE, LOAD_HOST, containers_there, second_host, unreachable
from tests.ending import ended_well
from tests.started import started_run
from tests.waiting import undisturbed

RUN = ("run", "--runtime", "docker", "--profile", "smoke", "--apps-dir", str(APPS), "--app", "flask")

MAY_NOT = """
import json, socket, sys
def tried(address, port):
    try:
        socket.create_connection((address, int(port)), timeout=3).close()
    except OSError as error:
        return error.strerror or str(error)
    return "done"
print(json.dumps([tried(*place.split(":")) for place in sys.argv[1:]]))
"""


@pytest.fixture(scope="module", autouse=True)
def app_host() -> Iterator[None]:
    if os.geteuid() != 0:
        reason = "making a second host out of a network namespace takes root"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    with second_host(), pytest.MonkeyPatch.context() as patch:
        patch.setenv("DOCKER_HOST", ENGINE)
        yield


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory, flask: App) -> Iterator[RemoteRuntime]:
    with RemoteRuntime(tmp_path_factory.mktemp("state"), layout_across(1), APP_HOST) as opened:
        opened.prepare([flask], lambda _: None)
        yield opened
    assert containers_there() == []
    assert left_of() == []


@pytest.fixture(scope="module")
def database(runtime: RemoteRuntime) -> RemotePostgres:
    return runtime.start_database(count_statements=True)


@pytest.fixture(scope="module")
def server(runtime: RemoteRuntime, database: RemotePostgres, flask: App) -> ContainerServer:
    subject = Subject(app="flask", variant="controlled")
    started = runtime.launch(flask, subject, hash_seed=1, database_url=database.url)
    started.await_ready()
    return started


def answer_of(server: ContainerServer, target: str) -> bytes:
    with socket.create_connection((server.host, server.port), timeout=5) as connection:
        connection.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_a_server_and_its_database_answer_from_the_other_host(
    runtime: RemoteRuntime, server: ContainerServer, database: RemotePostgres
) -> None:
    assert server.host == APP_HOST
    before = database.statements()
    assert b'"randomNumber":' in answer_of(server, "/db?id=7")
    assert before is not None
    assert database.statements() == before + 1
    assert (opened := database.connections()) > 0
    assert database.connections() == opened, "a look is none"
    assert (used := database.activity()) is not None
    assert database.activity() == used, "nor is it a statement"
    answer_of(server, "/db?id=8")
    assert database.activity().items() - used.items()
    opened = database.connections()
    assert database.change("UPDATE world SET random_number = 12 WHERE id = 8")
    assert b'"randomNumber":12' in answer_of(server, "/db?id=8").replace(b" ", b"")
    assert database.connections() == opened, "nor is a change a client's"
    with database.held() as held:
        assert not held
    assert database.version.startswith("18.")
    assert server.start_s is not None
    assert server.start_s > 0.05
    undisturbed(runtime.clock_ahead_ns, is_one_clock)


def is_one_clock(ahead_ns: int) -> None:
    """The two hosts are one machine."""
    assert abs(ahead_ns) < 50e6


def test_the_meters_read_what_the_control_groups_say(
    runtime: RemoteRuntime, server: ContainerServer, database: RemotePostgres
) -> None:
    state = inspect("container", server.container.name)["State"]
    cgroup = Cgroup(state["Pid"])  # of this same machine, where it can be read directly
    meter = runtime.meter(server, database, layout_across(1))
    before = meter.read()
    for number in range(1, 200):
        answer_of(server, f"/db?id={number}")
    low = cgroup.cpu_ns()
    after = meter.read()
    high = cgroup.cpu_ns()
    assert low is not None
    assert high is not None
    assert low <= after.server_cpu_ns <= high
    assert before.server_cpu_ns < after.server_cpu_ns
    assert (before.database_cpu_ns or 0) < (after.database_cpu_ns or 0)
    account = LocalAccount(state["Pid"], server.container.id)

    def check(seen_and_own: tuple[Memory, Memory]) -> None:
        seen, own = seen_and_own
        assert seen.processes == own.processes
        for name in ("rss_bytes", "pss_bytes", "charged_bytes"):
            assert getattr(seen, name) == pytest.approx(getattr(own, name), rel=0.05), name

    undisturbed(lambda: (server.memory(), account.memory()), check)


def test_a_server_has_no_way_out_but_the_one_back(server: ContainerServer, database: RemotePostgres) -> None:
    """To a host beyond, to the engine, by a name: none. The same trial from a plain container gets there."""
    with socket.create_server((BEYOND, 0)) as listener:
        places = (f"{BEYOND}:{listener.getsockname()[1]}", f"{APP_HOST}:2375")
        found = tried_inside(server.container.name, *places, f"{database.container.address}:5432")
        assert found == ["Network is unreachable", "Network is unreachable", "done"]
        docker("run", "--detach", "--name", "free", "framework-referee/flask_app", "sleep", "60")
        try:
            assert tried_inside("free", *places) == ["done", "done"]
        finally:
            docker("rm", "--force", "free")
    network = inspect("container", server._network.name if server._network else "")
    (published,) = network["NetworkSettings"]["Ports"].values()
    assert [place["HostIp"] for place in published] == [APP_HOST]
    app = inspect("container", server.container.name)["HostConfig"]
    assert (app["CapDrop"], app["CapAdd"], app["ReadonlyRootfs"]) == (["ALL"], None, True)
    assert not app["PortBindings"]
    (network,) = inspect("container", database.container.name)["NetworkSettings"]["Networks"]
    assert inspect("network", network)["Internal"] is True


def tried_inside(container: str, *places: str) -> list[str]:
    found: list[str] = json.loads(docker("exec", "--interactive", container, "python", "-", *places, given=MAY_NOT))
    return found


def test_the_observer_has_no_privilege(runtime: RemoteRuntime) -> None:
    assert runtime.app_host.read(()).accounts == ()
    (name,) = [name for name in containers_there() if "observer" in name]
    host = inspect("container", name)["HostConfig"]
    assert (host["CapDrop"], host["CapAdd"], host["Privileged"]) == (["ALL"], None, False)
    assert host["NetworkMode"] == "none"
    assert host["Binds"] == ["/sys/fs/cgroup:/host/cgroup:ro"]


def test_a_container_is_not_taken_for_this_host_s_own(runtime: RemoteRuntime, server: ContainerServer) -> None:
    """Where the engine is reached through a tunnel, that is how it shows that it is elsewhere."""
    with pytest.raises(RuntimeFault, match="runs on another machine"):
        LocalAccount(os.getpid(), server.container.id)
    with pytest.raises(RuntimeFault, match="numbers its processes otherwise"):
        runtime.app_host.account(1, server.container.id)


@pytest.mark.fault(
    where="engine",
    what="The observer on the app host dies",
    happens="It is told with the end of its log.",
    lost="The round under way",
    exit_code=4,
)
@pytest.mark.usefixtures("runtime")
def test_an_observer_that_dies_is_a_fault() -> None:
    command = ("docker", "run", "--rm", "--interactive", "framework-referee/driver", "sh", "-c", "echo so >&2; exit 3")
    with pytest.raises(RuntimeFault, match="observer on the app host"):
        AppHost(Program(command=command))


@pytest.mark.fault(
    where="engine",
    what="`--app-host` names an address that is not its host's",
    happens="It is told as such, with the option that mends it.",
    lost="Nothing has begun",
    exit_code=4,
)
def test_an_address_that_is_not_the_app_host_s_is_told(runtime: RemoteRuntime) -> None:
    with pytest.raises(RuntimeFault, match=f"has no address {LOAD_HOST}") as told:
        ServerNetwork(runtime._project, LOAD_HOST)
    assert "--app-host" in told.value.hint


def bench(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return warm.bench(folder, *arguments, environment=variables)


def records_of(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "windows.jsonl").read_text().splitlines()]


def test_a_run_measures_there_and_loads_from_here(tmp_path: Path) -> None:
    before = left_of()
    done = bench(tmp_path, *RUN, "--endpoint", "json", "--endpoint", "db")
    assert ended_well(done.returncode, done.stderr), done.stderr
    assert f"app host: {APP_HOST}" in done.stderr
    folder = tmp_path / done.stdout.strip()
    run = json.loads((folder / "run.json").read_text())
    assert run["runtime"] == "docker"
    assert run["driver_image"] is None
    assert run["engine"]["host_name"]
    assert run["plan"]["cpus"]["load_host_apart"] is True
    assert run["host"]["cpu_count"] == run["load_host"]["cpu_count"] == len(os.sched_getaffinity(0))
    assert APP_HOST not in (folder / "run.json").read_text()
    assert {check["name"].partition(", ")[2] for check in run["checks"]} == {"app host", "load host"}
    windows = [record for record in records_of(folder) if record["record"] == "window"]
    assert windows
    assert {window["spec"]["host"] for window in windows} == {APP_HOST}
    assert all(window["lost"] is None for window in windows)
    measured = [window for window in windows if window["kind"] == "measured"]
    metered = [window for window in measured if window["meter"]]
    assert sum(window["report"]["responses"] for window in measured)
    assert metered  # not all of them: on a busy machine readings may come too late to be used
    for window in metered:
        meter = window["meter"]
        assert 0 < meter["late_ns"] <= 0.05 * meter["elapsed_ns"]
        assert window["speed"]["samples"] > 0
    # Not in each: a reading of a short one can come so late that the server rests already.
    assert sum(window["meter"]["server_cpu_ns"] for window in metered) > 0
    assert median(window["meter"]["server_cpu_ns"] / window["meter"]["elapsed_ns"] for window in metered) <= 1.1
    starts = [record for record in records_of(folder) if record["record"] == "start"]
    assert all(start["pss_idle_bytes"] > 5_000_000 for start in starts if start["start_s"])
    found = json.loads(bench(tmp_path, "show", "--json").stdout)
    for cell in found["cells"]:
        broken = [gate for gate in cell["gates"] if not gate["held"]]
        assert all(gate["explanation"] for gate in broken), broken
    report = (folder / "index.html").read_text()
    assert "Load host: CPU" in report
    assert "App host: CPU" in report
    assert left_of() == before


@pytest.mark.fault(
    where="engine",
    what="The harness is killed while its containers run on another host",
    happens="The next start removes them there, wherever Docker's settings lead by then; the run can be resumed.",
    lost="The round under way",
    exit_code=None,
)
def test_a_killed_run_is_swept_where_it_ran_and_goes_on_there_and_an_interrupted_one_leaves_nothing(
    tmp_path: Path,
) -> None:
    before = left_of()
    run = started_run(tmp_path, *RUN, "--endpoint", "hello", "--workload", "capacity", until='"record":"window"')
    run.kill()
    run.communicate()
    assert left_of() != before
    with pytest.MonkeyPatch.context() as patch, unreachable():
        patch.delenv("DOCKER_HOST")  # whatever the next start's own engine is
        leftovers = sweep(tmp_path / ".bench")
        assert [leftover.removed for leftover in leftovers] == [False]
        assert ENGINE in leftovers[0].what
    elsewhere = bench(tmp_path, "run", "--resume", "latest", "--apps-dir", str(APPS), DOCKER_HOST="")
    assert elsewhere.returncode == 2
    assert "on another host" in elsewhere.stderr
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DOCKER_HOST")
        assert {leftover.removed for leftover in sweep(tmp_path / ".bench")} == {True}
    assert left_of() == before
    resumed = started_run(tmp_path, "run", "--resume", "latest", "--apps-dir", str(APPS), until='"record":"window"')
    resumed.send_signal(signal.SIGINT)
    _, err = resumed.communicate()
    assert resumed.returncode == 130, err
    assert "Traceback" not in err
    assert left_of() == before
