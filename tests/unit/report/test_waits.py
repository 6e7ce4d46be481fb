"""A generator that had to wait for its CPU is said, whether or not it makes a cell invalid."""

import pytest

from harness.model.cell import Workload
from harness.model.findings import Findings
from harness.report.numbers import NBSP
from harness.report.view.cast import Cast
from harness.report.view.caveats import caveats
from tests.unit.report.sample import Sample

RUN, FINDINGS, _, _ = Sample().build()


def with_waits(share: float | None, workload: Workload = Workload.LATENCY) -> Findings:
    cells = tuple(
        each.model_copy(update={"generator_wait_share": share}) if each.cell.workload is workload else each
        for each in FINDINGS.cells
    )
    return FINDINGS.model_copy(update={"cells": cells})


@pytest.mark.parametrize("findings", [FINDINGS, with_waits(0.009), with_waits(0.3, Workload.CAPACITY)])
def test_what_is_little_or_costs_no_latency_is_not_mentioned(findings: Findings) -> None:
    assert not [each for each in caveats(RUN, findings, Cast(RUN)) if "waited for its CPU" in each]


def test_more_is_said_with_what_it_spoils() -> None:
    (told,) = (each for each in caveats(RUN, with_waits(0.027), Cast(RUN)) if "waited for its CPU" in each)
    assert f"2.7{NBSP}% of the time" in told
    assert "p99 as met" in told
