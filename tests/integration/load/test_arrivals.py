"""The driver keeps when each request was due, so that a stall can be taken out afterwards."""

import os
import signal
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from harness.analysis.latency.durations import Durations
from harness.analysis.latency.stalls import clear_of_stalls
from harness.arrival_log import ArrivalLog
from harness.histogram import Histogram
from harness.load.client import Driver
from harness.model.window import Phase, WindowReport, WindowSpec
from tests.integration.load.conftest import has_answers
from tests.waiting import undisturbed

MS = 1_000_000


def test_an_open_window_tells_each_request_by_its_arrival_and_a_closed_one_none(
    driver: Driver, serve: Callable[..., Any], window: Callable[..., WindowSpec]
) -> None:
    port = serve("workers", 4, 1).port
    report = undisturbed(lambda: driver.window(window(port, rate_rps=400)), has_answers)
    assert report.arrivals
    log = ArrivalLog.decode(report.arrivals)
    assert len(log.arrivals_ns) == report.responses
    assert log.arrivals_ns.min() >= 0
    assert log.arrivals_ns.max() <= report.duration_ns
    assert log.latencies_ns.sum() == pytest.approx(report.latency_sum_ns, rel=0.01)
    of_histogram = Durations.of_histogram(Histogram.decode(report.latency)).quantile_ns(0.5)
    assert Durations.of_requests(log.latencies_ns.astype(float), np.zeros(0)).quantile_ns(0.5) == pytest.approx(
        of_histogram, rel=0.02
    )
    assert driver.window(window(port)).arrivals is None


def test_a_server_that_was_stopped_shows_it_as_met_and_not_once_the_stall_is_taken_out(
    driver: Driver, serve: Callable[..., Any], window: Callable[..., WindowSpec]
) -> None:
    """It is stopped for 0.3 of 2 s: 30 of 200 requests wait for it, and those that come long after don't."""
    server = serve("workers", 1, 1)

    def stalled() -> tuple[WindowReport, int, int]:
        stopped: list[int] = []

        def stop(phase: Phase) -> None:
            if phase.event == "opened":
                time.sleep(0.2)
                for wanted in (signal.SIGSTOP, signal.SIGCONT):
                    os.kill(server.process.pid, wanted)
                    stopped.append(time.monotonic_ns() - phase.at_ns)
                    time.sleep(0.3)

        report = driver.window(window(server.port, rate_rps=100, connections=64, duration_s=2), stop)
        return report, *stopped

    def check(found: tuple[WindowReport, int, int]) -> None:
        report, begun_ns, ended_ns = found
        log = ArrivalLog.decode(report.arrivals or "")
        arrivals, latencies = log.arrivals_ns.astype(float), log.latencies_ns.astype(float)
        met = Durations.of_requests(latencies, np.zeros(0))
        watched = (-100 * MS, 5_000 * MS)
        of_server = clear_of_stalls(arrivals, latencies, [(begun_ns, ended_ns - begun_ns)], watched, 20.0 * MS)
        slowest, p90 = met.slowest_ns, of_server.quantile_ns(0.9)
        assert slowest
        assert p90
        assert slowest > 250 * MS
        assert p90 < slowest / 4

    undisturbed(stalled, check)
