"""The section on the claims: each with its verdict, and with what decides it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from harness.claims.words import METRICS, listed
from harness.model.claim import ClaimFinding, ClaimFindings, Evidence, Verdict
from harness.report.figure.axes import log_axis
from harness.report.figure.spec import Caption, DotPlot, DotRow, Mark, ReferenceLine, Shape, Tone
from harness.report.numbers import Reading, counted, fixed, percent, reading

TIMES: Final = "\N{MULTIPLICATION SIGN}"
_ORDER: Final = (
    Verdict.SUPPORTED,
    Verdict.REFUTED,
    Verdict.INCONCLUSIVE,
    Verdict.INVALID,
    Verdict.NOT_RUN,
    Verdict.NOT_TESTABLE,
)
_SHAPES: Final = {Verdict.SUPPORTED: Shape.DOT, Verdict.REFUTED: Shape.CROSS, Verdict.INCONCLUSIVE: Shape.RING}
_TONES: Final = {Verdict.SUPPORTED: Tone.INK, Verdict.REFUTED: Tone.BAD, Verdict.INCONCLUSIVE: Tone.MUTED}


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One comparison as the table shows it."""

    subject: str
    other: str
    metric: str
    endpoint: str
    deployment: str
    ratio: Reading | None
    claimed: str
    verdict: str
    reason: str


@dataclass(frozen=True, slots=True)
class ClaimCard:
    """One claim."""

    id: str
    says: str
    section: str
    verdict: str
    kind: str
    """Class of the card: `good`, `bad` or empty."""
    sentence: str
    condition: str
    further: str
    plots: tuple[DotPlot, ...]
    """One for each metric."""
    rows: tuple[EvidenceRow, ...]
    command: str


@dataclass(frozen=True, slots=True)
class ClaimsView:
    """All claims, the decided ones first."""

    source: str
    rounds: str
    noise_floor: str
    decided: str
    counts: tuple[tuple[str, int], ...]
    cards: tuple[ClaimCard, ...]


def claims_view(found: ClaimFindings) -> ClaimsView:
    """The claims on one run."""
    ordered = sorted(found.claims, key=lambda each: _ORDER.index(each.verdict))
    verdicts = [each.verdict for each in found.claims]
    return ClaimsView(
        source=found.source,
        rounds=counted(found.claims[0].rounds, "round"),
        noise_floor=percent(found.noise_floor),
        decided=counted(found.decided, "claim"),
        counts=tuple((verdict.value, verdicts.count(verdict)) for verdict in _ORDER if verdict in verdicts),
        cards=tuple(_card(each) for each in ordered),
    )


def _card(found: ClaimFinding) -> ClaimCard:
    more = f"About {counted(found.further_rounds, 'more round')} would decide it." if found.further_rounds else ""
    kinds = {Verdict.SUPPORTED: "good", Verdict.REFUTED: "bad"}
    return ClaimCard(
        id=found.claim.id,
        says=found.claim.says,
        section=found.claim.section or "",
        verdict=found.verdict.value,
        kind=kinds.get(found.verdict, ""),
        sentence=found.sentence,
        condition=found.condition_sentence or "",
        further=more,
        plots=tuple(_plots(found)),
        rows=tuple(_row(each) for each in found.evidence),
        command=found.command,
    )


def _row(each: Evidence) -> EvidenceRow:
    side = "at least" if each.wants_more else "at most"
    return EvidenceRow(
        subject=each.subject_title,
        other=each.other_title,
        metric=METRICS[each.metric],
        endpoint=each.endpoint.value,
        deployment=each.deployment.value,
        ratio=reading(each.ratio) if each.ratio else None,
        claimed=f"{side} {_claimed(each)}",
        verdict=each.verdict.value,
        reason=each.reason or "",
    )


def _plots(found: ClaimFinding) -> list[DotPlot]:
    """For each metric, the comparison that speaks least for the claim, of each subject, endpoint and deployment."""
    measured: dict[str, list[Evidence]] = defaultdict(list)
    for each in found.evidence:
        if each.ratio:
            measured[each.metric.value].append(each)
    return [_plot(found, metric, evidence) for metric, evidence in measured.items()]


def _plot(found: ClaimFinding, metric: str, evidence: Sequence[Evidence]) -> DotPlot:
    groups: dict[tuple[str, str, str], list[Evidence]] = defaultdict(list)
    for each in evidence:
        groups[each.subject, each.endpoint.value, each.deployment.value].append(each)
    weakest = [(min if own[0].wants_more else max)(own, key=_value) for own in groups.values()]
    # What was deployed in one way only stands for itself in both: one row for both.
    rows: dict[tuple[str, str, float], list[Evidence]] = defaultdict(list)
    for each in weakest:
        rows[each.subject, each.endpoint.value, _value(each)].append(each)
    first = evidence[0]
    words = METRICS[first.metric]
    bounds = [b for e in weakest if e.ratio for b in (e.ratio.low, e.ratio.high)] + [
        first.low_margin,
        first.high_margin,
    ]
    beyond = "right" if first.wants_more else "left"
    claimed = (first.low_margin * first.high_margin) ** 0.5
    return DotPlot(
        Caption(
            name=f"claim-{found.claim.id}-{metric}".replace("_", "-"),
            title=f"{found.claim.says} {words.capitalize()} over that of others",
            description=f"For each app, endpoint and deployment, the ratio of {words} that speaks least for the claim, "
            "with its 95 % interval; the table below holds all of them.",
            text=f"Ratio of {words}, in each row the one that speaks least for the claim. It holds where the whole "
            f"bar lies {beyond} of the line.",
        ),
        log_axis(f"{words}, times that of the other", bounds),
        tuple(_dot_row(own[0], listed([each.deployment.value for each in own])) for own in rows.values()),
        reference=ReferenceLine(claimed, f"claimed: {fixed(claimed, 2)}"),
        margin=(first.low_margin, first.high_margin) if first.low_margin < first.high_margin else None,
    )


def _value(each: Evidence) -> float:
    return each.ratio.value if each.ratio else 0.0


def _dot_row(each: Evidence, deployments: str) -> DotRow:
    ratio = each.ratio
    if ratio is None:
        return DotRow(each.subject_title, each.endpoint.value, note=each.reason or "not known")
    shown = reading(ratio)
    over = each.other_title if len(each.others) == 1 else "the median of the others"
    detail = f"{each.endpoint.value}, {deployments}; over {over}"
    mark = Mark(
        ratio.value,
        ratio.low,
        ratio.high,
        _SHAPES[each.verdict],
        _TONES[each.verdict],
        f"{detail}: {shown.with_unit(TIMES)}",
    )
    return DotRow(each.subject_title, detail, (mark,), value=f"{shown.value}{TIMES}", interval=shown.interval)


def _claimed(each: Evidence) -> str:
    return fixed((each.low_margin * each.high_margin) ** 0.5, 2)
