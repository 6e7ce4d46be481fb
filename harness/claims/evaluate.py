"""What a run says of each claim of a file."""

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from harness.analysis.analyse import analyse
from harness.analysis.cells import JudgedCell, judge_cells
from harness.analysis.intervals import LogInterval
from harness.analysis.quantities import ByKind, Quantities
from harness.analysis.side_by_side import SideBySide
from harness.analysis.ties import noise_floor
from harness.claims.decide import Margin, Weighed, combine, further_rounds, holm, weigh
from harness.claims.words import claim_sentence, condition_sentence, statistic_words
from harness.model.app import Endpoint
from harness.model.cell import Subject, Workload
from harness.model.claim import (
    Against,
    Claim,
    ClaimFinding,
    ClaimFindings,
    ClaimsFile,
    Combination,
    DeploymentName,
    Evidence,
    Metric,
    RatioCondition,
    UnmeasuredCondition,
    Verdict,
)
from harness.model.findings import MIN_TIE_MARGIN, Findings
from harness.results.records import RecordedRun


def evaluate(file: ClaimsFile, recorded: RecordedRun, findings: Findings | None = None) -> ClaimFindings:
    """Hold every claim against a run; `findings` saves analysing it once more."""
    bench = _Bench(recorded, findings or analyse(recorded))
    weighed = [_weigh(claim, bench) for claim in file.claim]
    decisive = [each for each in weighed if each.total is not None]
    kept = holm([min(each.total.p_support, each.total.p_refute) for each in decisive if each.total])
    sure = {each.claim.id for each, is_kept in zip(decisive, kept, strict=True) if is_kept}
    return ClaimFindings(
        run_id=recorded.run.run_id,
        source=file.source,
        noise_floor=bench.floor(Workload.CAPACITY),
        decided=len(decisive),
        claims=tuple(_finding(each, bench, sure=each.claim.id in sure) for each in weighed),
    )


@dataclass(frozen=True)
class _WeighedClaim:
    """A claim with its comparisons, before the correction for the number of claims."""

    claim: Claim
    evidence: tuple[Evidence, ...]
    missing: tuple[str, ...]
    """What was not run, as a reader says it."""
    total: Weighed | None


class _Missing(Exception):  # noqa: N818 - a comparison that there is not, and why
    def __init__(self, verdict: Verdict, reason: str) -> None:
        super().__init__(reason)
        self.verdict = verdict
        self.reason = reason


class _Bench:
    """A run as claims are held against it."""

    def __init__(self, recorded: RecordedRun, findings: Findings) -> None:
        judged = judge_cells(recorded)
        quantities = Quantities(judged)
        self._judged = judged
        self._quantities: dict[Metric, ByKind] = {
            Metric.THROUGHPUT: quantities.throughput,
            Metric.SERVER_CPU: quantities.server_cpu,
            Metric.P99: quantities.p99,
        }
        self._pairs = findings.noise.pairs
        self._titles = {deployment.subject.app: deployment.title for deployment in recorded.run.deployments}
        self.rounds = findings.rounds_complete
        self._casts = {name: _cast(recorded.run.plan.subjects, name) for name in DeploymentName}

    def deployments(self, condition: RatioCondition) -> list[DeploymentName]:
        """Those that the condition asks for, each way to deploy its apps once."""
        apps = {*condition.subjects, *condition.group}
        different = {
            frozenset((app, subject) for app, subject in self._casts[name].items() if app in apps): name
            for name in reversed(condition.deployments)
        }
        return sorted(different.values(), key=condition.deployments.index)

    def title(self, app: str) -> str:
        """The app as a reader knows it."""
        return self._titles.get(app, app)

    def floor(self, workload: Workload) -> float:
        """How far two copies of one app came out apart, at the most."""
        return noise_floor([pair for pair in self._pairs if pair.workload is workload]) or 0.0

    def subject(self, app: str, deployment: DeploymentName) -> Subject:
        """The app as it is deployed; raises _Missing where it was not measured so."""
        found = self._casts[deployment].get(app)
        if found is None:
            raise _Missing(Verdict.NOT_RUN, f"{app} was not measured")
        return found

    def quantity(self, condition: RatioCondition, endpoint: Endpoint, subjects: Iterable[Subject]) -> SideBySide:
        """The metric on one endpoint; raises _Missing where any of the subjects has none."""
        cells = [
            each
            for each in self._judged
            if each.cell.workload is condition.workload
            and each.cell.endpoint is endpoint
            and each.cell.rate == condition.rate
        ]
        if not cells:
            rate = f" at the rate '{condition.rate.value}'" if condition.rate else ""
            raise _Missing(Verdict.NOT_RUN, f"{condition.workload.value} on {endpoint.value}{rate} was not measured")
        for subject in subjects:
            _must_be_valid(subject, cells)
        kinds = self._quantities[condition.metric]
        found = next(
            (
                each
                for kind, each in kinds.items()
                if kind.workload is condition.workload and kind.endpoint is endpoint and kind.rate == condition.rate
            ),
            None,
        )
        if found is None:
            raise _Missing(Verdict.INVALID, f"no valid cell has {condition.metric.value} on {endpoint.value}")
        for subject in subjects:
            if subject not in found.subjects:
                raise _Missing(Verdict.INVALID, f"{subject.key} has no {condition.metric.value} on {endpoint.value}")
        return found


def _cast(subjects: Sequence[Subject], deployment: DeploymentName) -> dict[str, Subject]:
    """Which subject stands for each app: its variant of this name, or the only one it was measured in."""
    cast: dict[str, Subject] = {}
    for app in dict.fromkeys(subject.app for subject in subjects):
        own = [subject for subject in subjects if subject.app == app and subject.is_original]
        named = [subject for subject in own if subject.variant == deployment]
        if named or len(own) == 1:
            cast[app] = (named or own)[0]
    return cast


def _must_be_valid(subject: Subject, cells: Sequence[JudgedCell]) -> None:
    own = [each for each in cells if each.cell.subject == subject]
    if not own:
        raise _Missing(Verdict.NOT_RUN, f"{subject.key} was not measured in it")
    if own[0].reasons:
        raise _Missing(Verdict.INVALID, f"{own[0].cell.key}: {own[0].reasons[0]}")


def _weigh(claim: Claim, bench: _Bench) -> _WeighedClaim:
    evidence: list[Evidence] = []
    weighed: list[Weighed] = []
    missing: list[str] = []
    for condition in claim.condition:
        if isinstance(condition, UnmeasuredCondition):
            missing.append(condition.needs)
            continue
        for deployment in bench.deployments(condition):
            for app in condition.subjects:
                for endpoint in condition.endpoints:
                    for found, test in _compare(condition, bench, deployment, app, endpoint):
                        evidence.append(found)
                        weighed += [test] if test else []
    missing += [each.reason for each in evidence if each.verdict is Verdict.NOT_RUN and each.reason]
    lacking = bool(missing) or any(each.ratio is None for each in evidence)
    return _WeighedClaim(
        claim=claim,
        evidence=tuple(evidence),
        missing=tuple(dict.fromkeys(missing)),
        total=_total(weighed, claim.combine, lacking=lacking) if weighed else None,
    )


def _total(weighed: Sequence[Weighed], how: Combination, *, lacking: bool) -> Weighed:
    """All comparisons as one.

    Where some are lacking, only those that are there can decide: one that fails where all must hold, one that holds
    where any suffices.
    """
    found = combine(weighed, how)
    if not lacking:
        return found
    return Weighed(1.0, found.p_refute) if how is Combination.ALL else Weighed(found.p_support, 1.0)


def _compare(
    condition: RatioCondition, bench: _Bench, deployment: DeploymentName, app: str, endpoint: Endpoint
) -> Iterable[tuple[Evidence, Weighed | None]]:
    """One comparison, or one for each member of the group."""
    floor = bench.floor(condition.workload)
    wants_more = condition.at_most is None
    if condition.alone:
        edge = 1 + max(MIN_TIE_MARGIN, floor)
        wants_more = condition.metric is Metric.THROUGHPUT
        margin = Margin(edge, edge, wants_more=True) if wants_more else Margin(1 / edge, 1 / edge, wants_more=False)
    else:
        claimed = condition.at_least if condition.at_least is not None else condition.at_most or 1.0
        margin = Margin.around(claimed, floor, wants_more=wants_more)

    def evidence(
        party: Sequence[str], found: LogInterval | None, verdict: Verdict, reason: str | None = None
    ) -> Evidence:
        open_still = found is not None and verdict is Verdict.INCONCLUSIVE
        return Evidence(
            subject=app,
            others=tuple(party),
            subject_title=bench.title(app),
            other_title=statistic_words(condition.against, [bench.title(each) for each in party]),
            deployment=deployment,
            metric=condition.metric,
            endpoint=endpoint,
            ratio=found.estimate() if found else None,
            low_margin=margin.low,
            high_margin=margin.high,
            wants_more=wants_more,
            verdict=verdict,
            reason=reason,
            further_rounds=further_rounds(found, margin, bench.rounds) if found and open_still else None,
        )

    group = [each for each in condition.group if each != app]
    parties = [[each] for each in group] if condition.against is Against.EVERY else [group]
    for party in parties:
        try:
            subject = bench.subject(app, deployment)
            others = [bench.subject(each, deployment) for each in party]
            side_by_side = bench.quantity(condition, endpoint, [subject, *others])
        except _Missing as missing:
            yield evidence(party, None, missing.verdict, missing.reason), None
            continue
        middle = others if condition.against is Against.EVERY else _middle(side_by_side, others)
        found = side_by_side.log_ratio_to_mean(subject, middle)
        weighed = weigh(found, margin)
        yield evidence(party, found, weighed.verdict), weighed


def _middle(side_by_side: SideBySide, subjects: Sequence[Subject]) -> list[Subject]:
    """The subject with the median value, or the two beside it: their geometric mean is the median of the logarithms."""
    values = {subject: side_by_side.value(subject).value for subject in subjects}
    ordered = sorted(subjects, key=values.__getitem__)
    if len(ordered) % 2:
        return [next(subject for subject in ordered if values[subject] == median(values.values()))]
    half = len(ordered) // 2
    return ordered[half - 1 : half + 1]


def _finding(weighed: _WeighedClaim, bench: _Bench, *, sure: bool) -> ClaimFinding:
    verdict = _verdict(weighed, sure=sure)
    total = weighed.total
    open_still = [each for each in weighed.evidence if each.verdict is Verdict.INCONCLUSIVE]
    rounds = [each.further_rounds for each in open_still]
    return ClaimFinding(
        claim=weighed.claim,
        verdict=verdict,
        p_value=min(total.p_support, total.p_refute) if total else None,
        sentence=claim_sentence(weighed.claim, verdict, weighed.evidence, weighed.missing),
        condition_sentence=condition_sentence(weighed.evidence),
        evidence=weighed.evidence,
        rounds=bench.rounds,
        further_rounds=max((each for each in rounds if each is not None), default=None)
        if verdict is Verdict.INCONCLUSIVE and None not in rounds
        else None,
        command=command_for(weighed.claim),
    )


def _verdict(weighed: _WeighedClaim, *, sure: bool) -> Verdict:
    if weighed.claim.not_testable is not None:
        return Verdict.NOT_TESTABLE
    if sure and weighed.total:
        return Verdict.SUPPORTED if weighed.total.p_support < weighed.total.p_refute else Verdict.REFUTED
    if any(each.verdict is Verdict.INVALID for each in weighed.evidence):
        return Verdict.INVALID
    return Verdict.NOT_RUN if weighed.missing else Verdict.INCONCLUSIVE


def command_for(claim: Claim) -> str:
    """The command that measures what a claim needs, and nothing more."""
    conditions = [each for each in claim.condition if isinstance(each, RatioCondition)]
    if not conditions:
        return ""

    def options(name: str, values: Iterable[str]) -> list[str]:
        return [word for value in dict.fromkeys(values) for word in (name, value)]

    words = [
        *("bench", "run", "--profile", "standard"),
        *options("--app", (app for each in conditions for app in (*each.subjects, *each.group))),
        *options("--endpoint", (endpoint.value for each in conditions for endpoint in each.endpoints)),
        *options("--workload", (each.workload.value for each in conditions)),
    ]
    return shlex.join(words)
