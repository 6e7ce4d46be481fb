"""What a verdict hangs on: of all comparisons of a claim, the one that decides it, as a figure and a small interval."""

import math
from dataclasses import dataclass
from typing import Final

from harness.claims.verdict_sentences import METRICS, claimed, claimed_words, scale_and_unit, value_words
from harness.model.claim import ClaimFinding, Combination, Evidence, Verdict
from harness.report.figure.axes import log_axis
from harness.report.figure.spec import Caption, DotPlot, DotRow, Mark, ReferenceLine, Shape, Tone
from harness.report.numbers import TIMES

_SHAPES: Final = {Verdict.SUPPORTED: Shape.DOT, Verdict.REFUTED: Shape.CROSS}
_TONES: Final = {Verdict.SUPPORTED: Tone.GOOD, Verdict.REFUTED: Tone.BAD}
_LEAST_REACH: Final = 2.0
"""The axis of a small interval reaches at least from half of what is claimed to twice that."""


@dataclass(frozen=True, slots=True)
class Deciding:
    """The comparison that a verdict hangs on."""

    value: str
    """With its interval: `1.43 (1.40 to 1.46)`."""
    what: str
    """Of whom and of what."""
    claimed: str
    small: DotPlot
    """One row around what is claimed; the margin is where the claim holds."""


def deciding(found: ClaimFinding) -> Deciding | None:
    """The comparison that shares the claim's verdict and speaks least for the claim.

    Where any one is enough to support it, that which speaks most for it. None where nothing has a value.
    """
    known = [each for each in found.evidence if each.value and each.metric and _speaks(each) is not None]
    own = [each for each in known if each.verdict is found.verdict] or known
    if not own:
        return None
    best_counts = found.claim.combine is Combination.ANY and found.verdict is Verdict.SUPPORTED
    each = (max if best_counts else min)(own, key=lambda one: _speaks(one) or 0.0)
    return Deciding(_value(each), _what(each), _claimed(each), _small(each, found.verdict))


def _speaks(each: Evidence) -> float | None:
    """How far the value lies on the claimed side, as a logarithm; None where either is no positive number."""
    value = each.value.value if each.value else 0.0
    if not (0 < value < math.inf and claimed(each) > 0):
        return None
    apart = math.log(value / claimed(each))
    return apart if each.wants_more else -apart


def _value(each: Evidence) -> str:
    words = value_words(each)
    return words.replace(" (", f"{TIMES} (", 1) if each.form == "ratio" else words


def _claimed(each: Evidence) -> str:
    return claimed_words(each) + (TIMES if each.form == "ratio" else "")


def _what(each: Evidence) -> str:
    metric = METRICS[each.metric].name if each.metric else ""
    against = f" over {each.other_title}" if each.form == "ratio" else ""
    where = ", ".join(
        filter(None, (each.endpoint.value if each.endpoint else "", each.deployment.value if each.deployment else ""))
    )
    return f"{each.subject_title}{against}: {metric}" + (f", {where}" if where else "")


def _small(each: Evidence, verdict: Verdict) -> DotPlot:
    scale, _ = scale_and_unit(each)
    middle = claimed(each) * scale
    value = each.value
    assert value is not None  # noqa: S101 - `deciding` took only those
    low, best, high = (bound * scale for bound in (value.low, value.value, value.high))
    reach = max([_LEAST_REACH, *(max(at / middle, middle / at) for at in (low, best, high) if 0 < at < math.inf)])
    axis = log_axis("", [middle / reach, middle * reach])
    holds = (middle, axis.high) if each.wants_more else (axis.low, middle)
    mark = Mark(best, low, high, _SHAPES.get(verdict, Shape.RING), _TONES.get(verdict, Tone.MUTED), _value(each))
    caption = Caption(name="", title="", description="", text="")
    return DotPlot(caption, axis, (DotRow("", "", (mark,)),), ReferenceLine(middle, ""), holds)
