"""From a claim's conditions to its comparisons, each weighed by itself."""

from collections.abc import Iterator, Sequence
from typing import Final

from harness.analysis.intervals import LogInterval
from harness.claims.bench import Bench, Missing
from harness.claims.casting import Asked
from harness.claims.decide import Margin, Weighed, further_rounds, weigh
from harness.claims.holm import LEVEL
from harness.claims.needs import tie_of
from harness.claims.values import Values
from harness.claims.verdict_sentences import kept_words, probe_words, statistic_words
from harness.model.cell import Subject
from harness.model.claim import (
    MORE_IS_BETTER,
    Against,
    BoundCondition,
    Condition,
    KeptCondition,
    Metric,
    ProbeCondition,
    RatioCondition,
)
from harness.model.claim_values import VARIANT_SIGN
from harness.model.findings import TIE_MARGIN, Estimate
from harness.model.naming import titled
from harness.model.verdict import Evidence, Verdict

type Comparison = tuple[Evidence, Weighed | None]
"""What is found, and how much it speaks for and against the claim; None where nothing could be compared."""

_UNDECIDED = Weighed(1.0, 1.0)

_OUT_OF_CPU: Final = (
    "its server's CPU was full, and on a faster one more would be in flight: that is no sign of blocking"
)


def comparisons(condition: Condition, bench: Bench) -> Iterator[Comparison]:
    """All that a condition asks to compare."""
    match condition:
        case RatioCondition():
            yield from _ratios(condition, bench)
        case BoundCondition():
            yield from _bounds(condition, bench)
        case KeptCondition():
            yield from _shares_kept(condition, bench)
        case ProbeCondition():
            yield from _probes(condition, bench)


def _ratios(condition: RatioCondition, bench: Bench) -> Iterator[Comparison]:
    margin = _margin_of_ratio(condition)
    for asked in bench.casting.asked(condition):
        yield _ratio(condition, bench, margin, asked)


def _margin_of_ratio(condition: RatioCondition) -> Margin:
    if condition.alone:
        edge = 1 + TIE_MARGIN
        more = condition.metric in MORE_IS_BETTER
        return Margin(edge, edge, wants_more=True) if more else Margin(1 / edge, 1 / edge, wants_more=False)
    return _margin(condition)


def _margin(condition: RatioCondition | BoundCondition) -> Margin:
    if condition.at_least is not None:
        return Margin.around(condition.at_least, tie_of(condition), wants_more=True)
    return Margin.around(condition.at_most or 1.0, tie_of(condition), wants_more=False)


def _ratio(condition: RatioCondition, bench: Bench, margin: Margin, asked: Asked) -> Comparison:
    evidence = _evidence(condition, bench, margin, asked).model_copy(
        update={
            "others": asked.others,
            "other_title": _others_title(condition.against, bench, asked),
        }
    )
    try:
        subject, *others = (bench.subject(each, asked.deployment) for each in asked.everybody)
        values = bench.values(condition, asked.endpoint, [subject, *others])
    except Missing as missing:
        return _without(evidence, missing)
    middle = others if condition.against is Against.EVERY else _middle(values, others)
    compared = _with(evidence, values.log_ratio_to_mean(subject, middle), margin, bench.rounds)
    found, weighed = _of_what_cpus_allow(compared, condition, bench, [subject], middle)
    return _without_stand_ins(found, values.value(subject), [values.value(each) for each in middle]), weighed


def _others_title(against: Against, bench: Bench, asked: Asked) -> str:
    """Of several in one variant, that is told once."""
    variants = {bench.casting.shown_variant(each, asked) for each in asked.others}
    if len(asked.others) > 1 and len(variants) == 1:
        apps = [bench.title(each.partition(VARIANT_SIGN)[0]) for each in asked.others]
        return titled(statistic_words(against, apps), *variants)
    return statistic_words(against, [bench.title(each, asked) for each in asked.others])


def _without_stand_ins(evidence: Evidence, own: Estimate, others: Sequence[Estimate]) -> Evidence:
    """The ratio as it may be shown where one side had none in any round: the verdict rests on what stood for that."""
    if not own.high:
        return evidence.model_copy(update={"value": own})
    if not all(other.high for other in others):
        return evidence.model_copy(update={"value": None, "reason": "has none in any round"})
    return evidence


def _evidence(condition: RatioCondition | BoundCondition, bench: Bench, margin: Margin, asked: Asked) -> Evidence:
    """Where a comparison stands, before anything is known of it."""
    return Evidence(
        form=condition.form,
        subject=asked.participant,
        subject_title=bench.title(asked.participant, asked),
        deployment=bench.casting.shown_deployment(asked),
        metric=bench.metric(condition, asked.endpoint),
        endpoint=asked.endpoint,
        connections=condition.connections,
        value=None,
        low_margin=margin.low,
        high_margin=margin.high,
        wants_more=margin.wants_more,
        verdict=Verdict.INCONCLUSIVE,
    )


def _middle(values: Values, subjects: Sequence[Subject]) -> list[Subject]:
    """The subject with the median value, or the two beside it: their geometric mean is the median of the logarithms."""
    ordered = sorted(subjects, key=lambda subject: values.value(subject).value)
    half = len(ordered) // 2
    return ordered[half : half + 1] if len(ordered) % 2 else ordered[half - 1 : half + 1]


def _bounds(condition: BoundCondition, bench: Bench) -> Iterator[Comparison]:
    margin = _margin(condition)
    for asked in bench.casting.asked(condition):
        evidence = _evidence(condition, bench, margin, asked)
        try:
            subject = bench.subject(asked.participant, asked.deployment)
            found = bench.values(condition, asked.endpoint, [subject])
        except Missing as missing:
            yield _without(evidence, missing)
        else:
            compared = _with(evidence, found.log_value(subject), margin, bench.rounds, found.value(subject))
            yield _of_what_cpus_allow(compared, condition, bench, [subject], ())


def _shares_kept(condition: KeptCondition, bench: Bench) -> Iterator[Comparison]:
    margin = Margin.around(condition.at_least, TIE_MARGIN, wants_more=True)
    for asked in bench.casting.asked(condition):
        evidence = Evidence(
            form="kept",
            subject=asked.participant,
            subject_title=bench.title(asked.participant, asked),
            other_title=kept_words(condition),
            deployment=bench.casting.shown_deployment(asked),
            metric=Metric.THROUGHPUT,
            endpoint=asked.endpoint,
            value=None,
            low_margin=margin.low,
            high_margin=margin.high,
            verdict=Verdict.INCONCLUSIVE,
        )
        try:
            found = bench.kept(condition, bench.subject(asked.participant, asked.deployment))
        except Missing as missing:
            yield _without(evidence, missing)
        else:
            yield _with(evidence, found, margin, bench.rounds)


def _probes(condition: ProbeCondition, bench: Bench) -> Iterator[Comparison]:
    seen: set[Subject] = set()
    for app in condition.subjects:
        evidence = Evidence(
            form="probe",
            subject=app,
            subject_title=bench.title(app),
            other_title=probe_words(condition),
            deployment=None,
            metric=None,
            endpoint=None,
            value=None,
            verdict=Verdict.NOT_RUN,
        )
        subjects = bench.probed(condition.probe, app)
        if not subjects:
            yield _without(evidence, Missing(Verdict.NOT_RUN, bench.why_not_probed(condition.probe, app)))
        for subject in subjects:
            if subject in seen:  # By another of its names.
                continue
            seen.add(subject)
            try:
                found = bench.probe(condition.probe, subject)
            except Missing as missing:
                yield _without(evidence, missing)
                continue
            as_claimed = found.held is condition.expected
            verdict = Verdict.SUPPORTED if as_claimed else Verdict.REFUTED
            said = f"{subject.variant}: {'' if found.offered else 'not offered: '}{found.found}"
            yield (
                evidence.model_copy(update={"verdict": verdict, "reason": said}),
                Weighed(0.0, 1.0) if as_claimed else Weighed(1.0, 0.0),
            )


def _without(evidence: Evidence, missing: Missing) -> Comparison:
    found = evidence.model_copy(update={"verdict": missing.verdict, "reason": missing.reason})
    return found, _UNDECIDED if missing.verdict is Verdict.INCONCLUSIVE else None


def _of_what_cpus_allow(
    compared: Comparison,
    condition: RatioCondition | BoundCondition,
    bench: Bench,
    own: Sequence[Subject],
    others: Sequence[Subject],
) -> Comparison:
    """Of how many can wait, what does not come down to how fast the host is.

    Whoever has too few in flight since its CPU was full has not blocked: that speaks against nobody, and for none that
    it is compared with.
    """
    found, weighed = compared
    if condition.metric is not Metric.IN_FLIGHT or weighed is None:
        return compared
    less, more = (own, others) if found.wants_more else (others, own)
    short, ahead = (bench.any_fills_its_cpus(condition, found.endpoint, each) for each in (less, more))
    capped = Weighed(1.0 if ahead else weighed.p_support, 1.0 if short else weighed.p_refute)
    if capped.verdict is weighed.verdict:
        return compared
    open_still = {"verdict": capped.verdict, "reason": _OUT_OF_CPU, "further_rounds": None}
    return found.model_copy(update=open_still), capped


def _with(
    evidence: Evidence, found: LogInterval, margin: Margin, rounds: int, shown: Estimate | None = None
) -> Comparison:
    """`shown` is the value, where that is more than its logarithm tells."""
    weighed = weigh(found, margin)
    is_open = weighed.verdict is Verdict.INCONCLUSIVE
    more = further_rounds([weighed], 1, rounds, LEVEL) if is_open else None
    value = shown or found.estimate()
    return (
        evidence.model_copy(update={"value": value, "verdict": weighed.verdict, "further_rounds": more}),
        weighed,
    )
