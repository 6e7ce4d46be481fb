"""Why a claim whose comparisons are clear is left open: chance finds one among many that are tested at once."""

from harness.claims.decide import Weighed
from harness.claims.holm import ALPHA
from harness.model.naming import sentence
from harness.model.verdict import ClaimFinding, Verdict


def clear_by_itself(verdict: Verdict, p_value: float | None) -> bool:
    """Whether a claim that is open would have been decided, had it been the only one and looked at once."""
    return verdict is Verdict.INCONCLUSIVE and p_value is not None and p_value < ALPHA


def corrected_sentence(verdict: Verdict, total: Weighed | None, *, tested: int, looks: int) -> str:
    """What the correction took from a claim; empty where it took nothing.

    Args:
        verdict: With the correction.
        total: The claim's, without it.
        tested: How many claims of the file were.
        looks: How often the run may be looked at before it ends.
    """
    if total is None or not clear_by_itself(verdict, p_value := min(total.p_support, total.p_refute)):
        return ""
    word = Verdict.SUPPORTED if total.p_support < total.p_refute else Verdict.REFUTED
    many = [f"{tested} claims are tested at once"] if tested > 1 else []
    many += [f"the run may be looked at {looks} times"] if looks > 1 else []
    return sentence(
        f"By itself it would be {word.value} (p = {p_value:.2g}), which is not clear enough where {' and '.join(many)}"
    )


def row_words(found: ClaimFinding) -> str:
    """The same in a row; empty where the correction took nothing."""
    return f"clear by itself only, p = {found.p_value:.2g}" if clear_by_itself(found.verdict, found.p_value) else ""
