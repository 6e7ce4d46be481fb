"""Quantities of which a round may have none at all, such as subscribers held.

Ratios are formed on logarithms, which know no zero, so something small has to stand there for none. That decides
verdicts, and must never be shown: a value that is shown knows zero.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, sqrt
from statistics import mean, stdev
from typing import Final, override

import scipy

from harness.analysis.intervals import LogInterval, single
from harness.analysis.moderation import Prior
from harness.analysis.per_round import ByRound, per_round_side_by_side, per_round_table
from harness.analysis.side_by_side import SideBySide
from harness.model.cell import Kind, Subject
from harness.model.claim import Metric
from harness.model.findings import CONFIDENCE, Estimate

LESS_THAN_ONE: Final = 0.5
"""Stands for none in the logarithm of a count: less than one, and no number of rounds makes it more."""


def estimate_over_rounds(values: ByRound, most: float = inf) -> Estimate | None:
    """A value with its interval over rounds; None where no round has one.

    Where no round had any, it is 0, and there is nothing to estimate. Where some had none, no logarithm tells of all
    rounds: it is their mean, with Student's interval cut at 0.

    `most` is what it can't exceed, such as the number of those who asked: there the interval ends as well, which takes
    nothing from its confidence.
    """
    found = _unbounded(values)
    return found and found.up_to(most)


def _unbounded(values: ByRound) -> Estimate | None:
    found = list(values.values())
    if not found:
        return None
    if not any(found):
        return Estimate(value=0.0, low=0.0, high=0.0)
    if all(found):
        return single(per_round_table([values]), Prior(), 0).estimate()
    reach = float(scipy.special.stdtrit(len(found) - 1, (1 + CONFIDENCE) / 2)) * stdev(found) / sqrt(len(found))
    return Estimate(value=mean(found), low=max(0.0, mean(found) - reach), high=mean(found) + reach)


@dataclass(frozen=True)
class CountsSideBySide(SideBySide):
    """Compared on logarithms in which something stands for none, and shown without it."""

    counts: Mapping[Subject, ByRound]

    @override
    def value(self, subject: Subject) -> Estimate:
        """A subject's own value, 0 where there was none in any round."""
        return estimate_over_rounds(self.counts[subject], self.most) or super().value(subject)

    @override
    def log_value(self, subject: Subject) -> LogInterval:
        """Its logarithm: short of any bound where there was none in any round."""
        if not any(self.counts[subject].values()):
            return LogInterval(-inf, 0.0, inf)
        return super().log_value(subject)


def counts_side_by_side(
    kind: Kind, counts: Mapping[Subject, ByRound], metric: Metric, in_place_of_none: float, most: float = inf
) -> CountsSideBySide:
    """The quantity of all subjects that have a value in any round, none among them; `most` is what it can't exceed."""
    stand_ins = {
        subject: {index: value or in_place_of_none for index, value in each.items()} for subject, each in counts.items()
    }
    compared = per_round_side_by_side(kind, stand_ins, metric)
    return CountsSideBySide(
        kind=compared.kind,
        subjects=compared.subjects,
        table=compared.table,
        prior=compared.prior,
        unit=compared.unit,
        higher_is_better=compared.higher_is_better,
        counts=counts,
        most=most,
    )


def most_of(metric: Metric, tried: int) -> float:
    """What a quantity of a crowd can't exceed, where so many were tried."""
    return {Metric.HELD: float(tried), Metric.SERVED: float(tried), Metric.DELIVERED: 1.0}.get(metric, inf)


def most_by_round(counts: Sequence[ByRound]) -> ByRound:
    """By round, the largest of several counts."""
    most: dict[int, float] = {}
    for each in counts:
        for index, value in each.items():
            most[index] = max(value, most.get(index, 0.0))
    return most
