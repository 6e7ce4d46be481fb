"""Offered rates derive from capacities measured before."""

from datetime import UTC, datetime

import pytest

from harness.measure.rates import first_capacities, offered_rate_rps
from harness.model.app import Endpoint
from harness.model.cell import Cell, RateRule, Subject, Workload
from harness.model.run import Window, WindowKind
from harness.model.window import Failure, WindowReport

SLOW, FAST = (Subject(app=name, variant="controlled") for name in ("slow", "fast"))


def capacity(subject: Subject) -> Cell:
    return Cell(subject=subject, endpoint=Endpoint.JSON, workload=Workload.CAPACITY, connections=32)


def latency(subject: Subject, rate: RateRule) -> Cell:
    return Cell(subject=subject, endpoint=Endpoint.JSON, workload=Workload.LATENCY, connections=64, rate=rate)


def window(subject: Subject, responses: int, *, round_index: int = 0, failures: int = 0) -> Window:
    report = WindowReport(
        duration_ns=500_000_000,
        responses=responses,
        failures={Failure.STATUS: failures} if failures else {},
        reconnects=0,
        latency="",
        latency_sum_ns=0,
        generator_cpu_ns=0,
        generator_run_delay_ns=0,
        requests_total=responses,
        responses_total=responses,
    )
    return Window(
        round_index=round_index,
        sequence=0,
        cell=capacity(subject).key,
        kind=WindowKind.MEASURED,
        started_at=datetime.now(UTC),
        report=report,
    )


CELLS = [capacity(SLOW), capacity(FAST)]


def test_capacity_is_the_mean_over_the_first_round_only() -> None:
    windows = [window(SLOW, 400), window(SLOW, 600), window(SLOW, 9000, round_index=1), window(FAST, 2000)]
    assert first_capacities(windows, CELLS) == {
        (SLOW.key, Endpoint.JSON): pytest.approx(1000),
        (FAST.key, Endpoint.JSON): pytest.approx(4000),
    }


@pytest.mark.parametrize(("rate", "rate_rps"), [(RateRule.HALF, 2000), (RateRule.HIGH, 3200), (RateRule.COMMON, 500)])
def test_a_rate_is_a_share_of_the_own_or_of_the_lowest_capacity(rate: RateRule, rate_rps: float) -> None:
    capacities = first_capacities([window(SLOW, 500), window(FAST, 2000)], CELLS)
    assert offered_rate_rps(latency(FAST, rate), capacities) == pytest.approx(rate_rps)


def test_a_capacity_full_of_failures_gives_no_rate_and_does_not_lower_the_common_one() -> None:
    capacities = first_capacities([window(SLOW, 10, failures=490), window(FAST, 2000)], CELLS)
    assert offered_rate_rps(latency(SLOW, RateRule.COMMON), capacities) is None
    assert offered_rate_rps(latency(FAST, RateRule.COMMON), capacities) == pytest.approx(2000)
