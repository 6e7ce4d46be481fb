"""The lead-in of a latency window is as long as a queue needs to take its usual length."""

import numpy as np
import pytest

from harness.model.app import Endpoint
from harness.model.cell import Cell, RateRule, Subject, Workload
from harness.plan.lengths import lengths_of
from harness.plan.profiles import PROFILES

FLASK = Subject(app="flask", variant="controlled")
CELL = Cell(subject=FLASK, endpoint=Endpoint.JSON, workload=Workload.LATENCY, connections=64, rate=RateRule.HIGH)
WINDOWS = 3_000


def mean_wait_s(load: float, capacity_rps: float, from_s: float, until_s: float) -> float:
    """Of requests that are due in that stretch of a window which begins with an idle server, over many windows.

    All windows go on side by side, a request of each at a time (Lindley's recursion).
    """
    generator = np.random.default_rng(1)
    now_s, waits_s = np.zeros(WINDOWS), np.zeros(WINDOWS)
    total_s = count = 0.0
    work_s = np.zeros(WINDOWS)
    while now_s.min() < until_s:
        gaps_s = generator.exponential(1 / (load * capacity_rps), WINDOWS)
        now_s += gaps_s
        waits_s = np.maximum(0.0, waits_s + work_s - gaps_s)
        work_s = generator.gamma(2.0, 0.5 / capacity_rps, WINDOWS)
        ours = (now_s >= from_s) & (now_s < until_s)
        total_s, count = total_s + float(waits_s[ours].sum()), count + float(ours.sum())
    return total_s / count


@pytest.mark.parametrize("capacity_rps", [500.0, 2_000.0])
@pytest.mark.parametrize("load", [0.5, 0.8])
def test_the_mean_wait_in_a_window_is_that_of_a_queue_that_never_began(load: float, capacity_rps: float) -> None:
    """By Pollaczek and Khinchine's formula; without a lead-in, a window of a busy server shows too little."""
    timing = PROFILES["quick"].timing
    length = lengths_of(timing, [CELL], {(FLASK, Endpoint.JSON): capacity_rps}, {CELL: load * capacity_rps})[CELL]
    usual_s = load * 1.5 / (2 * (1 - load) * capacity_rps)
    lead_in_s, duration_s = length.lead_in_s, length.duration_s
    assert mean_wait_s(load, capacity_rps, lead_in_s, lead_in_s + duration_s) == pytest.approx(usual_s, rel=0.06)
    assert lead_in_s < duration_s


def test_the_lead_in_matters() -> None:
    usual_s = 0.8 * 1.5 / (2 * 0.2 * 500)
    assert mean_wait_s(0.8, 500, 0.0, 0.25) < 0.92 * usual_s
