"""Figures that nobody measured, as a damaged history has them, are compared like any other."""

import math

import pytest

from harness.analysis.intervals import LogInterval, from_log
from harness.comparison.judge import judge
from harness.model.app import Endpoint
from harness.model.cell import Cell, Subject, Workload
from harness.model.claim import Metric
from harness.model.comparison import Change, MetricMargins, Outcome

CELL = Cell(
    subject=Subject(app="flask", variant="controlled"),
    endpoint=Endpoint.JSON,
    workload=Workload.CAPACITY,
    connections=32,
)


@pytest.mark.parametrize("standard_error", [1e3, 1e9, 1e300])
def test_an_error_beyond_all_bounds_tells_nothing_apart(standard_error: float) -> None:
    change = Change(cell=CELL, title="Flask", metric=Metric.THROUGHPUT, outcome=Outcome.TIED)
    margins = MetricMargins(metric=Metric.THROUGHPUT, tie=0.03, regression=0.05)
    (found,) = judge([(change, LogInterval(0.0, standard_error, 3.0))], {Metric.THROUGHPUT: margins})
    assert found.outcome is Outcome.TIED
    assert found.detectable is not None
    assert found.detectable > 1e100


def test_a_logarithm_of_what_no_number_can_hold_gives_the_largest() -> None:
    assert from_log(math.log(2)) == pytest.approx(2)
    assert math.isfinite(from_log(1400.0))
