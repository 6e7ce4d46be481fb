"""From a claim's conditions to its comparisons, each weighed by itself."""

from collections.abc import Iterator, Sequence
from statistics import median

from harness.analysis.intervals import LogInterval
from harness.claims.bench import Bench, Missing
from harness.claims.decide import Margin, Weighed, further_rounds, weigh
from harness.claims.values import Values
from harness.claims.verdict_sentences import kept_words, probe_words, statistic_words
from harness.model.app import Endpoint
from harness.model.cell import Subject, Workload
from harness.model.claim import (
    MORE_IS_BETTER,
    Against,
    BoundCondition,
    Condition,
    DeploymentName,
    Evidence,
    KeptCondition,
    Metric,
    ProbeCondition,
    RatioCondition,
    Verdict,
)
from harness.model.findings import TIE_MARGIN, Estimate

type Comparison = tuple[Evidence, Weighed | None]
"""What is found, and how much it speaks for and against the claim; None where nothing could be compared."""

_UNDECIDED = Weighed(1.0, 1.0)


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
    for deployment in bench.deployments(condition.deployments, {*condition.subjects, *condition.group}):
        for app in condition.subjects:
            group = [each for each in condition.group if each != app]
            for endpoint in condition.places:
                for party in [[each] for each in group] if condition.against is Against.EVERY else [group]:
                    yield _ratio(condition, bench, margin, deployment, app, party, endpoint)


def _margin_of_ratio(condition: RatioCondition) -> Margin:
    if condition.alone:
        edge = 1 + TIE_MARGIN
        more = condition.metric in MORE_IS_BETTER
        return Margin(edge, edge, wants_more=True) if more else Margin(1 / edge, 1 / edge, wants_more=False)
    return _margin(condition)


def _margin(condition: RatioCondition | BoundCondition) -> Margin:
    # Subscribers and their events are counted one by one: of 10,000, a number of them is a number.
    tie = 0.0 if condition.measured_by is Workload.FEED else TIE_MARGIN
    if condition.at_least is not None:
        return Margin.around(condition.at_least, tie, wants_more=True)
    return Margin.around(condition.at_most or 1.0, tie, wants_more=False)


def _ratio(  # noqa: PLR0913, PLR0917 - one comparison has many sides
    condition: RatioCondition,
    bench: Bench,
    margin: Margin,
    deployment: DeploymentName,
    app: str,
    party: Sequence[str],
    endpoint: Endpoint | None,
) -> Comparison:
    evidence = _asked(condition, bench, margin, deployment, app, endpoint).model_copy(
        update={
            "others": tuple(party),
            "other_title": statistic_words(condition.against, [bench.title(each) for each in party]),
        }
    )
    try:
        subject = bench.subject(app, deployment)
        others = [bench.subject(each, deployment) for each in party]
        values = bench.values(condition, endpoint, [subject, *others])
    except Missing as missing:
        return _without(evidence, missing)
    middle = others if condition.against is Against.EVERY else _middle(values, others)
    found, weighed = _with(evidence, values.log_ratio_to_mean(subject, middle), margin, bench.rounds)
    return _without_stand_ins(found, values.value(subject), [values.value(each) for each in middle]), weighed


def _without_stand_ins(evidence: Evidence, own: Estimate, others: Sequence[Estimate]) -> Evidence:
    """The ratio as it may be shown where one side had none in any round: the verdict rests on what stood for that."""
    if not own.high:
        return evidence.model_copy(update={"value": own})
    if not all(other.high for other in others):
        return evidence.model_copy(update={"value": None, "reason": "has none in any round"})
    return evidence


def _asked(  # noqa: PLR0913, PLR0917 - where a comparison stands, before anything is known of it
    condition: RatioCondition | BoundCondition,
    bench: Bench,
    margin: Margin,
    deployment: DeploymentName,
    app: str,
    endpoint: Endpoint | None,
) -> Evidence:
    return Evidence(
        form=condition.form,
        subject=app,
        subject_title=bench.title(app),
        deployment=deployment,
        metric=bench.metric(condition, endpoint),
        endpoint=endpoint,
        connections=condition.connections,
        value=None,
        low_margin=margin.low,
        high_margin=margin.high,
        wants_more=margin.wants_more,
        verdict=Verdict.INCONCLUSIVE,
    )


def _middle(values: Values, subjects: Sequence[Subject]) -> list[Subject]:
    """The subject with the median value, or the two beside it: their geometric mean is the median of the logarithms."""
    known = {subject: values.value(subject).value for subject in subjects}
    ordered = sorted(subjects, key=known.__getitem__)
    if len(ordered) % 2:
        return [next(subject for subject in ordered if known[subject] == median(known.values()))]
    half = len(ordered) // 2
    return ordered[half - 1 : half + 1]


def _bounds(condition: BoundCondition, bench: Bench) -> Iterator[Comparison]:
    margin = _margin(condition)
    for deployment in bench.deployments(condition.deployments, condition.subjects):
        for app in condition.subjects:
            for endpoint in condition.places:
                evidence = _asked(condition, bench, margin, deployment, app, endpoint)
                try:
                    subject = bench.subject(app, deployment)
                    found = bench.values(condition, endpoint, [subject])
                except Missing as missing:
                    yield _without(evidence, missing)
                else:
                    shown = found.value(subject)
                    yield _with(evidence, found.log_value(subject), margin, bench.rounds, shown)


def _shares_kept(condition: KeptCondition, bench: Bench) -> Iterator[Comparison]:
    margin = Margin.around(condition.at_least, TIE_MARGIN, wants_more=True)
    for deployment in bench.deployments(condition.deployments, condition.subjects):
        for app in condition.subjects:
            evidence = Evidence(
                form="kept",
                subject=app,
                subject_title=bench.title(app),
                other_title=kept_words(condition),
                deployment=deployment,
                metric=Metric.THROUGHPUT,
                endpoint=Endpoint.JSON,
                value=None,
                low_margin=margin.low,
                high_margin=margin.high,
                verdict=Verdict.INCONCLUSIVE,
            )
            try:
                found = bench.kept(condition, bench.subject(app, deployment))
            except Missing as missing:
                yield _without(evidence, missing)
            else:
                yield _with(evidence, found, margin, bench.rounds)


def _probes(condition: ProbeCondition, bench: Bench) -> Iterator[Comparison]:
    for app in condition.subjects:
        evidence = Evidence(
            form="probe",
            subject=app,
            subject_title=bench.title(app),
            other_title=probe_words(condition.probe),
            deployment=None,
            metric=None,
            endpoint=None,
            value=None,
            verdict=Verdict.NOT_RUN,
        )
        subjects = bench.probed(condition.probe, app)
        if not subjects:
            yield _without(evidence, Missing(Verdict.NOT_RUN, f"the probe for {condition.probe.value} was not run"))
        for subject in subjects:
            try:
                found = bench.probe(condition.probe, subject)
            except Missing as missing:
                yield _without(evidence, missing)
                continue
            verdict = Verdict.SUPPORTED if found.held else Verdict.REFUTED
            said = f"{subject.variant}: {found.found}"
            yield (
                evidence.model_copy(update={"verdict": verdict, "reason": said}),
                Weighed(0.0, 1.0) if found.held else Weighed(1.0, 0.0),
            )


def _without(evidence: Evidence, missing: Missing) -> Comparison:
    found = evidence.model_copy(update={"verdict": missing.verdict, "reason": missing.reason})
    return found, _UNDECIDED if missing.verdict is Verdict.INCONCLUSIVE else None


def _with(
    evidence: Evidence, found: LogInterval, margin: Margin, rounds: int, shown: Estimate | None = None
) -> Comparison:
    """`shown` is the value, where that is more than its logarithm tells."""
    weighed = weigh(found, margin)
    more = further_rounds(found, margin, rounds) if weighed.verdict is Verdict.INCONCLUSIVE else None
    value = shown or found.estimate()
    return (
        evidence.model_copy(update={"value": value, "verdict": weighed.verdict, "further_rounds": more}),
        weighed,
    )
