"""Every connection's time is accounted for by the real engine, also where the server stands still at an edge."""

import os
import signal
import threading
from collections.abc import Callable
from typing import Any

import pytest

from harness.load.client import Driver
from harness.model.window import Failure, Phase, WindowReport, WindowSpec
from tests.waiting import undisturbed

CONNECTIONS = 32


def whole_ns(report: WindowReport) -> int:
    return CONNECTIONS * report.duration_ns


def under_way_ns(report: WindowReport) -> int:
    return report.latency_sum_ns + report.failed_ns + report.open_at_end_ns - report.open_at_start_ns


def all_is_accounted_for(report: WindowReport) -> None:
    """But for the generator's own time, in which a stall of the host may catch it."""
    own_ns = report.generator_cpu_ns + report.generator_run_delay_ns
    assert whole_ns(report) - under_way_ns(report) <= own_ns + 0.001 * whole_ns(report)


@pytest.mark.parametrize("behaviour", [("workers", 4, 10), ("right",), ("errors", 10), ("closing",)])
def test_all_connections_are_accounted_for(
    driver: Driver, serve: Callable[..., Any], window: Callable[..., WindowSpec], behaviour: tuple[object, ...]
) -> None:
    """Whether answers are fast or slow, right or wrong, and whether or not their connections go on."""
    spec = window(serve(*behaviour).port, connections=CONNECTIONS, lead_in_s=0.05)

    def measured() -> WindowReport:
        report = driver.window(spec)
        assert under_way_ns(report) <= whole_ns(report)
        return report

    undisturbed(measured, all_is_accounted_for)


def test_a_stall_at_each_edge_is_accounted_for(
    driver: Driver, serve: Callable[..., Any], window: Callable[..., WindowSpec]
) -> None:
    """The server is stopped as the stretch begins, and again before it ends until long after."""
    server = serve("workers", 4, 10)
    spec = window(server.port, connections=CONNECTIONS, lead_in_s=0.3, duration_s=1.0)

    def stop_for(seconds: float) -> None:
        os.kill(server.process.pid, signal.SIGSTOP)
        threading.Timer(seconds, os.kill, (server.process.pid, signal.SIGCONT)).start()

    def on_phase(phase: Phase) -> None:
        if phase.event == "opened":
            stop_for(0.3)
            threading.Timer(0.8, stop_for, (0.4,)).start()

    def measured() -> WindowReport:
        report = driver.window(spec, on_phase)
        assert under_way_ns(report) <= whole_ns(report)
        return report

    def check(report: WindowReport) -> None:
        all_is_accounted_for(report)
        # The requests that were stopped at the end have taken some 0.2 s by then, and no latency tells of it.
        assert report.open_at_end_ns > 0.1 * whole_ns(report)

    undisturbed(measured, check)


def test_requests_that_were_never_answered_are_accounted_for(
    driver: Driver, serve: Callable[..., Any], window: Callable[..., WindowSpec]
) -> None:
    spec = window(serve("silent-after", 100).port, connections=CONNECTIONS, lead_in_s=0, timeout_s=1)
    report = driver.window(spec)
    assert report.failures == {Failure.TIMEOUT: CONNECTIONS}
    assert under_way_ns(report) <= whole_ns(report)
    all_is_accounted_for(report)


def test_what_is_not_awaited_is_not_accounted_for(
    driver: Driver, serve: Callable[..., Any], window: Callable[..., WindowSpec]
) -> None:
    port = serve("workers", 4, 10).port
    for changes in ({"drain": False}, {"rate_rps": 100}):
        report = driver.window(window(port, **changes))
        assert (report.failed_ns, report.open_at_start_ns, report.open_at_end_ns) == (None, None, None)
