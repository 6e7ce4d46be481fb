"""Several workers behind one driver: real processes, Locust's own protocol, one window."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from typing import Any

import psutil
import pytest

from harness.histogram import Histogram
from harness.host.ports import LOOPBACK, free_port
from harness.load.client import Driver
from harness.model.errors import RuntimeFault
from harness.model.window import WindowReport, WindowSpec
from tests.waiting import PATIENCE_S, eventually, in_step, undisturbed

type Serve = Callable[..., Any]
type MakeSpec = Callable[..., WindowSpec]


@pytest.fixture
def address() -> str:
    return f"{LOOPBACK}:{free_port()}"


@pytest.fixture
def start_worker(address: str) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts a worker that joins at the address; all are gone after the test."""
    with ExitStack() as running:

        def start() -> subprocess.Popen[bytes]:
            worker = subprocess.Popen((sys.executable, "-m", "harness.load.worker", "--master", address))
            running.callback(worker.wait)
            running.callback(worker.kill)
            return worker

        yield start


@pytest.fixture(scope="module")
def team() -> Iterator[Driver]:
    """A driver with two workers, for tests that leave them alone."""
    with Driver.on(None, "--workers", "2") as driver:
        yield driver


def test_two_workers_share_the_connections_and_every_request_is_counted(
    team: Driver, serve: Serve, window: MakeSpec
) -> None:
    def measured() -> WindowReport:
        server = serve("right")
        report = team.window(window(server.port, connections=9))
        counts = server.counts()
        assert report.requests_total == report.responses_total == counts["requests"]
        assert counts["connections"] == 9
        return report

    report = undisturbed(lambda: in_step(measured), all_have_answers)
    server = serve("right")
    undisturbed(lambda: in_step(lambda: team.window(window(server.port))), begins_together)
    assert not report.failures
    assert len({share.name for share in report.workers}) == 2
    assert sum(share.responses for share in report.workers) == report.responses
    assert Histogram.decode(report.latency).total == report.responses
    assert sum(share.generator_cpu_ns for share in report.workers) == report.generator_cpu_ns


def all_have_answers(report: WindowReport) -> None:
    assert all(share.responses for share in report.workers)


def begins_together(report: WindowReport) -> None:
    assert report.skew_ns is not None
    assert report.skew_ns < 100_000_000


def test_two_workers_offer_the_rate_that_was_asked_for(team: Driver, serve: Serve, window: MakeSpec) -> None:
    spec = window(serve("right").port, rate_rps=400, duration_s=2, connections=8)
    report = in_step(lambda: team.window(spec))
    assert report.offered is not None
    assert abs(report.offered - 800) < 4 * 800**0.5
    assert report.responses == report.offered


def test_workers_end_with_their_driver(serve: Serve, window: MakeSpec) -> None:
    driver = Driver.on(None, "--workers", "2")
    in_step(lambda: driver.window(window(serve("right").port)))
    workers = psutil.Process(driver.pid).children()
    assert len(workers) == 2
    driver.close()
    assert psutil.wait_procs(workers, timeout=PATIENCE_S)[1] == []


@pytest.mark.fault(
    where="generator",
    what="A worker on another host is lost in mid-window",
    happens="The window is lost, and says which worker it was; another may join.",
    lost="That window",
    exit_code=4,
)
def test_a_worker_lost_in_mid_window_loses_that_window_by_name_and_another_takes_its_place(
    serve: Serve, window: MakeSpec, address: str, start_worker: Callable[[], subprocess.Popen[bytes]]
) -> None:
    _, second = start_worker(), start_worker()
    with Driver.on(None, "--workers", "2", "--listen", address) as driver:
        server = serve("right")
        assert len(in_step(lambda: driver.window(window(server.port))).workers) == 2
        with pytest.raises(RuntimeFault, match=rf"worker {socket.gethostname()}/\d was lost in mid-window"):
            driver.window(window(server.port, duration_s=10 * PATIENCE_S), lambda _: second.kill())
        assert driver.usable
        start_worker()

        def with_another() -> WindowReport | None:
            try:
                return in_step(lambda: driver.window(window(server.port)))
            except RuntimeFault as fault:
                if "1 of 2 workers were there" in fault.what:  # On a slow host it takes its time to start.
                    return None
                raise

        report = eventually(with_another, "another worker that takes its place")
        assert len(report.workers) == 2
        assert not report.failures


@pytest.mark.fault(
    where="generator",
    what="A worker on this host is lost",
    happens="It is started again.",
    lost="The window under way",
    exit_code=4,
)
def test_a_lost_worker_of_the_driver_s_own_is_started_again(serve: Serve, window: MakeSpec) -> None:
    with Driver.on(None, "--workers", "2") as driver:
        server = serve("right")
        in_step(lambda: driver.window(window(server.port)))
        os.kill(psutil.Process(driver.pid).children()[0].pid, signal.SIGKILL)

        def measured() -> WindowReport | None:
            with suppress(RuntimeFault):
                return driver.window(window(server.port))
            return None

        report = eventually(measured, "a window after a worker was lost")
        assert len(report.workers) == 2
        assert not report.failures


def test_a_late_worker_takes_part_from_the_next_window_on(
    serve: Serve, window: MakeSpec, address: str, start_worker: Callable[[], subprocess.Popen[bytes]]
) -> None:
    """It comes while windows follow each other: each has one worker or two, and none is disturbed."""
    threading.Timer(1.0, start_worker).start()  # The driver waits for it.
    with Driver.on(None, "--workers", "1", "--listen", address) as driver:
        server = serve("right")

        def measured() -> WindowReport:
            report = in_step(lambda: driver.window(window(server.port, connections=6)))
            assert not report.failures
            assert all(share.responses > 0 for share in report.workers)
            return report

        def both() -> bool:
            report = measured()
            assert len(report.workers) in {1, 2}
            return len(report.workers) == 2

        assert len(measured().workers) == 1
        start_worker()
        eventually(both, "a window with the late worker")
        assert len(measured().workers) == 2


@pytest.mark.fault(
    where="generator",
    what="Workers that were announced never come",
    happens="It is said how many of them were there.",
    lost="Nothing has begun",
    exit_code=4,
)
def test_workers_that_never_come_are_told_of_at_the_start(address: str) -> None:
    with pytest.raises(RuntimeFault, match=r"0 of 2 workers were there after 0\.5 s") as told:
        Driver.on(None, "--workers", "2", "--listen", address, "--join-s", "0.5")
    assert told.value.hint.endswith(f": uv run python -m harness.load.worker --master {address}")


def test_a_worker_that_stood_still_as_a_window_was_given_up_takes_part_in_the_next(
    serve: Serve, window: MakeSpec
) -> None:
    with Driver.on(None, "--workers", "2") as driver:
        spec = window(serve("right").port)
        in_step(lambda: driver.window(spec))
        stopped = psutil.Process(driver.pid).children()[0]
        stopped.suspend()
        with pytest.raises(RuntimeFault):
            driver.window(spec)
        stopped.resume()

        def measured() -> WindowReport | None:
            with suppress(RuntimeFault):
                return driver.window(spec)
            return None

        assert len(eventually(measured, "a window with the worker that stood still").workers) == 2
