"""Holm's procedure: several tests at once, with a small chance that any is wrong (see `decide`)."""

from collections.abc import Sequence
from typing import Final

from harness.claims.needs import needed
from harness.model.claim import Claim
from harness.model.findings import CONFIDENCE
from harness.model.verdict import Evidence, Verdict

ALPHA: Final = 1 - CONFIDENCE


def holm(p_values: Sequence[float], alpha: float = ALPHA) -> list[bool]:
    """Which of several tests are rejected with a chance of at most `alpha` that any is wrongly."""
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    rejected = [False] * len(p_values)
    for step, place in enumerate(order):
        if p_values[place] >= alpha / (len(p_values) - step):
            break
        rejected[place] = True
    return rejected


def among_several(claim: Claim, verdict: Verdict, evidence: Sequence[Evidence], p_value: float | None) -> str:
    """Why a claim is open that its comparisons decide by themselves: that it has several; empty where that is not why.

    Args:
        claim: The claim.
        verdict: With all corrections.
        evidence: Its comparisons, each with its verdict by itself.
        p_value: Of the claim, corrected for how many comparisons it has.
    """
    word = _uncorrected(claim, [each.verdict for each in evidence])
    if verdict is not Verdict.INCONCLUSIVE or word is verdict or p_value is None or p_value < ALPHA:
        return ""
    return (
        f"Without the correction for its {len(evidence)} comparisons it would be {word.value}, "
        f"with it that is not clear enough (p = {p_value:.2g})."
    )


def _uncorrected(claim: Claim, verdicts: Sequence[Verdict]) -> Verdict:
    enough = needed(claim, len(verdicts))
    if 0 < enough <= verdicts.count(Verdict.SUPPORTED):
        return Verdict.SUPPORTED
    return Verdict.REFUTED if verdicts.count(Verdict.REFUTED) > len(verdicts) - enough else Verdict.INCONCLUSIVE
