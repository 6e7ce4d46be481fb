"""Subjects measured side by side: their ratios, their ranking, and their A/A pair.

Two subjects are told apart when the 95 % interval of their ratio lies wholly outside [1/(1 + margin), 1 + margin];
otherwise they are tied. So if they truly differ by no more than the margin, at most one comparison in forty
calls the wrong one better.

Being tied isn't transitive: the first may be tied with the second, the second with the third, and the first be
better than the third. Ranks respect that: a subject's rank is one more than the number of subjects that are better
than it, directly or through others. Thus equal ranks always are ties, while a tie may span ranks.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import inf
from statistics import median

import numpy as np
from numpy.typing import NDArray

from harness.analysis.intervals import LogInterval, contrast, ratio, single
from harness.analysis.moderation import Prior
from harness.analysis.table import Table
from harness.model.cell import Kind, Subject
from harness.model.findings import TIE_MARGIN, Comparison, Estimate, Ranking, RankRow, Unranked
from harness.model.latency_figure import LatencyFigure

type Relation = NDArray[np.bool_]


def is_tied(ratio: Estimate, margin: float) -> bool:
    """Whether a ratio's interval reaches into the margin around 1."""
    return ratio.low <= 1 + margin and ratio.high >= 1 / (1 + margin)


def ranks(better: Relation) -> list[int]:
    """Ranks from 1, given which subject (row) was told apart as better than which (column)."""
    return [1 + int(count) for count in _through_others(better).sum(axis=0)]


def _through_others(better: Relation) -> Relation:
    """The transitive closure, by S. Warshall, "A Theorem on Boolean Matrices", Journal of the ACM 9, 1962."""
    closure = better.copy()
    for middle in range(len(closure)):
        closure |= closure[:, [middle]] & closure[[middle], :]
    np.fill_diagonal(closure, val=False)
    return closure


def median_half_width(rankings: Iterable[Ranking]) -> float | None:
    """How well the ratios to the best of each ranking are known: the median of their intervals' relative half widths.

    Those of any two others are not in it.
    """
    half_widths = [row.ratio_to_best.half_width for ranking in rankings for row in ranking.rows[1:]]
    return median(half_widths) if half_widths else None


@dataclass(frozen=True)
class SideBySide:
    """One quantity of all valid subjects of a kind."""

    kind: Kind
    subjects: tuple[Subject, ...]
    """One for each row of the table."""
    table: Table
    prior: Prior
    unit: str
    higher_is_better: bool
    figure: LatencyFigure | None = field(default=None, kw_only=True)
    """What of latency it is; None for other quantities."""
    most: float = field(default=inf, kw_only=True)
    """What no value can exceed, such as the number of connections where some are counted."""

    def has(self, subject: Subject) -> bool:
        """Whether it is among the subjects."""
        return subject in self._row

    def value(self, subject: Subject) -> Estimate:
        """A subject's own value."""
        row = self._row[subject]
        if row not in self._values:
            self._values[row] = self.log_value(subject).estimate().up_to(self.most)
        return self._values[row]

    def log_value(self, subject: Subject) -> LogInterval:
        """Its logarithm."""
        return single(self.table, self.prior, self._row[subject])

    def log_ratio(self, a: Subject, b: Subject) -> LogInterval:
        """Logarithm of the value of `a` over that of `b`."""
        return ratio(self.table, self.prior, self._row[a], self._row[b])

    def log_ratios_by_round(self, a: Sequence[Subject], b: Sequence[Subject]) -> dict[int, float]:
        """Logarithm of the geometric mean of some subjects over that of others, in each round that has all of them.

        By the round's index in the run.
        """
        table = self.table
        over, under = ([self._row[subject] for subject in subjects] for subjects in (a, b))
        shared = np.flatnonzero(table.present[[*over, *under]].all(axis=0))
        above, below = (table.columns[np.ix_(rows, shared)].mean(axis=0) for rows in (over, under))
        return {table.indices[column]: float(each) for column, each in zip(shared, above - below, strict=True)}

    def log_ratio_to_mean(self, subject: Subject, others: Sequence[Subject]) -> LogInterval:
        """Logarithm of the value of a subject over the geometric mean of some others'."""
        if len(others) == 1:
            return self.log_ratio(subject, others[0])
        weights = np.zeros(len(self.subjects))
        weights[self._row[subject]] = 1.0
        for other in others:
            weights[self._row[other]] -= 1.0 / len(others)
        return contrast(self.table, self.prior, weights)

    def comparison(self, a: Subject, b: Subject, margin: float = TIE_MARGIN) -> Comparison:
        """The ratio of two subjects, and whether it is a tie."""
        found = self.log_ratio(a, b).estimate()
        return Comparison(
            a=a,
            b=b,
            endpoint=self.kind.endpoint,
            workload=self.kind.workload,
            rate=self.kind.rate,
            figure=self.figure,
            ratio=found,
            tied=is_tied(found, margin),
        )

    def comparisons(self) -> tuple[Comparison, ...]:
        """All pairs without twins, each once, in the order of the plan."""
        subjects = self._originals
        return tuple(self.comparison(a, b) for place, a in enumerate(subjects) for b in subjects[place + 1 :])

    def twin_comparisons(self) -> tuple[Comparison, ...]:
        """Each subject over its own second copy; `tied` where the interval contains 1."""
        originals = {subject.key: subject for subject in self._originals}
        pairs = ((originals.get(twin.original.key), twin) for twin in self.subjects if twin.twin)
        return tuple(self.comparison(original, twin, margin=0.0) for original, twin in pairs if original)

    def ranking(
        self,
        comparisons: Sequence[Comparison],
        *,
        references: Collection[Subject],
        invalid: tuple[Subject, ...],
        broken: Collection[Subject] = (),
    ) -> Ranking:
        """The order of all subjects but twins and references; `comparisons` are those of `comparisons()`.

        Those who break the contract (`broken`) stand apart: what was measured of them is something else.

        References (baselines, layers) are measured to be subtracted or checked against: they compete with nobody.
        Where there is nothing else, they are ranked among themselves.
        """
        keeping = tuple(subject for subject in self._originals if subject not in broken)
        subjects = tuple(subject for subject in keeping if subject not in references) or keeping
        places = {subject: place for place, subject in enumerate(subjects)}
        better = np.zeros((len(subjects), len(subjects)), dtype=bool)
        for each in comparisons:
            if not each.tied and each.a in places and each.b in places:
                a_wins = (each.ratio.value > 1) is self.higher_is_better
                winner, loser = (each.a, each.b) if a_wins else (each.b, each.a)
                better[places[winner], places[loser]] = True
        ranked = ranks(better)
        values = [self.value(subject) for subject in subjects]
        sign = -1 if self.higher_is_better else 1
        order = sorted(range(len(subjects)), key=lambda place: (ranked[place], sign * values[place].value))
        return Ranking(
            endpoint=self.kind.endpoint,
            workload=self.kind.workload,
            rate=self.kind.rate,
            figure=self.figure,
            unit=self.unit,
            higher_is_better=self.higher_is_better,
            rows=tuple(
                RankRow(
                    rank=ranked[place],
                    tied=ranked.count(ranked[place]) > 1,
                    subject=subjects[place],
                    value=values[place],
                    ratio_to_best=self._ratio_to(subjects[order[0]], subjects[place]),
                )
                for place in order
            ),
            apart=tuple(
                Unranked(subject=subject, value=self.value(subject)) for subject in self._originals if subject in broken
            ),
            invalid=invalid,
        )

    @cached_property
    def _values(self) -> dict[int, Estimate]:
        """By row, those that were asked for: the page, the claims and the digest ask for the same ones."""
        return {}

    @cached_property
    def _row(self) -> dict[Subject, int]:
        return {subject: row for row, subject in enumerate(self.subjects)}

    @cached_property
    def _originals(self) -> tuple[Subject, ...]:
        return tuple(subject for subject in self.subjects if subject.is_original)

    def _ratio_to(self, best: Subject, subject: Subject) -> Estimate:
        if subject == best:
            return Estimate(value=1.0, low=1.0, high=1.0)
        return self.log_ratio(subject, best).estimate()
