"""A capacity of what the host left for a server is said to be that, wherever what was found is read."""

import pytest

from harness.model.app import Endpoint
from harness.model.cell import Workload
from harness.model.findings import CellFinding, Findings
from harness.model.validity import Bound
from harness.report.numbers import NBSP
from harness.report.view.cast import Cast
from harness.report.view.found import found_view
from harness.report.view.taken_cpus import taken_sentences
from harness.report.view.terms import BOUND_WORDS
from tests.unit.report.sample import Sample

RUN, FINDINGS, _, _ = Sample().build()
CAST = Cast(RUN)
ON_JSON = [
    each
    for each in FINDINGS.cells
    if each.cell.endpoint is Endpoint.JSON and each.cell.workload is Workload.CAPACITY and each.valid
][:2]


def limited_by(bound: Bound, cells: list[CellFinding], **changes: object) -> Findings:
    """Those of the sample, with some cells limited by it, whose servers used 14 % of a CPU."""
    update = {"bound": bound, "server_cpu_share": 0.14, **changes}
    return FINDINGS.model_copy(
        update={"cells": tuple(each.model_copy(update=update) if each in cells else each for each in FINDINGS.cells)}
    )


def said(findings: Findings) -> list[str]:
    return [each.replace(NBSP, " ") for each in taken_sentences(findings, CAST)]


@pytest.mark.parametrize(
    ("bound", "meaning"),
    [
        (Bound.OTHERS, "Capacity and rank there say what the host left for the server"),
        (Bound.UNCLEAR, "capacity and rank there may say what the host left for the server"),
    ],
)
def test_capacities_of_what_others_left_are_named_with_what_they_mean(bound: Bound, meaning: str) -> None:
    findings = limited_by(bound, ON_JSON)
    (sentence,) = said(findings)
    one, two = (CAST.label(each.cell.subject).in_sentence for each in ON_JSON)
    assert f"on json, capacity, 32 connections, {one} at 14 % of a CPU and {two} at 14 % of a CPU." in sentence
    assert meaning in sentence
    assert sentence in [each.replace(NBSP, " ") for each in found_view(RUN, findings, CAST).caveats]


@pytest.mark.parametrize("bound", [Bound.SERVER, Bound.IDLE, Bound.DATABASE, Bound.UNKNOWN])
def test_a_server_that_waits_for_something_else_is_no_fault_of_the_host(bound: Bound) -> None:
    assert not said(limited_by(bound, ON_JSON))


def test_cells_without_a_figure_need_no_warning() -> None:
    assert not said(limited_by(Bound.OTHERS, ON_JSON, valid=False))


def test_a_limit_has_words_of_its_own() -> None:
    assert set(BOUND_WORDS) == set(Bound)
    assert [each for each, words in BOUND_WORDS.items() if "no CPU was busy" in words] == [Bound.IDLE]
