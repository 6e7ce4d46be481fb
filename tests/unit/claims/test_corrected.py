"""A claim that is clear by itself, and open among many or where the run may be looked at often, says so."""

import numpy as np
import pytest

from harness.claims.evaluate import evaluate
from harness.claims.holm import among_several, corrected_sentence, in_sequence, row_words
from harness.model.claim import Claim, ClaimsFile
from harness.model.claim_values import Combination
from harness.model.verdict import ClaimFindings, Verdict
from harness.report.view.deciding import deciding
from harness.results.records import RecordedRun
from tests.unit.analysis.simulate import Noise
from tests.unit.claims.test_evaluate import FAST, SLOW, ratio, run

NOISY = Noise(window=0.06, process=0.02)


def held(recorded: RecordedRun, claims: int) -> ClaimFindings:
    """Against so many claims that say the same."""
    condition = ratio(("fast",), ("slow",))
    named = [Claim.model_validate({"id": f"c{i}", "says": "Fast.", "condition": [condition]}) for i in range(claims)]
    return evaluate(ClaimsFile(source="a test", claim=tuple(named)), recorded)


@pytest.fixture(scope="module")
def barely() -> RecordedRun:
    """A run that supports the claim by itself, and by so little that it is not among twenty."""
    runs = (run({FAST: 3_240, SLOW: 2_000}, noise=NOISY, seed=seed) for seed in range(50))
    return next(each for each in runs if 0.003 < (held(each, 1).claims[0].p_value or 0) < 0.04)


def test_the_number_of_claims_is_named_where_it_leaves_one_open(barely: RecordedRun) -> None:
    alone = held(barely, 1).claims[0]
    assert alone.verdict is Verdict.SUPPORTED
    assert "By itself" not in alone.sentence
    among = held(barely, 20).claims[0]
    assert among.verdict is Verdict.INCONCLUSIVE
    reason = f"By itself it would be supported (p = {among.p_value:.2g}), which is not clear enough where 20 claims "
    assert f"{reason}are tested at once." in among.sentence
    row = deciding(among)
    assert row is not None
    assert row.corrected == f"would be supported by itself, p = {among.p_value:.2g}"


def test_so_is_how_often_the_run_may_be_looked_at(barely: RecordedRun) -> None:
    plan = barely.run.plan.model_copy(update={"looks": 20})
    often = barely.model_copy(update={"run": barely.run.model_copy(update={"plan": plan})})
    assert "not clear enough where the run may be looked at 20 times." in held(often, 1).claims[0].sentence
    assert "20 claims are tested at once and the run may be looked at 20" in held(often, 20).claims[0].sentence


def made_for(run: RecordedRun, claim: str, looks: int = 8) -> RecordedRun:
    """The same as if it had been made for one claim, until that is decided."""
    plan = run.run.plan.model_copy(update={"looks": looks})
    command = ("bench", "run", "--claim", claim)
    return run.model_copy(update={"run": run.run.model_copy(update={"plan": plan, "command": command})})


def test_the_claim_that_a_run_was_made_for_needs_no_correction_for_the_others(barely: RecordedRun) -> None:
    """The run ends as soon as it is decided by itself, and its report says what it ended with."""
    found = held(made_for(barely, "c0", looks=2), 20)
    p_value = found.claims[0].p_value
    assert p_value is not None
    assert 0.05 / 2 / 20 < p_value < 0.05 / 2, "the case is what it is meant to be"
    assert found.claims[0].verdict is Verdict.SUPPORTED
    assert {each.verdict for each in found.claims[1:]} == {Verdict.INCONCLUSIVE}
    assert "not clear enough where 19 claims are tested at once and the run may be" in found.claims[1].sentence


def test_the_others_are_tested_only_once_that_one_is_decided(barely: RecordedRun) -> None:
    found = held(made_for(barely, "c0", looks=20), 2)
    reason = "not clear enough where the run was made for c0, which is tested first and is not decided."
    assert "not clear enough where the run may be looked at 20 times." in found.claims[0].sentence
    assert reason in found.claims[1].sentence
    elsewhere = held(made_for(barely, "no-claim-of-this-file", looks=20), 2)
    assert "where 2 claims are tested at once and the run may be looked at 20 times" in elsewhere.claims[0].sentence


@pytest.mark.parametrize(
    ("p_values", "first", "decided"),
    [
        ({"a": 0.04, "b": 0.02, "c": 0.3}, None, ""),
        ({"a": 0.04, "b": 0.016, "c": 0.3}, None, "b"),
        ({"a": 0.04, "b": 0.02, "c": 0.3}, "a", "ab"),
        ({"a": 0.04, "b": 0.03, "c": 0.3}, "a", "a"),
        ({"a": 0.06, "b": 0.001, "c": 0.3}, "a", ""),
        ({"a": 0.06, "b": 0.001, "c": 0.0}, "a", "c"),
        ({"a": 0.04}, "a", "a"),
        ({}, "a", ""),
    ],
)
def test_claims_are_decided_in_sequence(p_values: dict[str, float], first: str | None, decided: str) -> None:
    assert in_sequence(p_values, 0.05, first) == {*decided}


@pytest.mark.parametrize("true_nulls", ["abc", "a", "bc"])
def test_the_chance_of_any_wrong_verdict_stays_what_it_is(true_nulls: str) -> None:
    generator = np.random.default_rng(8)
    wrong = 0
    for _ in range(20_000):
        p_values = {name: float(generator.random() ** (1 if name in true_nulls else 6)) for name in "abc"}
        wrong += bool(in_sequence(p_values, 0.05, "a") & {*true_nulls})
    assert wrong / 20_000 < 0.05 + 3 * (0.05 * 0.95 / 20_000) ** 0.5


@pytest.mark.parametrize(
    ("verdict", "total", "words"),
    [
        (Verdict.INCONCLUSIVE, (0.4, 0.6), ""),
        (Verdict.INCONCLUSIVE, None, ""),
        (Verdict.REFUTED, (1.0, 0.001), ""),
        (Verdict.INCONCLUSIVE, (1.0, 0.03), "By itself it would be refuted (p = 0.03)"),
    ],
)
def test_nothing_is_said_where_the_correction_took_nothing(
    verdict: Verdict, total: tuple[float, float] | None, words: str
) -> None:
    said = corrected_sentence(verdict, total, tested=7, looks=1)
    assert said.startswith(words)
    assert bool(said) == bool(words)


def test_a_claim_that_is_open_by_itself_has_no_such_words_in_its_row() -> None:
    open_claim = held(run({FAST: 3_000, SLOW: 2_000}, noise=NOISY), 1).claims[0]
    assert open_claim.verdict is Verdict.INCONCLUSIVE
    assert row_words(open_claim) == ""


SUPPORTED, REFUTED, OPEN = Verdict.SUPPORTED, Verdict.REFUTED, Verdict.INCONCLUSIVE


@pytest.mark.parametrize(
    ("combine", "verdicts", "would_be"),
    [
        (Combination.ALL, (SUPPORTED, REFUTED), "refuted"),
        (Combination.ANY, (SUPPORTED, OPEN), "supported"),
        (Combination.COUNT, (SUPPORTED, SUPPORTED, REFUTED), "supported"),
        (Combination.ALL, (SUPPORTED, OPEN), ""),
        (Combination.COUNT, (SUPPORTED, OPEN, REFUTED), ""),
    ],
)
def test_so_is_how_many_comparisons_the_claim_itself_has(
    barely: RecordedRun, combine: Combination, verdicts: tuple[Verdict, ...], would_be: str
) -> None:
    found = held(barely, 1).claims[0]
    evidence = tuple(found.evidence[0].model_copy(update={"verdict": each}) for each in verdicts)
    claim = found.claim.model_copy(update={"combine": combine, "count": 2})
    told = among_several(claim, OPEN, evidence, 0.06)
    words = f"Without the correction for its {len(verdicts)} comparisons it would be {would_be}, "
    assert told.startswith(words if would_be else "")
    assert bool(told) is bool(would_be)
    shown = found.model_copy(update={"claim": claim, "verdict": OPEN, "evidence": evidence, "p_value": 0.06})
    words = f"would be {would_be} by itself; p = 0.06 corrected for {len(shown.evidence)} comparisons"
    assert row_words(shown) == (words if would_be else "")


def test_a_run_says_so_of_a_claim_of_which_one_comparison_would_do(barely: RecordedRun) -> None:
    others = [ratio(("slow",), ("fast",), at_least=1.5 + number / 10) for number in range(19)]
    claim = Claim.model_validate(
        {"id": "any", "says": "Fast.", "combine": "any", "condition": [ratio(("fast",), ("slow",)), *others]}
    )
    found = evaluate(ClaimsFile(source="a test", claim=(claim,)), barely).claims[0]
    assert found.verdict is OPEN
    assert "Without the correction for its 20 comparisons it would be supported, with it" in found.sentence
