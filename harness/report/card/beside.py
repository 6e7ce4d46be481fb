"""Two subjects side by side: on each quantity which is better and by how much, or that they are not told apart."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from harness.model.app import CONTROLLED
from harness.model.base import REVISION_SIGN
from harness.model.cell import Subject
from harness.model.errors import UsageError, meant
from harness.model.naming import titled
from harness.model.run import Run
from harness.report.card.facts import Fact, Known
from harness.report.numbers import TIMES, Reading, reading
from harness.report.view.cast import SubjectLabel
from harness.report.view.ratios import NOT_TOLD_APART, RatioBook

TIED: Final = "tied"
DIFFERENT_BASELINES: Final = "different baselines"
"""Of two that are each counted from another one: neither is better by that."""


@dataclass(frozen=True, slots=True)
class BesideData:
    """All quantities, for the page's script."""

    of: tuple[str, ...]
    """The keys of all subjects that anything is known of."""
    rows: tuple[tuple[str, str, str, tuple[str, ...]], ...]
    """(quantity, whether more or less is better, name of its ratios, what is known of each in the order of `of`).

    A text is empty where nothing is known, and begins with `~` where it can't be held against others. Behind a `|`
    stands the number of the baseline that it is counted from, where it is from one.
    """


@dataclass(frozen=True, slots=True)
class BesideRow:
    """One quantity of both."""

    what: str
    a: str
    b: str
    better: str
    """Title of the better one, `tied`, `not told apart` or `different baselines`; empty where one has no value."""
    ratio: str
    """Of `a` over `b` with its interval, formed within rounds; empty where none was."""


def two_subjects(run: Run, names: Sequence[str]) -> tuple[Subject, Subject]:
    """Those that two names mean: an app, or one variant of it as `app/variant`, which it may also count as.

    Where only apps are named, both in a variant that both were measured in or have one that counts as it, if there is
    one, `controlled` first.

    Raises:
        UsageError: A name means nothing of the run.
    """
    a, b = (_meant(run, name) for name in names)
    also = {each.subject: each.also for each in run.deployments}
    of_a, of_b = ({name: each for each in reversed(of) for name in also.get(each, ())} for of in (a, b))
    of_a |= {each.variant: each for each in a}
    of_b |= {each.variant: each for each in b}
    common = [variant for variant in of_a.keys() & of_b.keys() if of_a[variant] != of_b[variant]]
    shared = min(common, key=lambda variant: (variant != CONTROLLED, variant), default=None)
    return (of_a[shared], of_b[shared]) if shared else (a[0], b[0])


def _meant(run: Run, name: str) -> list[Subject]:
    usual = [subject for subject in run.plan.subjects if subject.is_original]
    counts_as = {each.subject: each.also for each in run.deployments}
    found = [
        subject
        for subject in usual
        if name in {subject.app, subject.key, *(f"{subject.app}/{other}" for other in counts_as.get(subject, ()))}
    ]
    if not found:
        raise UsageError(f"nothing of this run is called '{name}'", hint=_there_is(run, usual, name))
    return found


def _there_is(run: Run, usual: Sequence[Subject], name: str) -> str:
    """What may be meant by a name that means nothing: where the run has the app otherwise, all that it has of it."""
    app = name.partition("/")[0].partition(REVISION_SIGN)[0]
    if own := [subject for subject in usual if subject.kin[0] == app]:
        revisions = {each.subject: each.revision for each in run.deployments}
        told = (titled(subject.key, revisions.get(subject) or "") for subject in own)
        return f"of {app} it has: {', '.join(told)}"
    known = [*dict.fromkeys(subject.app for subject in usual), *(subject.key for subject in usual)]
    return f"{meant(name, known)}choose from: {', '.join(known)}"


def side_by_side(facts: Sequence[Fact], book: RatioBook, a: SubjectLabel, b: SubjectLabel) -> tuple[BesideRow, ...]:
    """All quantities that either has.

    Where a ratio was formed within rounds, it decides. Elsewhere the better one is named only if the intervals do
    not overlap, which asks for more than a test at their level.
    """
    return tuple(
        _row(fact, book, a, b)
        for fact in facts
        if fact.of.get(a.key, _NOTHING).value or fact.of.get(b.key, _NOTHING).value
    )


_NOTHING = Known(None)


def _row(fact: Fact, book: RatioBook, a: SubjectLabel, b: SubjectLabel) -> BesideRow:
    of_a, of_b = fact.of.get(a.key, _NOTHING), fact.of.get(b.key, _NOTHING)
    ratio = book.pair(fact.ratios, a.key, b.key)
    if ratio is not None:
        estimate, tied = ratio
        shown = reading(estimate)
        first = (estimate.value > 1) is (fact.better == "more")
        better = TIED if tied else a.in_sentence if first else b.in_sentence
        return BesideRow(_what(fact), _words(of_a), _words(of_b), better, f"{shown.value}{TIMES} ({shown.interval})")
    return BesideRow(_what(fact), _words(of_a), _words(of_b), _better(fact, of_a, of_b, a, b), "")


def _what(fact: Fact) -> str:
    return f"{fact.what}, {fact.unit}" if fact.unit else fact.what


def _words(known: Known) -> str:
    if known.value is None:
        return known.lack.word if known.lack else "\N{EN DASH}"
    return known.value.value if known.value.is_exact else f"{known.value.value} ({known.value.interval})"


def _better(fact: Fact, of_a: Known, of_b: Known, a: SubjectLabel, b: SubjectLabel) -> str:
    if of_a.value is None or of_b.value is None or not (of_a.comparable and of_b.comparable):
        return ""
    if of_a.counted_from != of_b.counted_from:
        return DIFFERENT_BASELINES
    if _above(of_a.value, of_b.value):
        return (a if fact.better == "more" else b).in_sentence
    if _above(of_b.value, of_a.value):
        return (b if fact.better == "more" else a).in_sentence
    return NOT_TOLD_APART


def _above(one: Reading, other: Reading) -> bool:
    """Whether all of the one's interval lies above the other's, as they are shown."""
    return one.lowest > other.highest


def beside_data(facts: Sequence[Fact]) -> BesideData:
    """The same for the page's script, which compares the bounds that it reads in these texts: no arithmetic."""
    keys = sorted({key for fact in facts for key, known in fact.of.items() if known.value})
    return BesideData(tuple(keys), tuple((_what(fact), fact.better, fact.ratios, _texts(fact, keys)) for fact in facts))


def _texts(fact: Fact, keys: Sequence[str]) -> tuple[str, ...]:
    baselines = list(dict.fromkeys(known.counted_from for known in fact.of.values()))

    def text(known: Known) -> str:
        told = _beside(known)
        return f"{told}|{baselines.index(known.counted_from)}" if told and known.counted_from else told

    return tuple(text(fact.of.get(key, _NOTHING)) for key in keys)


def _beside(known: Known) -> str:
    if known.value is None:
        return ""
    comparable = known.comparable and math.isfinite(known.value.lowest) and math.isfinite(known.value.highest)
    return _words(known) if comparable else f"~{_words(known)}"
