"""Each offered rate is told, and which share of each app's capacity it is."""

from collections.abc import Sequence
from itertools import cycle

import pytest

from harness.model.cell import RateRule, Workload
from harness.model.findings import CellFinding, Findings
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


def at(rate: RateRule, shares: Sequence[float]) -> Findings:
    """Of all cells with rates by this rule, the offered rate is such a share of the capacity, in turn."""
    capacities = {
        (each.cell.subject, each.cell.endpoint): each.throughput_as_counted_rps.value
        for each in FINDINGS.cells
        if each.cell.workload is Workload.CAPACITY and each.throughput_as_counted_rps
    }
    turn = cycle(shares)

    def changed(each: CellFinding) -> CellFinding:
        capacity_rps = capacities.get((each.cell.subject, each.cell.endpoint))
        if each.cell.rate is not rate or not each.valid or capacity_rps is None:
            return each
        return each.model_copy(update={"offered_rps": next(turn) * capacity_rps})

    return FINDINGS.model_copy(update={"cells": tuple(map(changed, FINDINGS.cells))})


def test_a_load_that_is_far_from_what_the_heading_says_is_marked_and_said_and_comes_below_the_others() -> None:
    """A rate is decided by a warm-up, and the host may be another one afterwards."""
    for group in latency_view(at(RateRule.HALF, (0.2, 0.45, 0.68, 0.55)), Cast(RUN)).groups:
        if "half" not in group.rate:
            continue
        loads = [row.load for row in group.percentiles if not row.lack]
        far = [f" ≠ 50{NBSP}%" in each for each in loads]
        assert set(loads) == {f"45{NBSP}%", f"55{NBSP}%", f"20{NBSP}% ≠ 50{NBSP}%", f"68{NBSP}% ≠ 50{NBSP}%"}
        assert far == sorted(far)
        invalid = [bool(row.lack) for row in group.percentiles]
        assert invalid == sorted(invalid), "which are below these"
        assert group.aimed == (
            f"Each rate is 50{NBSP}% of the capacity that a few windows of a warm-up showed, and 20{NBSP}% to "
            f"68{NBSP}% of that measured later. Rows over 10 percentage points off, marked ≠, come last: "
            "they compare with none."
        )


def test_loads_that_are_near_it_are_not_marked_and_a_common_rate_aims_at_none() -> None:
    groups = latency_view(at(RateRule.HIGH, (0.72, 0.88)), Cast(RUN)).groups
    for group in groups:
        if f"80{NBSP}%" in group.rate:
            assert group.aimed.endswith(f"and 72{NBSP}% to 88{NBSP}% of that measured later.")
            assert not any("≠" in row.load for row in group.percentiles)
        if "common" in group.rate:
            assert group.aimed == ""
