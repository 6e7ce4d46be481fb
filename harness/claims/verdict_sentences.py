"""Verdicts in sentences."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Final

from harness.digits import as_given, rounded_alike
from harness.model.cell import WAIT_MS, Workload
from harness.model.claim import Against, Claim, KeptCondition, Metric, ProbeCondition
from harness.model.claim_values import Combination
from harness.model.framework_probe import FrameworkProbe
from harness.model.naming import sentence
from harness.model.verdict import ClaimFinding, Evidence, Verdict


@dataclass(frozen=True)
class MetricWords:
    """How a reader knows a metric."""

    name: str
    unit: str = ""
    """Of a value times `scale`."""
    scale: float = 1.0


_MIB: Final = "MiB"

METRICS: Final = {
    Metric.THROUGHPUT: MetricWords("throughput", "requests/s"),
    Metric.SERVER_CPU: MetricWords("server CPU per request", "\N{MICRO SIGN}s"),
    Metric.P50: MetricWords("p50 latency of the server", "ms", 1e-3),
    Metric.P99: MetricWords("p99 latency of the server", "ms", 1e-3),
    Metric.P50_AS_MET: MetricWords("p50 latency as met", "ms", 1e-3),
    Metric.P99_AS_MET: MetricWords("p99 latency as met", "ms", 1e-3),
    Metric.HIGHEST_RATE: MetricWords("highest rate under a limit on the p99", "requests/s"),
    Metric.IN_FLIGHT: MetricWords(f"requests in flight on a wait of {WAIT_MS} ms"),
    Metric.HELD: MetricWords("subscribers held"),
    Metric.SERVED: MetricWords("members to whom every message came in time"),
    Metric.DELIVERED: MetricWords("share of events delivered in time", "%", 100.0),
    Metric.LAG_P99: MetricWords("p99 lag of events", "ms", 1e-3),
    Metric.START: MetricWords("start-up time", "s"),
    Metric.IMPORT: MetricWords("import time", "s"),
    Metric.MEMORY_IDLE: MetricWords("idle memory", _MIB, 2.0**-20),
    Metric.MEMORY_LOADED: MetricWords("memory after load", _MIB, 2.0**-20),
    Metric.INSTALLED: MetricWords("installed size", _MIB, 2.0**-20),
    Metric.DISTRIBUTIONS: MetricWords("installed distributions"),
}

_PROBES: Final = {
    FrameworkProbe.XSS: "a stored script tag is rendered as text",
    FrameworkProbe.SQL_INJECTION: "hostile ids reach no other row and break nothing",
    FrameworkProbe.CSRF: "a form that another site sends is refused",
    FrameworkProbe.SESSION_UNREADABLE: "whoever holds a session's cookie can't read the secret in it",
    FrameworkProbe.SESSION_UNCHANGEABLE: "whoever holds a session's cookie can't change the secret in it",
    FrameworkProbe.SESSION_ENCRYPTED: "a session is encrypted, wherever it is kept",
    FrameworkProbe.INPUT_REFUSED: "a body that is not as declared is refused, and the field named",
    FrameworkProbe.INPUT_ANSWERED_4XX: "a body that is not as declared is answered with a status of 400 to 499",
}

_PARTS: Final = {
    FrameworkProbe.AUTHENTICATION: "authentication",
    FrameworkProbe.TEMPLATES: "templates",
    FrameworkProbe.SESSIONS: "sessions",
    FrameworkProbe.FORMS: "forms",
    FrameworkProbe.ORM: "an ORM",
    FrameworkProbe.MIGRATIONS: "migrations",
    FrameworkProbe.ADMIN: "an admin",
}


def probe_words(condition: ProbeCondition) -> str:
    """What is expected of a probe."""
    if part := _PARTS.get(condition.probe):
        return f"it {'brings' if condition.expected else 'does not bring'} {part}"
    words = _PROBES[condition.probe]
    return words if condition.expected else f"it is not so that {words}"


def kept_words(condition: KeptCondition) -> str:
    """What grew, such as `with 512 connections in place of 8`."""
    if condition.workload is Workload.CONCURRENCY:
        return f"with {condition.at:,} connections in place of {condition.over:,}"
    if condition.workload is Workload.ROUTES:
        return f"with {condition.at:,} other routes in place of {condition.over:,}"
    at = "all server processes" if condition.at == "most" else f"{condition.at} server processes"
    return f"with {at} in place of {condition.over}, for each process"


def statistic_words(against: Against, group: Sequence[str]) -> str:
    """Whom a subject is compared with."""
    return group[0] if against is Against.EVERY and len(group) == 1 else f"the median of {listed(group)}"


def listed(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def value_words(each: Evidence) -> str:
    """The value with its interval: `1.43 (1.40 to 1.46)` for a ratio, `98 % (97 to 99)` for a share kept."""
    if each.value is None:
        return "not known"
    scale, unit = scale_and_unit(each)
    value, low, high = rounded_alike(*(scale * bound for bound in (each.value.value, each.value.low, each.value.high)))
    shown = value + (f" {unit}" if unit else "")
    if not each.value.high:
        return f"{shown} (none in any round)"
    return shown if low == value == high else f"{shown} ({low} to {high})"


def claimed_words(each: Evidence) -> str:
    """The margin that was claimed: `at least 1.50`."""
    if each.form == "probe":
        return each.other_title
    scale, unit = scale_and_unit(each)
    words = f"{'at least' if each.wants_more else 'at most'} {as_given(scale * claimed(each))} {unit}".rstrip()
    # Claims are written in bytes, and often in round thousands of them.
    return f"{words} ({claimed(each):,.0f} bytes)" if unit == _MIB else words


def claimed(each: Evidence) -> float:
    """The margin itself, in the middle of what surrounds it; 1 for a probe, which has none."""
    if each.low_margin is None or each.high_margin is None:
        return 1.0
    return float((each.low_margin * each.high_margin) ** 0.5)


def scale_and_unit(each: Evidence) -> tuple[float, str]:
    """In what a value is told."""
    if each.form == "kept":
        return 100.0, "%"
    if each.form == "ratio" or each.metric is None:
        return 1.0, ""
    return METRICS[each.metric].scale, METRICS[each.metric].unit


def claim_sentence(claim: Claim, verdict: Verdict, evidence: Sequence[Evidence], missing: Sequence[str]) -> str:
    """Why the verdict is what it is, with the number that decides it."""
    if claim.not_testable is not None:
        return sentence(claim.not_testable)
    if verdict is Verdict.NOT_RUN:
        return sentence(f"Not measured in this run: {'; '.join(missing)}")
    if verdict is Verdict.INVALID:
        return sentence(f"It rests on a cell that failed a gate: {_first_reason(evidence)}")
    known = [each for each in evidence if each.value is not None or _is_decided(each)]
    if not known:
        return sentence(f"Nothing could be compared: {_first_reason(evidence)}")
    if claim.combine is Combination.COUNT:
        return _count_sentence(claim, evidence)
    shown = _deciding(claim, verdict, known)
    told = sentence(f"{_lead(claim, verdict, known, evidence)} {_comparison(shown)}")
    return told + _open_anyway(claim, shown, known) + _of_each_round(shown)


def _of_each_round(shown: Evidence) -> str:
    """Why a ratio of the most held, or served, is no quotient of what is shown; empty where it may be that."""
    of_most = shown.form == "ratio" and shown.metric in {Metric.HELD, Metric.SERVED} and not shown.connections
    if not of_most or shown.value is None or shown.value.low == shown.value.high:
        return ""
    return " The ratio is of the most that each round came to, and so not the quotient of two numbers shown."


def deciding_evidence(found: ClaimFinding) -> Evidence | None:
    """The comparison that the sentence names; None where it names none."""
    known = [each for each in found.evidence if each.value is not None or _is_decided(each)]
    by_one = found.verdict in {Verdict.SUPPORTED, Verdict.REFUTED, Verdict.INCONCLUSIVE}
    by_one = by_one and found.claim.combine is not Combination.COUNT
    return _deciding(found.claim, found.verdict, known) if known and by_one else None


def _count_sentence(claim: Claim, evidence: Sequence[Evidence]) -> str:
    holds = [each for each in evidence if each.verdict is Verdict.SUPPORTED]
    fails = [each for each in evidence if each.verdict is Verdict.REFUTED]

    def named(found: Sequence[Evidence]) -> str:
        words = [
            (METRICS[each.metric].name, value_words(each)) if each.metric else (each.subject_title,) for each in found
        ]
        return listed([" ".join(each) for each in words])

    parts = [f"{len(holds)} of {len(evidence)} hold, where {claim.count} are claimed"]
    parts += [f"they hold for {named(holds)}"] if holds else []
    parts += [f"not for {named(fails)}"] if fails else []
    left = len(evidence) - len(holds) - len(fails)
    parts += [f"{left} {'is' if left == 1 else 'are'} open"] if left else []
    of_what = f" Each is a ratio to {evidence[0].other_title}." if evidence[0].form == "ratio" else ""
    return f"{'; '.join(parts)}.{of_what}"


def condition_sentence(evidence: Sequence[Evidence]) -> str | None:
    """Under which deployments, on which endpoints or for which apps a claim holds, where that differs; else None."""
    by_place: dict[tuple[str, str], list[Evidence]] = {}
    probes = all(each.form == "probe" for each in evidence)
    for each in evidence:
        by_place.setdefault((each.subject_title, "") if probes else each.place, []).append(each)
    states = {place: _state(found) for place, found in by_place.items()}
    holds = [place for place, state in states.items() if state is Verdict.SUPPORTED]
    fails = [place for place, state in states.items() if state is Verdict.REFUTED]
    if not holds or len(holds) == len(states):
        return None
    some_are_named = any(deployment for deployment, _ in states)
    elsewhere = (
        f"it does not {_places(fails, some_are_named=some_are_named)}" if fails else "elsewhere it is not decided"
    )
    return f"It holds {_places(holds, some_are_named=some_are_named)}; {elsewhere}."


def _state(evidence: Sequence[Evidence]) -> Verdict:
    verdicts = {each.verdict for each in evidence}
    if verdicts == {Verdict.SUPPORTED}:
        return Verdict.SUPPORTED
    return Verdict.REFUTED if Verdict.REFUTED in verdicts else Verdict.INCONCLUSIVE


def _places(places: Sequence[tuple[str, str]], *, some_are_named: bool) -> str:
    """Deployments, each with what it holds on; those that have no one name last, as across deployments if others do."""
    by_deployment: dict[str, list[str]] = {}
    for deployment, what in places:
        words = _metric_name(what)
        by_deployment.setdefault(deployment, []).extend([words] if words else [])
    across = by_deployment.pop("", None)
    named = [f"{name} on {listed(found)}" if found else name for name, found in by_deployment.items()]
    parts = [f"for {listed(named)}"] if named else []
    if across is not None:
        parts.append(f"across deployments on {listed(across)}" if some_are_named else f"on {listed(across)}")
    return listed(parts)


def _metric_name(what: str) -> str:
    return next((words.name for metric, words in METRICS.items() if metric.value == what), what)


def _lead(claim: Claim, verdict: Verdict, known: Sequence[Evidence], evidence: Sequence[Evidence]) -> str:
    alike = [each for each in known if each.verdict is verdict] or known
    if all(each.form == "probe" for each in known) and (len(alike) > 1 or alike[0].verdict is not verdict):
        return _how_many(alike, len(evidence))
    if len(alike) == 1 and alike[0] in _speaking(claim, verdict, known):
        so = "is undecided" if verdict is Verdict.INCONCLUSIVE else "decides it"
        return f"The one comparison that {so if alike[0].verdict is verdict else 'has a value'}:"
    if verdict is Verdict.INCONCLUSIVE:
        return "What speaks most against it:" if claim.combine is Combination.ALL else "What speaks most for it:"
    which = "weakest" if _takes_all(claim, verdict) else "clearest"
    return f"The {which} of the comparisons that decide it:"


def _how_many(alike: Sequence[Evidence], number: int) -> str:
    """Of probes, which have no values, so that none is the weakest or the clearest of them."""
    fail, what = alike[0].verdict is Verdict.REFUTED, f"{number} expectations"
    if len(alike) == number:
        return f"{f'Of {what}, none' if fail else f'All {what}'} held; for example,"
    return f"{len(alike)} of {what} {'did not hold' if fail else 'held'}; for example,"


def _deciding(claim: Claim, verdict: Verdict, known: Sequence[Evidence]) -> Evidence:
    """The comparison that the verdict hangs on: the weakest where all had to hold, the clearest where one sufficed.

    Of a claim that is open, what would decide it: of those that all have to hold the one that falls shortest, of those
    of which one suffices the one that goes farthest. A probe only where there is nothing else: it has no value.
    """
    speaking = _speaking(claim, verdict, known)
    speaking = [each for each in speaking if each.form != "probe"] or speaking
    if verdict is Verdict.INCONCLUSIVE:
        return (min if claim.combine is Combination.ALL else max)(speaking, key=_margin_excess)
    nearest = _takes_all(claim, verdict)
    return (min if nearest else max)(speaking, key=lambda each: abs(_margin_excess(each)))


def _speaking(claim: Claim, verdict: Verdict, known: Sequence[Evidence]) -> Sequence[Evidence]:
    """The comparisons that came out as the claim did; where none did, all of which something is known.

    Of a claim that is open, those that would decide it by themselves, else those that more rounds may yet decide.
    """
    alike = [each for each in known if each.verdict is verdict] or known
    if verdict is not Verdict.INCONCLUSIVE:
        return alike
    would = Verdict.REFUTED if claim.combine is Combination.ALL else Verdict.SUPPORTED
    return [each for each in known if each.verdict is would] or [each for each in alike if not _why_open(each)] or alike


def _open_anyway(claim: Claim, shown: Evidence, known: Sequence[Evidence]) -> str:
    """Which comparisons no number of rounds decides, beside the one that is shown; empty where there are none."""
    anyway = [each for each in known if _why_open(each) and each is not shown]
    if not anyway or _why_open(shown) or claim.combine is not Combination.ALL:
        return ""
    titles = listed(list(dict.fromkeys(each.subject_title for each in anyway)))
    return f" More rounds can refute it, not support it. Open in any case: {titles} ({anyway[0].reason})."


def _takes_all(claim: Claim, verdict: Verdict) -> bool:
    return (verdict is Verdict.SUPPORTED) == (claim.combine is Combination.ALL)


def _margin_excess(evidence: Evidence) -> float:
    """By what factor less one the value is beyond its margin; negative where it is short of it."""
    if evidence.value is None:  # one has some, and the other none
        return -1.0 if evidence.verdict is Verdict.REFUTED else inf
    ratio = evidence.value.value / claimed(evidence)
    if not ratio:  # of none in any round
        return -1.0 if evidence.wants_more else inf
    return float(ratio if evidence.wants_more else 1 / ratio) - 1


def _comparison(each: Evidence) -> str:
    match each.form:
        case "probe":
            return f"of {each.subject_title} it is expected that {each.other_title}; {each.reason or ''}"
        case "kept":
            return (
                f"{each.subject_title} keeps {value_words(each)} of its throughput {each.other_title}, "
                f"where {claimed_words(each)} is claimed"
            )
        case "bound":
            return (
                f"{each.subject_title} comes to {value_words(each)}: {_metric(each)}, "
                f"where {claimed_words(each)} is claimed{_why_open(each)}"
            )
        case _ if each.value is None:
            none = f"{each.other_title} {each.reason or 'has none'}"
            return f"{each.subject_title} has some {_metric(each)}, {none}"
        case _:
            return (
                f"{each.subject_title} has {value_words(each)} times the {_metric(each)} of {each.other_title}, "
                f"where {claimed_words(each)} is claimed{_why_open(each)}"
            )


def _why_open(each: Evidence) -> str:
    """Why a value decides nothing although it lies beyond the margin."""
    return f"; {each.reason}" if each.reason and each.verdict is Verdict.INCONCLUSIVE else ""


def _metric(each: Evidence) -> str:
    name = METRICS[each.metric].name if each.metric else ""
    named_anyway = each.metric is Metric.IN_FLIGHT
    on = f" on {each.endpoint.value}" if each.endpoint and not named_anyway else ""
    what = "subscribers" if each.metric in {Metric.HELD, Metric.DELIVERED, Metric.LAG_P99} else "connections"
    return f"{name}{on}" + (f" with {each.connections:,} {what}" if each.connections else "")


def _is_decided(each: Evidence) -> bool:
    return each.verdict in {Verdict.SUPPORTED, Verdict.REFUTED}


def _first_reason(evidence: Sequence[Evidence]) -> str:
    """Why there is no value: that of an invalid cell, if there is any."""
    reasons = sorted((each.verdict is not Verdict.INVALID, each.reason) for each in evidence if each.reason)
    if not evidence:
        return "all that it names are the same in this run"
    return reasons[0][1] if reasons else "no comparison has a value"
