"""Verdicts in sentences."""

from collections.abc import Sequence

from harness.model.claim import Against, Claim, Combination, Evidence, Metric, Verdict
from harness.model.findings import Estimate

METRICS = {
    Metric.THROUGHPUT: "throughput",
    Metric.SERVER_CPU: "server CPU per request",
    Metric.P99: "p99 latency",
}


def statistic_words(against: Against, group: Sequence[str]) -> str:
    """Whom a subject is compared with."""
    return group[0] if against is Against.EVERY and len(group) == 1 else f"the median of {listed(group)}"


def listed(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def ratio_words(ratio: Estimate) -> str:
    """`1.43 (1.40 to 1.46)`."""
    return f"{ratio.value:.2f} ({ratio.low:.2f} to {ratio.high:.2f})"


def claim_sentence(claim: Claim, verdict: Verdict, evidence: Sequence[Evidence], missing: Sequence[str]) -> str:
    """Why the verdict is what it is, with the number that decides it."""
    if claim.not_testable is not None:
        return claim.not_testable
    if verdict is Verdict.NOT_RUN:
        return f"Not measured in this run: {'; '.join(missing)}."
    if verdict is Verdict.INVALID:
        return f"It rests on a cell that failed a gate: {_first_reason(evidence)}."
    measured = [each for each in evidence if each.ratio is not None]
    deciding = _deciding(claim, verdict, measured)
    return f"{_lead(claim, verdict)} {_comparison(deciding)}."


def condition_sentence(evidence: Sequence[Evidence]) -> str | None:
    """Under which deployments and on which endpoints a claim holds, where that differs; else None."""
    places = dict.fromkeys((each.deployment.value, each.endpoint.value) for each in evidence)
    states = {
        place: _state([e for e in evidence if (e.deployment.value, e.endpoint.value) == place]) for place in places
    }
    holds = [place for place, state in states.items() if state is Verdict.SUPPORTED]
    fails = [place for place, state in states.items() if state is Verdict.REFUTED]
    if not holds or len(holds) == len(states):
        return None
    elsewhere = f"; it does not for {_places(fails)}" if fails else "; elsewhere it is not decided"
    return f"It holds for {_places(holds)}{elsewhere}."


def _state(evidence: Sequence[Evidence]) -> Verdict:
    verdicts = {each.verdict for each in evidence}
    if verdicts == {Verdict.SUPPORTED}:
        return Verdict.SUPPORTED
    return Verdict.REFUTED if Verdict.REFUTED in verdicts else Verdict.INCONCLUSIVE


def _places(places: Sequence[tuple[str, str]]) -> str:
    by_deployment: dict[str, list[str]] = {}
    for deployment, endpoint in places:
        by_deployment.setdefault(deployment, []).append(endpoint)
    return listed([f"{name} on {listed(endpoints)}" for name, endpoints in by_deployment.items()])


def _lead(claim: Claim, verdict: Verdict) -> str:
    if verdict is Verdict.INCONCLUSIVE:
        return "The nearest to its margin:"
    if (verdict is Verdict.SUPPORTED) == (claim.combine is Combination.ALL):
        return "The weakest of the comparisons that decide it:"
    return "The clearest of the comparisons that decide it:"


def _deciding(claim: Claim, verdict: Verdict, measured: Sequence[Evidence]) -> Evidence:
    """The comparison that the verdict hangs on: the weakest where all had to hold, the clearest where one sufficed."""
    if verdict is Verdict.INCONCLUSIVE:
        undecided = [each for each in measured if each.verdict is Verdict.INCONCLUSIVE] or list(measured)
        return min(undecided, key=lambda each: abs(_margin_excess(each)))
    weakest = (verdict is Verdict.SUPPORTED) == (claim.combine is Combination.ALL)
    speaking = [each for each in measured if each.verdict is verdict] or list(measured)
    return (min if weakest else max)(speaking, key=lambda each: abs(_margin_excess(each)))


def _margin_excess(evidence: Evidence) -> float:
    """By what factor less one the ratio is beyond its margin; negative where it is short of it."""
    ratio = evidence.ratio
    if ratio is None:
        return 0.0
    middle = (evidence.low_margin * evidence.high_margin) ** 0.5
    beyond = ratio.value / middle if evidence.wants_more else middle / ratio.value
    return float(beyond) - 1


def _comparison(each: Evidence) -> str:
    claimed = (each.low_margin * each.high_margin) ** 0.5
    side = "at least" if each.wants_more else "at most"
    ratio = ratio_words(each.ratio) if each.ratio else "not known"
    return (
        f"{each.subject_title} has {ratio} times the {METRICS[each.metric]} of {each.other_title} on "
        f"{each.endpoint.value} ({each.deployment.value}), where {side} {claimed:.2f} is claimed"
    )


def _first_reason(evidence: Sequence[Evidence]) -> str:
    return next((each.reason for each in evidence if each.verdict is Verdict.INVALID and each.reason), "unknown")
