"""An undecided claim says what would decide it: rounds that a run can be told to take, and how long they last."""

import re
import shlex
from math import ceil, log

import pytest

from harness.analysis.intervals import LogInterval
from harness.claims.commands import origin_of
from harness.claims.decide import Margin, weigh
from harness.claims.evaluate import evaluate
from harness.claims.further import further_sentence
from harness.claims.holm import ALPHA, LEVEL
from harness.model.app import Endpoint
from harness.model.claim import Claim, ClaimsFile, DeploymentName, Metric
from harness.model.findings import TIE_MARGIN, Estimate
from harness.model.verdict import ClaimFinding, Evidence, Verdict
from harness.results.records import RecordedRun
from tests.unit.analysis.simulate import Noise, Simulation, subject
from tests.unit.claims.test_deployments import a_claim

CLAIM = a_claim("flask", "django", deployments=("controlled",), at_least=1.5)
ROUNDS = 4


def measured(ratio: float, noise: float, *, cut_off: bool = False) -> RecordedRun:
    made = Simulation(
        {subject("flask"): 2_000 * ratio, subject("django"): 2_000},
        noise=Noise(window=noise, process=noise / 3),
        rounds=ROUNDS,
        seed=3,
    ).recorded()
    ended = None if cut_off else made.run.started_at
    return made.model_copy(update={"run": made.run.model_copy(update={"finished_at": ended})})


def held(recorded: RecordedRun, *claims: Claim) -> tuple[ClaimFinding, ...]:
    origin = origin_of(recorded.run, "the-run")
    return evaluate(ClaimsFile(source="a test", claim=claims), recorded, origin=origin).claims


def test_another_run_needs_the_rounds_that_this_one_has_as_well() -> None:
    (found,) = held(measured(1.7, 0.12), CLAIM)
    assert found.verdict is Verdict.INCONCLUSIVE
    assert found.further_rounds
    total = ROUNDS + found.further_rounds
    assert found.further.startswith(
        f"About {total} rounds would decide it, {found.further_rounds} more than this run has."
    )
    assert re.search(r"looked at after \d+, which takes some \d+ minutes?\.$", found.further)
    looked_at = int(re.findall(r"after (\d+)", found.further)[0])
    assert looked_at >= total
    assert shlex.split(found.command) == ["bench", "run", "--claim", "one"]


def test_a_run_that_was_cut_off_needs_the_rest_only() -> None:
    (found,) = held(measured(1.7, 0.12, cut_off=True), CLAIM)
    assert "--resume the-run" in found.command
    assert found.further == f"About {found.further_rounds} more rounds would decide it."


def test_more_rounds_than_a_run_for_a_claim_takes_are_asked_for_in_the_command() -> None:
    (found,) = held(measured(1.7, 0.12), a_claim("flask", "django", deployments=("controlled",), at_least=1.7))
    assert found.further_rounds
    total = ROUNDS + found.further_rounds
    assert total > 32, "else this shows nothing"
    assert f"About {total:,} rounds" in found.further
    assert "A run of so many, for this claim alone, takes some " in found.further
    assert shlex.split(found.command)[-2:] == ["--rounds", str(total)]


def evidence(value: float, verdict: Verdict = Verdict.INCONCLUSIVE, further: int | None = None) -> Evidence:
    return Evidence(
        form="ratio",
        subject="flask",
        subject_title="Flask",
        others=("django",),
        other_title="Django",
        deployment=DeploymentName.CONTROLLED,
        metric=Metric.THROUGHPUT,
        endpoint=Endpoint.JSON,
        value=Estimate(value=value, low=value * 0.9, high=value * 1.1),
        low_margin=1.5 / 1.03,
        high_margin=1.5 * 1.03,
        verdict=verdict,
        further_rounds=further,
    )


TOO_CLOSE = evidence(1.52)
TOO_NOISY = evidence(1.6)
DECIDED = evidence(1.8, Verdict.SUPPORTED)
KNOWN = evidence(1.7, further=3)
NOT_KNOWN = evidence(1.52).model_copy(update={"value": None, "reason": "too few requests tell it"})
UNTOLD = "How many rounds would decide it can't be told: "
A_TIE = "what Flask came to is a tie with what is claimed, and more rounds decide nothing if it stays there."
NOT_SURELY = "As many rounds of a run for this claim alone, which has less to be corrected for, would decide it."
WHY: dict[str, tuple[tuple[Evidence, ...], str]] = {
    "a tie": ((DECIDED, TOO_CLOSE), f"{UNTOLD}{A_TIE}"),
    "too many": ((KNOWN, TOO_NOISY), f"{UNTOLD}with what Flask came to, it would take more than 1,000."),
    "no value": ((NOT_KNOWN,), f"{UNTOLD}of Flask, too few requests tell it."),
}


@pytest.mark.parametrize(("comparisons", "told"), WHY.values(), ids=WHY)
def test_where_no_number_of_rounds_can_be_told_it_is_said_why(comparisons: tuple[Evidence, ...], told: str) -> None:
    assert further_sentence(CLAIM, comparisons, measured(1.7, 0.1), None, resumes=False) == told


def test_what_as_many_rounds_would_decide_by_themselves_has_too_much_beside_it() -> None:
    recorded = measured(1.7, 0.03)
    (alone,) = held(recorded, CLAIM)
    assert alone.p_value
    assert alone.p_value < LEVEL, "else this shows nothing"
    tied = a_claim("flask", "django", deployments=("controlled",), at_least=1.7)
    beside = [tied.model_copy(update={"id": f"c{number}"}) for number in range(ceil(ALPHA / alone.p_value))]
    crowded, *_ = held(recorded, CLAIM, *beside)
    assert crowded.verdict is Verdict.INCONCLUSIVE
    assert (crowded.further, crowded.further_rounds) == (NOT_SURELY, None)


def as_surely(found: ClaimFinding, rounds: int) -> float:
    """The p-value of its one comparison if its value were the same after so many rounds."""
    (only,) = found.evidence
    value = only.value
    assert value
    assert value.log_standard_error
    assert value.degrees_of_freedom
    error = value.log_standard_error * (ROUNDS / rounds) ** 0.5
    after = LogInterval(log(value.value), error, value.degrees_of_freedom + rounds - ROUNDS)
    return weigh(after, Margin.around(1.5, TIE_MARGIN, wants_more=True)).p_support


def test_the_rounds_that_are_told_decide_at_the_level_of_the_run_that_they_are_told_for() -> None:
    """A run for one claim looks eight times, and has an eighth of the level at each; one that goes on has all of it."""
    for cut_off, level in ((False, ALPHA / 8), (True, ALPHA)):
        (found,) = held(measured(1.7, 0.12, cut_off=cut_off), CLAIM)
        assert found.further_rounds
        total = ROUNDS + found.further_rounds
        assert as_surely(found, total) < level <= as_surely(found, total - 1)


def test_of_several_undecided_claims_each_says_what_would_decide_it() -> None:
    """Also where the figure of one lies on what is claimed."""
    recorded = measured(1.7, 0.12)
    (alone,) = held(recorded, CLAIM)
    (only,) = alone.evidence
    assert only.value
    on_its_margin = a_claim("flask", "django", deployments=("controlled",), at_least=only.value.value)
    first, second = held(recorded, CLAIM, on_its_margin.model_copy(update={"id": "two"}))
    assert {first.verdict, second.verdict} == {Verdict.INCONCLUSIVE}
    assert second.further_rounds is None
    assert first.further.startswith("About ")
    assert second.further.startswith(UNTOLD)
