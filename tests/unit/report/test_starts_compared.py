"""Start-up and memory are held against each other alike in claims, in sentences and with two apps side by side."""

import pytest

from harness.analysis.analyse import analyse
from harness.claims.evaluate import evaluate
from harness.model.cell import Subject, Workload
from harness.model.claim import ClaimsFile
from harness.model.verdict import Verdict
from harness.report.card.beside import BesideRow, side_by_side
from harness.report.card.facts import facts, measured_of
from harness.report.card.leaders import leaders
from harness.report.page import compose
from harness.report.view.cast import Cast
from harness.report.view.ratios import RatioBook, start_ratios_name
from harness.results.records import RecordedRun
from tests.unit.analysis.simulate import Simulation, subject
from tests.unit.claims.test_deployments import a_claim
from tests.unit.comparison.recorded import with_footprints
from tests.unit.report.ratio_texts import told as told_by_the_page

LIGHT, HEAVY = subject("light"), subject("heavy")
TWO_ROUNDS = Simulation(capacities_rps={LIGHT: 2_000.0, HEAVY: 2_000.0}, rounds=2).recorded()
"""Fewer than it takes for ranges of starts to tell apart what they are of."""
CLAIM = a_claim("light", "heavy", metric="memory_idle_bytes", endpoints=(), at_least=None, at_most=0.5)
AS_HEAVY = 20 / 23
"""What the second app's memory is multiplied by to be the first one's."""


def told(recorded: RecordedRun) -> tuple[str, dict[str, BesideRow], Verdict]:
    """What stands for idle memory in a sentence, each quantity side by side, and what a claim on it comes out as."""
    run, findings = recorded.run, analyse(recorded)
    cast, book = Cast(run), RatioBook.of(findings)
    known = facts(measured_of(run, findings, recorded.starts, book, cast))
    labels = [cast.label(each) for each in run.plan.subjects]
    (sentence,) = [each.text for each in leaders(known, labels, book) if each.about == "Idle memory"]
    rows = {row.what: row for row in side_by_side(known, book, *labels)}
    (finding,) = evaluate(ClaimsFile(source="a test", claim=(CLAIM,)), recorded, findings).claims
    return sentence, rows, finding.verdict


def name(of: Subject) -> str:
    return f"{of.app} (controlled, gunicorn gthread)"


def test_what_decides_a_claim_is_never_called_too_little() -> None:
    sentence, rows, verdict = told(with_footprints(TWO_ROUNDS, heavier={"heavy": 3.0}))
    assert verdict is Verdict.SUPPORTED
    assert sentence.startswith(f"Lowest: {name(LIGHT)}, ")
    assert f"Highest: {name(HEAVY)}, " in sentence
    assert "Not told apart" not in sentence
    for what in ("Idle memory, MiB", "Memory after load, MiB"):
        assert rows[what].better == name(LIGHT)
        assert rows[what].ratio.startswith(("0.28", "0.29")), "20 MiB over three times 23"


def test_those_that_differ_by_less_than_a_tie_are_not_told_apart() -> None:
    sentence, rows, verdict = told(with_footprints(TWO_ROUNDS, heavier={"heavy": AS_HEAVY}))
    assert verdict is Verdict.REFUTED
    assert "Not told apart from it" in sentence
    assert rows["Idle memory, MiB"].better == "tied"


def test_the_page_can_set_any_two_side_by_side_by_the_same_ratios() -> None:
    recorded = with_footprints(TWO_ROUNDS, heavier={"heavy": 3.0})
    findings = analyse(recorded)
    claims = evaluate(ClaimsFile(source="a test", claim=(CLAIM,)), recorded, findings)
    page = compose(recorded.run, findings, claims, recorded.starts, ())
    named = {what: ratios for what, _, ratios, _ in page.beside.rows}
    for what, metric in (("Start-up, s", "start_s"), ("Idle memory, MiB", "memory_idle_bytes")):
        assert named[what] == start_ratios_name(metric)
        assert told_by_the_page(page.ratios, named[what], HEAVY.key, LIGHT.key) is not None
        assert told_by_the_page(page.ratios, named[what], HEAVY.key, HEAVY.key) is None
    assert [key for key, _ in page.ratios.baselines] == sorted((HEAVY.key, LIGHT.key))


@pytest.mark.parametrize("asked", [True, False])
def test_ratios_are_formed_where_footprints_were_asked_for_as_claims_on_them_are_decided(*, asked: bool) -> None:
    recorded = with_footprints(TWO_ROUNDS)
    if not asked:
        plan = recorded.run.plan
        cells = tuple(each for each in plan.cells if each.workload is not Workload.FOOTPRINT)
        header = recorded.run.model_copy(update={"plan": plan.model_copy(update={"cells": cells})})
        recorded = recorded.model_copy(update={"run": header})
    assert bool(analyse(recorded).start_comparisons) is asked
