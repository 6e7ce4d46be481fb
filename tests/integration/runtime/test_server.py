import os
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.host.ports import Listening, free_port, is_free
from harness.model.app import App
from harness.model.cell import Subject
from harness.model.errors import ManifestError, RuntimeFault
from harness.runtime import readiness
from harness.runtime.local.runtime import ProcessRuntime
from harness.runtime.local.server import Launch, Server
from tests.waiting import eventually, undisturbed


def test_a_server_gets_ready_and_stops_without_a_trace(
    launch: Callable[..., Server], gone: Callable[..., list[int]]
) -> None:
    server = launch("serve")
    assert server.await_ready() == server.start_s > 0
    assert server.alive()
    pids = server.pids()
    assert len(pids) == 1

    server.stop()

    assert not server.alive()
    assert gone(pids) == []
    assert is_free(server.port)
    server.stop()  # May be called again.


def test_several_servers_started_at_once_each_get_their_own_start_up_time(launch: Callable[..., Server]) -> None:
    servers = [launch("serve") for _ in range(3)]
    waiting = set(servers)
    while waiting:
        waiting = {server for server in waiting if not server.check_ready()}
    assert len({server.port for server in servers}) == 3
    assert all(server.start_s > 0 for server in servers)


def test_a_crash_at_start_is_told_with_the_log(launch: Callable[..., Server]) -> None:
    server = launch("crash")
    with pytest.raises(RuntimeFault, match=r"exit code 3(.|\n)*this is why it crashed"):
        server.await_ready()


@pytest.mark.parametrize(("behaviour", "told"), [("hang", "does not listen"), ("silent", "does not answer")])
def test_a_hang_at_start_ends_with_the_patience(launch: Callable[..., Server], behaviour: str, told: str) -> None:
    server = launch(behaviour)
    with pytest.raises(RuntimeFault, match=told):
        server.await_ready(timeout_s=1.0)


def test_a_server_that_works_at_its_start_gets_more_time(
    launch: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a busy host it gets little of its CPU: it is asked whether it does anything, and not how long that takes."""
    monkeypatch.setattr(readiness, "_LONGEST", 10_000)

    def start() -> str:
        try:
            return "in time" if launch("late").await_ready(timeout_s=0.5) <= 0.5 else "late"
        except RuntimeFault as fault:  # as where a host has none of its CPU for it all that time
            return str(fault)

    def was_awaited(outcome: str) -> None:
        assert outcome == "late"

    undisturbed(start, was_awaited)


def test_a_server_that_works_for_ever_is_given_up(launch: Callable[..., Server]) -> None:
    server = launch("busy")
    with pytest.raises(RuntimeFault, match="was not ready after"):
        server.await_ready(timeout_s=0.3)


def test_a_refusal_from_before_a_server_listened_is_not_held_against_it(
    launch: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It begins between a refused connection and the look at where it listens; then the host stalls."""
    for patience in ("_LOOK_NS", "_ELSEWHERE_NS"):
        monkeypatch.setattr(f"harness.runtime.readiness.{patience}", 0)
    server = launch("hang")
    with socket.socket() as late:
        late.bind((server.host, server.port))

        def listening() -> tuple[Listening, ...]:
            late.listen()
            return (Listening(server.host, server.port),)

        monkeypatch.setattr(server, "_listening", listening)
        while not late.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            assert not server.check_ready()
        eventually(lambda: server.check_ready() or server._probe.refused_ns is None, "a connection that is let in")


def test_a_wrong_first_answer_is_a_fault(launch: Callable[..., Server]) -> None:
    with pytest.raises(
        RuntimeFault, match="wrong first answer to /hello: the body is Goodbye!, where Hello, World! belongs"
    ):
        launch("wrong").await_ready()


@pytest.mark.fault(
    where="server",
    what="Another process has its port",
    happens="Right answers of that process are not taken for the server's; its cells say who is in the way.",
    lost="Its cells of that round",
    exit_code=4,
)
@pytest.mark.parametrize("behaviour", ["serve", "hang"])
def test_the_right_answer_of_somebody_else_on_the_port_is_not_taken_for_the_server_s(
    launch: Callable[..., Server],
    gone: Callable[..., list[int]],
    runtime: ProcessRuntime,
    tiny_app: App,
    behaviour: str,
) -> None:
    """Both where the new server fails to listen and where it lives on without listening."""
    somebody_else = launch("serve")
    somebody_else.await_ready()
    order = Launch(
        subject=Subject(app="tiny", variant=behaviour),
        app=tiny_app,
        programs=tiny_app.folder / ".venv" / "bin",
        cpus=tuple(os.sched_getaffinity(0)),
        hash_seed=0,
        port=somebody_else.port,
    )
    server = Server(order, log=tiny_app.folder / "log", ledger=runtime.ledger)
    try:
        with pytest.raises(RuntimeFault, match="another process listens on it"):
            server.await_ready()
    finally:
        # The fault may come before the new server has tried to listen: freeing the port now would let it.
        server.ask_to_end()
        assert gone(server.pids()) == []
        somebody_else.stop()
        server.stop()


@pytest.mark.fault(
    where="server",
    what="It ignores SIGTERM, or has a worker that runs away as a daemon",
    happens="All of it is killed after three seconds.",
    lost="Nothing",
    exit_code=0,
)
@pytest.mark.parametrize(("behaviour", "processes"), [("workers", 3), ("runaway", 2), ("stubborn", 1)])
def test_the_whole_tree_is_gone_after_stop(
    launch: Callable[..., Server], gone: Callable[..., list[int]], behaviour: str, processes: int
) -> None:
    """Workers, a daemon that left session and parent, and a server that ignores SIGTERM."""
    server = launch(behaviour)
    server.await_ready()
    pids = server.pids()
    assert len(pids) == processes
    server.stop()
    assert gone(pids, timeout_s=0) == []


@pytest.mark.fault(
    where="server",
    what="Its first process is killed, and its workers live on",
    happens="They are ended too; its cells are invalid for the rest of the round.",
    lost="Its windows of that round",
    exit_code=4,
)
def test_workers_die_with_their_killed_master(launch: Callable[..., Server], gone: Callable[..., list[int]]) -> None:
    server = launch("workers")
    server.await_ready()
    pids = server.pids()
    os.kill(pids[0], 9)
    assert gone(pids) == []
    assert not server.alive()


@pytest.mark.parametrize("behaviour", ["spender", "orphan"])
def test_cpu_time_counts_ended_children(launch: Callable[..., Server], behaviour: str) -> None:
    """0.5 s are spent, 0.3 of them by a child that has ended; only its part is read in ticks of 10 ms."""
    idle, server = launch("serve"), launch(behaviour)
    idle.await_ready()
    server.await_ready()
    spent_ns = server.cpu_ns()
    started_ns = idle.cpu_ns()  # what its interpreter takes on this host
    assert 0.49 < spent_ns / 1e9 < 0.6 + 3 * started_ns / 1e9
    assert server.cpu_ns() >= spent_ns


def test_an_idle_server_spends_no_cpu_time_between_two_readings(launch: Callable[..., Server]) -> None:
    """The clock is finer than a kernel tick, and what the guard does is not counted."""
    server = launch("hang")

    def is_idle() -> bool:
        before = server.cpu_ns()
        time.sleep(0.2)
        return before > 0 and server.cpu_ns() - before < 5_000_000

    eventually(is_idle, "an idle server")


def test_memory_is_that_of_all_processes(launch: Callable[..., Server]) -> None:
    one, three = launch("serve"), launch("workers")
    one.await_ready()
    three.await_ready()
    assert one.memory().processes == 1
    assert three.memory().processes == 3
    assert three.memory().rss_bytes > 2 * one.memory().rss_bytes
    # Forked workers share most of their pages.
    assert three.memory().pss_bytes < three.memory().rss_bytes


def test_a_server_is_given_what_is_meant_and_nothing_else(
    launch: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("WEB_CONCURRENCY", "GUNICORN_CMD_ARGS", "UVICORN_WORKERS", "PYTHONPATH", "SECRET_TOKEN"):
        monkeypatch.setenv(name, "9")
    server = launch("environment")
    server.await_ready()
    log = server.log_excerpt().splitlines()
    given = dict(line.split("=", 1) for line in log if "=" in line)
    assert {"HOST", "PORT", "WORKERS", "EXTRA_ROUTES", "PATH"} <= given.keys()
    assert given["PYTHONHASHSEED"] == "7"
    leaked = {"WEB_CONCURRENCY", "GUNICORN_CMD_ARGS", "UVICORN_WORKERS", "PYTHONPATH", "SECRET_TOKEN", "DATABASE_URL"}
    assert not leaked & given.keys()
    assert "affinity [0]" in log or os.sched_getaffinity(0) != {0, 1}


@pytest.mark.fault(
    where="app",
    what="The command of a variant names a program or a variable that there is not",
    happens="Its cells are invalid and name the place in the manifest. All other apps are measured.",
    lost="Its cells",
    exit_code=4,
)
def test_a_command_that_can_not_be_used_is_the_manifest_s_fault(runtime: ProcessRuntime, tiny_app: App) -> None:
    def with_command(*command: str) -> App:
        variant = tiny_app.manifest.variants["serve"].model_copy(update={"command": command})
        manifest = tiny_app.manifest.model_copy(update={"variants": {"serve": variant}})
        return tiny_app.model_copy(update={"manifest": manifest})

    subject = Subject(app="tiny", variant="serve")
    for command, told in ((("gunicorn", "app"), "no program 'gunicorn'"), (("python", "${PROT}"), "PROT")):
        with pytest.raises(ManifestError, match=told):
            runtime.launch(with_command(*command), subject, hash_seed=0, database_url=None)


def test_free_ports_stay_clear_of_outgoing_connections() -> None:
    first = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    port = free_port()
    assert port < first
    with socket.create_server(("127.0.0.1", port)):
        assert not is_free(port)
