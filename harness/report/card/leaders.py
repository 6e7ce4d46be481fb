"""Who comes first and last by each figure that sums up a workload without a ranking, in sentences.

What is ranked has its own: `harness.report.view.standings`. Here a ratio decides who is not told apart from the first
where the analysis formed one within rounds; elsewhere intervals that overlap do, which asks for more than a test at
their level.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from harness.model.findings import Estimate
from harness.report.card.facts import Fact, Known
from harness.report.numbers import Reading, listed, reading
from harness.report.view.cast import SubjectLabel
from harness.report.view.found import Statement
from harness.report.view.ratios import RatioBook
from harness.report.view.terms import INVALID, NOT_KNOWN, nobody_words

_MOST_NAMED: Final = 3
"""Of more than so many that tie for the last place, or have no figure, some are only counted."""

type _Placed = tuple[SubjectLabel, Known, Reading]


def leaders(facts: Sequence[Fact], labels: Sequence[SubjectLabel], book: RatioBook) -> Iterator[Statement]:
    """A statement for each such figure, in the order of the facts."""
    by_key = {label.key: label for label in labels}
    for fact in facts:
        if fact.chief_of is not None:
            section = fact.anchor.partition("-")[0]
            yield Statement(fact.what, _sentence(fact, by_key, book), section=section)


def _sentence(fact: Fact, labels: Mapping[str, SubjectLabel], book: RatioBook) -> str:
    """The frameworks' order; baselines and layers are no competitors and are left to the table."""
    placed = [
        (labels[key], known, known.value)
        for key, known in fact.of.items()
        if known.value and _competes(labels.get(key))
    ]
    more = fact.better == "more"
    placed.sort(key=lambda each: each[2].number, reverse=more)
    words = [known.lack.word for key, known in fact.of.items() if known.lack and _competes(labels.get(key))]
    if not placed:
        return nobody_words(words)
    first, *others = placed
    if not others:
        so_far = " so far" if any(each not in {INVALID, NOT_KNOWN} for each in words) else ""
        return f"Only {_named(first, fact)} has a valid result{so_far}."
    ratios = {label.key: book.pair(fact.ratios, label.key, first[0].key) for label, _, _ in others}
    alone = [first, *(each for each in others if ratios[each[0].key] is None)]
    if len(alone) > 1 and not all(known.comparable for _, known, _ in alone):
        return "Too little was measured to tell the frameworks apart."
    ends = ("Highest", "Lowest") if more else ("Lowest", "Highest")
    like_first = [each for each in others if _is_like(first, each, ratios[each[0].key], more=more)]
    parts = [f"{ends[0]}: {_named(first, fact)}."]
    if len(like_first) == len(others) > 1:
        parts.append("None of the others is told apart from it.")
    elif like_first:
        parts.append(f"Not told apart from it: {listed([label.in_sentence for label, _, _ in like_first])}.")
    by_ratio = [(each, ratio) for each in like_first if (ratio := ratios[each[0].key]) and not _overlap(first, each)]
    if by_ratio:
        parts.append(_by_ratio(first, *by_ratio[-1]))
    if others[-1] not in like_first:
        between = [each for each in others[:-1] if each not in like_first]
        parts.append(f"{ends[1]}: {_named(others[-1], fact)}.{_like_last(between, others[-1], fact, book)}")
    lacking = [key for key, known in fact.of.items() if known.lack and not known.value and _competes(labels.get(key))]
    if lacking:
        parts.append(f"Without a figure: {_some([labels[key] for key in lacking])}.")
    return " ".join(parts)


def _by_ratio(first: _Placed, other: _Placed, ratio: tuple[Estimate, bool]) -> str:
    """Why one whose bounds lie apart from those of the first is not told apart from it."""
    estimate, tied = ratio
    decide = "decide that"
    if not (first[2].is_exact and other[2].is_exact):
        decide += ", and not the bounds in brackets"
    elif tied:
        decide = "are known too badly to tell them apart"
    times = reading(estimate).with_unit("")
    return f"Ratios formed within rounds {decide}: {other[0].in_sentence} has {times} times as much."


def _like_last(between: Sequence[_Placed], last: _Placed, fact: Fact, book: RatioBook) -> str:
    """Who else may be the last: whose figure is the same as it is written, and who is not told apart from it."""
    same = [each for each in between if each[2].value == last[2].value]
    more = fact.better == "less"
    ratios = {label.key: book.pair(fact.ratios, label.key, last[0].key) for label, _, _ in between}
    alike = [each for each in between if each not in same and _is_like(last, each, ratios[each[0].key], more=more)]
    told = f" {last[2].value} too: {_some([label for label, _, _ in same])}." if same else ""
    return told + (f" Not told apart from it: {_some([label for label, _, _ in alike])}." if alike else "")


def _some(labels: Sequence[SubjectLabel]) -> str:
    """Their names, of many only the first ones."""
    names = [label.in_sentence for label in labels]
    if len(names) > _MOST_NAMED:
        names = [*names[: _MOST_NAMED - 1], f"{len(names) - _MOST_NAMED + 1} more"]
    return listed(names)


def _competes(label: SubjectLabel | None) -> bool:
    return label is not None and label.is_framework


def _named(placed: _Placed, fact: Fact) -> str:
    label, _, value = placed
    return f"{label.in_sentence}, {value.with_unit(fact.unit)}"


def _is_like(first: _Placed, other: _Placed, ratio: tuple[Estimate, bool] | None, *, more: bool) -> bool:
    """Whether the other one is not told apart from the first as worse; `ratio` is that of the other one to it."""
    if ratio is not None:
        estimate, tied = ratio
        return tied or (estimate.value > 1) is more
    if first[1].tied and other[1].tied is not None:
        return other[1].tied
    return _overlap(first, other)


def _overlap(one: _Placed, other: _Placed) -> bool:
    return one[2].lowest <= other[2].highest and other[2].lowest <= one[2].highest
