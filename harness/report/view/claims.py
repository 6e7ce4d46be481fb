"""The section on the claims: each with its verdict, and with what decides it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from harness.claims.needs import about_none, concerning_first, needs_of
from harness.claims.verdict_sentences import METRICS, claimed, claimed_words, listed, scale_and_unit
from harness.digits import as_given
from harness.model.claim_values import VARIANT_SIGN, Combination
from harness.model.findings import TIE_MARGIN
from harness.model.run import Run
from harness.model.verdict import ClaimFinding, ClaimFindings, Evidence, Verdict
from harness.report.figure.axes import log_axis
from harness.report.figure.spec import Caption, DotPlot, DotRow, Mark, ReferenceLine, Shape, Tone
from harness.report.numbers import TIMES, Reading, behind, counted, percent, reading, spaced
from harness.report.view.deciding import Deciding, deciding
from harness.report.view.terms import VERDICT_KINDS, VERDICT_MARKS

_ORDER: Final = (
    Verdict.SUPPORTED,
    Verdict.REFUTED,
    Verdict.INCONCLUSIVE,
    Verdict.INVALID,
    Verdict.NOT_RUN,
    Verdict.NOT_TESTABLE,
)
_BY_MEASUREMENT: Final = {Verdict.SUPPORTED, Verdict.REFUTED, Verdict.INCONCLUSIVE}
_FOLDED: Final = {
    Verdict.NOT_RUN: "not run: this run lacks what they need",
    Verdict.NOT_TESTABLE: "not testable: no measurement can decide them",
}
"""The claims of which a run says nothing, each kind on one line."""
_COLUMNS: Final = {
    "other": "Compared with",
    "metric": "Metric",
    "endpoint": "Endpoint",
    "deployment": "Deployment",
    "claimed": "Claimed",
}
"""Those of the table of comparisons that may say the same in every row."""
_PROBE: Final = "probe"
"""In place of a metric."""
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
    value: Reading | None
    unit: str
    claimed: str
    verdict: str
    reason: str


@dataclass(frozen=True, slots=True)
class ClaimCard:
    """One claim."""

    id: str
    anchor: str
    """What it is called within the page."""
    says: str
    section: str
    link: str
    """The page that makes it; empty where none is named."""
    accessed: str
    """The day on which that was read."""
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
    """Measures what decides it, or what has."""
    about: frozenset[str]
    """Names of the apps that it says something of, or holds others against."""
    deciding: Deciding | None
    """What the verdict hangs on; None where the run says nothing of the claim."""

    @property
    def columns(self) -> dict[str, str]:
        """(attribute of a row, heading) of what differs between its comparisons."""
        said = self._alike.keys() | ({"other"} if self._claimed_of_itself else set())
        return {name: heading for name, heading in _COLUMNS.items() if name not in said}

    @property
    def valued(self) -> bool:
        """Whether its comparisons are of values: a probe has none."""
        return any(row.metric != _PROBE for row in self.rows)

    @property
    def caption(self) -> str:
        """What its table of comparisons shows, and what is the same in every row."""
        alike = {name: said for name, said in self._alike.items() if name != "other" or not self._claimed_of_itself}
        told = "; ".join(f"{_COLUMNS[name].lower()}: {said}" for name, said in alike.items() if said)
        return f"{self.says} In every row: {told}." if told else self.says

    @property
    def _claimed_of_itself(self) -> bool:
        """Whether nothing is compared with another app, so that what stands in its place is what is claimed."""
        return all(row.other == row.claimed for row in self.rows)

    @property
    def _alike(self) -> dict[str, str]:
        said = {name: {str(getattr(row, name)) for row in self.rows} for name in _COLUMNS}
        return {name: texts.pop() for name, texts in said.items() if len(texts) == 1 < len(self.rows)}


@dataclass(frozen=True, slots=True)
class VerdictGroup:
    """The claims that came out in one way."""

    anchor: str
    mark: str
    word: str
    kind: str
    """Its class: `good`, `bad` or empty."""
    folded: str
    """What they have in common, where a run says nothing of them and they stand behind one line; otherwise empty."""
    command: str
    """Measures what they need, where that is all they lack; otherwise empty."""
    measured: str
    """Which of them it measures; empty where it measures all."""
    cards: tuple[ClaimCard, ...]


@dataclass(frozen=True, slots=True)
class ClaimsOfFile:
    """All claims of one file, the decided ones first."""

    source: str
    groups: tuple[VerdictGroup, ...]
    """Those that concern an app of the run."""
    folded: tuple[ClaimCard, ...]
    """Those that concern none."""

    @property
    def about_none(self) -> str:
        """Of those, in one line; empty where there are none."""
        return about_none(len(self.folded)) if self.folded else ""

    @property
    def counts(self) -> tuple[tuple[str, int], ...]:
        """(verdict, how many)."""
        return tuple((group.word, len(group.cards)) for group in self.groups)

    @property
    def cards(self) -> tuple[ClaimCard, ...]:
        """Those that concern an app of the run."""
        return tuple(card for group in self.groups for card in group.cards)


@dataclass(frozen=True, slots=True)
class ClaimsView:
    """The claims on one run: those that it was asked for, where there are such, and the article's."""

    tie_margin: str
    distrust: str
    """Why the run can't be trusted; empty where it can."""
    tested: str
    """How many have a verdict by what was measured, and by how many rounds; empty where none has."""
    files: tuple[ClaimsOfFile, ...]
    taken: tuple[str, ...] = ()
    """Of which capacities it is not sure that they are the servers' own, nor then what a verdict on them rests on."""


def claims_view(run: Run, article: ClaimFindings, own: ClaimFindings | None = None) -> ClaimsView:
    """The claims on one run."""
    files = [_of_file(own, run, "own-")] if own else []
    return ClaimsView(
        tie_margin=percent(TIE_MARGIN),
        distrust=article.distrust or "",
        tested=_tested([each for each in (own, article) if each]),
        files=(*files, _of_file(article, run, "")),
    )


def _of_file(found: ClaimFindings, run: Run, prefix: str) -> ClaimsOfFile:
    ordered = sorted(found.claims, key=lambda each: _ORDER.index(each.verdict))
    concerning, others = concerning_first(ordered, run)
    return ClaimsOfFile(
        source=found.source,
        groups=tuple(
            _group(verdict, list(own), prefix, found) for verdict, own in groupby(concerning, lambda each: each.verdict)
        ),
        folded=tuple(_card(each, prefix) for each in others),
    )


def _tested(found: Sequence[ClaimFindings]) -> str:
    rounds = [each.rounds for of_file in found for each in of_file.claims if each.verdict in _BY_MEASUREMENT]
    if not rounds:
        return ""
    claims = counted(len(rounds), "claim").capitalize()
    return f"{claims} tested, by {counted(max(rounds), 'round')} of fresh processes."


def _group(verdict: Verdict, own: Sequence[ClaimFinding], prefix: str, found: ClaimFindings) -> VerdictGroup:
    measured = [each.claim.id for each in own if each.claim.id in found.together]
    return VerdictGroup(
        anchor=f"{prefix}claims-{verdict.value.replace(' ', '-')}",
        mark=VERDICT_MARKS[verdict],
        word=verdict.value,
        kind=VERDICT_KINDS.get(verdict, ""),
        folded=_FOLDED.get(verdict, ""),
        command=found.command if measured else "",
        measured=listed(measured) if 0 < len(measured) < len(own) else "",
        cards=tuple(_card(each, prefix) for each in own),
    )


def _card(found: ClaimFinding, prefix: str) -> ClaimCard:
    more = f"No further run can decide it: {found.out_of_reach}." if found.out_of_reach else found.further
    return ClaimCard(
        id=found.claim.id,
        anchor=f"{prefix}claim-{found.claim.id}",
        says=found.claim.says,
        section=found.claim.section or "",
        link=str(found.claim.link or ""),
        accessed=found.claim.accessed.isoformat() if found.claim.accessed else "",
        verdict=found.verdict.value,
        kind=VERDICT_KINDS.get(found.verdict, ""),
        sentence=spaced(found.sentence),
        condition=found.condition_sentence or "",
        further=more,
        plots=tuple(_plots(found, prefix)),
        rows=tuple(_row(each) for each in found.evidence),
        command=found.command or found.again,
        about=frozenset(app.partition(VARIANT_SIGN)[0] for app in needs_of(found.claim).apps),
        deciding=deciding(found),
    )


def _row(each: Evidence) -> EvidenceRow:
    scale, unit = scale_and_unit(each)
    place = [each.endpoint.value] if each.endpoint else []
    place += [f"{each.connections:,}"] if each.connections else []
    return EvidenceRow(
        subject=each.subject_title,
        other=each.other_title,
        metric=METRICS[each.metric].name if each.metric else _PROBE,
        endpoint=", ".join(place),
        deployment=each.deployment.value if each.deployment else "",
        value=reading(each.value, scale) if each.value else None,
        unit=TIMES if each.form == "ratio" else behind(unit),
        claimed=claimed_words(each),
        verdict=each.verdict.value,
        reason=spaced(each.reason or ""),
    )


def _plots(found: ClaimFinding, prefix: str) -> list[DotPlot]:
    """For each metric, the comparison that speaks least for the claim, of each subject, endpoint and deployment."""
    measured: dict[tuple[str, str, float], list[Evidence]] = defaultdict(list)
    for each in found.evidence:
        if each.value and each.metric:
            measured[each.form, each.metric.value, claimed(each)].append(each)
    name = f"{prefix}claim-{found.claim.id}"
    if found.claim.combine is Combination.COUNT and measured:
        return [_plot(found, f"{name}-all", [each for evidence in measured.values() for each in evidence])]
    return [
        _plot(found, f"{name}-{place}-{metric}", each) for place, ((_, metric, _), each) in enumerate(measured.items())
    ]


def _plot(found: ClaimFinding, name: str, evidence: Sequence[Evidence]) -> DotPlot:
    groups: dict[tuple[str, str, str, str], list[Evidence]] = defaultdict(list)
    for each in evidence:
        groups[each.subject, each.metric or "", _place(each), each.deployment or ""].append(each)
    weakest = [(min if own[0].wants_more else max)(own, key=_value) for own in groups.values()]
    # What was deployed in one way only stands for itself in both: one row for both.
    rows: dict[tuple[str, str, float], list[Evidence]] = defaultdict(list)
    for each in weakest:
        rows[each.subject, _place(each), _value(each)].append(each)
    first = evidence[0]
    several = len({each.metric for each in evidence}) > 1
    words = "what is counted" if several or first.metric is None else METRICS[first.metric].name
    scale, unit = scale_and_unit(first)
    low, high = (first.low_margin or 1.0) * scale, (first.high_margin or 1.0) * scale
    bounds = [b * scale for e in weakest if e.value for b in (e.value.low, e.value.high)] + [low, high]
    what = {"ratio": f"{words} over that of others", "kept": "share of the throughput kept"}.get(first.form, words)
    axis = {"ratio": f"{words}, times that of the other", "kept": "% of the throughput"}.get(
        first.form, words + (f", {unit}" if unit else "")
    )
    return DotPlot(
        Caption(
            name=name.replace("_", "-"),
            title=f"{found.claim.says} {what[0].upper()}{what[1:]}",
            description=f"For each app and way of measuring it, the {what} that speaks least for the claim, "
            "with its 95 % interval; the table below holds all of them.",
            text=f"{what[0].upper()}{what[1:]}, in each row the one that speaks least for the claim. It holds where "
            f"the whole bar lies {'right' if first.wants_more else 'left'} of the line"
            f"{' and of the band around it, in which it is tied with what is claimed' if low < high else ''}.",
        ),
        log_axis(axis, bounds),
        tuple(_dot_row(own, several=several) for own in rows.values()),
        reference=ReferenceLine(claimed(first) * scale, f"claimed: {as_given(claimed(first) * scale)} {unit}".rstrip()),
        margin=(low, high) if low < high else None,
    )


def _place(each: Evidence) -> str:
    parts = [each.endpoint.value] if each.endpoint and each.form != "kept" else []
    parts += [each.other_title] if each.form == "kept" else []
    parts += [f"{each.connections:,}"] if each.connections else []
    return ", ".join(parts)


def _value(each: Evidence) -> float:
    return each.value.value if each.value else 0.0


def _dot_row(own: Sequence[Evidence], *, several: bool) -> DotRow:
    each = own[0]
    if each.value is None:
        return DotRow(each.subject_title, _place(each), note=each.reason or "not known")
    scale, unit = scale_and_unit(each)
    shown = reading(each.value, scale)
    detail = ", ".join(filter(None, (METRICS[each.metric].name if several and each.metric else "", _place(each))))
    if each.form == "ratio":
        other = each.other_title if len(each.others) == 1 else "the median of the others"
        detail += f"{'; ' if detail else ''}over {other}"
    sign = TIMES if each.form == "ratio" else behind(unit)
    if shown.is_none:  # which has no place on a logarithmic axis
        return DotRow(each.subject_title, detail, value=f"{shown.value}{sign}", note=shown.interval)
    mark = Mark(
        each.value.value * scale,
        each.value.low * scale,
        each.value.high * scale,
        _SHAPES[each.verdict],
        _TONES[each.verdict],
        shown.with_unit(sign.strip()),
    )
    return DotRow(each.subject_title, detail, (mark,), value=f"{shown.value}{sign}", interval=shown.interval_beside)
