"""Service time and schedule lag: parts of the latency as met, so told in the same way and where that is told."""

import numpy as np

from harness.analysis.analyse import analyse
from harness.model.cell import Workload
from harness.model.findings import CellFinding
from harness.model.run import Window
from tests.unit.analysis.latency.test_of_server import CALM, SUBJECTS, a_run, cell_of, edited
from tests.unit.analysis.simulate import histogram

RATE_RPS = 500


def with_one_bad_round(each: Window, requests: int) -> Window:
    """In the first round all took thirty times as long; a fifth of each latency was lag."""
    if each.report is None or f":{Workload.LATENCY.value}:" not in each.cell:
        return each
    generator = np.random.default_rng(each.sequence)
    latencies_ns = (30 if each.round_index == 0 else 1) * 1e6 * generator.lognormal(0, 0.4, requests)
    lags_ns = latencies_ns * 0.2
    measured = {
        "latency": histogram(latencies_ns),
        "service_time": histogram(latencies_ns - lags_ns),
        "schedule_lag": histogram(lags_ns),
        "responses": requests,
        "offered": requests,
        "completed_in_time": requests,
        "arrivals": None,
    }
    return each.model_copy(update={"report": each.report.model_copy(update=measured)})


def found_of(requests: int) -> list[CellFinding]:
    findings = analyse(edited(a_run(CALM), lambda each: with_one_bad_round(each, requests)))
    return [cell_of(findings, place) for place in range(len(SUBJECTS))]


def test_no_part_of_the_latency_is_longer_than_the_latency() -> None:
    """Merged over rounds they were: the p99 of the one bad round, beside that of the usual one."""
    for found in found_of(RATE_RPS):
        p99_us = next(each.us.value for each in found.percentiles if each.quantile == 0.99)
        assert found.service_time_p99_us
        assert found.schedule_lag_p99_us
        assert abs(found.service_time_p99_us / p99_us - 0.8) < 0.01
        assert abs(found.schedule_lag_p99_us / p99_us - 0.2) < 0.01


def test_where_too_few_requests_tell_the_p99_they_tell_that_of_no_part() -> None:
    for found in found_of(30):
        assert found.valid
        assert {each.quantile for each in found.percentiles} == {0.5, 0.9}
        assert found.service_time_p99_us is None
        assert found.schedule_lag_p99_us is None
