"""Figures that nobody measured, as a damaged history has them, are compared like any other."""

import math
from pathlib import Path

import pytest

from harness.analysis.intervals import LogInterval
from harness.analysis.table import from_log
from harness.comparison.judge import judge
from harness.comparison.within import compare_within
from harness.model.app import Endpoint
from harness.model.app_change import AppOutcome
from harness.model.cell import Cell, Subject, Workload
from harness.model.claim import Metric
from harness.model.comparison import Change, MetricMargins, Outcome
from harness.model.findings import Estimate
from harness.report.publish import publish_comparison
from tests.unit.comparison.test_app_test import of_two_revisions

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


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.7e308), (1e-9, 1e9), (0.01, 442.0)])
def test_an_interval_after_two_rounds_is_drawn_as_far_as_the_axis_reaches(
    tmp_path: Path, low: float, high: float
) -> None:
    wide = Estimate(value=1.1, low=low, high=high)
    line = Change(
        cell=CELL,
        title="Flask",
        metric=Metric.SERVER_CPU,
        outcome=Outcome.TIED,
        ratio=wide,
        p_value=1.0,
        detectable=9.0,
    )
    found = compare_within(of_two_revisions(0.1), "ab")
    app = found.apps[0].model_copy(update={"cpu": wide, "outcome": AppOutcome.UNDECIDED})
    page = publish_comparison(tmp_path / "page.html", found.model_copy(update={"apps": (app,), "changes": (line,)}))
    assert "1.10" in page.read_text()
