"""The load driver as a process: its protocol, and that it neither hangs nor outlives the harness."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.load.client import Driver
from harness.model.errors import RuntimeFault
from harness.model.window import WindowSpec
from tests.waiting import PATIENCE_S, eventually

DRIVER = [sys.executable, "-m", "harness.load.driver"]


@pytest.fixture
def bare_driver() -> Iterator[subprocess.Popen[str]]:
    """A driver that is spoken to by hand."""
    with subprocess.Popen(
        DRIVER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        yield process
        process.kill()


def ask(process: subprocess.Popen[str], line: str) -> dict[str, Any]:
    """Send a line and read the reply."""
    print(line, file=process.stdin, flush=True)
    reply: dict[str, Any] = json.loads(process.stdout.readline())
    return reply


def is_gone(pid: int) -> bool:
    """Whether a process that is no child of this one has ended."""
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z"


@pytest.mark.parametrize(
    "line",
    [
        "nonsense",
        '{"command": "dance"}',
        '{"command": "window"}',
        '{"command": "window", "spec": {"host": "127.0.0.1", "port": 0}}',
    ],
)
def test_bad_command_is_answered_and_the_driver_goes_on(bare_driver: subprocess.Popen[str], line: str) -> None:
    """A command that makes no sense gets an error object, and the next one is served."""
    reply = ask(bare_driver, line)
    assert reply["reply"] == "error"
    assert reply["what"]
    assert ask(bare_driver, '{"command": "hello"}')["pid"] == bare_driver.pid


def test_quit_ends_the_driver(bare_driver: subprocess.Popen[str]) -> None:
    """`quit` ends it with exit status 0."""
    print('{"command": "quit"}', file=bare_driver.stdin, flush=True)
    assert bare_driver.wait(PATIENCE_S) == 0


def test_interrupt_is_left_to_the_harness(bare_driver: subprocess.Popen[str]) -> None:
    """Ctrl-C reaches the whole terminal group; the driver does not mind it."""
    ask(bare_driver, '{"command": "hello"}')
    bare_driver.send_signal(signal.SIGINT)
    assert ask(bare_driver, '{"command": "hello"}')["reply"] == "ready"


def test_end_of_input_ends_the_driver_in_mid_window(
    bare_driver: subprocess.Popen[str], serve: Callable[..., Any], window: Callable[..., WindowSpec]
) -> None:
    """When the harness is gone there is nobody to finish the window for."""
    spec = window(serve("right").port, duration_s=10 * PATIENCE_S)
    reply = ask(bare_driver, json.dumps({"command": "window", "spec": spec.model_dump(mode="json")}))
    assert reply["phase"]["event"] == "opened"
    bare_driver.stdin.close()
    assert bare_driver.wait(PATIENCE_S) == 0


def test_driver_does_not_outlive_a_killed_harness() -> None:
    """`kill -9` of the harness takes the driver along."""
    code = "import time, harness.load.client as c; print(c.Driver.on().pid, flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as harness:
        pid = int(harness.stdout.readline())
        harness.kill()
    eventually(lambda: is_gone(pid), "the end of the driver")


@pytest.mark.fault(
    where="generator",
    what="It dies in mid-window",
    happens="The window is lost, with its reason; another is started for the next.",
    lost="That window",
    exit_code=4,
)
def test_death_of_the_driver_is_a_fault_with_its_reason(
    serve: Callable[..., Any], window: Callable[..., WindowSpec]
) -> None:
    """A driver that dies in mid-window loses that window, at once and with a message."""
    with Driver.on() as driver:
        spec = window(serve("right").port, duration_s=10 * PATIENCE_S)
        with pytest.raises(RuntimeFault, match="has died"):
            driver.window(spec, lambda _: os.kill(driver.pid, signal.SIGKILL))


@pytest.mark.fault(
    where="generator",
    what="It hangs",
    happens="It is ended once the window has taken longer than it may; another is started.",
    lost="That window",
    exit_code=4,
)
def test_hung_driver_is_given_up(
    serve: Callable[..., Any], window: Callable[..., WindowSpec], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A driver that does nothing any more is ended after the time that the window may take."""
    monkeypatch.setattr("harness.load.client._MARGIN_S", 0.5)
    with Driver.on() as driver:
        os.kill(driver.pid, signal.SIGSTOP)
        with pytest.raises(RuntimeFault, match="hangs"):
            driver.window(window(serve("right").port, timeout_s=0.5))


def test_unknown_host_is_a_fault_and_the_driver_goes_on(
    driver: Driver, serve: Callable[..., Any], window: Callable[..., WindowSpec]
) -> None:
    """A name that can't be resolved is the user's to mend."""
    with pytest.raises(RuntimeFault, match=r"no-such-host\.invalid"):
        driver.window(window(80, host="no-such-host.invalid"))
    assert driver.window(window(serve("right").port)).responses


def test_connections_follow_the_window(
    driver: Driver, serve: Callable[..., Any], window: Callable[..., WindowSpec]
) -> None:
    """Each window has as many connections as it asks for, more or fewer than the one before."""
    for connections in (4, 1200, 1):
        server = serve("right")
        report = driver.window(window(server.port, connections=connections))
        assert server.counts()["connections"] == connections
        assert not report.failures


def test_driver_runs_on_the_cpus_it_is_given() -> None:
    """The generator is pinned beside the server, not on it."""
    cpu = max(os.sched_getaffinity(0))
    with Driver.on(cpus=(cpu,)) as driver:
        assert os.sched_getaffinity(driver.pid) == {cpu}


def test_harness_process_stays_free_of_monkey_patching() -> None:
    """Importing the client and the calibration imports neither gevent nor Locust."""
    code = "import sys, harness.load.calibration.calibrate; sys.exit(bool({'gevent', 'locust'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
