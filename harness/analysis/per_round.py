"""Tables of quantities of which each round gives one value, such as a start-up time or a number of subscribers held."""

from collections.abc import Mapping, Sequence

import numpy as np

from harness.analysis.moderation import Prior
from harness.analysis.side_by_side import SideBySide
from harness.analysis.table import RESOLUTION_VARIANCE, Table
from harness.model.cell import Kind, Subject
from harness.model.claim import MORE_IS_BETTER, Metric

type ByRound = Mapping[int, float]
"""A value for each round that has one. Tables are made of positive ones; of counts, see `counts`."""


def per_round_table(values: Sequence[ByRound]) -> Table:
    """The logarithms of a quantity; one row for each of `values`."""
    rounds = sorted({index for each in values for index in each})
    columns = np.full((len(values), len(rounds)), np.nan)
    for row, each in enumerate(values):
        for column, index in enumerate(rounds):
            if each.get(index, 0.0) > 0:
                columns[row, column] = np.log(each[index])
    present = ~np.isnan(columns)
    counts = present.sum(axis=1)
    sums = np.where(present, columns, 0.0).sum(axis=1)
    means = np.divide(sums, counts, out=np.full(len(values), np.nan), where=counts > 0)
    return Table(columns, means, present, np.full(len(values), RESOLUTION_VARIANCE), indices=tuple(rounds))


def per_round_side_by_side(kind: Kind, values: Mapping[Subject, ByRound], metric: Metric) -> SideBySide:
    """The quantity of all subjects that have a value in any round."""
    known = {subject: each for subject, each in values.items() if each}
    return SideBySide(
        kind=kind,
        subjects=tuple(known),
        table=per_round_table(list(known.values())),
        prior=Prior(),
        unit=metric.value,
        higher_is_better=metric in MORE_IS_BETTER,
    )
