"""What it would take to decide a claim that a run leaves open: how many rounds, and how long they take."""

from collections.abc import Sequence
from math import log
from typing import Final

from harness.claims.decide import MAX_FURTHER_ROUNDS
from harness.claims.holm import LOOKS
from harness.claims.within_reach import plan_alone
from harness.model.claim import Claim
from harness.model.naming import sentence
from harness.model.verdict import Evidence, Verdict
from harness.plan.pace import at_pace, pace_shown
from harness.results.records import RecordedRun

_S_PER_MINUTE = 60.0
_MINUTES_TOLD = 180
"""Longer is told in hours."""

_BY_ITSELF: Final = "As many rounds of a run for this claim alone, which has less to be corrected for, would decide it."


def rounds_alone(rounds: int, further: int | None) -> int | None:
    """How many rounds a new run for one claim has to be told to take; None where those that it takes anyway will do.

    A new run begins at none.
    """
    needed = rounds + further if further is not None else 0
    return needed if needed > LOOKS[-1] else None


def further_sentence(
    claim: Claim, evidence: Sequence[Evidence], recorded: RecordedRun, further: int | None, *, resumes: bool
) -> str:
    """What would decide an undecided claim, or why no number of rounds can be told.

    Args:
        claim: The claim.
        evidence: Its comparisons.
        recorded: The run that leaves it open.
        further: How many more rounds would decide it, where that is known; 0 where as many would in a run for it alone.
        resumes: Whether they can be added to it; else another run has to take all of them.
    """
    if not further:
        return _why_no_number(evidence) if further is None else _BY_ITSELF
    more = f"{further:,} more round{'' if further == 1 else 's'}"
    if resumes:
        return f"About {more} would decide it."
    needed = recorded.rounds_complete + further
    told = f"About {needed:,} rounds would decide it, {further:,} more than this run has."
    look = next((look for look in LOOKS if look >= needed), None)
    lasts = _duration(claim, recorded, look or needed)
    if look is None:
        return f"{told} A run of so many, for this claim alone, takes {lasts}."
    return f"{told} A run for this claim alone is looked at after {look}, which takes {lasts}."


def _duration(claim: Claim, recorded: RecordedRun, rounds: int) -> str:
    """How long a run for this claim takes to so many rounds, at the pace of the run at hand."""
    plan = plan_alone(claim, recorded, rounds=rounds)
    alone_s = at_pace(plan, pace_shown(recorded.run, plan)).estimated_s
    minutes = alone_s * max(1, len(recorded.run.plan.pythons)) / _S_PER_MINUTE
    if minutes > _MINUTES_TOLD:
        return f"some {minutes / 60:.0f} hours"
    whole = max(1, round(minutes))
    return f"some {whole} minute{'' if whole == 1 else 's'}"


def _why_no_number(evidence: Sequence[Evidence]) -> str:
    if not evidence:
        return "There is nothing to compare."
    open_still = [each for each in evidence if each.verdict is Verdict.INCONCLUSIVE]
    each = next((each for each in open_still if each.further_rounds is None), (*open_still, *evidence)[0])
    told = "How many rounds would decide it can't be told"
    if each.value is None or each.reason:
        return sentence(f"{told}: of {each.subject_title}, {each.reason or ''}")
    if _is_within(each):
        return (
            f"{told}: what {each.subject_title} came to is a tie with what is claimed, and more rounds decide "
            "nothing if it stays there."
        )
    return f"{told}: with what {each.subject_title} came to, it would take more than {MAX_FURTHER_ROUNDS:,}."


def _is_within(each: Evidence) -> bool:
    """Whether the value lies where nothing is decided."""
    if each.value is None or each.low_margin is None or each.high_margin is None or each.value.value <= 0:
        return False
    return log(each.low_margin) <= log(each.value.value) <= log(each.high_margin)
