"""Sentences on who leads a ranking, by how much, who is tied, and how far apart the ends are."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from harness.claims.no_value import why_no_percentile
from harness.model.cell import RateRule, Subject, Workload
from harness.model.findings import CellFinding, Comparison, Estimate, Findings, Ranking, RankRow
from harness.model.naming import RATE_WORDS
from harness.report.numbers import inverse, listed, reading, spaced
from harness.report.view.capacity import REQUESTS_PER_SECOND
from harness.report.view.cast import Cast
from harness.report.view.latency import MILLISECONDS, common_rate
from harness.report.view.ranking import Scale
from harness.report.view.ratios import ratios_name
from harness.report.view.terms import lack, nobody_words

_MOST_NAMES = 2
"""Of those that share a first place, where it is told in short."""
_MOST_UNKNOWN = 4
"""Of those that have no figure; more are counted."""
_ORDINALS = ("zeroth", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


@dataclass(frozen=True, slots=True)
class _Wording:
    """How a ranking's ends are spoken of."""

    scale: Scale
    leads: str
    leaders_tied: str
    ahead: str
    trails: str
    behind: str
    what: str = "capacity"
    """What is ranked; of latency, the figure."""
    of_known: str = ""
    """Behind the name of the last one's figure, where that of others is not known."""

    def of(self, ranking: Ranking, *, all_known: bool) -> "_Wording":
        told = replace(self, what=ranking.figure.name) if ranking.figure else self
        return told if all_known else replace(told, of_known=" that is known")


_CAPACITY = _Wording(
    REQUESTS_PER_SECOND,
    leads="{name} answers the most requests: {reading}.",
    leaders_tied="{names} share first place: this run can't tell them apart. {readings}.",
    ahead="That is {times} times what the next, {name}, answers.",
    trails="The lowest {what}{of_known} is that of {name}: {reading}{behind}.",
    behind=", lower than the first by a factor of {times}",
)
_LATENCY = _Wording(
    MILLISECONDS,
    leads="{name} has the lowest {what}: {reading}.",
    leaders_tied="{names} share the lowest {what}: this run can't tell them apart. {readings}.",
    ahead="That of the next, {name}, is {times} times as long.",
    trails="The highest {what}{of_known} is that of {name}: {reading}{behind}.",
    behind=", longer than the first by a factor of {times}",
)


def capacity_standings(findings: Findings, cast: Cast) -> Iterator[tuple[str, str, str]]:
    """(endpoint, sentences, the same in short) for each capacity ranking."""
    for ranking in findings.rankings:
        if ranking.workload is Workload.CAPACITY:
            yield ranking.endpoint.value, *_standing(ranking, findings, cast, _CAPACITY)


def latency_standings(findings: Findings, cast: Cast) -> Iterator[tuple[str, str, str]]:
    """(endpoint and rate, sentences, the same in short) for each latency ranking; the common rate first."""
    for ranking in sorted(findings.latency_rankings(), key=lambda ranking: ranking.rate is not RateRule.COMMON):
        about = f"{ranking.endpoint.value} {_rate(ranking, findings)}"
        yield about, *_standing(ranking, findings, cast, _LATENCY)


def _rate(ranking: Ranking, findings: Findings) -> str:
    if ranking.rate is None:
        return ""
    cells = [
        finding
        for finding in findings.cells
        if finding.cell.workload is Workload.LATENCY
        and finding.cell.endpoint is ranking.endpoint
        and finding.cell.rate is ranking.rate
    ]
    rate = common_rate(cells) if ranking.rate is RateRule.COMMON else None
    return f"{RATE_WORDS[ranking.rate]} of {rate}" if rate else RATE_WORDS[ranking.rate]


def _standing(ranking: Ranking, findings: Findings, cast: Cast, wording: _Wording) -> tuple[str, str]:
    """The frameworks' order in sentences; baselines and layers are no competitors and are left to the table.

    In short, without the ties between the first and the last, and of many that share the first place how many they are.
    Who has no figure is named in both: it may be the last, or the first.
    """
    rows = [row for row in ranking.rows if cast.label(row.subject).is_framework]
    if not rows:
        return _nobody(ranking, findings, cast)
    if len(rows) == 1:
        only = rows[0]
        so_far = " so far" if any(each.unmeasured for each in _of_frameworks(ranking, findings, cast)) else ""
        words = f"Only {_name(only, cast)} has a valid result{so_far}: {_reading(only, wording)}."
        others = (each for each in _of_frameworks(ranking, findings, cast) if each.cell.subject != only.subject)
        if ranking.figure and any(each.valid for each in others):
            words = f"The {ranking.figure.name} is known of {_name(only, cast)} only: {_reading(only, wording)}."
        return (words,) * 2
    groups = [list(members) for _, members in groupby(rows, key=lambda row: row.rank)]
    without = _without(rows, ranking, findings, cast)
    factor, wording = _Factors(ranking, findings.comparisons), wording.of(ranking, all_known=not without)
    head, tail = [*_head(groups, factor, cast, wording)], [*_tail(groups, factor, cast, wording)]
    tail += [f"The {wording.what} is not known of {without}."] if without else []
    first = [_many(groups[0], cast, wording)] if len(groups[0]) > _MOST_NAMES else head
    return " ".join([*head, *_other_ties(groups[1:], ranking, cast), *tail]), " ".join([*first, *tail])


def _many(leaders: list[RankRow], cast: Cast, wording: _Wording) -> str:
    best = f"The best estimate is that of {_name(leaders[0], cast)}, {_reading(leaders[0], wording)}"
    return wording.leaders_tied.format(names=f"{len(leaders)} deployments", what=wording.what, readings=best)


def _nobody(ranking: Ranking, findings: Findings, cast: Cast) -> tuple[str, str]:
    """Why no framework is ranked: a valid cell may still tell no percentile; in short, the table says why."""
    cells = _of_frameworks(ranking, findings, cast)
    if ranking.figure and (valid := [each for each in cells if each.valid]):
        known = f"The {ranking.figure.name} is known of no framework"
        return f"{known}: {spaced(why_no_percentile(valid, ranking.figure))}.", f"{known}."
    return (nobody_words(lacking.word for each in cells if (lacking := lack(each))),) * 2


def _without(rows: Sequence[RankRow], ranking: Ranking, findings: Findings, cast: Cast) -> str:
    """The names of all that were to be ranked and are not; empty where all are."""
    ranked = {row.subject for row in rows}
    others = [each.cell.subject for each in _of_frameworks(ranking, findings, cast) if each.cell.subject not in ranked]
    if len(others) > _MOST_UNKNOWN:
        return f"{len(others)} deployments"
    return listed([cast.label(subject).in_sentence for subject in others])


def _of_frameworks(ranking: Ranking, findings: Findings, cast: Cast) -> list[CellFinding]:
    """All that was to be ranked, frameworks only."""
    kind = (ranking.endpoint, ranking.workload, ranking.rate)
    return [
        each
        for each in findings.cells
        if (each.cell.endpoint, each.cell.workload, each.cell.rate) == kind
        and cast.label(each.cell.subject).is_framework
    ]


def _name(row: RankRow, cast: Cast) -> str:
    return cast.label(row.subject).in_sentence


def _names(rows: Iterable[RankRow], cast: Cast) -> str:
    return listed([_name(row, cast) for row in rows])


def _reading(row: RankRow, wording: _Wording) -> str:
    return reading(row.value, wording.scale.factor).with_unit(wording.scale.unit)


class _Factors:
    """Ratios between two rows of a ranking, as far as the analysis formed them within rounds."""

    def __init__(self, ranking: Ranking, comparisons: Sequence[Comparison]) -> None:
        self._ranking = ranking
        kind = ratios_name(ranking)
        self._ratios = {(each.a.key, each.b.key): each.ratio for each in comparisons if ratios_name(each) == kind}

    def between(self, better: RankRow, worse: RankRow) -> Estimate | None:
        """How many times better the one is; None where no interval is known for just this pair."""
        ratio = self._ratio(better.subject, worse.subject)
        if ratio is None and better.subject == self._ranking.rows[0].subject:
            ratio = inverse(worse.ratio_to_best)
        if ratio is None:
            return None
        return ratio if self._ranking.higher_is_better else inverse(ratio)

    def _ratio(self, a: Subject, b: Subject) -> Estimate | None:
        if (b.key, a.key) in self._ratios:
            return inverse(self._ratios[b.key, a.key])
        return self._ratios.get((a.key, b.key))


def _head(groups: list[list[RankRow]], factor: _Factors, cast: Cast, wording: _Wording) -> Iterator[str]:
    leaders = groups[0]
    if len(leaders) > 1:
        readings = "; ".join(f"{_name(row, cast)} {_reading(row, wording)}" for row in leaders)
        yield wording.leaders_tied.format(names=_names(leaders, cast), readings=readings, what=wording.what)
        return
    leader = leaders[0]
    yield wording.leads.format(name=_name(leader, cast), reading=_reading(leader, wording), what=wording.what)
    if len(groups) > 1:
        next_best = groups[1][0]
        times = factor.between(leader, next_best)
        if times is not None:
            yield wording.ahead.format(times=reading(times).with_unit(""), name=_name(next_best, cast))


def _other_ties(groups: list[list[RankRow]], ranking: Ranking, cast: Cast) -> Iterator[str]:
    baselines_ranked = any(not cast.label(row.subject).is_framework for row in ranking.rows)
    for group in groups:
        if len(group) > 1:
            place = "" if baselines_ranked else f" in {_ordinal(group[0].rank)} place"
            yield f"Tied{place}: {_names(group, cast)}."


def _ordinal(rank: int) -> str:
    return _ORDINALS[rank] if rank < len(_ORDINALS) else f"{rank}th"


def _tail(groups: list[list[RankRow]], factor: _Factors, cast: Cast, wording: _Wording) -> Iterator[str]:
    if len(groups) < 3:  # noqa: PLR2004 - with two groups the head has said it all
        return
    last = groups[-1][-1]
    times = factor.between(groups[0][0], last)
    behind = "" if times is None else wording.behind.format(times=reading(times).with_unit(""))
    yield wording.trails.format(
        name=_name(last, cast),
        reading=_reading(last, wording),
        behind=behind,
        what=wording.what,
        of_known=wording.of_known,
    )
