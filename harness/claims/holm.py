"""Holm's procedure: several tests at once, with a small chance that any is wrong (see `decide`), and what it takes."""

from collections.abc import Mapping, Sequence
from typing import Final

from harness.claims.needs import needed
from harness.model.claim import Claim
from harness.model.findings import CONFIDENCE
from harness.model.naming import sentence
from harness.model.verdict import ClaimFinding, Evidence, Verdict

ALPHA: Final = 1 - CONFIDENCE

LOOKS: Final = (3, 4, 6, 8, 12, 16, 24, 32)
"""After so many rounds it is looked whether a claim that is pursued is decided.

Looking again and again, and stopping when a verdict shows, finds one by chance sooner or later. So it is looked only
after certain numbers of rounds, and each look has its part of the 5 % (Bonferroni's correction over all looks that
there may be; P. Armitage, C. K. McPherson and B. C. Rowe, "Repeated Significance Tests on Accumulating Data",
Journal of the Royal Statistical Society A 132, 1969, tells how wrong it goes without).
"""

LEVEL: Final = ALPHA / len(LOOKS)
"""At which each look decides."""


def holm(p_values: Sequence[float], alpha: float = ALPHA) -> list[bool]:
    """Which of several tests are rejected with a chance of at most `alpha` that any is wrongly."""
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    rejected = [False] * len(p_values)
    for step, place in enumerate(order):
        if p_values[place] >= alpha / (len(p_values) - step):
            break
        rejected[place] = True
    return rejected


def in_sequence(p_values: Mapping[str, float], alpha: float, first: str | None) -> set[str]:
    """Which of several claims are decided, with a chance of at most `alpha` that any is wrongly.

    A run that was made for one of them tests this `first`, by itself, and the others only if it is decided: so it needs
    no correction for them, and the chance stays what it is (a fixed sequence; P. H. Westfall and A. Krishen, "Optimally
    Weighted, Fixed Sequence and Gatekeeper Multiple Testing Procedures", Journal of Statistical Planning and Inference
    99, 2001). What is counted and not sampled has no chance of being wrong, and needs to wait for nothing.
    """
    certain = {name for name, p_value in p_values.items() if p_value <= 0}
    rest = {name: p_value for name, p_value in p_values.items() if name != first}
    if first is not None and p_values.get(first, 0.0) >= alpha:
        return certain
    kept = holm([*rest.values()], alpha)
    sure = {name for name, is_kept in zip(rest, kept, strict=True) if is_kept}
    return certain | sure | (p_values.keys() & {first})


def among_several(claim: Claim, verdict: Verdict, evidence: Sequence[Evidence], p_value: float | None) -> str:
    """Why a claim is open that its comparisons decide by themselves: that it has several; empty where that is not why.

    Args:
        claim: The claim.
        verdict: With all corrections.
        evidence: Its comparisons, each with its verdict by itself.
        p_value: Of the claim, corrected for how many comparisons it has.
    """
    word = uncorrected(claim, evidence)
    if verdict is not Verdict.INCONCLUSIVE or word is verdict or p_value is None or p_value < ALPHA:
        return ""
    return (
        f"Without the correction for its {len(evidence)} comparisons it would be {word.value}, "
        f"with it that is not clear enough (p = {p_value:.2g} once corrected)."
    )


def uncorrected(claim: Claim, evidence: Sequence[Evidence]) -> Verdict:
    """What a claim's comparisons come to by themselves."""
    verdicts = [each.verdict for each in evidence]
    enough = needed(claim, len(verdicts))
    if 0 < enough <= verdicts.count(Verdict.SUPPORTED):
        return Verdict.SUPPORTED
    return Verdict.REFUTED if verdicts.count(Verdict.REFUTED) > len(verdicts) - enough else Verdict.INCONCLUSIVE


def clear_by_itself(verdict: Verdict, p_value: float | None) -> bool:
    """Whether a claim that is open would have been decided, had it been the only one and looked at once."""
    return verdict is Verdict.INCONCLUSIVE and p_value is not None and p_value < ALPHA


def corrected_sentence(
    verdict: Verdict, p_values: tuple[float, float] | None, *, tested: int, looks: int, waits_for: str | None = None
) -> str:
    """What the correction took from a claim; empty where it took nothing.

    Args:
        verdict: With the correction.
        p_values: For the claim and against it, without the correction; None where nothing was compared.
        tested: How many claims were at once.
        looks: How often the run may be looked at before it ends.
        waits_for: The claim that is to be decided before this one is tested, if it is not.
    """
    if p_values is None or not clear_by_itself(verdict, p_value := min(p_values)):
        return ""
    word = Verdict.SUPPORTED if p_values[0] < p_values[1] else Verdict.REFUTED
    many = [f"{tested} claims are tested at once"] if tested > 1 else []
    many += [f"the run may be looked at {looks} times"] if looks > 1 else []
    if waits_for:
        many = [f"the run was made for {waits_for}, which is tested first and is not decided"]
    return sentence(
        f"By itself it would be {word.value} (p = {p_value:.2g}), which is not clear enough where {' and '.join(many)}"
    )


def row_words(found: ClaimFinding) -> str:
    """The same in a row, also of what is taken for how many comparisons a claim has; empty where nothing was."""
    would = f"would be {uncorrected(found.claim, found.evidence).value} by itself"
    if among_several(found.claim, found.verdict, found.evidence, found.p_value):
        return f"{would}; p = {found.p_value or 0:.2g} corrected for {len(found.evidence)} comparisons"
    return f"{would}, p = {found.p_value or 0:.2g}" if clear_by_itself(found.verdict, found.p_value) else ""
