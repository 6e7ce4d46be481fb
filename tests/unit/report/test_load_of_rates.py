"""Each offered rate is told, and which share of each app's capacity it is."""

import pytest

from harness.model.cell import RateRule, Workload
from harness.model.plan import ProfileName
from harness.report.numbers import NBSP, NOTHING
from harness.report.view.cast import Cast
from harness.report.view.latency import latency_view
from tests.unit.report.sample import Sample

RUN, FINDINGS, _, _ = Sample(profile=ProfileName.STANDARD).build()


def test_the_load_is_the_rate_over_the_capacity_that_the_run_measured() -> None:
    capacities = {
        (each.cell.subject, each.cell.endpoint): each.throughput_rps.value
        for each in FINDINGS.cells
        if each.cell.workload is Workload.CAPACITY and each.throughput_rps
    }
    common = [each for each in FINDINGS.cells if each.cell.rate is RateRule.COMMON]
    cast = Cast(RUN)
    rows = {
        (group.endpoint, row.label.key): row
        for group in latency_view(FINDINGS, cast).groups
        if "common" in group.rate
        for row in group.percentiles
    }
    assert common
    for each in common:
        row = rows[each.cell.endpoint.value, cast.label(each.cell.subject).key]
        capacity = capacities.get((each.cell.subject, each.cell.endpoint))
        if capacity is None:
            assert row.load == NOTHING
        else:
            assert float(row.load.removesuffix(f"{NBSP}%")) == pytest.approx(
                100 * each.offered_rps / capacity, rel=0.05
            )
