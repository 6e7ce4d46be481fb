"""A driver that the host keeps from its CPU as a stretch begins tells how long it made no load."""

import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from harness.load.client import Driver
from harness.metering.process_tree import children
from harness.model.window import Phase, WindowSpec
from tests.waiting import eventually, in_step, undisturbed

LEAD_IN_S = 1.0


def phases_with_a_stop(driver: Driver, server: Any, spec: WindowSpec, pid: int) -> tuple[list[Phase], int]:
    """What the driver says of a window whose opening a process of it is stopped over, and when that went on."""
    phases: list[Phase] = []
    before = server.counts()["requests"]
    went_on_ns = 0

    def stop() -> None:
        nonlocal went_on_ns
        eventually(lambda: server.counts()["requests"] > before, "a request of the lead-in")
        os.kill(pid, signal.SIGSTOP)
        time.sleep(LEAD_IN_S + 0.1)
        went_on_ns = time.monotonic_ns()
        os.kill(pid, signal.SIGCONT)

    with ThreadPoolExecutor(1) as beside:
        stopping = beside.submit(stop)
        driver.window(spec, phases.append)
        stopping.result()
    return phases, went_on_ns


def stood_still(found: tuple[list[Phase], int]) -> None:
    """A stalled host may bring the stop too late."""
    (opened, _), went_on_ns = found
    assert opened.late_ns > 0
    assert opened.at_ns < went_on_ns
    assert opened.late_ns >= went_on_ns - opened.at_ns


def test_a_driver_that_stood_still_as_the_stretch_began_says_for_how_long(
    driver: Driver, serve: Callable[..., Any], window: Callable[..., WindowSpec]
) -> None:
    server = serve("right")
    spec = window(server.port, lead_in_s=LEAD_IN_S)
    undisturbed(lambda: phases_with_a_stop(driver, server, spec, driver.pid), stood_still)


def test_a_team_says_how_long_one_of_its_workers_stood_still(
    serve: Callable[..., Any], window: Callable[..., WindowSpec]
) -> None:
    server = serve("right")
    spec = window(server.port, lead_in_s=LEAD_IN_S)
    with Driver.on(None, "--workers", "2") as team:
        (worker, *_) = children(team.pid)
        undisturbed(lambda: in_step(lambda: phases_with_a_stop(team, server, spec, worker)), stood_still)
