"""What a verdict hangs on: of all comparisons of a claim, the one that decides it, as a figure and a small interval."""

import math
from dataclasses import dataclass
from typing import Final

from harness.claims.holm import row_words
from harness.claims.verdict_sentences import (
    METRICS,
    claimed,
    claimed_words,
    deciding_evidence,
    scale_and_unit,
    value_words,
)
from harness.model.claim_values import Combination
from harness.model.verdict import ClaimFinding, Evidence, Verdict
from harness.report.figure.axes import log_axis
from harness.report.figure.spec import Caption, DotPlot, DotRow, Mark, ReferenceLine, Shape, Tone
from harness.report.numbers import TIMES

_SHAPES: Final = {Verdict.SUPPORTED: Shape.DOT, Verdict.REFUTED: Shape.CROSS}
_TONES: Final = {Verdict.SUPPORTED: Tone.GOOD, Verdict.REFUTED: Tone.BAD}
_DECIDED: Final = {Verdict.SUPPORTED, Verdict.REFUTED, Verdict.INCONCLUSIVE}
_LEAST_REACH: Final = 2.0
"""The axis of a small interval reaches at least from half of what is claimed to twice that."""


@dataclass(frozen=True, slots=True)
class Deciding:
    """The comparison that a verdict hangs on."""

    value: str
    """With its interval: `1.43 (1.40 to 1.46)`; or what there is in place of one."""
    who: str
    """Whom it is of, in short, as its row has it; empty where there is no figure."""
    what: str
    """Of whom and of what; empty where there is no figure, as is what is claimed."""
    claimed: str
    corrected: str
    """That it is clear by itself, and not with so many; empty where that is not so."""
    small: DotPlot | None
    """One row around what is claimed; the margin is where the whole interval has to lie. None where it has no place on
    the axis."""


def deciding(found: ClaimFinding) -> Deciding | None:
    """The comparison that the claim's sentence names, or how many hold of those that are counted.

    Where there is no such figure, why; None where the run says nothing of the claim.
    """
    corrected = row_words(found)
    if found.claim.combine is Combination.COUNT and found.verdict in _DECIDED:
        return Deciding(_counts(found), "", "all comparisons", f"at least {found.claim.count}", corrected, None)
    each = deciding_evidence(found)
    if each is None or each.value is None or (not each.metric and each.form != "kept"):
        in_its_place = _in_its_place(found)
        return Deciding(in_its_place, "", "", "", corrected, None) if in_its_place else None
    drawn = 0 < each.value.value < math.inf and claimed(each) > 0
    small = _small(each, found.verdict) if drawn else None
    return Deciding(_value(each), _who(each), _what(each), _claimed(each), corrected, small)


def _counts(found: ClaimFinding) -> str:
    """How many hold; where some are open, that too: fewer than are claimed is else taken for a refutation."""
    holds, fails = (
        sum(each.verdict is verdict for each in found.evidence) for verdict in (Verdict.SUPPORTED, Verdict.REFUTED)
    )
    number = len(found.evidence)
    if holds + fails == number:
        return f"{holds} of {number} hold"
    return f"{holds} of {number} hold, {fails} fail{'s' if fails == 1 else ''}, {number - holds - fails} open"


def _in_its_place(found: ClaimFinding) -> str:
    """What stands in the row of a claim that no figure decides; empty where the run says nothing of it."""
    if found.verdict is Verdict.INVALID:
        return "a cell is invalid"
    if found.verdict not in _DECIDED:
        return ""
    if any(each.form == "probe" for each in found.evidence):
        return "found by probes"
    return "nothing to compare" if found.verdict is Verdict.INCONCLUSIVE else "the other has none"


def _value(each: Evidence) -> str:
    value, interval, bounds = value_words(each).partition(" (")
    return f"{value}{TIMES if each.form == 'ratio' else ''}{interval}{bounds}"


def _claimed(each: Evidence) -> str:
    return claimed_words(each) + (TIMES if each.form == "ratio" else "")


def _who(each: Evidence) -> str:
    """`FastAPI over Bottle, controlled, db`: apps, how they were deployed, and where."""
    app, variant = _short(each.subject_title)
    where = [each.endpoint.value] if each.endpoint and each.form != "kept" else []
    if each.form != "ratio":
        grown = [each.other_title.partition(" in place")[0]] if each.form == "kept" else []
        return ", ".join(filter(None, (app, variant, *grown, *where)))
    if not where and each.metric:
        where = [METRICS[each.metric].name]
    if len(each.others) > 1:
        return ", ".join(filter(None, (f"{app} over the median of {len(each.others)}", variant, *where)))
    other, others_variant = _short(each.other_title)
    if variant == others_variant:
        return ", ".join(filter(None, (f"{app} over {other}", variant, *where)))
    pair = " over ".join(" ".join(filter(None, named)) for named in ((app, variant), (other, others_variant)))
    return ", ".join((pair, *where))


def _short(title: str) -> tuple[str, str]:
    """An app and its variant, without the server."""
    app, _, deployed = title.partition(" (")
    return app, deployed.removesuffix(")").partition(",")[0]


def _what(each: Evidence) -> str:
    metric = METRICS[each.metric].name if each.metric else ""
    against = f" over {each.other_title}" if each.form == "ratio" else ""
    return f"{each.subject_title}{against}: {metric}" + (f", {each.endpoint.value}" if each.endpoint else "")


def _small(each: Evidence, verdict: Verdict) -> DotPlot:
    scale, _ = scale_and_unit(each)
    middle = claimed(each) * scale
    value = each.value
    assert value is not None  # noqa: S101 - `deciding` took only those
    low, best, high = (bound * scale for bound in (value.low, value.value, value.high))
    reach = max([_LEAST_REACH, *(max(at / middle, middle / at) for at in (low, best, high) if 0 < at < math.inf)])
    axis = log_axis("", [middle / reach, middle * reach])
    nearest, farthest = ((margin or claimed(each)) * scale for margin in (each.low_margin, each.high_margin))
    holds = (farthest, axis.high) if each.wants_more else (axis.low, nearest)  # Between them lies what is tied with it.
    mark = Mark(best, low, high, _SHAPES.get(verdict, Shape.RING), _TONES.get(verdict, Tone.MUTED))
    caption = Caption(name="", title="", description="", text="")
    return DotPlot(caption, axis, (DotRow("", "", (mark,)),), ReferenceLine(middle, ""), holds)
